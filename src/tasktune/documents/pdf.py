"""PDF, by pypdf: the text of each page, its title, and its outline as headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tasktune.documents.document import Document, Heading, UnreadableError
from tasktune.documents.draft import Draft
from tasktune.documents.opened import Opened
from tasktune.documents.plain import PARAGRAPH
from tasktune.passages import Value

_KNOWN = {"/Author": "author", "/CreationDate": "created", "/Subject": "subject"}
_LARGEST = 1 << 26
"""Bytes that a stream of the file may unpack to."""
_DEEPEST = 9


def begins(head: bytes) -> bool:
    """Whether it is a PDF. (One that is called so may have other bytes before its mark.)"""
    return head.lstrip().startswith(b"%PDF-")


def read(file: Opened) -> Iterator[Document]:
    """One document. Pages that cannot be read are noted."""
    try:
        import pypdf
    except ImportError:
        raise UnreadableError("reading PDF needs pypdf: pip install 'tasktune[rag]'") from None
    with pypdf.apply_configuration(zlib_maximum_output_length=_LARGEST, lzw_maximum_output_length=_LARGEST):
        try:
            reader = pypdf.PdfReader(file.stream)
            if reader.is_encrypted and not reader.decrypt(""):
                raise UnreadableError("it needs a password")
            draft = _written(reader, file)
        except (UnreadableError, MemoryError):
            raise
        except pypdf.errors.DependencyError as error:
            raise UnreadableError(f"an encrypted PDF needs more: pip install 'tasktune[rag]' ({error})") from None
        except Exception as error:  # a broken file makes pypdf raise nearly anything
            raise UnreadableError(f"a damaged PDF ({type(error).__name__}: {error})"[:200]) from None
        title, metadata = _described(reader)
        metadata["pages"] = len(draft.pages)
        if draft.length:
            yield draft.document(file.source, title, metadata)


def _written(reader: Any, file: Opened) -> Draft:
    draft, damaged, drawn = Draft(), 0, dict[str, str]()
    for number, page in enumerate(reader.pages):
        file.step()
        try:
            by = repr([page.raw_get(name) for name in ("/Contents", "/Resources") if name in page])
            if by in drawn:  # a bomb has one page thousands of times
                text = ""
                if drawn[by]:
                    file.lost.add("a page of a PDF that is another once more", f"{file.source}, page {number + 1}")
            else:
                text = drawn[by] = page.extract_text().replace("\0", "").strip()
        except MemoryError:
            raise
        except Exception as error:
            file.lost.add(f"a damaged page of a PDF ({type(error).__name__})", f"{file.source}, page {number + 1}")
            text, damaged = "", damaged + 1
        start = draft.page(text)
        draft.breaks += (start + found.end() for found in PARAGRAPH.finditer(text))
    text = "".join(draft.pieces)
    if not text.strip() and not damaged:
        raise UnreadableError("a PDF without text: scanned pages, which must be made text first (ocrmypdf does)")
    draft.headings = sorted(_headings(reader, text, draft.pages), key=lambda heading: heading.start)
    return draft


def _described(reader: Any) -> tuple[str, dict[str, Value]]:
    try:
        said = {str(key): str(value).strip() for key, value in (reader.metadata or {}).items() if isinstance(value, str)}
    except Exception:
        return "", {}
    return said.get("/Title", ""), {name: said[key] for key, name in _KNOWN.items() if said.get(key)}


def _headings(reader: Any, text: str, pages: list[int]) -> list[Heading]:
    """The outline. A heading stands where the page that it leads to has a line that begins so, else where the page begins."""
    try:
        left = [(entry, 1) for entry in reversed(reader.outline)]
    except Exception:
        return []
    found = list[Heading]()
    while left:
        entry, level = left.pop()
        if isinstance(entry, list):
            left += [(inner, min(level + 1, _DEEPEST)) for inner in reversed(entry)]
            continue
        number, title = _target(reader, entry), " ".join(str(entry.title).split())
        if title and 0 <= number < len(pages):
            end = pages[number + 1] if number + 1 < len(pages) else len(text)
            words = _line_of(title).search(text, pages[number], end)
            span = words.span() if words else (pages[number], pages[number])
            found.append(Heading(title, level, *span))
    return found


def _line_of(title: str) -> re.Pattern[str]:
    """How a heading begins a line, with the number of its section or without."""
    return re.compile(
        r"^(?-i:[\d.]{1,9}|[IVX]{1,5}\.?|[A-Z]\.)?[^\S\n]*" + r"\s+".join(map(re.escape, title.split())),
        re.IGNORECASE | re.MULTILINE,
    )


def _target(reader: Any, entry: Any) -> int:
    """The page that an entry of the outline leads to; -1 for none."""
    try:
        number = reader.get_destination_page_number(entry)
    except Exception:
        return -1
    return -1 if number is None else int(number)
