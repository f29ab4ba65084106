"""Numbers as text: the shortest decimal that reads back as the same float, whole ones without a point (`3.8`, `5`)."""

from __future__ import annotations

import math
import re

# An uncased WordPiece tokenizer writes -3.8 as `- 3. 8` or `- 3 . 8`, and 1e-05 as `1e - 05`. A hyphen behind a word (`top-5`,
# `top - 5`) is no sign.
_SIGN = r"(?<!\w)(?:[-+\u2212]|(?<!\w\s)[-+\u2212]\s)"
_NUMBER = re.compile(rf"(?:{_SIGN})?(?:\d+(?:\s?\.\s?\d+)?|\.\d+)(?:[eE](?:\s?[-+]\s?)?\d+)?")


def write(value: float) -> str:
    """The spelling of `value`. Raises `ValueError` where it is not finite."""
    if not math.isfinite(value):
        raise ValueError(f"{value} is not a finite number")
    return repr(float(value)).removesuffix(".0")


def read(text: str) -> float | None:
    """The first number in `text`; `None` where there is none, or it is beyond a float."""
    found = _NUMBER.search(text)
    if found is None:
        return None
    value = float("".join(found[0].split()).replace("\u2212", "-"))
    return value if math.isfinite(value) else None
