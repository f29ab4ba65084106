"""Read what raters said of two systems on the page of `rate`: which is preferred, how surely, and whether the raters agree."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tasktune.core import InputError, Row
from tasktune.metrics.bootstrap import Tally
from tasktune.metrics.raters import TIE, A, B, agreements, preference
from tasktune.notations.amounts import amount
from tasktune.notations.plain import as_json
from tasktune.readers import rows
from tasktune.scores import Scores
from tasktune.verbs.rate import KEY

_SIDES = ("left", "right", TIE)


@dataclass(frozen=True, slots=True)
class Ratings:
    """What came of it: `scores` of a over b, and the raters' `agreement`.

    `rated` are the items that somebody rated, of `items` on the page; `same` are records of which both systems said the same,
    which the scores count as ties, as large a share of them as was rated of the others.
    """

    a: str
    b: str
    raters: tuple[str, ...]
    items: int
    rated: int
    same: int
    scores: Scores
    agreement: dict[str, float]

    def as_json(self) -> dict[str, Any]:
        """As `tasktune ratings --json` prints it."""
        told = {name: getattr(self, name) for name in ("a", "b", "raters", "items", "rated", "same", "agreement")}
        scores = {name: asdict(score) for name, score in self.scores.values.items()}
        shown: dict[str, Any] = as_json({**told, "scores": scores})
        return shown


def ratings(key: Path, files: Sequence[Path]) -> Ratings:
    """What the ratings in files come to, by the key of their page (or the folder that it is in).

    Who rates an item twice has changed their mind: the later rating counts. Raises `InputError` for ratings of another page.
    """
    told = _key(key / KEY if key.is_dir() else key)
    chosen: dict[str, dict[str, str]] = defaultdict(dict)
    for file in files:
        for row in rows(file, "jsonl"):
            rater, item, choice = _rating(row, told, file)
            chosen[item][rater] = choice
    if not chosen:
        raise InputError(f"there are no ratings in {', '.join(map(str, files))}")
    tally = Tally(preference)
    alike = round(told["same"] * len(chosen) / len(told["items"]))
    for choices in (*(list(each.values()) for each in chosen.values()), *[[TIE]] * alike):
        tally.add(None, choices)
    raters = tuple(sorted({rater for choices in chosen.values() for rater in choices}))
    agreement = agreements([*chosen.values()])
    return Ratings(told["a"], told["b"], raters, len(told["items"]), len(chosen), told["same"], tally.scores(), agreement)


def _key(path: Path) -> dict[str, Any]:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if {"page", "a", "b", "same", "items"} <= told.keys():
            return dict(told)
    except FileNotFoundError:
        raise InputError(
            f"{path}: there is no such key; `tasktune rate A B DATA --out FOLDER` writes it beside the page"
        ) from None
    except (json.JSONDecodeError, UnicodeDecodeError, AttributeError):
        pass
    raise InputError(f"{path}: this is no key that `tasktune rate` wrote")


def _rating(row: Row, told: dict[str, Any], file: Path) -> tuple[str, str, str]:
    """The rater, the item, and which system was preferred."""
    item, choice = row.string("item"), row.string("choice")
    if row.get("page") != told["page"] or item not in told["items"]:
        raise row.refuse("this is a rating of another page than the key is of")
    if choice not in _SIDES:
        raise row.refuse(f"the choice must be one of {', '.join(_SIDES)}, but is {choice!r}")
    is_first = (choice == "left") == (told["items"][item]["left"] == A)
    return row.optional("rater") or file.stem, item, TIE if choice == TIE else A if is_first else B


def lines(found: Ratings) -> Iterator[str]:
    """What came of it, in words."""
    yield f"a = {found.a}"
    yield f"b = {found.b}"
    people = f"{amount(len(found.raters), 'rater')} ({', '.join(found.raters)})"
    alike = f"; {amount(found.same, 'record')} with the same answer of both count as ties" if found.same else ""
    yield f"{people}, {found.rated} of {found.items} pairs rated{alike}"
    for name, score in found.scores.values.items():
        yield f"{name:20}{score.value:.4f}   95 % {score.low:.4f} – {score.high:.4f}"
    for name, figure in found.agreement.items():
        yield f"{name:20}{figure:.4f}"
