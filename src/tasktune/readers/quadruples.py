"""Opinion quadruples as ACOS has them (Cai et al. 2021): a text and its quadruples on each line, parted by tabs.

the food was lousy .	1,2 FOOD#QUALITY 0 3,4	-1,-1 RESTAURANT#GENERAL 0 -1,-1

A quadruple is the aspect's first word and the one behind its last, -1,-1 where it is implicit; the category; the sentiment, 0 for
negative, 1 for neutral, 2 for positive; and the opinion like the aspect. Words are parted by blanks. A place of no words (3,3,
which stands in the published files once) is that one word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tasktune.core import Row
from tasktune.readers.source import Source, is_blank

_QUADRUPLE = re.compile(r"(-?[0-9]{1,9}),(-?[0-9]{1,9}) (.*\S) ([012]) (-?[0-9]{1,9}),(-?[0-9]{1,9})")
_WORD = re.compile("[^ ]+")
_SENTIMENTS = ("negative", "neutral", "positive")


def looks(lines: list[str], known: frozenset[str]) -> bool:
    """Whether most of what stands behind the texts is quadruples, so that one that is spoilt is refused with its line."""
    cells = [cell for line in lines for cell in line.split("\t")[1:]]
    return 2 * sum(1 for cell in cells if _QUADRUPLE.fullmatch(cell)) > len(cells)


def read(source: Source) -> Iterator[Row]:
    """A row a text: `text`, `words` as places, and in `answer` a link from each aspect to its opinion.

    A link's label is the category, a blank and the name of the sentiment. Raises `InputError` at the first that is no quadruple.
    """
    for number, line in source.lines():
        if is_blank(line):
            continue
        text, *quadruples = line.split("\t")
        words = [list(word.span()) for word in _WORD.finditer(text)]
        links = [_link(source, number, words, quadruple) for quadruple in quadruples]
        yield Row({"text": text, "words": words, "answer": links}, source.place(number))


def _link(source: Source, number: int, words: list[list[int]], written: str) -> dict[str, Any]:
    found = _QUADRUPLE.fullmatch(written.strip(" "))
    places = [] if found is None else [(int(found[1]), int(found[2])), (int(found[5]), int(found[6]))]
    if found is None or not all(place == (-1, -1) or 0 <= place[0] <= place[1] <= len(words) > place[0] for place in places):
        raise source.refuse(
            number,
            f"a quadruple must be '1,2 CATEGORY 0 3,4', numbers of words from 0 to {len(words)} or -1,-1, and a sentiment from "
            f"0 to 2; but it is {written[:60]!r}",
        )
    aspect, opinion = (_span(words, place, kind) for place, kind in zip(places, ("aspect", "opinion"), strict=True))
    return {"source": aspect, "target": opinion, "label": f"{found[3]} {_SENTIMENTS[int(found[4])]}"}


def _span(words: list[list[int]], place: tuple[int, int], kind: str) -> dict[str, Any] | None:
    first, last = place
    return None if first < 0 else {"start": words[first][0], "end": words[max(first, last - 1)][1], "label": kind}
