"""How predictions are written to a file: in the format that its suffix names, JSON lines where it names none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from operator import methodcaller
from pathlib import Path
from typing import Any

from tasktune.core import Lost, Row
from tasktune.notations.languages import is_language
from tasktune.notations.plain import as_json
from tasktune.readers import write
from tasktune.verbs.fill import fill, fills

Answers = Callable[[str | Iterable[Row]], Iterator[Any]]
"""Gives the predictions for a file, or for rows."""

_COLUMNS = {".conll": "conll", ".conllu": "conllu"}


def write_answers(data: str, out: str, answers: Answers, format: str | None, lost: Lost) -> None:
    """Answer `data` and write what is said to `out`: JSON lines, columns of words, a run, lines of text, or the same file filled.

    A line of text is written for each record where the suffix is a language (`out.de`), with a blank for a line break. The file
    is opened before the first answer is asked for, and so before a model is loaded. `format` is that of `data`.
    """
    suffix = Path(out.removesuffix(".gz")).suffix
    if fills(out):
        fill(data, out, answers, format, lost)
    elif suffix == ".run":
        write(out, _run(answers(data)), "trec")
    elif suffix in _COLUMNS:
        sentences = chain.from_iterable(map(methodcaller("as_columns"), answers(data)))
        write(out, map(as_json, sentences), _COLUMNS[suffix])
    elif is_language(suffix[1:]):
        write(out, map(_line, answers(data)), "text")
    else:
        write(out, map(as_json, map(methodcaller("as_json"), answers(data))), "jsonl")


def _run(answers: Iterator[Any]) -> Iterator[dict[str, Any]]:
    """What a search found, where the answers are vectors or grades."""
    from tasktune.verbs.runs import found

    yield from found(answers)


def _line(prediction: Any) -> Mapping[str, str]:
    answer = prediction.answer
    return {"text": " ".join(("" if answer is None else str(answer)).splitlines())}
