"""Put a model's translations into the file that they are of: PO, TMX, XLIFF. All else in it is kept as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from tasktune.core import InputError, Lost, Row
from tasktune.readers import FORMATS, Format, detect, output
from tasktune.readers.source import STDIN, Source
from tasktune.readers.units import Edit, Unit, translated
from tasktune.tasks.translation import Translation

EMPTY = "left as they were, for want of a translation"


def fills(out: str) -> Format | None:
    """The format of a file that is written by filling another one, told by its suffix; `None` where it is no such one."""
    suffix = Path(out.removesuffix(".gz")).suffix.lower()
    return next((format for format in FORMATS.values() if format.units and suffix in format.suffixes), None)


def fill(data: str, out: str, answer: Callable[[Iterable[Row]], Iterable[Any]], format: str | None, lost: Lost) -> None:
    """Write the file `data` to `out` with the texts translated that have no translation in it.

    `answer` gives the predictions to rows, some of which may be missing; those without a text are counted in `lost`. What is
    translated already, and PO's fuzzy entries, are not asked about; what names no target language has that of all others, if they
    have but one. Raises `InputError` where `data` is of another format.
    """
    whole, units = _opened(data, out, format)
    open_units = {f"{unit.row.id}#{number}": unit for number, unit in enumerate(units, 1) if unit.fill}
    languages = {unit.row.optional("target_language") for unit in units} - {None}
    usual = {"target_language": languages.pop()} if len(languages) == 1 else {}
    with output(out) as stream:
        rows = (Row({**usual, **unit.row.values, "id": name}, unit.row.where) for name, unit in open_units.items())
        stream.write(translated(whole, _edits(whole, open_units, answer(rows), lost)))


def _opened(data: str, out: str, format: str | None) -> tuple[bytes, list[Unit]]:
    """A file, and the units in it."""
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
    with Source(data) as source:
        return source.text().encode(), units


def _edits(whole: bytes, units: dict[str, Unit], predictions: Iterable[Any], lost: Lost) -> Iterator[Edit]:
    left = dict(units)
    for prediction in predictions:
        record, said = _translation(prediction)
        unit = left.get(record.id)
        if unit is not None and unit.fill and isinstance(said, str) and said.strip():
            del left[record.id]
            language = record.target_language or unit.row.optional("target_language") or ""
            yield from unit.fill(whole, said, language)
    for unit in left.values():
        lost.add(EMPTY, unit.row.id)


def _translation(prediction: Any) -> tuple[Translation, Any]:
    """What was to be translated, and what is said of it."""
    match prediction:
        case object(record=Translation() as record, answer=said):
            return record, said
    raise InputError(
        "PO, TMX and XLIFF are filled with translations, and here something else is answered; write .jsonl, or of a model of "
        "several tasks ask for --task translation"
    )
