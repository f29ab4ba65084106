"""A loss over a whole step is the same, and its gradient, however many passes the step is cut into."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from cases import untrained, with_options
from tasktune.core import Lost
from tasktune.heads.features import Features
from tasktune.models import gradient_cache
from tasktune.models.course import Course, Lesson, Subject
from tasktune.models.model import Model
from tasktune.recipe import Recipe
from tasktune.tasks import task
from tasktune.tasks.embedding import Embedding

RECORDS = [
    *(Embedding(text=f"word {k} " * (k + 1), answer=f"other {k}", negatives=("a", "b c")[: k % 3]) for k in range(5)),
    *(Embedding(text=f"one {k}", pair=f"two {k}", answer=float(k)) for k in range(4)),
]


@pytest.fixture
def model(tiny: Callable[[str], Path]) -> Model:
    return untrained(task("embedding"), tiny("bert"), Recipe(dimensions=8, clip=0.0))


def lessons(model: Model) -> list[Features]:
    return [f for record in RECORDS for f in model.head.supervise(record, Lost())]


def gradients(model: Model, passes: Sequence[list[Features]] | None) -> tuple[float, dict[str, torch.Tensor]]:
    """The mean loss and its gradient, in passes or in one."""
    torch.manual_seed(0)
    model.net.zero_grad()
    if passes is None:
        whole = lessons(model)
        loss = model.head.loss(model.net, model.head.collate(whole), None) / len(whole)
        torch.autograd.backward(loss)
        found = float(loss.detach())
    else:
        found = gradient_cache.backward(model.net, model.head, [(features, 1.0) for features in passes])
    return found, {name: p.grad.clone() for name, p in model.net.named_parameters() if p.grad is not None}


@pytest.mark.parametrize("size", [1, 2, 4, 100])
def test_passes_come_to_the_loss_and_gradient_of_one(model: Model, size: int) -> None:
    features = lessons(model)
    expected, slopes = gradients(model, None)
    found, cached = gradients(model, [features[k : k + size] for k in range(0, len(features), size)])
    assert found == pytest.approx(expected, abs=1e-5)
    assert cached.keys() == slopes.keys()
    for name, slope in slopes.items():
        torch.testing.assert_close(cached[name], slope, atol=1e-5, rtol=1e-4)


def test_dropout_is_the_same_in_both_of_its_passes(model: Model) -> None:
    for module in model.net.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.3
    model.net.train()
    features = lessons(model)
    seen: list[torch.Tensor] = []
    embed = type(model.head).embed

    def noted(head: object, *given: object) -> torch.Tensor:
        seen.append(embed(head, *given))  # type: ignore[arg-type]
        return seen[-1]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(type(model.head), "embed", noted)
        gradients(model, [features[:3], features[3:]])
    first, second, first_again, second_again = seen
    assert torch.equal(first, first_again)
    assert torch.equal(second, second_again)
    assert not torch.equal(first[:1], embed(model.head, model.net, model.head.collate(features[:3]))[:1])


def test_training_in_passes_goes_as_training_in_one(tiny: Callable[[str], Path]) -> None:
    losses = []
    for budget in (1, 100_000):
        model = with_options(untrained(task("embedding"), tiny("bert"), Recipe(learning_rate=1e-3)), token_budget=budget)
        told = [Lesson("", f) for f in lessons(model)]
        course = Course(model.net, [Subject(model.net, model.head, told)], 10)
        losses.append([course.step(number, told) for number in (1, 2, 3)])
    assert losses[0] == pytest.approx(losses[1], abs=1e-5)
    assert losses[0][2] < losses[0][0]


def test_processes_share_a_step(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes, one after the other: each sends on the gradient of its own texts, and both know all vectors."""
    features = lessons(model)
    expected, slopes = gradients(model, None)
    parts = [[features[:4]], [features[4:6], features[6:]]]
    with torch.no_grad():
        told = [[(part, model.head.embed(model.net, model.head.collate(part))) for part in mine] for mine in parts]
    monkeypatch.setattr(gradient_cache.processes, "gathered", lambda mine: told)
    monkeypatch.setattr(gradient_cache.processes, "count", lambda: 2)
    model.net.zero_grad()
    total = 0.0
    for rank, mine in enumerate(parts):
        monkeypatch.setattr(gradient_cache.processes, "rank", lambda rank=rank: rank)
        empty = [(mine[0], 0.0)] if rank == 0 else []  # to keep the other company
        total += gradient_cache.backward(model.net, model.head, [*((part, 1.0) for part in mine), *empty])
    assert total == pytest.approx(expected, abs=1e-5)
    for name, p in model.net.named_parameters():
        if name in slopes:
            torch.testing.assert_close(p.grad, slopes[name], atol=1e-5, rtol=1e-4)


def test_matryoshka_is_part_of_it(model: Model) -> None:
    plain = replace(model, head=replace(model.head, recipe=replace(model.head.recipe, dimensions=None)))
    assert gradients(model, None)[0] != pytest.approx(gradients(plain, None)[0])
