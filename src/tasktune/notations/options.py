"""The choices of a multiple-choice question, and which of them is meant, out of the shapes in which data sets say so."""

from __future__ import annotations

import re
from typing import Any

from tasktune.core import Row
from tasktune.notations.conclusions import LETTERS

_LETTERED = re.compile(r"\s*\(?([A-Z])[).:]\s*")


def options_of(row: Row, name: str) -> tuple[str, ...]:
    """The choices called `name`: a list of texts (AQuA's with letters in front) or of {label, text}, or {label: […], text: […]}.

    None where there are none. Raises `InputError` for any other shape, for one choice alone and for more than there are letters.
    """
    given = row.get(name)
    if given is None or given == []:
        return ()
    texts = given.get("text") if isinstance(given, dict) else given
    found = [_text(one) for one in texts] if isinstance(texts, list | tuple) else [None]
    choices = [one for one in found if one is not None]
    if len(choices) < len(found):
        shapes = "a list of texts or of {label, text}, or {label: […], text: […]}"
        raise row.refuse(f"{name!r} must be {shapes}, but is {given!r:.80}")
    if not 2 <= len(choices) <= len(LETTERS):
        raise row.refuse(f"{name!r} must be 2 to {len(LETTERS)} choices, but there is {len(choices)}")
    heads = [_LETTERED.match(choice) for choice in choices]
    lettered = all(head and head[1] == chr(ord("A") + k) for k, head in enumerate(heads))
    return tuple(choice[head.end() :] if lettered and head else choice for choice, head in zip(choices, heads, strict=True))


def letter_of(row: Row, name: str, label: str | float) -> str:
    """The letter of the choice that has this label in the data (ARC's 1 to 4), or this number from 0 on (MMLU); else as it is."""
    given = row.get(name)
    labels: list[Any] = list(range(len(options_of(row, name))))
    if isinstance(given, dict) and isinstance(given.get("label"), list):
        labels = given["label"]
    elif isinstance(given, list) and all(isinstance(one, dict) and "label" in one for one in given):
        labels = [one["label"] for one in given]
    return LETTERS[labels.index(label)] if label in labels else str(label)


def _text(given: Any) -> str | None:
    match given:
        case str(text) | {"text": str(text)}:
            return text
    return None
