"""A document: its text, and where its parts begin. All places are character offsets into that text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tasktune.passages import Value


class UnreadableError(Exception):
    """A file, or a part of one, cannot be read. The message says why, in words that go into what was lost."""


@dataclass(frozen=True, slots=True)
class Heading:
    """What a section is called. The section begins at `start` and lasts until the next heading of its `level` (1 is the
    outermost) or one further out. The heading itself is written from `start` to `end`; both are the same where it is not part
    of the text, as in the outline of a PDF. One without a title ends sections, and begins none that has a name.
    """

    title: str
    level: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """What one file, or one row or message or member of a file, says.

    `source` names it within what is indexed, as `Passage.source` does. `pages` is where each page starts, empty where there are
    none; `breaks`, where paragraphs, rows of tables, items of lists and the like begin. `verbatim` are the stretches, as (start,
    end), in which lines count and sentences do not: code and tables.
    """

    source: str
    title: str
    text: str
    headings: tuple[Heading, ...] = ()
    pages: tuple[int, ...] = ()
    breaks: tuple[int, ...] = ()
    verbatim: tuple[tuple[int, int], ...] = ()
    metadata: Mapping[str, Value] = field(default_factory=dict)
