"""Vectors: what is compared with what while learning, windows, prompts, and what is given for a record."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn.functional import normalize

import tasktune as tt
from cases import untrained, with_options
from tasktune.core import InputError, Lost
from tasktune.heads.contrast import SHARPNESS, Step, cosent, info_nce
from tasktune.heads.pooling import Pooling, pooled
from tasktune.models.model import Model
from tasktune.recipe import Recipe
from tasktune.tasks.embedding import Embedding


@pytest.fixture(scope="module")
def model(tiny: Callable[[str], Path]) -> Model:
    return untrained(tt.task("embedding"), tiny("bert"), Recipe())


def structure(model: Model, *records: Embedding) -> Any:
    return model.head.collate([f for record in records for f in model.head.supervise(record, Lost())])


def pairs(*texts: tuple[str, ...]) -> list[Embedding]:
    return [Embedding(text=anchor, answer=own, negatives=tuple(others)) for anchor, own, *others in texts]


def info_nce_by_hand(vectors: torch.Tensor, rows: list[tuple[int, int, list[int]]]) -> float:
    """Of each anchor, its own and the others that it is told from, by their places."""
    total = 0.0
    for anchor, own, others in rows:
        cosines = {k: SHARPNESS * float(vectors[anchor] @ vectors[k]) for k in (own, *others)}
        total += math.log(sum(map(math.exp, cosines.values()))) - cosines[own]
    return total


def test_a_text_is_told_from_what_goes_with_others_and_from_all_negatives(model: Model) -> None:
    batch = structure(model, *pairs(("a", "b", "c"), ("d", "e")))  # places 0 1 2, 3 4
    vectors = normalize(torch.randn(5, 8), dim=1)
    found = float(info_nce(vectors, Step.of(batch), Step.of(batch).first))
    assert found == pytest.approx(info_nce_by_hand(vectors, [(0, 1, [2, 4]), (3, 4, [1, 2])]), rel=1e-5)


def test_what_is_alike_is_no_negative(model: Model) -> None:
    batch = structure(model, *pairs(("a", "b"), ("c", "b"), ("a", "d"), ("e", "a")))  # 0 1, 2 3, 4 5, 6 7
    vectors = normalize(torch.randn(8, 8), dim=1)
    vectors[3] = vectors[1]  # of the same text
    told = [(0, 1, []), (2, 3, [5, 7]), (4, 5, []), (6, 7, [1, 3, 5])]
    found = float(info_nce(vectors, Step.of(batch), Step.of(batch).first))
    assert found == pytest.approx(info_nce_by_hand(vectors, told), rel=1e-5, abs=1e-5)


def test_a_text_is_alike_behind_whichever_prompt(model: Model) -> None:
    prompted = replace(model, head=replace(model.head, pooling=Pooling(prompts=(("query", "ask: "), ("document", "told: ")))))
    one, other = pairs(("a", "b"), ("c", "a"))
    batch = structure(prompted, one, other)
    assert batch["keys"][0] == batch["keys"][3]
    assert batch["input_ids"][0].tolist() != batch["input_ids"][3].tolist()


def test_numbers_and_texts_that_go_together_can_be_mixed(model: Model) -> None:
    batch = structure(model, Embedding(text="x", pair="y", answer=0.5), *pairs(("a", "b"), ("c", "d")))
    step = Step.of(batch)
    assert step.first.tolist() == [0, 2, 4]
    vectors = normalize(torch.randn(6, 8), dim=1)
    found = float(info_nce(vectors, step, step.first[1:]))
    assert found == pytest.approx(info_nce_by_hand(vectors, [(2, 3, [5]), (4, 5, [3])]), rel=1e-5)


@given(st.lists(st.tuples(st.floats(-1, 1), st.sampled_from([0.0, 1.0, 2.5, 5.0])), min_size=1, max_size=8))
def test_cosent_counts_pairs_in_the_wrong_order(given: list[tuple[float, float]]) -> None:
    cosines, numbers = (torch.tensor(column, dtype=torch.float64) for column in zip(*given, strict=True))
    slips = [math.exp(SHARPNESS * (one - other)) for one, low in given for other, high in given if low < high]
    assert float(cosent(cosines, numbers)) == pytest.approx(math.log(1 + sum(slips)), abs=1e-9)


def test_shorter_vectors_are_learnt_by_halves(model: Model) -> None:
    assert model.head._sizes(384) == [384]
    assert with_options(model, dimensions=64).head._sizes(384) == [384, 192, 96, 64]
    assert with_options(model, dimensions=48).head._sizes(384) == [384, 192, 96, 48]
    assert with_options(model, dimensions=999).head._sizes(384) == [384]
    batch = structure(model, *pairs(("a", "b"), ("c", "d")))
    vectors = torch.randn(4, 8)
    of = {size: model.head.joint(vectors[:, :size], batch) for size in (8, 4, 2)}
    assert with_options(model, dimensions=2).head.joint(vectors, batch) == pytest.approx(float(sum(of.values())) / 3, rel=1e-5)


def test_vectors_can_be_cut_and_have_length_one(model: Model) -> None:
    whole, cut = model.embed(["one", "two"]), with_options(model, dimensions=8).embed(["one", "two"])
    assert (whole.shape, cut.shape, whole.dtype) == ((2, 32), (2, 8), np.float32)
    np.testing.assert_allclose(np.linalg.norm(whole, axis=1), 1, rtol=1e-6)
    np.testing.assert_allclose(cut, whole[:, :8] / np.linalg.norm(whole[:, :8], axis=1, keepdims=True), rtol=1e-5)


@pytest.mark.parametrize("texts", [[], [""], [" "], ["word", "👩‍👩‍👧 北京", "a " * 3000, "\0"]])
def test_any_text_has_a_vector(model: Model, texts: list[str]) -> None:
    vectors = model.embed(texts)
    assert len(vectors) == len(texts)
    assert np.isfinite(vectors).all()


def test_a_text_that_is_too_long_is_the_mean_of_its_windows(model: Model) -> None:
    lost = Lost()
    text = " ".join(f"w{k}" for k in range(40))
    short = replace(model, head=replace(model.head, max_length=32, pooling=Pooling("cls", False)))
    whole = short.embed([text], lost=lost)[0]
    assert lost.as_json()["split"]["count"] == 1
    [features] = short.head.encode(Embedding(text=text), Lost())
    ends = np.cumsum([0, *features.inputs["lengths"]])
    rows = [features.inputs["input_ids"][a:b] for a, b in pairwise(ends)]
    with torch.no_grad():
        hidden: Any = [short.net(input_ids=torch.tensor([row])).last_hidden_state[0, 0] for row in rows]
    assert len(rows) > 1
    np.testing.assert_allclose(whole, torch.stack(hidden).mean(0), atol=1e-5)


def test_what_is_given_for_a_record(model: Model) -> None:
    alone, compared, with_own = model.predict(
        [{"text": "a"}, {"text": "a", "pair": "b"}, {"text": "a", "positive": "b", "negatives": ["c"]}]
    )
    one, other = model.embed(["a", "b"])
    assert np.allclose(alone.answer, one, atol=1e-6)
    assert compared.answer == pytest.approx(float(one @ other), abs=1e-6)
    assert np.shape(with_own.answer) == (3, 32)
    assert alone.as_json()["answer"] == list(alone.answer)


def test_prompts_stand_before_queries_and_documents(model: Model) -> None:
    prompts = (("query", "ask: "), ("document", "told: "))
    prompted = replace(model, head=replace(model.head, pooling=Pooling(prompts=prompts)))
    np.testing.assert_allclose(prompted.embed(["a"], "query"), model.embed(["ask: a"]), atol=1e-6)
    np.testing.assert_allclose(prompted.embed(["a"], "document"), model.embed(["told: a"]), atol=1e-6)
    np.testing.assert_allclose(prompted.embed(["a"]), model.embed(["a"]), atol=1e-6)
    own = prompted.predict([Embedding(text="a", answer=())])[0]
    np.testing.assert_allclose(own.answer, model.embed(["told: a"])[0], atol=1e-6)


def test_tokens_are_pooled_where_there_are_any() -> None:
    hidden = torch.tensor([[[1.0, 2.0], [3.0, 0.0], [9.0, 9.0]]])
    mask = torch.tensor([[1, 1, 0]])
    found = {mode: pooled(hidden, mask, mode)[0].tolist() for mode in ("mean", "cls", "max", "lasttoken")}
    assert found == {"mean": [2.0, 1.0], "cls": [1.0, 2.0], "max": [3.0, 2.0], "lasttoken": [3.0, 0.0]}


def test_a_model_of_another_task_gives_no_vectors(tiny: Callable[[str], Path]) -> None:
    with pytest.raises(InputError, match="tasktune fit embedding"):
        untrained(tt.task("nli"), tiny("bert")).embed(["a"])
