"""The headings that a stretch of a document stands under."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from tasktune.documents.document import Document, Heading

_BLANKS = re.compile(r"\s*")


def after_blanks(text: str, place: int) -> int:
    """The first place from `place` on that has no white space."""
    found = _BLANKS.match(text, place)
    return found.end() if found else place


@dataclass(frozen=True, slots=True)
class Sections:
    """The sections of a document: the headings, in order; where the section of each ends; and the one that it lies in."""

    document: Document
    headings: Sequence[Heading]
    ends: Sequence[int]
    above: Sequence[int]

    @classmethod
    def of(cls, document: Document) -> Sections:
        """The sections of a document. The outermost lie in none: -1."""
        headings = document.headings
        ends, above, opened = [len(document.text)] * len(headings), [-1] * len(headings), list[int]()
        for number, heading in enumerate(headings):
            while opened and headings[opened[-1]].level >= heading.level:
                ends[opened.pop()] = heading.start
            above[number] = opened[-1] if opened else -1
            opened.append(number)
        return cls(document, headings, ends, above)

    def titles(self, start: int, end: int) -> tuple[str, ...]:
        """The titles of all sections in which the whole stretch lies, the outermost first: that of the document leads them.

        A heading right at the start belongs to the section of the next one below it.
        """
        number = bisect_right(self.headings, start, key=lambda heading: heading.start) - 1
        while number + 1 < len(self.headings):
            following = self.headings[number + 1]
            if following.start >= end or following.start > after_blanks(self.document.text, self._written(number, start)):
                break
            number += 1
        found = list[str]()
        while number >= 0:
            if self.ends[number] >= end and self.headings[number].title:
                found.append(self.headings[number].title)
            number = self.above[number]
        outermost = self.document.title
        return (*((outermost,) if outermost and found[-1:] != [outermost] else ()), *reversed(found))

    def _written(self, number: int, start: int) -> int:
        """Where the stretch goes on after the heading that it begins with, if it does."""
        return self.headings[number].end if number >= 0 and self.headings[number].start >= start else start
