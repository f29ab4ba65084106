"""Spans and links of an encoder: log p that sums to one, spans within any text, and windows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations, product
from math import fsum
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cases import untrained, with_options
from tasktune.answers import Link, Span
from tasktune.core import Lost
from tasktune.framings import relations_and_tags
from tasktune.heads.links import ACROSS, NOWHERE, LinkedSpans, Verdict, Window
from tasktune.models.inference import log_p_of
from tasktune.models.model import Model
from tasktune.notations.linked import ends_of, links_among
from tasktune.tasks import task
from tasktune.tasks.opinion_quadruples import OpinionQuadruples
from tasktune.tasks.relation_extraction import RelationExtraction

ODD = ("", " ", "one", "👩‍👩‍👧 in 北京, カフェ", "لندن שלום", "\u200b")


@pytest.fixture(scope="module")
def linker(tiny: Callable[[str], Path]) -> Model:
    model = untrained(task("opinion-quadruples"), tiny("bert"))
    network: Any = model.net
    with torch.no_grad():
        network.tag.bias.copy_(torch.linspace(0, 1, len(network.tag.bias)))  # so that there are spans to link
    return model


def test_log_p_sums_to_one_over_all_that_can_be_said(linker: Model) -> None:
    """Of one word: its tag, and for each two of nowhere and the span that begins there, if any, no link or one of the labels."""
    (asked,) = linker.head.encode(OpinionQuadruples(text="soup"), Lost())
    labels, kinds = relations_and_tags(linker.head.labels)
    assert isinstance(linker.head, LinkedSpans)
    told = []
    for tag in range(1 + 2 * len(kinds)):
        pairs = linker.head._possible([(1, 1, kinds[tag])] if tag < len(kinds) else [])
        for found in product(range(1 + len(labels)), repeat=len(pairs)):
            ends = [(*source[:2], *target[:2], one) for (source, target), one in zip(pairs, found, strict=True)]
            told.append(replace(asked, targets=(1, tag, *(part for end in ends for part in end))))
    assert fsum(np.exp(log_p_of(linker.net, linker.head, told))) == pytest.approx(1.0, abs=1e-4)


def test_links_are_learnt_between_the_right_spans_and_nowhere(linker: Model) -> None:
    soup, cold = Span(4, 8, "aspect"), Span(13, 17, "opinion")
    record = OpinionQuadruples(text="The soup was cold.", answer=(Link(soup, cold, "FOOD negative"),))
    (told,) = linker.head.supervise(record, Lost())
    food = 1 + relations_and_tags(linker.head.labels)[0].index("FOOD negative")
    pairs = {told.targets[k : k + 4]: told.targets[k + 4] for k in range(1 + told.targets[0], len(told.targets), 5)}
    assert pairs == {(0, 0, 0, 0): 0, (0, 0, 4, 4): 0, (2, 2, 0, 0): 0, (2, 2, 4, 4): food}


@pytest.mark.parametrize("text", ODD, ids=lambda text: repr(text[:5]))
def test_spans_are_within_any_text(linker: Model, text: str) -> None:
    record = OpinionQuadruples(text=text)
    (prediction,) = linker.predict([record])
    assert all(0 <= end.start < end.end <= len(text) for end in ends_of(links_among(prediction.answer)))
    assert len(prediction.scored.scores) == len(prediction.answer)
    assert all(0 <= score <= 1 for score in (prediction.score, *prediction.scored.scores))


def test_ten_thousand_words_are_read(tiny: Callable[[str], Path]) -> None:
    model = untrained(task("opinion-quadruples"), tiny("bert"))
    network: Any = model.net
    with torch.no_grad():
        network.tag.bias[-1] = 9.0  # few spans, as in any text: of nothing but spans there are too many pairs to wait for
    (prediction,) = model.predict(["word " * 10_000])
    assert prediction.answer is not None
    assert 0 <= prediction.score <= 1


@given(data=st.data())
def test_whatever_a_network_says_is_read(data: st.DataObject, linker: Model) -> None:
    """Windows of random log-probabilities, with a verdict of any kind on all pairs."""
    words = data.draw(st.integers(1, 6))
    record = OpinionQuadruples(text=" ".join("abcdef"[:words]))
    labels, kinds = relations_and_tags(linker.head.labels)
    scores = np.random.default_rng(data.draw(st.integers(0, 2**32))).normal(size=(words, 1 + 2 * len(kinds)))
    log_p = torch.tensor(scores).log_softmax(-1).numpy()
    linked = data.draw(st.floats(0, 1))
    spans = [(a + 1, b, kind) for a, b in combinations(range(words + 1), 2) for kind in kinds]
    verdicts = {pair: Verdict(linked, labels[0], linked) for pair in product([NOWHERE, *spans], repeat=2)}
    head = linker.head
    assert isinstance(head, LinkedSpans)
    scored = head.answer(record, [Window(0, log_p, verdicts)])
    assert isinstance(scored.answer, tuple)
    places = {(2 * k, 2 * k + 1) for k in range(words)}
    starts, ends = {start for start, _ in places}, {end for _, end in places}
    for link in links_among(scored.answer):
        assert link.source is None or link.source.label == "aspect"
        assert link.target is None or link.target.label == "opinion"
        assert all(end is None or (end.start in starts and end.end in ends) for end in (link.source, link.target))
    assert bool(scored.answer) == (linked > 0.5)  # nowhere may always be linked to nowhere
    assert all(0 <= score <= 1 for score in scored.scores)


def test_what_stands_too_far_apart_is_counted(tiny: Callable[[str], Path]) -> None:
    model = with_options(untrained(task("relation-extraction"), tiny("bert")), max_length=16)
    text = " ".join(["Rome"] * 40)
    rome, near, far = Span(0, 4, "LOC"), Span(5, 9, "LOC"), Span(195, 199, "LOC")
    links = (Link(rome, near, "Located_In"), Link(rome, far, "Located_In"))
    record, lost = RelationExtraction(text=text, answer=(rome, near, far, *links), id="r"), Lost()
    windows = model.head.supervise(record, lost)
    assert len(windows) > 1
    assert lost.counts[ACROSS] == 1
    assert windows[0].targets[0] == len(windows[0].positions)
    assert model.head.ceiling(record) == (rome, near, far, links[0])
    unknown = replace(record, answer=(rome, Span(5, 9, "X"), Link(rome, far, "Y"), far))
    assert model.head.ceiling(unknown) == (rome, far)
