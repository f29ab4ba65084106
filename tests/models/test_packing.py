"""Records in one row are read as if each were alone; what makes a step cheaper leaves its gradient as it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from transformers import AttentionInterface

from cases import CASES, KNOWING, each_case, example, untrained
from families import DECODERS, ENCODERS, TINY
from tasktune.core import Lost
from tasktune.heads.features import Features
from tasktune.models import foretold
from tasktune.models.adapters import adapted
from tasktune.models.attention import NAME, Sight
from tasktune.models.batching import rows
from tasktune.models.course import Course, Lesson, Subject
from tasktune.models.dropout import cheap_dropout, thinned
from tasktune.models.model import Model
from tasktune.models.packing import Layout, Packed, Padded, layout
from tasktune.models.vocabulary import OccurringRows, occurring_rows
from tasktune.tasks import task

Tiny = Callable[[str], Path]
FIRST = {"roberta": 2}  # its places begin behind its padding token
WORDS = (*DECODERS, "llava")
IN_PLACE = ("mask", "ner", "summarization-extractive")
PACKED = [case for case in CASES if case[0] in IN_PLACE or (case[1] in WORDS and case[0] != "embedding")]
each_packed = pytest.mark.parametrize("case", PACKED, ids="-".join)


def lessons(model: Model, name: str) -> list[Lesson]:
    return [Lesson(record.id, f) for record in example(name) for f in model.head.supervise(record, Lost())]


def features(model: Model, name: str) -> list[Features]:
    return [lesson.features for lesson in lessons(model, name)]


@torch.no_grad()
def log_p(model: Model, way: Layout, told: Sequence[Features]) -> Tensor:
    """log p of every target, one after the other."""
    with way.running(model.net):
        return model.head.token_log_p(model.net, way.batch(model.head, told)).flatten()


@each_case
def test_taggers_and_decoders_are_packed_and_others_padded(case: tuple[str, str], untaught: Callable[[str, str], Model]) -> None:
    model = untaught(*case)
    expected = Packed(FIRST.get(case[1], 0)) if case in PACKED else Padded()
    assert layout(model.net, model.head, features(model, case[0])) == expected
    assert model.net.config._attn_implementation == "sdpa"


@each_packed
def test_a_record_is_read_the_same_packed_as_alone_in_any_order(
    case: tuple[str, str], untaught: Callable[[str, str], Model]
) -> None:
    model = untaught(*case)
    told, way = features(model, case[0]), Packed(FIRST.get(case[1], 0))
    assert case[1] != "modernbert" or max(f.length for f in told) > model.net.config.local_attention
    for these in (told, told[::-1], told[:1] * 3):
        alone = torch.cat([log_p(model, Padded(), [f]) for f in these])
        torch.testing.assert_close(log_p(model, way, these), alone, rtol=1e-5, atol=1e-5)


@each_packed
def test_nothing_of_a_record_reaches_those_beside_it(case: tuple[str, str], tiny: Tiny) -> None:
    """The gradient of a record's log p is exactly 0 at the embeddings of all the others."""
    model = untrained(task(case[0]), tiny(case[1]))
    told, way = features(model, case[0])[:3], Packed(FIRST.get(case[1], 0))
    seen: list[Tensor] = []
    model.net.get_input_embeddings().register_forward_hook(lambda _, __, out: (out.retain_grad(), seen.append(out))[0])
    with way.running(model.net):
        found = model.head.token_log_p(model.net, way.batch(model.head, told)).flatten()
    before, inside = len(told[0].targets), len(told[1].targets)
    found[before : before + inside].sum().backward()
    assert seen[0].grad is not None
    first, middle, last = seen[0].grad[0].abs().sum(-1).split([f.length for f in told])
    assert middle.max() > 0
    assert first.max() == last.max() == 0


def gradients(course: Course, told: Sequence[Lesson]) -> list[Tensor]:
    """Those of one step's loss."""
    course.optimizer.zero_grad()
    course.net.train()
    (taught,) = course.taught
    with taught.layout.running(taught.net):
        loss = taught.loss(taught.net, taught.layout.batch(taught.head, [x.features for x in told]), None)
    loss.backward()
    return [p.grad.clone() for p in course.net.parameters() if p.grad is not None]


