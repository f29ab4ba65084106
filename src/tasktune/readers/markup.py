"""XML from outside, element by element, with the places where they stand in the file.

Nothing is fetched and nothing is expanded: a file that declares entities, or uses ones that it does not declare, is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from xml.parsers import expat

from tasktune.core import InputError
from tasktune.readers.source import Source

_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML has no way to write, such as the control characters."""
_TAG = re.compile(rb"""<(?:"[^"]*"|'[^']*'|[^>"'])*>""")


@dataclass(slots=True, eq=False)
class Element:
    """An element: its name with and without a prefix, attributes, parts in their order, and where its tags begin in the file."""

    qualified: str
    attributes: dict[str, str]
    line: int
    start: int
    parent: Element | None
    parts: list[str | Element] = field(default_factory=list)
    closing: int = 0

    @property
    def name(self) -> str:
        """The name without a prefix."""
        return self.qualified.rpartition(":")[2]

    @property
    def prefix(self) -> str:
        """The prefix with its colon; "" where there is none."""
        return self.qualified.removesuffix(self.name)

    def children(self, name: str) -> list[Element]:
        """The elements of that name right in this one."""
        return [part for part in self.parts if isinstance(part, Element) and part.name == name]

    @property
    def is_marked(self) -> bool:
        """Whether any element is in it."""
        return any(isinstance(part, Element) for part in self.parts)

    def child(self, name: str) -> Element | None:
        """The first of them."""
        return next(iter(self.children(name)), None)

    def text(self, codes: frozenset[str]) -> str:
        """The text in it, without what stands in elements that are `codes`."""
        said, rest = list[str](), self.parts[::-1]
        while rest:
            part = rest.pop()
            if isinstance(part, str):
                said.append(part)
            elif part.name not in codes:
                rest += part.parts[::-1]
        return "".join(said)

    def above(self, name: str) -> str:
        """The attribute of that name on the nearest element from this one up; "" where none has it."""
        element: Element | None = self
        while element is not None:
            if name in element.attributes:
                return element.attributes[name]
            element = element.parent
        return ""

    def opened(self, data: bytes) -> int:
        """Where its start tag ends."""
        found = _TAG.match(data, self.start)
        return found.end() if found else self.start

    def end(self, data: bytes) -> int:
        """Where it ends."""
        opened = self.opened(data)
        return opened if data.endswith(b"/>", self.start, opened) else data.index(b">", self.closing) + 1

    def indent(self, data: bytes) -> str:
        """The blanks before it."""
        start = self.start
        while data[start - 1 : start].isspace():
            start -= 1
        return data[start : self.start].decode()

    def tag(self, changes: Mapping[str, str]) -> str:
        """Its start tag with other attributes."""
        return tag(self.qualified, {**self.attributes, **changes})


def tag(name: str, attributes: Mapping[str, str]) -> str:
    """A start tag."""
    parts = [name, *(f'{key}="{escape(value)}"' for key, value in attributes.items())]
    return f"<{' '.join(parts)}>"


def content(text: str) -> str:
    """A text as it is written between tags; U+FFFD for characters that XML cannot hold."""
    return escape(_UNWRITABLE.sub("\ufffd", text), quote=False).replace("\r", "&#13;")


def elements(source: Source, root: str, wanted: frozenset[str]) -> Iterator[Element]:
    """The elements of the wanted names as they end, with what is in them, which is forgotten afterwards.

    Raises `InputError`, with its line, for what is no XML, for a file whose `root` is another, and for entities of its own.
    """
    builder = _Builder(source, root, wanted)
    for _, piece in source.pieces():
        builder.parse(piece.encode(), is_last=False)
        yield from builder.taken()
    builder.parse(b"", is_last=True)
    yield from builder.taken()


class _Builder:
    """Makes elements of what expat says."""

    def __init__(self, source: Source, root: str, wanted: frozenset[str]) -> None:
        self._source, self._root, self._wanted = source, root, wanted
        self._open: Element | None = None
        self._done: list[Element] = []
        self._parser = expat.ParserCreate("utf-8")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.EntityDeclHandler = self._entity
        self._parser.SkippedEntityHandler = self._entity

    def parse(self, data: bytes, *, is_last: bool) -> None:
        try:
            self._parser.Parse(data, is_last)
        except expat.ExpatError as wrong:
            why = f"not XML at column {wrong.offset + 1} ({expat.ErrorString(wrong.code)})"
            raise self._source.refuse(wrong.lineno, why) from None

    def taken(self) -> list[Element]:
        done, self._done = self._done, []
        return done

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        parser, parent = self._parser, self._open
        element = Element(name, attributes, parser.CurrentLineNumber, parser.CurrentByteIndex, parent)
        if parent is not None:
            parent.parts.append(element)
        elif element.name != self._root:
            raise self._source.refuse(element.line, f"this is a file of <{name}>, not of <{self._root}>; say which by --format")
        self._open = element

    def _end(self, name: str) -> None:
        element = self._open
        if element is None:
            return
        element.closing, self._open = self._parser.CurrentByteIndex, element.parent
        if element.name in self._wanted:
            self._done.append(element)
            if element.parent is not None:
                element.parent.parts.clear()  # a file may be longer than memory

    def _text(self, text: str) -> None:
        if self._open is not None:
            self._open.parts.append(text)

    def _entity(self, name: str, *declared: object) -> None:
        raise InputError(
            f"{self._source.place(self._parser.CurrentLineNumber)}: the entity {name!r} is the file's own, and such are not "
            "expanded, since they can fetch files and fill the memory. Write what it stands for in its place"
        )
