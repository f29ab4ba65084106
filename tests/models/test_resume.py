"""Training that was stopped anywhere ends as if it had not been: same weights, optimizer, random state and losses, to the bit."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import islice, product
from pathlib import Path
from typing import Any

import pytest
import torch

from cases import CASES, HEADS, KNOWING, example, untrained
from tasktune.core import InputError, Lost
from tasktune.heads.features import Features
from tasktune.models import durable, gradient_cache, training
from tasktune.models.adapters import adapted
from tasktune.models.checkpoints import Checkpoints, Pace
from tasktune.models.course import Lesson, Subject, Taught
from tasktune.models.evaluation import primary
from tasktune.models.model import Model
from tasktune.recipe import Recipe
from tasktune.scores import Score, Scores
from tasktune.tasks import task

Tiny = Callable[[str], Path]

RECIPE = replace(
    KNOWING,
    epochs=4,
    batch_size=3,
    evaluations=0.5,
    patience=0,
    token_budget=1,
    learning_rate=1e-3,
    decoding=replace(KNOWING.decoding, max_new_tokens=2),
)
"""Eight steps: of three records and then of one in an epoch, a pass a record, so that there are sixteen passes in all."""

STOPS = (0, 2, 5, 9, 15)
"""Passes before which training is stopped: the first, one within a step, amid an epoch, after an evaluation, the last."""


EVERY_STEP = Pace(shortest=0.0, failing=0.0)


class Stopped(BaseException):
    """Nothing that anyone would catch."""


def model(name: str, kind: Path, recipe: Recipe) -> Model:
    """An untrained model with dropout, so that random numbers are drawn in every pass."""
    torch.manual_seed(3)
    made = untrained(task(name), kind, recipe)
    if recipe.lora:
        made.net = adapted(made.net, made.head.framing, made.family, made.head.recipe)
    for module in made.net.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.2
    return made


def scores(value: float) -> Scores:
    return Scores("f1", {"f1": Score(value, value, value)})


def run(
    name: str, kind: Path, lora: int, folder: Path, measure: Callable[[], Scores] | None = None, recipe: Recipe = RECIPE
) -> training.Trained:
    """Train a fresh model with a checkpoint after every step, going on from those that are in the folder."""
    folder.mkdir(exist_ok=True)
    made, records = model(name, kind, replace(recipe, lora=lora, lora_alpha=4.0)), example(name)
    told = [Lesson(record.id, f) for record in records for f in made.head.supervise(record, Lost())]
    kept = Checkpoints(folder, dict, print, EVERY_STEP)
    measured = measure or (lambda: primary(made.task, made.net, made.head, records))
    return training.train(made.net, [Subject(made.net, made.head, told)], measured, lambda step: None, kept)


def state(folder: Path) -> dict[str, str]:
    """The digests of everything in the newest checkpoint, which after the last step is all that training came to."""
    *_, newest = sorted(folder.glob("step-*"))
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in newest.iterdir()}


def gone_on_after(capsys: pytest.CaptureFixture[str]) -> list[int]:
    """The steps from which training went on, as it was said."""
    return [int(step) for step in re.findall(r"going on after step (\d+)", capsys.readouterr().out)]


@pytest.fixture
def stop(monkeypatch: pytest.MonkeyPatch) -> Callable[[int | None], None]:
    """Gives a function to say before which pass, counted from when it is called, training stops; `None` to let it be."""
    monkeypatch.setattr(durable, "_sync", lambda path: None)  # waiting for the disk is most of what so small a checkpoint takes
    monkeypatch.setattr(training, "perf_counter", lambda: 0.0)  # what steps took is in the checkpoint, and never the same
    whole, over_all = Taught.backward, gradient_cache.backward

    def at(passes: int | None) -> None:
        left = iter(range(-1 if passes is None else passes, -1, -1))

        def backward(self: Taught, features: Sequence[Features], tokens: int) -> float:
            if next(left, None) == 0:
                raise Stopped
            return whole(self, features, tokens)

        def cached(net: Any, head: Any, passes: Sequence[Any]) -> float:
            """All passes of a step at once: what is stopped before any of them is stopped before the step."""
            for _ in passes:
                if next(left, None) == 0:
                    raise Stopped
            return over_all(net, head, passes)

        monkeypatch.setattr(Taught, "backward", backward)
        monkeypatch.setattr(gradient_cache, "backward", cached)

    return at


def stopped(stop: Callable[[int | None], None], passes: int, again: Callable[[], object]) -> None:
    """Let it train until it is stopped before a pass, counted from where it begins."""
    stop(passes)
    with pytest.raises(Stopped):
        again()
    stop(None)


SOME = [
    (name, "gpt2" if head == "text-closed" else tinies[-1], lora)
    for (head, (name, tinies)), lora in product(HEADS.items(), (0, 2))
]


@pytest.mark.parametrize(("name", "kind", "lora"), SOME, ids=str)
def test_stopped_twice_it_ends_as_if_it_had_not_been(
    name: str,
    kind: str,
    lora: int,
    tiny: Tiny,
    tmp_path: Path,
    stop: Callable[[int | None], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    def again(folder: str) -> training.Trained:
        return run(name, tiny(kind), lora, tmp_path / folder, recipe=replace(RECIPE, epochs=2, batch_size=2, evaluations=1.0))

    stop(None)
    whole = again("whole")
    for passes in (3, 3):  # from where the last stop left it: amid the second step, before scores; amid the third, after them
        stopped(stop, passes, lambda: again("cut"))
    assert again("cut") == whole
    assert gone_on_after(capsys) == [1, 2]
    assert whole.steps == len(whole.losses) == 4
    assert [step for step, _ in whole.history] == [2, 4]
    assert state(tmp_path / "cut") == state(tmp_path / "whole")


@pytest.mark.long
@pytest.mark.parametrize(("case", "lora", "passes"), list(product(CASES, (0, 2), STOPS)), ids=str)
def test_stopped_at_any_place_it_ends_as_if_it_had_not_been(
    case: tuple[str, str],
    lora: int,
    passes: int,
    tiny: Tiny,
    tmp_path: Path,
    stop: Callable[[int | None], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    name, kind = case
    stop(None)
    whole = run(name, tiny(kind), lora, tmp_path / "whole")
    stopped(stop, passes, lambda: run(name, tiny(kind), lora, tmp_path / "cut"))
    assert run(name, tiny(kind), lora, tmp_path / "cut") == whole
    done = {0: [], 2: [], 5: [2], 9: [4], 15: [7]}[passes]
    assert gone_on_after(capsys) == done
    assert state(tmp_path / "cut") == state(tmp_path / "whole")


def test_patience_and_the_best_weights_outlive_a_stop(tiny: Tiny, tmp_path: Path, stop: Callable[[int | None], None]) -> None:
    """Evaluated after steps 4 and 8 of eight, and once each epoch of two where patience is to end it."""
    found = iter(scores(value) for value in (0.3, 0.2, 0.1))
    with_patience = replace(RECIPE, evaluations=1.0, patience=2)
    stopped(stop, 9, lambda: run("nli", tiny("bert"), 0, tmp_path / "cut", lambda: next(found), with_patience))
    outcome = run("nli", tiny("bert"), 0, tmp_path / "cut", lambda: next(found), with_patience)
    assert (outcome.steps, outcome.best_step) == (6, 2)
    assert outcome.history == ((2, 0.3), (4, 0.2), (6, 0.1))
    stop(0)  # nothing is left to do: not one more pass
    assert run("nli", tiny("bert"), 0, tmp_path / "cut", lambda: next(found), with_patience) == outcome


def test_the_order_of_an_epoch_follows_from_the_seed_and_the_epoch() -> None:
    lessons = [Lesson(str(k), Features({"input_ids": [k]})) for k in range(10)]

    def order(seed: int, done: int) -> list[list[str]]:
        batches = training._batches([Subject(None, None, lessons)], 4, seed, done)  # type: ignore[arg-type]
        return [[lesson.record for lesson in batch] for _, batch in islice(batches, 9 - done)]

    whole = order(1, 0)
    for epoch in (whole[:3], whole[3:6], whole[6:]):
        assert sorted(name for batch in epoch for name in batch) == sorted(lesson.record for lesson in lessons)
    assert len({str(epoch) for epoch in (whole[:3], whole[3:6], whole[6:])}) == 3
    assert all(order(1, done) == whole[done:] for done in range(9))
    assert order(2, 0) != whole


def test_a_loss_that_is_no_number_leaves_no_checkpoint_to_end_there_again(tiny: Tiny, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not a number"):
        run("nli", tiny("bert"), 0, tmp_path, recipe=replace(RECIPE, learning_rate=1e30))
    assert list(tmp_path.glob("step-*")) == []
