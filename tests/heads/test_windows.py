"""A record longer than the model is refused, shortened, dropped or read in windows, as the recipe says, and always counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise, product
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import KNOWING, each_case, example, with_options
from families import ENCODERS
from records import reading_on
from tasktune.answers import Message, Span
from tasktune.core import InputError, Lost, Record
from tasktune.heads.features import Features
from tasktune.heads.tags import best_path, transitions
from tasktune.heads.words import window_cuts
from tasktune.models.model import Model
from tasktune.notations import bio
from tasktune.notations.words import words as words_of
from tasktune.tasks.chat import Chat
from tasktune.tasks.dependency_parsing import DependencyParsing
from tasktune.tasks.mask import MaskedText
from tasktune.tasks.ner import NER
from tasktune.tasks.summarization_extractive import SummarizationExtractive
from tasktune.verbs.fit import fit

READS = 64  # tokens, of which every long record below takes several times as many


def long(record: Record) -> Record:
    """The record with far more to read than the model can."""
    match record:
        case Chat(messages=messages):
            return replace(record, messages=(Message("user", "on and on " * 60), *messages), id="long")
        case DependencyParsing():
            return replace(reading_on(record, 30), id="long")
        case MaskedText(text=text, answer=answer):  # windows without a mask are not read
            return replace(record, text=" ".join([text] * 30), answer=answer * 30, words=(), id="long")
        case SummarizationExtractive(text=text):
            return replace(record, text=text + " We go on and on." * 60, sentences=(), id="long")
    field = record.field_names()[0]
    return replace(record, **{field: getattr(record, field) + " on and on" * 60}, id="long")


def longest(f: Features) -> int:
    """Tokens in the longest row of features: those of embeddings hold several windows, of two texts, one after the other."""
    return max(f.inputs.get("lengths", [f.length]))


@pytest.fixture
def model(case: tuple[str, str], untaught: Callable[[str, str], Model]) -> Model:
    return with_options(untaught(*case), max_length=READS)


def encoded(model: Model, policy: str, record: Record) -> tuple[list[Features], dict[str, Any]]:
    lost = Lost()
    features = with_options(model, lossy=policy, max_length=READS).head.encode(record, lost)
    return features, lost.as_json()


@each_case
def test_a_record_that_fits_is_read_whole_under_every_policy(
    case: tuple[str, str], untaught: Callable[[str, str], Model]
) -> None:
    model, record = untaught(*case), example(case[0])[0]
    for policy in ("error", "split", "truncate", "drop"):
        lost = Lost()
        assert len(with_options(model, lossy=policy).head.encode(record, lost)) == 1
        assert not lost.counts


@each_case
def test_each_policy_does_what_it_says_and_counts_it(case: tuple[str, str], model: Model) -> None:
    record = long(example(case[0])[0])
    with pytest.raises(InputError, match=r"record 'long' takes \d+ tokens, .*.*allow --lossy split"):
        encoded(model, "error", record)
    assert encoded(model, "drop", record) == ([], {"dropped": {"count": 1, "records": ["long"]}})
    first, lost = encoded(model, "truncate", record)
    assert len(first) == 1
    assert lost == {"truncated": {"count": 1, "records": ["long"]}}
    windows, lost = encoded(model, "split", record)
    shortened = "pairs shortened" if case[0] == "pretraining" else "prompts shortened"
    reads_in_windows = case[0] == "embedding" or (model.family == "encoder" and case[0] != "pretraining")
    assert (len(windows) > 1 or any(len(f.inputs.get("lengths", ())) > 2 for f in windows)) == reads_in_windows
    assert lost == {"split" if reads_in_windows else shortened: {"count": 1, "records": ["long"]}}
    assert all(longest(f) <= READS for f in windows + first)


@each_case
def test_a_long_record_is_learnt_and_answered_within_what_the_model_reads(case: tuple[str, str], model: Model) -> None:
    record = long(example(case[0])[0])
    for policy in ("split", "truncate"):
        narrow = with_options(model, lossy=policy, max_length=READS)
        features = narrow.head.supervise(record, Lost())
        assert features
        assert all(longest(f) <= READS and f.targets and (f.positions or "lengths" in f.inputs) for f in features)
        (prediction,) = narrow.predict([record])
        assert prediction.record == record
    (dropped,) = with_options(model, lossy="drop", max_length=READS).predict([record])
    assert (dropped.answer, dropped.score) == (None, 0.0)


def scene(chance: Random, words: int) -> NER:
    """Some words, among them `the` and `park`, which bear the same label wherever they stand."""
    chosen = [chance.choice(("Ada", "London", "the", "team", "sleeps", "in", "park")) for _ in range(words)]
    places = words_of(text := " ".join(chosen))
    named = {"the": "PER", "park": "LOC"}
    return NER(text=text, answer=tuple(Span(a, b, named[text[a:b]]) for a, b in places if text[a:b] in named))


@pytest.mark.parametrize("kind", ENCODERS)
def test_split_finds_what_is_named_at_the_far_end(kind: str, tiny: Callable[[str], Path]) -> None:
    chance = Random(5)
    short, long = [scene(chance, 60) for _ in range(20)], scene(chance, 300)
    recipe = replace(KNOWING, epochs=8, evaluations=1 / 8, learning_rate=1e-2, max_length=READS)
    model = fit("ner", short, short[:4], str(tiny(kind)), recipe=recipe)
    (prediction,) = model.predict([replace(long, answer=None, id="long")], lost := Lost())
    assert lost.as_json() == {"split": {"count": 1, "records": ["long"]}}
    for part in (long.answer, long.answer[-20:]):
        assert len(set(part) & set(prediction.answer)) > 0.85 * len(part)
    (cut,) = with_options(model, lossy="truncate").predict([replace(long, answer=None)])
    assert 0 < max(span.end for span in cut.answer) < len(long.text) / 2


@given(st.lists(st.integers(1, 9), max_size=60), st.integers(9, 30))
def test_windows_hold_every_word_fit_and_overlap(lengths: list[int], room: int) -> None:
    cuts = window_cuts(lengths, room)
    assert cuts[0][0] == 0
    assert cuts[-1][1] == len(lengths)
    for first, last in cuts:
        assert sum(lengths[first:last]) <= room
    for (first, last), (after, beyond) in pairwise(cuts):
        assert first < after <= last < beyond


def test_a_words_tag_is_taken_from_where_it_stands_farthest_from_a_cut(untaught: Callable[[str, str], Model]) -> None:
    head = untaught("ner", "bert").head
    left, right = np.full((6, len(head.labels)), 1.0), np.full((6, len(head.labels)), 2.0)
    merged = head.merged(9, [(0, left), (3, right)])[0][:, 0]
    assert merged.tolist() == [1, 1, 1, 1, 1, 2, 2, 2, 2]


LABELS = bio.inventory(["B-X", "B-Y"])


def follows_on(path: tuple[int, ...]) -> bool:
    return all(bio.follows(a, b) for a, b in pairwise(["", *(LABELS[k] for k in path)]))


@given(st.lists(st.lists(st.floats(-9, 0), min_size=5, max_size=5), min_size=1, max_size=5))
def test_the_path_is_the_best_of_all_legal_ones(rows: list[list[float]]) -> None:
    log_p = np.array(rows)
    path = best_path(log_p, transitions(bio.follows, LABELS))
    legal = [p for p in product(range(len(LABELS)), repeat=len(rows)) if follows_on(p)]
    assert tuple(path) in legal
    best = max(sum(log_p[k, c] for k, c in enumerate(p)) for p in legal)
    assert log_p[np.arange(len(rows)), path].sum() == pytest.approx(best)
