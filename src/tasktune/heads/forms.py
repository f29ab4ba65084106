"""The form that an answer is held to: the framing's own or, where it has none, what the options ask for."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from tasktune.core import InputError, Record
from tasktune.decoding import Decoding
from tasktune.forms import Automaton, Form, JsonSchema, Regex
from tasktune.framings import Extract, Framing, Labels, Mask, Text

CUT = "answers cut at max_new_tokens"


def form_of(framing: Text[Any], record: Record, labels: Labels, decoding: Decoding) -> Form | None:
    """What the record's answer is held to; `None` where it is free."""
    return _asked_for(decoding) if framing.form is None else framing.form(record, labels)


def refuse_form(framing: Framing, decoding: Decoding) -> None:
    """Raise `InputError` where a form is asked for of answers that have one by themselves, or are no text."""
    if _asked_for(decoding) and not (isinstance(framing, Text) and not framing.closed and framing.form is None):
        raise InputError(
            "--regex and --json-schema say how free text is to look, and this task's answers have a form of their own; "
            "leave them out, or tune the model for generation or chat"
        )


def refuse_n_best(framing: Framing, decoding: Decoding) -> None:
    """Raise `InputError` where more answers are asked for than can be had."""
    match framing:
        case Extract() | Mask():
            return
        case Text(closed=False):
            if not decoding.sampling and decoding.n_best > decoding.beams:
                raise InputError(f"n_best is {decoding.n_best}; give as many beams, or a temperature to draw that many texts")
        case _ if decoding.n_best > 1:
            raise InputError(f"n_best is {decoding.n_best}, but this task's model gives one answer; leave it out")


def _asked_for(decoding: Decoding) -> Form | None:
    if decoding.json_schema is not None:
        return JsonSchema(_text_of(decoding.json_schema))
    return None if decoding.regex is None else Regex(decoding.regex)


@lru_cache(maxsize=1)  # asked for with every record
def _text_of(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        raise InputError(f"the JSON schema {path} cannot be read: {wrong}") from None


def whole_parts(form: Form | None, text: str) -> str:
    """What is whole of a text that was cut short: where it is made of parts, all but the last."""
    if isinstance(form, Automaton) and form.between:
        return text.rpartition(form.between)[0]
    return text
