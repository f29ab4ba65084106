"""Records and answers as columns of words, for the formats that are such: CoNLL and CoNLL-U."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from tasktune.answers import Answer, Dependency, Link, Span, Words, WordTag
from tasktune.core import InputError, Record, Row
from tasktune.notations import bio
from tasktune.notations.multiword import inside
from tasktune.notations.tokens import sentences_of, words_of

_OF_WORDS = ("lemma", "upos", "xpos", "feats", "head", "deprel", "deps", "misc")
_OF_SENTENCES = ("comments", "multiword", "empty")
_UNIVERSAL = frozenset(
    {
        *("ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM"),
        *("PART", "PRON", "PROPN", "PUNCT", "SCONJ", "SYM", "VERB", "X"),
    }
)
"""The tags that the column UPOS is for: https://universaldependencies.org/u/pos."""


def kept(row: Row, words: Words) -> Mapping[str, Any] | None:
    """What a row says of its words beside what is asked, so that it is written again: what CoNLL-U has, whatever the task.

    Where several words are one token in the text, the words themselves are kept as `form`. `None` where there is nothing.
    """
    found = {name: row.values[name] for name in _OF_SENTENCES if isinstance(row.get(name), list)}
    columns = {**{name: row.get(name) for name in _OF_WORDS}, "form": found.get("multiword") and row.get("words")}
    found |= {name: column for name, column in columns.items() if isinstance(column, list) and len(column) == len(words)}
    return row.get("others") or found or None


def forms(others: Mapping[str, Any] | None) -> Mapping[int, str]:
    """Of what a record keeps, the words (by number, from 0) that are one token in the text with others, themselves."""
    ranges = (inside(cells[0]) for cells in (others or {}).get("multiword", ()))
    return {k: others["form"][k] for first, last in ranges for k in range(first, last)} if others and "form" in others else {}


def as_columns(record: Record, answer: Answer) -> list[dict[str, Any]]:
    """The words of each sentence of a record and what an answer says of each, under the names that `readers.conll` and
    `readers.conllu` give.

    Raises `InputError` for an answer that is not about words.
    """
    return _apart(record, {**_columns([(record, answer)]), "tags": _tags(record, answer)})


def columns_of_several(said: Iterable[tuple[Record, Answer]]) -> list[dict[str, Any]]:
    """What several tasks say of the same words, in one set of columns a sentence: heads, relations, tags; spans in MISC as
    `NE=B-PER`.

    What the record keeps of the file it came from goes along. Tags that are asked for come before those of a tree. Raises
    `InputError` where the words differ, or an answer is not about words.
    """
    pairs = [*said]
    return _apart(pairs[0][0], _columns(pairs))


def _columns(said: Iterable[tuple[Record, Answer]]) -> dict[str, Any]:
    """The columns of all words of a text."""
    pairs = sorted(said, key=lambda pair: _kind(*pair) is not Dependency)
    made = _as_read(pairs[0][0])
    if any(_kind(*pair) is Span for pair in pairs):
        made["misc"] = [_noted(misc, "O") for misc in made["misc"]]
    for record, answer in pairs:
        if _surfaces(record) != _surfaces(pairs[0][0]):
            raise InputError(f"{record.id}: the tasks take the text in different words; write .jsonl instead")
        made |= _said(record, answer, made["misc"])
    return made


def _kind(record: Record, answer: Answer) -> type:
    """What an answer says of words; where it says nothing, what the record's own does."""
    parts = [*(answer if isinstance(answer, tuple) else ()), *(record.answer if isinstance(record.answer, tuple) else ())]
    return next((kind for kind in (Dependency, WordTag, Link) if any(isinstance(part, kind) for part in parts)), Span)


def _noted(misc: str, tag: str) -> str:
    """MISC with the tag of an entity; with "O", without those that it had."""
    notes = [note for note in misc.split("|") if note not in ("_", "") and (tag != "O" or not note.startswith("NE="))]
    return "|".join([*notes, f"NE={tag}"] if tag != "O" else notes) or "_"


