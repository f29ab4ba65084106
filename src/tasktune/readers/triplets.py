"""Opinion triplets as ASTE-Data has them (Peng et al. 2020; Xu et al. 2020): a sentence, `####`, and a list of triplets a line.

But the staff was so horrible to us .####[([2], [5], 'NEG')]

A triplet is the numbers of the aspect's words, those of the opinion's, and the polarity. Words are parted by blanks.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from tasktune.core import Row
from tasktune.readers.source import Source, is_blank

_LINE = re.compile(r"(.*)####(\[.*\])\s*", re.DOTALL)
_WORD = re.compile("[^ ]+")


def looks(lines: list[str], known: frozenset[str]) -> bool:
    """Whether most lines are a sentence, the mark and a list, so that one that is spoilt is refused with its number."""
    there = [line for line in lines if not is_blank(line)]
    return 2 * sum(1 for line in there if _LINE.fullmatch(line)) > len(there)


def read(source: Source) -> Iterator[Row]:
    """A row a sentence: `text`, `words` as places, and in `answer` a link from each aspect to its opinion.

    Raises `InputError` at the first line that is no such sentence, or where the words of a part do not follow each other.
    """
    for number, line in source.lines():
        if is_blank(line):
            continue
        found = _LINE.fullmatch(line)
        if found is None:
            raise source.refuse(
                number, f"a sentence, #### and a list of triplets must stand on each line, but it is {line[:60]!r}"
            )
        words = [list(word.span()) for word in _WORD.finditer(found[1])]
        links = [_link(source, number, words, triplet) for triplet in _triplets(source, number, found[2])]
        yield Row({"text": found[1], "words": words, "answer": links}, source.place(number))


def _triplets(source: Source, number: int, written: str) -> list[Any]:
    try:
        given: list[Any] = ast.literal_eval(written)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        raise source.refuse(number, f"no list of triplets behind the ####: {written[:60]!r}") from None
    return given


def _link(source: Source, number: int, words: list[list[int]], triplet: object) -> dict[str, Any]:
    match triplet:
        case (aspect, opinion, str(polarity)) if polarity:
            ends = (_span(words, aspect, "aspect"), _span(words, opinion, "opinion"))
            if all(ends):
                return {"source": ends[0], "target": ends[1], "label": polarity}
    raise source.refuse(
        number,
        f"a triplet must be ([2, 3], [5], 'POS'), the numbers (from 0) of words that follow each other, of {len(words)}; "
        f"but it is {triplet!r:.60}",
    )


def _span(words: list[list[int]], numbers: object, kind: str) -> dict[str, Any] | None:
    match numbers:
        case [int(first), *_] if numbers == [*range(first, first + len(numbers))] and 0 <= first <= numbers[-1] < len(words):
            return {"start": words[first][0], "end": words[numbers[-1]][1], "label": kind}
    return None
