"""What is searched and quoted: passages of documents, and how well each answers a query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Value = str | int | float | bool
"""What metadata can say of a document, and filters ask of it."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a document: characters `start` to `end` (end excluded) of the document's text, and that stretch itself.

    `source` names the document as it was named where it was indexed: `docs/a.md` of `tasktune index docs`, always with `/`;
    `mail.mbox#3` where one file has several. `titles` are the headings that it stands under, the outermost first; `page` counts
    from 1, `None` where there are no pages. `metadata` is the document's.
    """

    source: str
    start: int
    end: int
    text: str
    titles: tuple[str, ...] = ()
    page: int | None = None
    metadata: Mapping[str, Value] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """What names the passage: `source:start-end`."""
        return f"{self.source}:{self.start}-{self.end}"


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found, and its score: only those of one list compare."""

    passage: Passage
    score: float
