"""Whatever a text is (nothing, one word, ten thousand, signs of any script), heads on encoders give an answer about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import pairwise
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import untrained, with_options
from tasktune.answers import Span, WordTag
from tasktune.core import Lost, Record
from tasktune.heads.words import window_cuts
from tasktune.models.inference import answers
from tasktune.models.model import Model
from tasktune.notations.tokens import words_of
from tasktune.tasks import task
from tasktune.tasks.aspect_polarity import AspectPolarity
from tasktune.tasks.aspect_sentiment import AspectSentiment
from tasktune.tasks.classification import Classification
from tasktune.tasks.multilabel import MultiLabel
from tasktune.tasks.ner import NER
from tasktune.tasks.nli import NLI
from tasktune.tasks.paraphrase import Paraphrase
from tasktune.tasks.pos import POS
from tasktune.tasks.regression import Regression

READS = 64
TEN_THOUSAND = "Ada sleeps in the park, and not in London. " * 1000
ODD = (
    "",
    "one",
    TEN_THOUSAND,
    "👩‍👩‍👧 👍🏽",
    "北京 كتاب Ada\u0301 नमस्ते 한국",
    "   ",
    " \n\t\u2028",
    "\u200b\u0301",
    "…",
    "x" * 3000,
)

ASKED: dict[str, Callable[[str, str], Record]] = {
    "aspect-polarity": lambda text, other: AspectPolarity(text=text, aspect=other),
    "aspect-sentiment": lambda text, other: AspectSentiment(text=text),
    "classification": lambda text, other: Classification(text=text, pair=other),
    "multilabel": lambda text, other: MultiLabel(text=text),
    "ner": lambda text, other: NER(text=text),
    "nli": lambda text, other: NLI(premise=text, hypothesis=other),
    "paraphrase": lambda text, other: Paraphrase(text=text, pair=other),
    "pos": lambda text, other: POS(text=text),
    "regression": lambda text, other: Regression(text=text, pair=other),
}


@pytest.fixture(scope="module")
def reader(tiny: Callable[[str], Path]) -> Callable[[str, str], Model]:
    made: dict[tuple[str, str], Model] = {}

    def model(name: str, kind: str) -> Model:
        if (name, kind) not in made:
            made[name, kind] = with_options(untrained(task(name), tiny(kind)), max_length=READS)
        return made[name, kind]

    return model


def check(model: Model, records: Iterable[Record]) -> list[Any]:
    """Every record has an answer that can be one, and probabilities that are such. Gives back the answers."""
    found = []
    for record, raws, scored in answers(model.net, model.head, records, Lost()):
        if model.task.name == "regression":
            assert isinstance(scored.answer, float)
            assert isfinite(scored.answer)
        else:
            check_probabilities(model, record, raws, scored)
            check_answer(model, record, scored.answer)
        found.append(scored.answer)
    return found


def check_probabilities(model: Model, record: Record, raws: Any, scored: Any) -> None:
    answered = replace(record, answer=scored.answer)
    units = model.head.units(answered, raws)
    np.testing.assert_allclose(np.exp(units.log_p).sum(-1), 1.0, rtol=1e-5)
    assert all(0 <= score <= 1 + 1e-6 for score in (scored.score, *scored.scores))


def check_answer(model: Model, record: Any, answer: Any) -> None:
    match answer:
        case str():
            assert answer in model.head.labels
        case (WordTag(), *_):
            assert [(tag.start, tag.end) for tag in answer] == list(words_of(record))
            assert {tag.label for tag in answer} <= set(model.head.labels)
        case (Span(), *_):
            assert all(0 <= span.start < span.end <= len(record.text) for span in answer)
            assert all(one.end <= other.start for one, other in pairwise(answer))
        case _:
            assert set(answer) <= set(model.head.labels)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "kind"), [*((name, "bert") for name in ASKED), ("ner", "multilingual"), ("nli", "roberta")])
def test_odd_texts_are_answered(name: str, kind: str, reader: Callable[[str, str], Model]) -> None:
    model = reader(name, kind)
    records = [ASKED[name](text, "two words") for text in ODD] + [ASKED[name](text, "") for text in ODD[:2]]
    together = check(model, records)
    alone = [check(model, [record])[0] for record in records]
    if name == "regression":
        assert together == pytest.approx(alone, abs=1e-4)
    else:
        assert together == alone


@pytest.mark.parametrize("name", ASKED)
def test_any_text_is_answered(name: str, reader: Callable[[str, str], Model]) -> None:
    model = reader(name, "bert")

    @given(st.lists(st.tuples(st.text(), st.text()), min_size=1, max_size=4))
    def law(texts: list[tuple[str, str]]) -> None:
        assert len(check(model, [ASKED[name](*both) for both in texts])) == len(texts)

    law()


@pytest.mark.slow
def test_ten_thousand_words_are_tagged_as_in_the_windows_in_whose_midst_they_stand(reader: Callable[[str, str], Model]) -> None:
    model = reader("pos", "bert")
    words = task("pos").encoder.words(POS(text=TEN_THOUSAND))
    assert len(words) > 10_000
    lost = Lost()
    (whole,) = model.predict([POS(text=TEN_THOUSAND, id="long")], lost)
    assert lost.as_json() == {"split": {"count": 1, "records": ["long"]}}
    assert [(tag.start, tag.end) for tag in whole.answer] == list(words)
    assert len({tag.label for tag in whole.answer}) > 1
    lengths = [len(model.head.tokenizer(TEN_THOUSAND[a:b], add_special_tokens=False)["input_ids"]) for a, b in words]
    cuts = window_cuts(lengths, READS - 2)
    for first, last in (cuts[0], cuts[1], cuts[len(cuts) // 2], cuts[-1]):
        begin, end = words[first][0], words[last - 1][1]
        (alone,) = model.predict([TEN_THOUSAND[begin:end]])
        quarter = (last - first) // 4
        kept = slice(quarter if first else 0, last - first - quarter if last < len(words) else None)
        expected = [tag.label for tag in whole.answer[first:last]]
        assert [tag.label for tag in alone.answer][kept] == expected[kept]