@pytest.mark.parametrize("lora", [0, 2])
@each_packed
def test_the_gradient_is_that_of_a_padded_batch(
    case: tuple[str, str], lora: int, tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And for decoders that of all the logits at once."""
    monkeypatch.setattr(foretold, "_ROWS", 3)
    model = untrained(task(case[0]), tiny(case[1]), replace(KNOWING, lora=lora))
    if lora:
        model.net = adapted(model.net, model.head.framing, model.family, model.head.recipe)
    told = lessons(model, case[0])
    course = Course(model.net, [Subject(model.net, model.head, told)], 10)
    assert isinstance(course.taught[0].layout, Packed)
    assert (course.taught[0].loss is foretold.summed) == (case[1] in WORDS)
    short = gradients(course, told)
    course.taught[0].layout, course.taught[0].loss = Padded(), model.head.loss
    long = gradients(course, told)
    assert len(short) == len(long) > 3
    for one, other in zip(short, long, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("case", [("ner", "bert"), ("multilabel", "llama")], ids="-".join)
def test_the_loss_falls_as_it_does_in_padded_batches(case: tuple[str, str], tiny: Tiny) -> None:
    curves, folder = [], tiny(case[1])
    for padded in (False, True):
        torch.manual_seed(1)
        model = untrained(task(case[0]), folder, replace(KNOWING, learning_rate=1e-3))
        told = lessons(model, case[0])
        course = Course(model.net, [Subject(model.net, model.head, told)], 20)
        if padded:
            course.taught[0].layout, course.taught[0].loss = Padded(), model.head.loss
        curves.append([course.step(k, told) for k in range(20)])
    assert curves[0][-1] < 0.9 * curves[0][0]
    assert curves[0] == pytest.approx(curves[1], abs=1e-4)


def test_a_network_that_caps_its_logits_keeps_them(tiny: Tiny) -> None:
    model = untrained(task("nli"), tiny("llama"))
    model.net.lm_head.register_forward_hook(lambda _, __, logits: 3 * (logits / 3).tanh())
    told = features(model, "nli")
    assert foretold.loss(model.net, model.head, layout(model.net, model.head, told), told) == model.head.loss


def test_a_network_whose_words_see_other_records_is_padded(tiny: Tiny) -> None:
    """Whatever its reason: here a layer that mixes neighbouring tokens."""
    model = untrained(task("ner"), tiny("bert"))
    model.net.bert.encoder.layer[0].register_forward_hook(lambda _, __, out: out + out.roll(1, 1))
    assert layout(model.net, model.head, features(model, "ner")) == Padded()


@pytest.mark.parametrize(
    ("sight", "expected"),
    [
        (Sight(False, None), None),
        (Sight(False, 3), None),
        (Sight(True, None), [[1, 0, 0], [1, 1, 0], [1, 1, 1]]),
        (Sight(True, 2), [[1, 0, 0], [1, 1, 0], [0, 1, 1]]),
        (Sight(False, 2), [[1, 1, 0], [1, 1, 1], [0, 1, 1]]),
    ],
)
def test_who_sees_whom(sight: Sight, expected: Any) -> None:
    found = sight.allowed(3, torch.device("cpu"))
    assert (None if found is None else found.int().tolist()) == expected


@pytest.mark.parametrize(("groups", "causal", "window"), [(4, False, None), (2, True, None), (4, False, 3), (2, True, 3)])
def test_attention_with_dropout_is_that_of_torchs_kernel_where_nothing_is_dropped(
    groups: int, causal: bool, window: int | None
) -> None:
    lengths = [5, 3, 90, 1, 7, 12]
    torch.manual_seed(1)
    parts = [torch.randn(1, heads, sum(lengths), 8, requires_grad=True) for heads in (4, groups, groups)]
    ends = torch.tensor([0, *lengths]).cumsum(0)

    def told(dropout: float) -> tuple[Tensor, ...]:
        given: dict[str, Any] = {"cu_seq_lens_q": ends, "is_causal": causal, "sliding_window": window, "dropout": dropout}
        out, _ = AttentionInterface()[NAME](torch.nn.Identity(), *parts, None, **given)
        return out, *torch.autograd.grad((out * torch.arange(8)).sum(), parts)

    for dropping, kernel in zip(told(1e-15), told(0.0), strict=True):
        torch.testing.assert_close(dropping, kernel, atol=1e-5, rtol=1e-4)


def test_rows_keep_the_order_and_the_budget() -> None:
    assert rows([3, 4, 5, 20, 1, 9], 10) == [[0, 1], [2], [3], [4, 5]]
    assert rows([], 10) == []


def test_dropout_drops_its_share_each_element_for_itself() -> None:
    torch.manual_seed(1)
    x = torch.ones(200, 1000, requires_grad=True)
    y = thinned(x, 0.1)
    y.sum().backward()
    gone = (y == 0).float()
    assert torch.equal(x.grad, y)  # a gradient passes where x passed, scaled alike
    assert y.detach().unique().tolist() == pytest.approx([0, 1 / 0.9])
    assert float(gone.mean()) == pytest.approx(0.1, abs=0.003)  # 4 standard deviations
    assert float(gone.mean(0).var()) == pytest.approx(0.09 / 200, rel=0.2)
    assert float((gone[:, 1:] * gone[:, :-1]).mean()) == pytest.approx(0.01, abs=0.001)
    assert not torch.equal(thinned(x, 0.1), y)
    assert float((thinned(x, 0.75) == 0).float().mean()) == pytest.approx(0.75, abs=0.005)


def test_dropout_layers_draw_so_only_while_training() -> None:
    net = torch.nn.Sequential(torch.nn.Dropout(0.5), torch.nn.Dropout(0.0))
    x = torch.ones(50)
    with cheap_dropout(net):
        torch.manual_seed(1)
        y = net(x)
        torch.manual_seed(1)
        assert torch.equal(y, thinned(x, 0.5))
        assert torch.equal(net.eval()(x), x)
    assert "forward" not in vars(net[0])


@pytest.mark.parametrize("kind", ENCODERS)
def test_the_rows_of_words_that_occur_are_trained_as_in_the_whole_table(kind: str, tiny: Tiny) -> None:
    model = untrained(task("ner"), tiny(kind), replace(KNOWING, warmup=0.0))
    told = lessons(model, "ner")
    used = sorted({token for lesson in told for token in lesson.features.inputs["input_ids"]})
    table: Any = model.net.get_input_embeddings()
    before, whole = (
        table.weight.detach().clone(),
        gradients(Course(model.net, [Subject(model.net, model.head, told)], 10), told)[0],
    )
    unused = [k for k in range(len(before)) if k not in (*used, table.padding_idx)]
    with occurring_rows(model.net, used):
        some: Any = model.net.get_input_embeddings()
        assert isinstance(some, OccurringRows)
        course = Course(model.net, [Subject(model.net, model.head, told)], 10)
        gradients(course, told)
        torch.testing.assert_close(some.rows.grad[some.place[used]], whole[used])
        course.optimizer.step()
        model.net.eval()
        everything = some(torch.arange(len(before)))
    assert model.net.get_input_embeddings() is table
    assert torch.equal(table.weight, everything)
    assert torch.equal(table.weight[unused], before[unused])
    assert bool((table.weight[used] != before[used]).any())


@pytest.mark.parametrize("kind", [kind for kind in TINY if kind not in ENCODERS])
def test_a_table_that_foretells_words_or_is_not_trained_stays_whole(kind: str, tiny: Tiny) -> None:
    model = untrained(task("nli"), tiny(kind))
    table: Any = model.net.get_input_embeddings()
    tied = sum(p is table.weight for _, p in model.net.named_parameters(remove_duplicate=False)) > 1
    if not tied:
        table.weight.requires_grad_(False)
    with occurring_rows(model.net, {1, 2}):
        assert model.net.get_input_embeddings() is table


@pytest.mark.parametrize(("name", "kind"), [("ner", "bert"), ("nli", "llama")])
def test_bf16_gives_about_the_same_gradient(name: str, kind: str, tiny: Tiny) -> None:
    losses, folder = [], tiny(kind)
    for precision in ("fp32", "bf16"):
        torch.manual_seed(1)
        model = untrained(task(name), folder, replace(KNOWING, precision=precision, learning_rate=1e-3))
        told = lessons(model, name)
        course = Course(model.net, [Subject(model.net, model.head, told)], 10)
        losses.append([course.step(k, told) for k in range(4)])
    assert losses[0] != losses[1]
    assert losses[1] == pytest.approx(losses[0], rel=0.05)
