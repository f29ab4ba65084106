"""Records and answers as columns of words, for the formats that are such: CoNLL and CoNLL-U."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from tasktune.answers import Answer, Dependency, Link, Span, Words, WordTag
from tasktune.core import InputError, Record
from tasktune.notations import bio
from tasktune.notations.tokens import words_of


def as_columns(record: Record, answer: Answer) -> dict[str, Any]:
    """The words of a record and what an answer says of each, under the names that `readers.conll` and `readers.conllu` give.

    What a record keeps of the file it came from (`others`) goes along. Raises `InputError` for an answer that is not about words.
    """
    kept: Mapping[str, Any] = getattr(record, "others", None) or {}
    return {**_spaced(record), **kept, **_said(record, answer)}


def columns_of_several(said: Iterable[tuple[Record, Answer]]) -> dict[str, Any]:
    """What several tasks say of the same words, in one set of columns: heads, relations, tags; spans in MISC as `NE=B-PER`.

    Tags that are asked for come before those of a tree. Raises `InputError` where the words differ, or an answer is not about
    words.
    """
    made: dict[str, Any] = {}
    for record, answer in sorted(said, key=lambda pair: not _is_tree(pair[1])):
        columns = as_columns(record, answer)
        if made and made["words"] != columns["words"]:
            raise InputError(f"{record.id}: the tasks take the text in different words; write .jsonl instead")
        misc, tags = made.get("misc", columns["misc"]), columns.pop("tags")  # there is no one tag a word
        columns["misc"] = misc if "upos" in columns else [_noted(*both) for both in zip(misc, tags, strict=True)]
        made |= columns
    return made


def _is_tree(answer: Answer) -> bool:
    return isinstance(answer, tuple) and any(isinstance(part, Dependency) for part in answer)


def _noted(misc: str, tag: str) -> str:
    noted = [*(() if misc in ("_", "") else (misc,)), *(() if tag == "O" else (f"NE={tag}",))]
    return "|".join(noted) or "_"


def _spaced(record: Record) -> dict[str, Any]:
    """The words, and in CoNLL-U's way where there is no blank between them."""
    text, words = getattr(record, "text", ""), _words(record)
    touching = [end == start for (_, end), (start, _) in pairwise(words)]
    return {
        "words": [text[start:end] for start, end in words],
        "misc": ["SpaceAfter=No" if touches else "_" for touches in [*touching, False][: len(words)]],
    }


def _words(record: Record) -> Words:
    if "words" not in record.field_names():
        raise InputError(f"{type(record).__name__} has no words to write in columns; write .jsonl instead")
    return words_of(record)


def _said(record: Record, answer: Answer) -> dict[str, Any]:
    parts = answer if isinstance(answer, tuple) else ()
    trees = [part for part in parts if isinstance(part, Dependency)]
    if trees:
        tags = [word.tag or "_" for word in trees]
        return {"head": [word.head for word in trees], "deprel": [word.label for word in trees], "upos": tags, "tags": tags}
    tagged = {(part.start, part.end): part.label for part in parts if isinstance(part, WordTag)}
    if tagged:
        tags = [tagged.get(word, "_") for word in _words(record)]
        return {"upos": tags, "tags": tags}
    if any(isinstance(part, Link) for part in parts):
        raise InputError("links between spans are no columns of words; write .jsonl instead")
    words = _words(record)
    spans = aligned(words, [part for part in parts if isinstance(part, Span)])
    return {"tags": list(bio.tags_of(len(words), spans))}


def aligned(words: Sequence[tuple[int, int]], spans: Iterable[Span]) -> list[bio.WordSpan]:
    """Spans as (first word, last word + 1, label): those that begin and end with a word and overlap none before."""
    first = {start: k for k, (start, _) in enumerate(words)}
    last = {end: k + 1 for k, (_, end) in enumerate(words)}
    found, free = [], 0
    for span in spans:
        if span.start in first and span.end in last and first[span.start] >= free:
            free = last[span.end]
            found.append((first[span.start], free, span.label))
    return found
