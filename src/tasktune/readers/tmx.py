"""TMX 1.4, Translation Memory eXchange: `<tu>` units with a `<tuv>` for each language, the text in its `<seg>`.

A row is a unit in the source language (the unit's own, or that of the header) and in one other; where there is but one language,
a text without a translation. Codes of the document it came from (`<bpt>`, `<ept>`, `<ph>`, `<it>`, `<ut>`) are no text.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from tasktune.core import InputError, Row
from tasktune.readers import units as unit
from tasktune.readers.markup import Element, content, elements, tag
from tasktune.readers.source import Source
from tasktune.readers.units import Edit, Unit

CODES = frozenset(("bpt", "ept", "ph", "it", "ut"))
_ALL = "*all*"


def read(source: Source) -> Iterator[Row]:
    """A row for each pair of a unit: `text`, `answer`, `source_language`, `target_language`, and `id` where it has a `tuid`."""
    return unit.rows(units(source))


def units(source: Source) -> Iterator[Unit]:
    """The units, as they come. Raises `InputError` for one without its source language."""
    named = _ALL
    for element in elements(source, "tmx", frozenset(("header", "tu"))):
        if element.name == "header":
            named = element.attributes.get("srclang", _ALL)
        else:
            yield from _of_unit(source, element, element.attributes.get("srclang", named))


def _of_unit(source: Source, element: Element, named: str) -> Iterator[Unit]:
    variants = [(_language(variant), variant) for variant in element.children("tuv")]
    of_source = _in_language(variants, named)
    if not of_source:
        there = ", ".join(language for language, _ in variants) or "nothing"
        raise source.refuse(element.line, f"this unit has no <tuv> in the source language {named}, only: {there}")
    language, first = of_source[0]
    row = {"text": _text(first), "source_language": language}
    row |= {"id": element.attributes["tuid"]} if "tuid" in element.attributes else {}
    for other, variant in variants:
        if variant is not first:
            yield _pair(source, row, first, other, variant)
    if len(variants) == 1:
        yield Unit(Row(row, source.place(element.line)), partial(_add, first), _is_marked(first))


def _in_language(variants: list[tuple[str, Element]], named: str) -> list[tuple[str, Element]]:
    """The variants in a language: those of that very name, else of the language alone, `en-US` for `en` or the other way."""

    def bare(language: str) -> str:
        return language.lower().replace("_", "-").partition("-")[0]

    exact = [variant for variant in variants if named == _ALL or variant[0].lower() == named.lower()]
    return exact or [variant for variant in variants if bare(variant[0]) == bare(named)]


def _pair(source: Source, row: dict[str, Any], first: Element, language: str, variant: Element) -> Unit:
    answer, place = _text(variant), source.place(variant.line)
    if answer:
        return Unit(Row({**row, "answer": answer, "target_language": language}, place), None)
    return Unit(Row({**row, "target_language": language}, place), partial(_put, variant), _is_marked(first))


def _language(variant: Element) -> str:
    return variant.attributes.get("xml:lang") or variant.attributes.get("lang", "")


def _text(variant: Element) -> str:
    segment = variant.child("seg")
    return "" if segment is None else segment.text(CODES)


def _is_marked(variant: Element) -> bool:
    segment = variant.child("seg")
    return segment is not None and segment.is_marked


def _add(first: Element, data: bytes, translation: str, language: str) -> Iterator[Edit]:
    """Another variant behind the only one."""
    if not language:
        raise InputError(
            "TMX names the language of each text, and that of the translations is not known; say --map target_language==de"
        )
    prefix, end = first.prefix, first.end(data)
    opening = tag(f"{prefix}tuv", {"xml:lang": language, "creationid": "MT"})
    yield Edit(end, end, f"{first.indent(data)}{opening}<{prefix}seg>{content(translation)}</{prefix}seg></{prefix}tuv>")


def _put(variant: Element, data: bytes, translation: str, language: str) -> Iterator[Edit]:
    """The text of a variant that is empty."""
    prefix, segment = variant.prefix, variant.child("seg")
    made = f"<{prefix}seg>{content(translation)}</{prefix}seg>"
    if segment is not None:
        yield Edit(segment.start, segment.end(data), made)
    else:
        yield Edit(variant.start, variant.end(data), f"{variant.tag({})}{made}</{variant.qualified}>")
