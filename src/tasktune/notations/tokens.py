"""From what files say of words (strings, places, tags, labelled places) to a text and places in it."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from tasktune.answers import Span, Words, WordTag
from tasktune.core import Row
from tasktune.notations.multiword import on_surface, standing
from tasktune.notations.sentences import sentences
from tasktune.notations.words import is_cjk
from tasktune.notations.words import words as words_in


def joined(words: Sequence[str], space_after: Sequence[bool]) -> tuple[str, Words]:
    """The text that `words` make, a blank after each for which `space_after` is true (none at the end), and their places."""
    text, places = "", []
    for k, (word, space) in enumerate(zip(words, space_after, strict=True)):
        places.append((len(text), len(text) + len(word)))
        text += word + (" " if space and k + 1 < len(words) else "")
    return text, tuple(places)


def text_and_words(row: Row) -> tuple[str, Words]:
    """The text of a row and the words that it states; none where it has only a `text`.

    Words may come as strings, or as one with blanks between them. They are joined by blanks, or as `space_after` says; or, where
    the row has a text of its own, found in it one after the other. Beside a text they may also be places: [start, end] or
    {start, end}. Those that are one token in the text (`multiword`, as CoNLL-U has it) share its surface.
    """
    words = _parted(row.get("words"))
    if words is None:
        return row.string("text"), ()
    if not isinstance(words, list | tuple) or not words:
        raise row.refuse(f"'words' must be a list of words, but is {words!r}")
    if not all(isinstance(word, str) for word in words):
        return row.string("text"), places(row, row.string("text"), words)
    spaces, text = row.get("space_after"), row.optional("text")
    if spaces is None and text is not None:
        return text, _found(row, text, words)
    if spaces is not None and len(spaces) != len(words):
        raise row.refuse(f"{len(words)} words but {len(spaces)} 'space_after'; each word has one")
    pieces, blanks = on_surface(words, spaces or _spaces(words), row.get("multiword") or ())
    stands = standing(text, pieces) if text is not None else None
    return joined(pieces, blanks) if text is None or stands is None else (text, stands)


def tags_of(row: Row, text: str, words: Words) -> tuple[WordTag, ...] | None:
    """The tags of a row, each with its word: one of `words`, or of the text's own; `None` where there are no tags.

    They are its `answer`, where that is a list of texts (`--map answer=xpos`), or else its `tags`; where its words are one text
    with blanks between them, so are its tags.
    """
    answer, tagged = row.get("answer"), words or words_in(text)
    stated = isinstance(answer, list | tuple) and bool(answer) and all(isinstance(tag, str) for tag in answer)
    name = "answer" if stated else "tags"
    tags = _parted(row.get(name)) if isinstance(row.get("words"), str) else row.strings(name)
    if tags is None:
        return None
    if len(tags) != len(tagged):
        raise row.refuse(f"{len(tagged)} words but {len(tags)} tags")
    return tuple(WordTag(*word, tag) for word, tag in zip(tagged, tags, strict=True))


def words_of(record: Any) -> Words:
    """The words that a record states, or else those that its text has."""
    return words_of_text(record.text, record.words)


def words_of_text(text: str, stated: Words) -> Words:
    """The words that are stated, or else those that the text has."""
    return stated or words_in(text)


def sentences_of(record: Any) -> Words:
    """The sentences of a record, as (first, last + 1) of its words: one where it states its words, or else those of its text."""
    words = words_of(record)
    if record.words or not words:
        return ((0, len(words)),) if words else ()
    starts = [start for start, _ in words]
    ends = [bisect_left(starts, end) for _, end in sentences(record.text)]
    return tuple((first, last) for first, last in pairwise([0, *ends]) if first < last)


def _parted(words: Any) -> Any:
    """Words that are one text with blanks between them; anything else as it is."""
    return [word for word in words.split(" ") if word] if isinstance(words, str) else words


def _spaces(words: Sequence[str]) -> list[bool]:
    """Where blanks go between words that say nothing of it: everywhere but in Chinese and Japanese, signs of theirs included.

    Where all words are characters, some of them Chinese or Japanese, blanks were lost when they were made, and go nowhere.
    """
    if all(len(word) == 1 for word in words) and any(map(is_cjk, words)):
        return [False] * len(words)
    return [not (_unspaced(word[-1:]) and _unspaced(after[:1])) for word, after in zip(words, [*words[1:], ""], strict=True)]


def _unspaced(character: str) -> bool:
    """Whether this is Chinese or Japanese script, or a sign as wide as theirs (，。「」Ａ)."""
    width = unicodedata.east_asian_width(character) if character else ""
    return is_cjk(character) or width == "F" or (width == "W" and unicodedata.category(character).startswith("P"))


def _found(row: Row, text: str, words: Sequence[str]) -> Words:
    """Where the words stand in the text, each behind the one before."""
    places, before = [], 0
    for word in words:
        start = text.find(word, before) if word else -1
        if start < 0:
            raise row.refuse(f"the word {word!r} is not in the text where it should be, in {text[before:]!r:.80}")
        before = start + len(word)
        places.append((start, before))
    return tuple(places)


def places(row: Row, text: str, words: Sequence[object]) -> Words:
    """The places of words, [start, end] or {start, end} each, which must follow each other in the text."""
    found, before = [], 0
    for word in words:
        match word:
            case [int(start), int(end)] | {"start": int(start), "end": int(end)} if before <= start < end <= len(text):
                found.append((start, end))
                before = end
            case _:
                raise row.refuse(f"words must follow each other in the text as [start, end], but one is {word!r}")
    return tuple(found)


def spans_of(row: Row, text: str) -> tuple[Span, ...] | None:
    """The `answer` of a row as labelled places in its text, in their order; `None` where it has none.

    A list of {start, end, label} or [start, end, label]; or, as CLUENER has it, {label: {surface: [[first, last]]}}.
    """
    given = row.get("answer")
    match given:
        case None:
            return None
        case list() | tuple():
            spans = [span_of(row, text, span) for span in given]
        case dict() if all(isinstance(surfaces, dict) for surfaces in given.values()):
            spans = [span for label, surfaces in given.items() for span in _surfaces(row, text, label, surfaces)]
        case _:
            raise row.refuse(f"'answer' must be a list of {{start, end, label}}, but is {given!r}")
    return tuple(sorted(spans, key=lambda span: (span.start, span.end, span.label)))


def span_of(row: Row, text: str, given: object) -> Span:
    """One labelled place in a text, {start, end, label} or [start, end, label]."""
    match given:
        case {"start": int(start), "end": int(end), "label": str(label)} | [int(start), int(end), str(label)]:
            if 0 <= start < end <= len(text):
                return Span(start, end, label)
    raise row.refuse(
        f"a span must be {{start, end, label}} or [start, end, label] with 0 <= start < end <= {len(text)}, but is {given!r}"
    )


def _surfaces(row: Row, text: str, label: str, surfaces: Mapping[str, Any]) -> Iterator[Span]:
    """The spans of one label. `last` is the last character, not the one behind: the surface, which must be there, proves it."""
    for surface, places in surfaces.items():
        for place in places if isinstance(places, list) else [places]:
            match place:
                case [int(first), int(last)] if 0 <= first <= last and text[first : last + 1] == surface:
                    yield Span(first, last + 1, label)
                case _:
                    raise row.refuse(
                        f"{surface!r} ({label}) must stand in the text from [first, last] character, but not at {place!r}"
                    )
