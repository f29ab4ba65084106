"""Training does what its recipe says, however it is cut into passes, the same every time, and stops where it makes no sense."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
import torch

from cases import KNOWING, each_case, example, untrained
from families import ENCODERS, WRITERS
from tasktune.core import InputError, Lost
from tasktune.decoding import Decoding
from tasktune.models import course
from tasktune.models.course import Lesson, Subject
from tasktune.models.inference import log_p_of
from tasktune.models.model import Model, load
from tasktune.models.training import Step, Trained, train
from tasktune.scores import Score, Scores
from tasktune.tasks import task
from tasktune.verbs.fit import fit

Tiny = Callable[[str], Path]
ONE_STEP = replace(KNOWING, epochs=1, warmup=0.0, learning_rate=1e-3, evaluations=1.0)


def lessons(model: Model, name: str) -> list[Lesson]:
    return [Lesson(record.id, f) for record in example(name) for f in model.head.supervise(record, Lost())]


def scores(value: float) -> Scores:
    return Scores("f1", {"f1": Score(value, value, value)})


def trained(model: Model, told: Sequence[Lesson], found: Sequence[float] = (1.0,) * 99) -> tuple[Trained, list[Step]]:
    """Train a model in place; its evaluations find these scores."""
    steps, left = list[Step](), iter(found)
    return train(model.net, [Subject(model.net, model.head, told)], lambda: scores(next(left)), steps.append), steps


def weights(model: Model) -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in model.net.state_dict().items()}


@each_case
def test_a_batch_in_many_passes_teaches_what_it_teaches_in_one(
    case: tuple[str, str], tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Gradients are compared, not weights: AdamW's first step is as long for a gradient that is all rounding as for any."""
    name, folder = case[0], tiny(case[1])
    gradients: list[list[torch.Tensor]] = []

    def note(optimizer: torch.optim.AdamW, closure: None = None) -> None:
        gradients.append([p.grad.clone() for group in optimizer.param_groups for p in group["params"] if p.grad is not None])

    monkeypatch.setattr(torch.optim.AdamW, "step", note)
    for budget in (1_000_000, 1):
        torch.manual_seed(1)
        model = untrained(task(name), folder, replace(ONE_STEP, token_budget=budget))
        for module in model.net.modules():
            if isinstance(module, torch.nn.Dropout):  # the parser's own: what it drops differs from pass to pass
                module.p = 0.0
        trained(model, lessons(model, name))
    whole, parts = gradients
    assert len(whole) == len(parts) > 10
    for one, other in zip(whole, parts, strict=True):
        torch.testing.assert_close(other, one, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("case", [("ner", "modernbert"), ("nli", "llama"), ("multilabel", "bart")], ids="-".join)
def test_the_same_seed_gives_the_same_weights_and_another_others(case: tuple[str, str], tiny: Tiny) -> None:
    name, kind = case

    def tuned(seed: int) -> dict[str, torch.Tensor]:
        recipe = replace(
            KNOWING, epochs=3, evaluations=1 / 3, batch_size=2, seed=seed, lora=2, decoding=Decoding(max_new_tokens=2)
        )
        return weights(fit(name, example(name), example(name), str(tiny(kind)), recipe=recipe))

    one, again, other = tuned(1), tuned(1), tuned(2)
    assert all(torch.equal(one[each], again[each]) for each in one)
    assert any(not torch.equal(one[each], other[each]) for each in one)


def test_the_loss_falls_and_is_that_of_the_supervised_tokens(tiny: Tiny) -> None:
    model = untrained(task("nli"), tiny("gpt2"))
    told = lessons(model, "nli")
    tokens = sum(len(lesson.features.targets) for lesson in told)
    expected = -sum(log_p_of(model.net, model.head, [lesson.features for lesson in told])) / tokens
    _, steps = trained(model, told)
    assert steps[0].loss == pytest.approx(expected, rel=1e-5)
    assert steps[-1].loss < 0.1 * steps[0].loss
    assert [step.done for step in steps] == [*range(1, 61)]
    assert {step.total for step in steps} == {60}


def test_the_learning_rate_rises_and_falls(tiny: Tiny) -> None:
    model = untrained(task("nli"), tiny("bert"), replace(KNOWING, epochs=10, warmup=0.5, learning_rate=1e-3))
    _, steps = trained(model, lessons(model, "nli"))
    rates = [step.learning_rate for step in steps]
    assert rates.index(max(rates)) == 4
    assert max(rates) == pytest.approx(1e-3)
    assert rates[-1] == 0.0


def test_layers_that_begin_at_random_learn_faster(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    """AdamW's first step moves every weight that has a gradient by the rate it learns at."""
    monkeypatch.setattr(course, "NEW_LAYERS", 20.0)
    model = untrained(task("nli"), tiny("bert"), replace(ONE_STEP, learning_rate=1e-4, weight_decay=0.0))
    assert "classifier.weight" in model.new
    assert not any("embeddings" in name for name in model.new)
    before, subject = weights(model), Subject(model.net, model.head, lessons(model, "nli"))
    train(model.net, [subject], lambda: scores(1.0), lambda step: None, new=model.new)
    moved = {name: (tensor - before[name]).abs().max().item() for name, tensor in weights(model).items()}
    assert moved["classifier.weight"] == pytest.approx(2e-3, rel=0.02)
    assert moved["bert.encoder.layer.0.output.dense.weight"] == pytest.approx(1e-4, rel=0.02)


def test_it_stops_when_the_scores_do_not_rise_and_keeps_the_best(tiny: Tiny) -> None:
    recipe = replace(KNOWING, epochs=20, evaluations=1.0, patience=3)
    found = (0.1, 0.3, 0.2, 0.29, 0.1, 0.9)
    model = untrained(task("nli"), tiny("bert"), recipe)
    outcome, _ = trained(model, lessons(model, "nli"), found)
    assert (outcome.steps, outcome.best_step) == (5, 2)
    assert outcome.history == tuple(enumerate(found[:5], 1))

    kept: dict[int, dict[str, torch.Tensor]] = {}
    other = untrained(task("nli"), tiny("bert"), recipe)
    other.net.load_state_dict(weights(untrained(task("nli"), tiny("bert"), recipe)))
    left = iter(found)

    def evaluate() -> Scores:
        kept[len(kept) + 1] = weights(other)
        return scores(next(left))

    train(other.net, [Subject(other.net, other.head, lessons(other, "nli"))], evaluate, lambda step: None)
    after = weights(other)  # where the table of words is whole again
    assert all(torch.equal(after[each], kept[2][each]) for each in kept[2] if each in after)
    assert any(not torch.equal(kept[5][each], kept[2][each]) for each in kept[2])


def test_patience_begins_with_the_first_right_answer(tiny: Tiny) -> None:
    """A model that has found no entity yet is not at its best, however often that is measured."""
    model = untrained(task("nli"), tiny("bert"), replace(KNOWING, epochs=20, evaluations=1.0, patience=2))
    outcome, _ = trained(model, lessons(model, "nli"), (0.0, 0.0, 0.0, 0.0, 0.2, 0.1, 0.1))
    assert (outcome.steps, outcome.best_step) == (7, 5)


def test_of_a_model_that_knows_nothing_yet_the_latest_weights_are_kept(tiny: Tiny) -> None:
    model = untrained(task("nli"), tiny("bert"), replace(KNOWING, epochs=4, evaluations=1.0, patience=1))
    outcome, _ = trained(model, lessons(model, "nli"), (0.0,) * 4)
    assert (outcome.steps, outcome.best_step) == (4, 4)


def test_of_evaluations_that_are_equally_good_the_latest_is_kept_and_patience_counts_from_the_first(tiny: Tiny) -> None:
    """A reader that answers "none" to all as yet learns all the same; but not for ever."""
    model = untrained(task("nli"), tiny("bert"), replace(KNOWING, epochs=20, evaluations=1.0, patience=2))
    outcome, _ = trained(model, lessons(model, "nli"), (0.5, 0.6, 0.5, 0.6, 0.7))
    assert (outcome.steps, outcome.best_step) == (4, 4)


def test_figures_below_0_have_patience_too(tiny: Tiny) -> None:
    """The mean of several tasks is, where one of them is better the less it is."""
    model = untrained(task("nli"), tiny("bert"), replace(KNOWING, epochs=20, evaluations=1.0, patience=2))
    outcome, _ = trained(model, lessons(model, "nli"), (-12.0, -11.0, -14.0, -15.0, -16.0))
    assert (outcome.steps, outcome.best_step) == (4, 2)


def test_with_no_patience_it_never_stops(tiny: Tiny) -> None:
    model = untrained(task("nli"), tiny("bert"), replace(KNOWING, epochs=6, evaluations=1.0, patience=0))
    outcome, _ = trained(model, lessons(model, "nli"), (0.9, *(0.1,) * 5))
    assert (outcome.steps, outcome.best_step) == (6, 1)


def test_a_loss_that_is_no_number_stops_with_the_step_and_the_records(tiny: Tiny) -> None:
    model = untrained(task("regression"), tiny("bert"), replace(KNOWING, batch_size=2))
    told = lessons(model, "regression")
    broken = replace(told[2], features=replace(told[2].features, targets=(float("nan"),)))
    message = r"the loss of step [12], or its gradient, is not a number; its records are .*\br2\b.*--learning-rate"
    with pytest.raises(InputError, match=message):
        trained(model, [*told[:2], broken, told[3]])


def test_class_weights_give_every_class_the_same_say(tiny: Tiny) -> None:
    name, recipe = "nli", replace(ONE_STEP, class_weights=True)
    model = untrained(task(name), tiny("bert"), recipe)  # two of its four records entail
    told = lessons(model, name)
    log_p = log_p_of(model.net, model.head, [lesson.features for lesson in told])
    weight = {"entailment": 4 / (3 * 2), "contradiction": 4 / 3, "neutral": 4 / 3}
    expected = -sum(weight[record.answer] * value for record, value in zip(example(name), log_p, strict=True)) / 4
    _, steps = trained(model, told)
    assert steps[0].loss == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("case", [("regression", "bert"), ("nli", "gpt2"), ("multilabel", "t5")], ids="-".join)
def test_class_weights_need_classes(case: tuple[str, str], tiny: Tiny) -> None:
    model = untrained(task(case[0]), tiny(case[1]), replace(ONE_STEP, class_weights=True))
    with pytest.raises(InputError, match="--class-weights needs a closed set of labels"):
        trained(model, lessons(model, case[0]))


@pytest.mark.parametrize(("name", "kind"), [*product(("nli", "ner"), ENCODERS), *product(("nli",), WRITERS)])
def test_adapters_are_trained_merged_and_saved(name: str, kind: str, tiny: Tiny, tmp_path: Path) -> None:
    recipe = replace(KNOWING, epochs=8, evaluations=1 / 8, lora=4, learning_rate=2e-2)
    folder = tiny(kind)  # which seeds as well where it is yet to be made
    torch.manual_seed(recipe.seed)  # T5's new row, for line breaks, begins at random
    before = untrained(task(name), folder).net.state_dict()
    model = fit(name, example(name), example(name), str(folder), recipe=recipe)
    after = model.net.state_dict()
    assert before.keys() == after.keys()
    moved = {each for each in before if not torch.equal(before[each], after[each])}
    assert any(".0." in each for each in moved)
    assert not any("embed" in each or "norm" in each.lower() for each in moved)
    loaded = load(model.save(tmp_path / "model"))
    told = [lesson.features for lesson in lessons(model, name)]
    assert log_p_of(loaded.net, loaded.head, told) == pytest.approx(log_p_of(model.net, model.head, told), rel=1e-5)
    untaught = untrained(task(name), tiny(kind))
    assert sum(log_p_of(model.net, model.head, told)) > sum(log_p_of(untaught.net, untaught.head, told))
