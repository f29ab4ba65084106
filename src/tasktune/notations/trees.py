"""Dependency trees: when heads are one, how to make them one, and how a tree is written as text.

A tree is written a word a line: `word TAG head relation`, the head by its number, 0 for the root, `_` for no tag. Blanks within
them are escaped (`notations.escapes`). Reading aligns the words that were given with those that are there; what is missing or
goes in circles is hung under the root, so that what is read is always a tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any

from tasktune.answers import Dependency, Words
from tasktune.notations.escapes import escape, unescape
from tasktune.notations.folding import fold
from tasktune.notations.names import match

ROOT, UNKNOWN = "root", "dep"
"""The relation of the root, and Universal Dependencies' relation where none can be told."""

_SPECIAL = re.compile(r"\s|\A_\Z")
_Line = tuple[str | Any, ...]
_LINE = re.compile(r"\s*(.*\S)\s+(\S+)\s+(\d+)\s+(\S.*?)\s*")


def flaw(heads: Sequence[int]) -> str | None:
    """Why heads (a number a word, from 1; 0 for the root) are no tree with one root; `None` where they are."""
    roots = [k for k, head in enumerate(heads, 1) if head == 0]
    if heads and len(roots) != 1:
        return f"{len(roots) or 'no'} word{'s have' if roots else ' has'} head 0, but a tree has one root"
    wrong = next((head for head in heads if head > len(heads)), None)
    if wrong is not None:
        return f"a word has head {wrong}, but there are {len(heads)} words"
    circling = next((k for k in range(1, len(heads) + 1) if not _reaches_root(heads, k)), None)
    return f"word {circling} does not depend on the root: its heads go in a circle" if circling else None


def _reaches_root(heads: Sequence[int], word: int) -> bool:
    for _ in heads:
        word = heads[word - 1]
        if word == 0:
            return True
    return False


def mended(heads: Sequence[int | None]) -> list[int]:
    """Heads as a tree with one root: the first word that has head 0, or else the first word.

    Other words without a head, and the first word found of each circle, are hung under it. A tree stays as it is.
    """
    known = [head if head is not None and head <= len(heads) else 0 for head in heads]
    root = heads.index(0) + 1 if 0 in heads else 1
    made = [0 if k == root else head or root for k, head in enumerate(known, 1)]
    for word in range(1, len(made) + 1):
        if not _reaches_root(made, word):
            made[word - 1] = root
    return made


def _mended_within(heads: Sequence[int | None], first: int, last: int) -> Iterator[int]:
    """The heads of a sentence as a tree; a head in another sentence is none."""
    own = (head if head is None or not head or first < head <= last else None for head in heads[first:last])
    return (head and head + first for head in mended([head and head - first for head in own]))


def write(text: str, tree: Iterable[Dependency]) -> str:
    """The words of `text` with their places in the tree, a line each."""
    return "\n".join(
        f"{escaped(text[word.start : word.end])} {escaped(word.tag) or '_'} {word.head} {escaped(word.label)}" for word in tree
    )


def escaped(part: str) -> str:
    """A word, a tag or a relation as it stands in its line."""
    return escape(part, _SPECIAL)


def read(
    text: str, words: Words, sentences: Words, written: str, relations: tuple[str, ...], tags: tuple[str, ...]
) -> tuple[Dependency, ...]:
    """The trees over `words` of `text` that `written` gives, one for each of `sentences` (first, last + 1 of the words).

    Relations and tags are matched to those known, if any.
    """
    lines = [found.groups() for line in written.split("\n") if (found := _LINE.fullmatch(line))]
    here = [fold(text[start:end]) for start, end in words]
    there = [fold(unescape(word)) for word, *_ in lines]
    given: list[_Line | None] = [None] * len(words)
    place: dict[int, int] = {0: 0}
    for ours, theirs, length in SequenceMatcher(None, here, there, autojunk=False).get_matching_blocks():
        for k in range(length):
            given[ours + k] = lines[theirs + k]
            place[theirs + k + 1] = ours + k + 1
    stated = [None if line is None else place.get(int(line[2])) for line in given]
    heads = [head for sentence in sentences for head in _mended_within(stated, *sentence)]
    return tuple(
        Dependency(*word, head, *_said(line, head == said, relations, tags))
        for word, line, said, head in zip(words, given, stated, heads, strict=True)
    )


def _said(line: _Line | None, kept: bool, relations: tuple[str, ...], tags: tuple[str, ...]) -> tuple[str, str]:
    """The relation and the tag that a line gives; of a word whose head is another now, no relation is known."""
    if line is None:
        return UNKNOWN, ""
    tag, relation = unescape(line[1]) if line[1] != "_" else "", unescape(re.sub(r"\s", "", line[3]))
    return (match(relation, relations) or relation) if kept else UNKNOWN, tag and (match(tag, tags) or tag)
