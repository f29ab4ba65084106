"""Measuring: scores, their ceiling, what is lost and how good confidence is; in memory that does not grow with the records."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import tasktune as tt
from cases import example, untrained, with_options
from tasktune.core import Counts, InputError, Lost, Metric, Record, Task
from tasktune.models import inference
from tasktune.models.evaluation import answered, calibrate, measure, primary
from tasktune.models.model import Model
from tasktune.recipe import Recipe


@pytest.fixture
def model(tiny: Callable[[str], Path]) -> Model:
    return untrained(tt.task("nli"), tiny("bert"))


def many(name: str, count: int) -> Iterator[Record]:
    some = example(name)
    return (replace(some[k % len(some)], id=f"r{k}") for k in range(count))


def test_what_training_is_told_is_what_is_measured(model: Model) -> None:
    measured = measure(model.task, model.net, model.head, many("nli", 9))
    told = primary(model.task, model.net, model.head, many("nli", 9))
    assert {name: score.value for name, score in measured.scores.values.items()} == {
        name: score.value for name, score in told.values.items()
    }
    assert measured.records == 9
    assert measured.scores.main.low <= measured.scores.main.value <= measured.scores.main.high


def test_a_temperature_changes_the_error_of_confidence_and_no_answer(model: Model) -> None:
    warm = model.calibrated(replace(model.head.calibration, temperature=5.0))
    plain, scaled = (measure(m.task, m.net, m.head, many("nli", 8)) for m in (model, warm))
    assert scaled.scores == plain.scores
    assert scaled.calibration["ece_before"] == pytest.approx(plain.calibration["ece_before"])
    assert scaled.calibration["ece_after"] != pytest.approx(plain.calibration["ece_before"])


def test_labels_that_the_model_cannot_say_lower_the_ceiling_and_are_counted(model: Model) -> None:
    records = [*many("nli", 3), replace(next(many("nli", 1)), answer="unheard of", id="new")]
    measured = measure(model.task, model.net, model.head, records)
    assert measured.ceiling["accuracy"] == pytest.approx(0.75)
    assert measured.lost.as_json()["labels that training data did not show"] == {"count": 1, "records": ["new"]}
    assert measured.as_json()["lost"] == measured.lost.as_json()


def test_records_without_an_answer_are_refused_or_dropped_and_none_at_all_is_an_error(model: Model) -> None:
    records, lost = [*many("nli", 2), replace(next(many("nli", 1)), answer=None, id="bare")], Lost()
    assert [record.id for record in answered(records, Recipe(lossy="drop"), lost)] == ["r0", "r1"]
    assert lost.counts == {"no answer": 1}
    with pytest.raises(InputError, match="record 'bare' has no answer"):
        list(answered(records, Recipe(), lost))
    with pytest.raises(InputError, match="no records to measure by"):
        measure(model.task, model.net, model.head, [])


def _lengths(name: str, of: str, **options: Any) -> Metric[Any]:
    """A metric that tells how many answers it is given a record, and how many of them are texts."""

    def count(record: Record, said: Any) -> Counts:
        given = said if of == "answers" else (said,)
        return {"records": 1, "given": len(given), "texts": sum(isinstance(one, str) for one in given)}

    def score(sums: Any) -> Any:
        return {f"{name}_{amount}": sums[amount] / sums["records"] for amount in ("given", "texts")}

    return Metric(name, f"{name}_given", count, score, of=of, **options)


def test_a_metric_of_answers_is_given_all_that_were_asked_for_best_first(tiny: Callable[[str], Path]) -> None:
    kind = replace(tt.task("generation"), metric=_lengths("n", "answers"), beside=())
    drawing = with_options(untrained(kind, tiny("gpt2")), n_best=3, temperature=1.0, max_new_tokens=4)
    measured = measure(kind, drawing.net, drawing.head, many("generation", 4))
    assert {name: score.value for name, score in measured.scores.values.items()} == {"n_given": 3, "n_texts": 3}
    assert measured.ceiling == {"n_given": 1, "n_texts": 1}


def test_a_record_that_is_dropped_gives_none_of_the_answers_that_were_asked_for(tiny: Callable[[str], Path]) -> None:
    kind = replace(tt.task("generation"), metric=_lengths("n", "answers"), beside=())
    drawing = with_options(
        untrained(kind, tiny("gpt2")), n_best=3, temperature=1.0, max_new_tokens=4, max_length=32, lossy="drop"
    )
    (long,) = (replace(record, prompt="so long " * 100) for record in many("generation", 1))
    measured = measure(kind, drawing.net, drawing.head, [*many("generation", 3), long])
    assert {name: score.value for name, score in measured.scores.values.items()} == {"n_given": 3, "n_texts": 9 / 4}


def test_metrics_beside_the_first_are_measured_but_not_while_training(tiny: Callable[[str], Path]) -> None:
    generation = replace(tt.task("generation"), beside=())
    kind = replace(generation, beside=(_lengths("w", "answer", asked=lambda record: record if record.prompt else None),))
    writer = with_options(untrained(kind, tiny("gpt2")), max_new_tokens=4)
    alone = measure(generation, writer.net, writer.head, many("generation", 4))
    measured = measure(kind, writer.net, writer.head, many("generation", 4))
    assert measured.scores.primary == "perplexity"
    assert measured.records == 4
    assert {**measured.scores.values} == {
        **alone.scores.values,
        **{name: measured.scores.values[name] for name in ("w_given", "w_texts")},
    }
    assert "w_given" not in primary(kind, writer.net, writer.head, many("generation", 4)).values


def test_what_takes_long_is_measured_on_the_first_records_alone(tiny: Callable[[str], Path]) -> None:
    seen: list[str] = []

    def asked(record: Record) -> Record | None:
        seen.append(record.id)
        return record if record.id != "r0" else None

    kind = replace(tt.task("generation"), beside=(_lengths("w", "answer", asked=asked, most=2),))
    writer = with_options(untrained(kind, tiny("gpt2")), max_new_tokens=4)
    measured = measure(kind, writer.net, writer.head, many("generation", 6))
    assert (measured.records, measured.scores.values["w_given"].value) == (6, 1)
    assert seen == ["r0", "r1", "r2"]


def test_the_network_is_asked_once_for_metrics_that_ask_the_same(
    tiny: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked_of(kind: Task[Any]) -> tuple[list[str], dict[str, float]]:
        writer, seen = with_options(untrained(kind, tiny("gpt2")), n_best=2, temperature=1.0, max_new_tokens=4), list[str]()

        def noting(net: Any, head: Any, records: Any, lost: Lost) -> Iterator[Any]:
            for one in inference.answers(net, head, records, lost):
                seen.append(one[0].id)
                yield one

        monkeypatch.setattr("tasktune.models.evaluation.answers", noting)
        bare = [replace(record, answer=None, id="bare") for record in many("generation", 1)]
        several = [*many("generation", 2), *bare, *many("generation", 1)]
        measured = measure(kind, writer.net, writer.head, several)
        return seen, {name: score.value for name, score in measured.scores.values.items()}

    first, all_of_them = _lengths("n", "answer"), _lengths("w", "answers", asked=lambda record: record)
    others = _lengths("o", "answers", asked=lambda record: replace(record, prompt="Another"))
    together = replace(tt.task("generation"), metric=first, beside=(all_of_them, others))
    seen, values = asked_of(together)
    assert seen == ["r0", "r1", "r0", "bare", "r0", "r1", "bare", "r0"]
    for metric in together.metrics:
        alone = asked_of(replace(together, metric=metric, beside=()))[1] if metric is not first else {"n_given": 1, "n_texts": 1}
        assert alone.items() <= values.items()


def test_a_record_that_says_something_to_any_metric_is_measured(tiny: Callable[[str], Path]) -> None:
    kind = replace(tt.task("generation"), beside=(_lengths("w", "answer", asked=lambda record: record),))
    writer = with_options(untrained(kind, tiny("gpt2")), max_new_tokens=4)
    bare = [replace(record, answer=None) for record in many("generation", 2)]
    measured = measure(kind, writer.net, writer.head, bare)
    assert list(measured.scores.values) == ["w_given", "w_texts"]
    assert measured.scores.primary == "w_given"
    assert (measured.records, measured.ceiling) == (2, {})


def test_free_text_is_not_calibrated(tiny: Callable[[str], Path]) -> None:
    writer = untrained(tt.task("multilabel"), tiny("gpt2"))

    def unread() -> Iterator[Record]:
        raise AssertionError("nothing is to be read")
        yield

    assert calibrate(writer.task, writer.net, writer.head, unread()) == writer.head.calibration


@pytest.mark.slow
def test_no_record_is_held_longer_than_it_takes_to_answer_it(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    """Records of 30 kB each: were they, or something as long, kept, 20 more of them would take 600 kB more."""
    monkeypatch.setattr(inference, "WINDOW", 16)
    cut = with_options(model, lossy="truncate", max_length=16)
    peaks = []
    for count in (4, 40, 60):  # the first fills caches; in a window there are 16
        long = (replace(record, premise=record.id + " " * 30_000) for record in many("nli", count))
        tracemalloc.start()
        measure(cut.task, cut.net, cut.head, long)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[2] - peaks[1] < 300_000
