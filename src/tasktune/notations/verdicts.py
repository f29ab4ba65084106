"""Yes or no, true or false, 1 or 0: one answer in the spellings of data sets."""

from __future__ import annotations

from tasktune.core import Row

_SAID = {"yes": True, "no": False, "1": True, "0": False, "true": True, "false": False}


def verdict(row: Row, name: str, yes: str, no: str, otherwise: str = "") -> str | None:
    """The verdict called `name`, as the one or the other of two words; `None` where there is none.

    Raises `InputError` for what is neither, with what to do `otherwise`.
    """
    given = row.name(name)
    if given is None:
        return None
    if given.lower() not in _SAID:
        raise row.refuse(f"{name!r} must be one of {', '.join(_SAID)}, but is {given!r}{otherwise}")
    return yes if _SAID[given.lower()] else no
