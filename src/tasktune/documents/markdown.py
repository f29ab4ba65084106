"""Markdown (CommonMark): headings with `#` or underlined, fenced code, lists, tables, front matter. The text stays as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tasktune.documents.document import Document, Heading
from tasktune.documents.draft import Draft
from tasktune.documents.encodings import decoded
from tasktune.documents.opened import Opened
from tasktune.passages import Value

_FRONT = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*$\n?", re.MULTILINE | re.DOTALL)
_FIELD = re.compile(r"^(\w[\w -]*):[ \t]+(\S.*)$", re.MULTILINE)
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
_ATX = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))??(?:[ \t]+#+)?[ \t]*")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*")
_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])[ \t]+\S|\s*\|")


def read(file: Opened) -> Iterator[Document]:
    """One document. Its title is that of its front matter, else its first heading of the first level."""
    text = decoded(file.data())
    front = _FRONT.match(text)
    metadata: dict[str, Value] = {name.lower(): said.strip("\"'") for name, said in _FIELD.findall(front[1])} if front else {}
    outline = _Outline(text, front.end() if front else 0)
    first = next((heading.title for heading in outline.headings if heading.level == 1), "")
    title = str(metadata.pop("title", "")) or first
    verbatim = tuple(outline.verbatim)
    yield Document(file.source, title, text, tuple(outline.headings), (), tuple(outline.breaks), verbatim, metadata)


def put(draft: Draft, text: str) -> None:
    """Write a text in Markdown."""
    start, outline = draft.block(text), _Outline(text, 0)
    draft.headings += (Heading(h.title, h.level, start + h.start, start + h.end) for h in outline.headings)
    draft.breaks += (start + place for place in outline.breaks if place)
    draft.verbatim += ((start + first, start + last) for first, last in outline.verbatim)


class _Outline:
    """What the lines of a text from `start` on are."""

    def __init__(self, text: str, start: int) -> None:
        self.headings = list[Heading]()
        self.breaks = list[int]([0] if start else [])
        self.verbatim = list[tuple[int, int]]()
        self._paragraph: int | None = None
        fence, opened, place = "", 0, start
        for line in re.findall(r"[^\n]*\n|[^\n]+", text[start:]):
            bare = line.rstrip("\n")
            if fence:
                if _closes(bare, fence):
                    self.verbatim.append((opened, place + len(bare)))
                    fence = ""
            elif (mark := _FENCE.fullmatch(bare)) and not (mark[1][0] == "`" and "`" in mark[2]):
                fence, opened = mark[1], place
                self._begin(place)
                self._paragraph = None
            else:
                self._line(text, bare, place)
            place += len(line)
        if fence:
            self.verbatim.append((opened, len(text)))

    def _line(self, text: str, line: str, place: int) -> None:
        if not line.strip():
            self._paragraph = None
        elif heading := _ATX.fullmatch(line):
            self._begin(place)
            self._heading(heading[2] or "", len(heading[1]), place, place + len(line))
        elif self._paragraph is not None and (under := _UNDERLINE.fullmatch(line)):
            level = 1 if under[1][0] == "=" else 2
            self._heading(text[self._paragraph : place].strip(), level, self._paragraph, place + len(line))
        elif self._paragraph is None or _ITEM.match(line):
            self._begin(place)
            self._paragraph = None if line.lstrip().startswith("|") else place

    def _heading(self, title: str, level: int, start: int, end: int) -> None:
        self.headings.append(Heading(" ".join(title.split()), level, start, end))
        self._paragraph = None

    def _begin(self, place: int) -> None:
        self.breaks.append(place)


def _closes(line: str, fence: str) -> bool:
    bare = line.strip()
    return len(bare) >= len(fence) and set(bare) == {fence[0]} and len(line) - len(line.lstrip()) < 4
