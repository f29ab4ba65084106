"""Questions that are made up about passages, of which those are kept that find their passage again."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import pytest

import tasktune as tt
from tasktune.core import Lost
from tasktune.passages import Passage
from tasktune.recipe import Recipe
from tasktune.retrieval.ways import by_words
from tasktune.stores.base import Facts
from tasktune.stores.opening import open_store
from tasktune.verbs.queries import kept, queries

TEXTS = ("Wings stall when air leaves them.", "Eggs boil in ten minutes.", "Rivers flood in spring.")


def test_a_question_is_kept_where_it_finds_its_passage_again(tmp_path: Path):
    passages = [Passage("a", 100 * k, 100 * k + len(text), text, ("Facts",)) for k, text in enumerate(TEXTS)]
    store = open_store(tmp_path / "kb.db", "write")
    store.begin(Facts())
    store.put("a", "", passages)
    said = {"Wings": 'Sure!\nQuestion: "When do wings stall?"', "Eggs": "", "Rivers": "Who wrote it?"}

    def write(prompts: Sequence[str]) -> list[str]:
        return [next(text for word, text in said.items() if word in prompt) for prompt in prompts]

    lost = Lost()
    rows = list(kept(passages, by_words(store), write, lost))
    assert rows == [{"text": "When do wings stall?", "answer": f"Facts\n{TEXTS[0]}", "source": passages[0].id}]
    assert {reason: noted["count"] for reason, noted in lost.as_json().items()} == {
        "no question was written": 1,
        "the question does not find its passage again": 1,
    }


def test_no_passages_are_no_questions(tmp_path: Path):
    with pytest.raises(tt.InputError, match="1 or more"):
        next(queries(tmp_path / "kb.db", 0))
    with pytest.raises(tt.InputError, match=r"kb\.db"):
        next(queries(tmp_path / "kb.db", 1))


def test_as_many_passages_as_asked_are_drawn_by_the_seed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with open_store(tmp_path / "kb.db", "write") as store:
        store.begin(Facts())
        store.put("a", "", [Passage("a", k, k + 1, f"Only word{k}.") for k in range(50)])
    echo = import_module("tasktune.verbs.queries")
    monkeypatch.setattr(
        echo, "writer_of", lambda writer, recipe: lambda prompts: [prompt.split()[-1] + "?" for prompt in prompts]
    )

    def drawn(count: int, seed: int) -> list[str]:
        return [row["source"] for row in queries(tmp_path / "kb.db", count, recipe=Recipe(seed=seed))]

    assert len(set(drawn(8, 0))) == 8
    assert drawn(8, 0) == drawn(8, 0) != drawn(8, 1)
    assert len(drawn(99, 0)) == 50