def _apart(record: Record, columns: dict[str, Any]) -> list[dict[str, Any]]:
    """The columns of each sentence of a text. What was not read from CoNLL-U gets its name and its text in its comments."""
    if "multiword" in columns:
        return [columns]
    text, words, sentences = _text(record), _words(record), sentences_of(record)
    rows = []
    for k, (first, last) in enumerate(sentences, 1):
        row = {name: column[first:last] for name, column in columns.items() if name != "comments"}
        row |= {"head": [head and head - first for head in row["head"]]} if "head" in row else {}
        name = "_".join(record.id.split()) + (f"#{k}" if len(sentences) > 1 else "")
        own = text if len(sentences) == 1 else text[words[first][0] : words[last - 1][1]]
        named = [*([f"# sent_id = {name}"] if record.id else ()), f"# text = {' '.join(own.split())}"]
        rows.append({**row, "comments": [*columns.get("comments", ()), *named]})
    return rows


def _as_read(record: Record) -> dict[str, Any]:
    """The words with all that is kept of them, and in CoNLL-U's way where there is no blank between them."""
    words = _words(record)
    touching = [end == start for (_, end), (start, _) in pairwise(words)]
    misc = ["SpaceAfter=No" if touches else "_" for touches in [*touching, False][: len(words)]]
    others: Mapping[str, Any] = getattr(record, "others", None) or {}
    return {"misc": misc, **others, "words": others.get("form", _surfaces(record))}


def _text(record: Record) -> str:
    return str(getattr(record, "text", ""))


def _surfaces(record: Record) -> list[str]:
    return [_text(record)[start:end] for start, end in _words(record)]


def _words(record: Record) -> Words:
    if "words" not in record.field_names():
        raise InputError(f"{type(record).__name__} has no words to write in columns; write .jsonl instead")
    return words_of(record)


def _said(record: Record, answer: Answer, misc: Sequence[str]) -> dict[str, Any]:
    """The columns that an answer fills, "_" where it says nothing of a word."""
    kind, tags = _kind(record, answer), _tags(record, answer)
    if kind is Span:
        return {"misc": [note if tag == "O" else _noted(note, tag) for note, tag in zip(misc, tags, strict=True)]}
    tree = {}
    if kind is Dependency:
        arcs = [(None, "_") if word is None else (word.head, word.label) for word in _by_word(record, answer)]
        tree = {"head": [head for head, _ in arcs], "deprel": [label for _, label in arcs]}
    return {**tree, _tag_column(record, tags): tags} if any(tag != "_" for tag in tags) or not tree else tree


def _tag_column(record: Any, tags: Sequence[str]) -> str:
    """The column that the record's own tags were read from, or else UPOS for universal tags and XPOS for others."""
    own, others = _tags(record, record.answer), getattr(record, "others", None) or {}
    read = (name for name in ("upos", "xpos") if set(own) != {"_"} and others.get(name) == own)
    return next(read, "upos" if _UNIVERSAL.issuperset({*tags} - {"_"}) else "xpos")


def _by_word(record: Record, answer: Answer) -> list[Any]:
    """For each word the part of an answer that is about it."""
    parts = answer if isinstance(answer, tuple) else ()
    said = {(part.start, part.end): part for part in parts if isinstance(part, Dependency | WordTag)}
    return [said.get(word) for word in _words(record)]


def _tags(record: Record, answer: Answer) -> list[str]:
    """One tag a word: the word's own, or that of the span it is in."""
    match _kind(record, answer):
        case kind if kind is Link:
            raise InputError("links between spans are no columns of words; write .jsonl instead")
        case kind if kind is Span:
            words, parts = _words(record), answer if isinstance(answer, tuple) else ()
            return [*bio.tags_of(len(words), aligned(words, [part for part in parts if isinstance(part, Span)]))]
        case kind:
            name = "tag" if kind is Dependency else "label"
            return [(part and getattr(part, name)) or "_" for part in _by_word(record, answer)]


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
