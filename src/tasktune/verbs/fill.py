"""Put a model's translations into the file that they are of: PO, TMX, XLIFF. All else in it is kept as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from tasktune.core import InputError, Lost, Row
from tasktune.notations.languages import agree
from tasktune.notations.placeholders import placeholders
from tasktune.readers import FORMATS, Format, detect, output
from tasktune.readers.source import STDIN, Source
from tasktune.readers.units import Edit, Unit, translated
from tasktune.tasks.translation import Translation

EMPTY = "left as they were, for want of a translation"
OTHER = "left as they were, since the file has them in another language than was asked for"
UNWRITABLE = "left as they were, since their translation cannot be written in the encoding of the file"
UNLIKE = "translations with other placeholders (%d, {name}) than their text"
UNMARKED = "translations without the inline codes (<ph/>, <g>) of their text"


def fills(out: str) -> Format | None:
    """The format of a file that is written by filling another one, told by its suffix; `None` where it is no such one."""
    suffix = Path(out.removesuffix(".gz")).suffix.lower()
    return next((format for format in FORMATS.values() if format.units and suffix in format.suffixes), None)


def fill(data: str, out: str, answer: Callable[[Iterable[Row]], Iterable[Any]], format: str | None, lost: Lost) -> None:
    """Write the file `data` to `out` with the texts translated that have no translation in it.

    `answer` gives the predictions to rows, some of which may be missing; those without a text are counted in `lost`, and so are
    those that someone should look through. What is translated already, and PO's fuzzy entries, are not asked about; what names no
    target language has that of all others, if they have but one. Raises `InputError` where `data` is of another format.
    """
    whole, units, encoding = _opened(data, out, format)
    open_units = {f"{unit.row.id}#{number}": unit for number, unit in enumerate(units, 1) if unit.fill}
    languages = {unit.row.optional("target_language") for unit in units} - {None}
    usual = {"target_language": languages.pop()} if len(languages) == 1 else {}
    with output(out, encoding) as stream:
        rows = (Row({**usual, **unit.row.values, "id": name}, unit.row.where) for name, unit in open_units.items())
        stream.write(translated(whole, _edits(whole, open_units, answer(rows), encoding, lost)))


def _opened(data: str, out: str, format: str | None) -> tuple[bytes, list[Unit], str]:
    """A file as UTF-8, the units in it, and the encoding that it has."""
    if data == STDIN:
        raise InputError(f"{out} is the file that is read with translations put in, so give that by name and not as {STDIN}")
    wanted = fills(out)
    with Source(data) as source:
        found = FORMATS[format] if format in FORMATS else detect(source)
        if wanted is None or wanted.units is None or found is not wanted:
            raise InputError(
                f"{out} is written as a file of the same kind with translations put in, but {data} is of the format "
                f"{found.name}. Give one of its kind, or write .jsonl"
            )
        units = [*wanted.units(source)]
    with Source(data, encoding=source.encoding) as source:
        return source.text().encode(), units, source.encoding


def _edits(whole: bytes, units: dict[str, Unit], predictions: Iterable[Any], encoding: str, lost: Lost) -> Iterator[Edit]:
    left = dict(units)
    for prediction in predictions:
        record, said = _translation(prediction)
        unit = left.get(record.id)
        if unit is None or unit.fill is None or not isinstance(said, str) or not said.strip():
            continue
        del left[record.id]
        own = unit.row.optional("target_language") or ""
        if why := _unusable(said, own, record.target_language, encoding):
            lost.add(why, unit.row.id)
            continue
        for doubt in _doubts(unit, said):
            lost.add(doubt, unit.row.id)
        yield from unit.fill(whole, said, record.target_language or own)
    for unit in left.values():
        lost.add(EMPTY, unit.row.id)


def _unusable(said: str, own: str, asked: str, encoding: str) -> str:
    """Why a translation is not put in; "" where it is."""
    if own and asked and not agree(own, asked):
        return OTHER
    try:
        said.encode(encoding)
    except UnicodeEncodeError:
        return UNWRITABLE
    return ""


def _doubts(unit: Unit, said: str) -> Iterator[str]:
    """Why someone should look a translation through."""
    if placeholders(said) != placeholders(unit.row.string("text")):
        yield UNLIKE
    if unit.marked:
        yield UNMARKED


def _translation(prediction: Any) -> tuple[Translation, Any]:
    """What was to be translated, and what is said of it."""
    match prediction:
        case object(record=Translation() as record, answer=said):
            return record, said
    raise InputError(
        "PO, TMX and XLIFF are filled with translations, and here something else is answered; write .jsonl, or of a model of "
        "several tasks ask for --task translation"
    )
