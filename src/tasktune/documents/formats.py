"""What a file can be: `FORMATS`, the table of them all, and how they are told apart.

What a file begins with says more than its name: a PDF is one though it is called `.txt`. Among texts the name decides, and what
has no name that is known is plain text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from tasktune.documents import markdown, plain
from tasktune.documents.document import Document, UnreadableError
from tasktune.documents.encodings import is_text
from tasktune.documents.opened import Opened


def _never(head: bytes) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Format:
    """A format: the suffixes it goes by, what it is in a line, how it is read, and what a file of it begins with for certain.

    `is_text` says whether a file of it is text. `read` raises `UnreadableError`, and notes in `Opened.lost` what of a file it
    must leave out.
    """

    name: str
    suffixes: tuple[str, ...]
    what: str
    read: Callable[[Opened], Iterator[Document]]
    begins: Callable[[bytes], bool] = _never
    is_text: bool = True


_TABLE = (
    Format("markdown", (".md", ".markdown", ".mdown", ".qmd", ".rmd"), "Markdown: headings, code, lists", markdown.read),
    Format("plain", (".txt", ".text", ".log", ".rst", ".org", ".adoc", ".tex"), "plain text: paragraphs", plain.read),
)
FORMATS: dict[str, Format] = {format.name: format for format in _TABLE}


def detected(name: str, head: bytes) -> Format:
    """The format of a file of that name that begins so. Raises `UnreadableError` where it is none of them."""
    lower = name.lower()
    for format in _TABLE:
        if format.begins(head):
            return format
    named = [format for format in _TABLE if lower.endswith(format.suffixes)]
    if is_text(head):
        return next((format for format in named if format.is_text), FORMATS["plain"])
    if named and not named[0].is_text:
        return named[0]
    raise UnreadableError(f"no format that is read ({PurePosixPath(lower).suffix or 'no suffix'}, not text)")
