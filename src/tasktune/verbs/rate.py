"""Let people say which of two systems answers better: a page with both answers side by side, and who was on which side.

The page needs nothing beside itself and says nothing of whose answer is whose; that is in the key, which stays at home. Texts are
shown as text: all of them are escaped. Where both say the same there is nothing to choose, and it counts as a tie.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from pathlib import Path
from random import Random
from typing import Any, Final

from tasktune.core import InputError
from tasktune.notations.amounts import amount
from tasktune.readers import output, rows
from tasktune.verbs.progress import say

PAGE: Final = "rate.html"
KEY: Final = "key.json"

_TEMPLATE: Final = Path(__file__).with_suffix(".html")
_SAID: Final = ("answer", "score", "interval", "others")
"""What is the system's own in a line that `predict` writes."""
_SEVERAL: Final = ("references", "answers")
"""Where right answers stand beside the `gold` one."""

Prediction = Mapping[str, Any]
"""A line that `predict` writes."""


@dataclass(frozen=True, slots=True)
class Pair:
    """What was asked, the right answers if there are any, and what both systems said."""

    id: str
    asked: Mapping[str, Any]
    golds: Sequence[Any]
    a: Any
    b: Any


def rate(a: str, b: str, data: str | None, out: Path, seed: int, records: int | None, mapping: Mapping[str, str]) -> int:
    """Write the page and the key for two systems into the folder `out`; gives the number of pairs on the page.

    `a` and `b` are files that `predict` wrote, or folders of models, which then answer `data`. Of more than `records` records,
    so many are drawn. Raises `InputError` where the two were not asked the same.
    """
    sides = [list(_predictions(side, data, mapping)) for side in (a, b)]
    chance, pairs = Random(seed), _pairs(*sides)
    if not pairs:
        raise InputError(f"{a} and {b} have nothing in common: they must be answers to the same data")
    if unlike := sum(map(len, sides)) - 2 * len(pairs):
        say(f"{amount(unlike, 'answer')} left out, since only one of the two has an answer to what was asked")
    if records is not None and records < len(pairs):
        pairs = [pairs[k] for k in sorted(chance.sample(range(len(pairs)), records))]
    shown = {str(number): pair for number, pair in enumerate(pairs, 1) if pair.a != pair.b}
    if not shown:
        raise InputError(f"{a} and {b} answer all that they have in common alike, so that there is nothing to prefer")
    lefts = {name: chance.choice("ab") for name in shown}
    body = "\n".join(_item(name, pair, lefts[name]) for name, pair in shown.items())
    page = sha256(body.encode()).hexdigest()[:16]
    items = {name: {"id": pair.id, "left": lefts[name]} for name, pair in shown.items()}
    key = {"page": page, "a": a, "b": b, "seed": seed, "same": len(pairs) - len(shown), "items": items}
    filled = {"@PAGE@": page, "@COUNT@": str(len(shown)), "@ITEMS@": body}
    _write(out / PAGE, _filled(_TEMPLATE.read_text(encoding="utf-8"), filled))
    _write(out / KEY, json.dumps(key, ensure_ascii=False, indent=1) + "\n")
    return len(shown)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with output(path) as stream:
        stream.write(text)


def _filled(template: str, filled: Mapping[str, str]) -> str:
    """The template with each of its marks replaced, whatever looks like a mark in what is put in."""
    for mark, text in filled.items():  # the items, which may hold anything, come last
        template = template.replace(mark, text)
    return template


def _predictions(side: str, data: str | None, mapping: Mapping[str, str]) -> Iterator[Prediction]:
    if not Path(side).is_dir():
        yield from (row.values for row in rows(side, "jsonl"))
        return
    if data is None:
        raise InputError(f"{side} is a model, so it must be said what it is to answer: tasktune rate A B DATA")
    from tasktune.notations.plain import as_json
    from tasktune.verbs.predict import predict

    yield from (as_json(prediction.as_json()) for prediction in predict(side, data, mapping))


def _pairs(a: Iterable[Prediction], b: Iterable[Prediction]) -> list[Pair]:
    """The answers of both to the same, in the order of the first; of what was asked several times, in that of each."""
    others = dict(_numbered(b))
    return [_pair(one, others[asked]) for asked, one in _numbered(a) if asked in others]


def _numbered(predictions: Iterable[Prediction]) -> Iterator[tuple[tuple[str, int], Prediction]]:
    seen = Counter[str]()
    for prediction in predictions:
        asked = json.dumps(_asked(prediction), sort_keys=True)
        seen[asked] += 1
        yield (asked, seen[asked]), prediction


def _asked(prediction: Prediction) -> dict[str, Any]:
    return {name: value for name, value in prediction.items() if name not in ("id", "gold", *_SAID, *_SEVERAL)}


def _golds(prediction: Prediction) -> list[Any]:
    """The right answers, each once."""
    others = [each for name in _SEVERAL if isinstance(prediction.get(name), list) for each in prediction[name]]
    found = [gold for gold in (prediction.get("gold"), *others) if gold is not None]
    return [gold for k, gold in enumerate(found) if gold not in found[:k]]


def _pair(one: Prediction, other: Prediction) -> Pair:
    for prediction in (one, other):
        if "answer" not in prediction:
            raise InputError(f"a line without an answer, which no prediction is: {str(dict(prediction))[:80]}")
    return Pair(str(one.get("id", "")), _asked(one), _golds(one), one["answer"], other["answer"])


def _item(name: str, pair: Pair, left: str) -> str:
    """The HTML of a pair."""
    sides = {"left": pair.a, "right": pair.b} if left == "a" else {"left": pair.b, "right": pair.a}
    asked = "".join(f'<dt>{escape(field)}</dt><dd dir="auto">{_shown(value)}</dd>' for field, value in pair.asked.items())
    golds = "".join(f'<div dir="auto">{_shown(gold)}</div>' for gold in pair.golds)
    reference = f"<details><summary>reference</summary>{golds}</details>" if golds else ""
    answers = "".join(f'<article dir="auto">{_shown(answer)}</article>' for answer in sides.values())
    labels = {"left": "the left one", "tie": "neither", "right": "the right one"}
    choices = "".join(
        f'<label><input type="radio" name="{name}" value="{choice}"> {label}</label>' for choice, label in labels.items()
    )
    return (
        f'<fieldset><legend>{name}</legend><dl>{asked}</dl>{reference}<div class="pair">{answers}</div>'
        f'<div class="choice">{choices}</div></fieldset>'
    )


def _shown(value: Any) -> str:
    if value is None:
        return "<small>no answer</small>"
    return escape(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
