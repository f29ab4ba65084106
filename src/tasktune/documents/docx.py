"""DOCX, Office Open XML (ECMA-376): paragraphs, headings by style or outline level, tables as lines, notes at the end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from tasktune.documents.document import Document
from tasktune.documents.draft import Draft
from tasktune.documents.opened import Opened
from tasktune.documents.packed import Packed
from tasktune.documents.xml import fed, local, tree
from tasktune.passages import Value

_BODY = "word/document.xml"
_NOTES = ("word/footnotes.xml", "word/endnotes.xml", "word/comments.xml")
_STYLE = re.compile(r"(?:heading|überschrift|titre|标题|見出し)\s*(\d)", re.IGNORECASE)
_KNOWN: Mapping[str, str] = {"creator": "author", "created": "created", "modified": "modified", "subject": "subject"}


def is_one(names: list[str]) -> bool:
    """Whether a ZIP with such parts is one."""
    return _BODY in names


def read(file: Opened) -> Iterator[Document]:
    """One document. Its title is the one among its properties, else the paragraph styled so, else its first heading."""
    packed = Packed.of(file)
    names = packed.names()
    draft, title, metadata = Draft(), "", dict[str, Value]()
    if "docProps/core.xml" in names:
        for element in tree(packed.part("docProps/core.xml")):
            name, said = local(str(element.tag)), (element.text or "").strip()
            if said and name == "title":
                title = said
            elif said and name in _KNOWN:
                metadata[_KNOWN[name]] = said
    levels = _levels(packed.part("word/styles.xml")) if "word/styles.xml" in names else {}
    body = _Body(draft, levels, file.step)
    for name in (_BODY, *(note for note in _NOTES if note in names)):
        fed(packed.part(name), body)
    first = next((heading.title for heading in draft.headings), "")
    yield draft.document(file.source, title or body.title or first, metadata)


def _levels(styles: bytes) -> dict[str, int]:
    """The level of the headings of each style; 0 for that of the title."""
    levels = dict[str, int]()
    based = dict[str, str]()
    for style in tree(styles):
        if local(str(style.tag)) != "style":
            continue
        values = {local(str(part.tag)): _value(part.attrib) for part in style.iter()}
        name = _value(style.attrib, "styleId")
        called = _STYLE.fullmatch(values.get("name", ""))
        if values.get("outlineLvl", "").isdigit() and int(values["outlineLvl"]) < 9:
            levels[name] = int(values["outlineLvl"]) + 1
        elif called:
            levels[name] = int(called[1])
        elif values.get("name", "").lower() == "title":
            levels[name] = 0
        based[name] = values.get("basedOn", "")
    for name, other in based.items():
        if name not in levels and levels.get(other, 0) > 0:
            levels[name] = levels[other]
    return levels


def _value(attributes: Mapping[str, str], name: str = "val") -> str:
    return next((value for key, value in attributes.items() if local(key) == name), "")


class _Body:
    """Writes what stands between the tags of WordprocessingML."""

    def __init__(self, draft: Draft, levels: Mapping[str, int], step: Callable[[], None]) -> None:
        self.title = ""
        self._draft, self._levels, self._step = draft, levels, step
        self._said: list[str] = []
        self._cells: list[str] = []
        self._cell: list[str] = []
        self._tables = 0
        self._level: int | None = None
        self._item = False
        self._skipped = 0
        self._hidden = self._kept = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """A tag opens."""
        name = local(tag)
        self._skipped += name == "Fallback"  # what `Choice` beside it says already
        match name:
            case "p":
                self._level, self._item = None, False
            case "pStyle":
                self._level = self._levels.get(_value(attributes), self._level)
            case "outlineLvl" if _value(attributes).isdigit() and int(_value(attributes)) < 9:
                self._level = int(_value(attributes)) + 1
            case "numPr":
                self._item = True
            case "r":
                self._hidden = False
            case "vanish":
                self._hidden = _value(attributes) not in ("0", "false")
            case "tab":
                self._said.append("\t")
            case "br" | "cr":
                self._said.append("\n")
            case "tbl":
                self._tables += 1
        self._kept = name == "t" and not self._skipped and not self._hidden

    def data(self, text: str) -> None:
        """Text, of which only that of `w:t` is to be seen."""
        if self._kept:
            self._said.append(text)

    def end(self, tag: str) -> None:
        """A tag closes."""
        name = local(tag)
        self._kept = False
        self._skipped -= name == "Fallback"
        if name == "p":
            text, self._said = "".join(self._said).strip(), []
            self._paragraph(text)
            self._step()
        elif name == "tc" and self._tables == 1:
            self._cells.append(" ".join(self._cell))
            self._cell = []
        elif name == "tr" and self._tables == 1:
            if any(self._cells):
                self._draft.line(" | ".join(self._cells))
            self._cells = []
        elif name == "tbl":
            self._tables -= 1

    def close(self) -> None:
        """The end."""

    def _paragraph(self, text: str) -> None:
        if not text:
            return
        if self._tables:
            self._cell.append(" ".join(text.split()))
        elif self._level:
            self._draft.heading(text, self._level)
        elif self._item:
            self._draft.line("- " + text)
        else:
            self.title = self.title or (text if self._level == 0 else "")
            self._draft.block(text)
