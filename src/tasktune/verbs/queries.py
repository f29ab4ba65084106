"""Make up questions that the passages of a store answer, to tune a retriever on where nobody has asked any yet.

A writer is shown a passage and asks (Bonifacio et al. 2022, InPars); a question is kept if a search for it finds the passage
again (round-trip consistency: Alberti et al. 2019; Dai et al. 2023, Promptagator), so that what fits any passage teaches nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

from tasktune.core import InputError, Lost
from tasktune.models.model import Model
from tasktune.passages import Passage
from tasktune.recipe import Recipe
from tasktune.retrieval.search import Search, finder, writer_of
from tasktune.retrieval.ways import Find, Write, titled
from tasktune.stores.opening import open_store
from tasktune.verbs.progress import counted

PROMPT = "Write one short question that this passage answers. Write the question alone.\n\nPassage: {}"
FOUND_AGAIN = 10
"""How far down the list of what is found the passage may stand."""
_AT_ONCE = 32


def queries(
    store: Path | str,
    count: int,
    writer: Model | str = "smollm2",
    how: Search | None = None,
    lost: Lost | None = None,
    recipe: Recipe | None = None,
) -> Iterator[dict[str, Any]]:
    """Questions about `count` passages, drawn by the recipe's seed: rows to `fit embedding` on.

    Each has `text` (the question), `answer` (the passage, as it is embedded) and `source`. Questions that do not find their
    passage are counted in `lost`. Raises `InputError` where there is no such store.
    """
    if count < 1:
        raise InputError(f"how many passages must be 1 or more, but is {count}")
    recipe, how, lost = recipe or Recipe(), how or Search(), Lost() if lost is None else lost
    with open_store(store) as opened:
        find, write = finder(opened, how, recipe), writer_of(writer, recipe)
        there = opened.count(how.collection)
        chosen = frozenset(Random(recipe.seed).sample(range(there), min(count, there)))
        drawn = [passage for k, passage in enumerate(opened.passages(how.collection)) if k in chosen]
        for start in counted(range(0, len(drawn), _AT_ONCE), "asking"):
            yield from kept(drawn[start : start + _AT_ONCE], find, write, lost)


def kept(passages: Sequence[Passage], find: Find, write: Write, lost: Lost) -> Iterator[dict[str, Any]]:
    """A row for each passage of which a question was written that finds it again."""
    asked = [_question(text) for text in write([PROMPT.format(titled(passage)) for passage in passages])]
    for passage, question, hits in zip(passages, asked, find([question or "?" for question in asked], FOUND_AGAIN), strict=True):
        if not question:
            lost.add("no question was written", passage.id)
        elif passage.id not in {hit.passage.id for hit in hits}:
            lost.add("the question does not find its passage again", passage.id)
        else:
            yield {"text": question, "answer": titled(passage), "source": passage.id}


def _question(text: str) -> str:
    """The first line that asks, or the first of all, without what stands before it."""
    lines = [line.strip().removeprefix("Question:").strip().strip('"') for line in text.splitlines() if line.strip()]
    return next((line for line in lines if line.endswith(("?", "？"))), lines[0] if lines else "")
