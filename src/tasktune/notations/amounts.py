"""How many there are of a thing, in words."""

from __future__ import annotations


def amount(count: int, thing: str) -> str:
    """A count and what is counted, which has an s unless there is one of it.

    >>> amount(1, "record"), amount(12, "record")
    ('1 record', '12 records')
    """
    return f"{count} {thing}{'s' * (count != 1)}"
