"""XLIFF 1.2 and 2: `<trans-unit>`s or `<segment>`s with a `<source>` and a `<target>`, as translators' tools exchange them.

A target counts as a translation where it is not empty and not said to be still to do (`new`, `needs-translation`, `initial`).
What is not to be translated (`translate="no"`) is passed over. Codes of the document it came from are no text; a translation
that is put in has none either. It is marked as a machine's: in 1.2 `needs-review-translation` and `mt-suggestion`, in 2
`translated`, which is the state before `reviewed`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from tasktune.core import Row
from tasktune.readers import units as unit
from tasktune.readers.markup import Element, content, elements
from tasktune.readers.source import Source
from tasktune.readers.units import Edit, Unit

CODES = frozenset(("bpt", "ept", "ph", "it", "x", "bx", "ex"))
_TO_DO = frozenset(("new", "needs-translation", "initial"))
_STATE = {"state": "needs-review-translation", "state-qualifier": "mt-suggestion"}


def read(source: Source) -> Iterator[Row]:
    """A row a unit: `text`, `answer` where it is translated, `source_language`, `target_language`, `id`."""
    return unit.rows(units(source))


def units(source: Source) -> Iterator[Unit]:
    """The units, as they come; in version 2 a unit's segments are numbered by their own ids, behind the unit's."""
    for element in elements(source, "xliff", frozenset(("trans-unit", "segment"))):
        text = element.child("source")
        if text is None or element.above("translate") == "no" or not text.text(CODES):
            continue
        target, is_2 = element.child("target"), element.name == "segment"
        said = "" if target is None else target.text(CODES)
        state = element.attributes.get("state") if is_2 or target is None else target.attributes.get("state")
        languages = ("srcLang", "trgLang") if is_2 else ("source-language", "target-language")
        values = {
            "text": text.text(CODES),
            "answer": said if said and state not in _TO_DO else None,
            "source_language": element.above(languages[0]),
            "target_language": element.above(languages[1]),
            "id": _id(element, is_2=is_2),
        }
        row = Row({name: value for name, value in values.items() if value}, source.place(element.line))
        yield Unit(row, None if "answer" in row.values else partial(_fill, element, text, target), text.is_marked)


def _id(element: Element, *, is_2: bool) -> str:
    own, above = element.attributes.get("id", ""), element.parent.above("id") if is_2 and element.parent else ""
    return f"{above}/{own}" if above and own else above or own


def _fill(
    element: Element, text: Element, target: Element | None, data: bytes, translation: str, language: str
) -> Iterator[Edit]:
    is_2, attributes = element.name == "segment", {} if target is None else target.attributes
    made = Element(f"{text.prefix}target", attributes, 0, 0, None)
    whole = f"{made.tag({} if is_2 else _STATE)}{content(translation)}</{made.qualified}>"
    if target is not None:
        yield Edit(target.start, target.end(data), whole)
    else:
        before = element.child("seg-source") or text
        yield Edit(before.end(data), before.end(data), f"{text.indent(data)}{whole}")
    if is_2:
        yield Edit(element.start, element.opened(data), element.tag({"state": "translated"}))
        yield from _root(element, data, language)


def _root(element: Element, data: bytes, language: str) -> Iterator[Edit]:
    """Version 2 has to name the language of the targets, once there are any."""
    root = element
    while root.parent is not None:
        root = root.parent
    if language and "trgLang" not in root.attributes:
        yield Edit(root.start, root.opened(data), root.tag({"trgLang": language}))
