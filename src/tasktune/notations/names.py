"""Label names as text: one, or a list such as `politics, sport` (`none` where it is empty).

In a list, a comma within a name, white space at its ends and a name that reads `none` are escaped (`notations.escapes`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from tasktune.notations.escapes import escape, unescape
from tasktune.notations.folding import fold

NONE = "none"

_NONE = re.compile(r"\s*none\s*", re.IGNORECASE)
_SPECIAL = re.compile(r",|\A\s+|\s+\Z|\Anone\Z", re.IGNORECASE)


def match(name: str, labels: tuple[str, ...]) -> str | None:
    """The one of `labels` that `name` means: the same, or else the first that is but for case, accents and white space.

    `None` where there is none. Where there are no labels to choose from, any name means itself.
    """
    if not labels or name in labels:
        return name
    return next((label for label in labels if fold(label) == fold(name)), None)


def spaced(name: str) -> str:
    """A pattern for `name` as an uncased WordPiece tokenizer may write it: folded, and with blanks anywhere."""
    return r"\s*".join(map(re.escape, fold(name)))


def write_list(names: Iterable[str]) -> str:
    """The names with commas between them. They must not be empty texts."""
    return ", ".join(map(spelled_in_list, names)) or NONE


def spelled_in_list(name: str) -> str:
    """A name as it stands in a list."""
    return escape(name, _SPECIAL)


def read_list(written: str, labels: tuple[str, ...]) -> tuple[str, ...]:
    """The names in a list, each once and sorted; those that match none of `labels` (where there are any) are passed over."""
    if _NONE.fullmatch(written):
        return ()
    given = (match(unescape(part.strip()), labels) for part in written.split(",") if part.strip())
    return tuple(sorted({name for name in given if name is not None}))
