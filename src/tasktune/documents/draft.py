"""A document that is being written: parts are put one after the other, and where they begin is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tasktune.documents.document import Document, Heading
from tasktune.passages import Value


@dataclass(slots=True)
class Draft:
    """Text so far, as `pieces`, and the places in it."""

    pieces: list[str] = field(default_factory=list)
    length: int = 0
    headings: list[Heading] = field(default_factory=list)
    pages: list[int] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)
    verbatim: list[tuple[int, int]] = field(default_factory=list)

    def block(self, text: str, apart: str = "\n\n") -> int:
        """Put a paragraph, `apart` from what is there. Returns where it begins."""
        if self.length:
            self._put(apart)
        start = self.length
        self.breaks.append(start)
        self._put(text)
        return start

    def line(self, text: str) -> int:
        """Put a row or an item, on a line of its own."""
        return self.block(text, "\n")

    def heading(self, title: str, level: int) -> None:
        """Put a heading."""
        start = self.block(title)
        self.headings.append(Heading(" ".join(title.split()), level, start, self.length))

    def code(self, text: str) -> None:
        """Put what is kept as it stands."""
        self.verbatim.append((self.block(text), self.length))

    def page(self, text: str) -> int:
        """Put a page. Returns where it begins."""
        if self.length:
            self._put("\n")
        self.pages.append(self.length)
        self._put(text)
        return self.pages[-1]

    def document(self, source: str, title: str, metadata: Mapping[str, Value]) -> Document:
        """What has been written."""
        text = "".join(self.pieces)
        places = (tuple(self.headings), tuple(self.pages), tuple(self.breaks), tuple(self.verbatim))
        return Document(source, " ".join(title.split()), text, *places, metadata)

    def _put(self, text: str) -> None:
        self.pieces.append(text)
        self.length += len(text)
