"""What stands in a message for what a program puts there: `%d`, `%(name)s`, `%1$s`, `{name}`, `{0:.2f}`, Qt's `%1`.

A translation must have them all, in any order, and no others: a program that misses one shows half of what it has to say, and one
that finds one too many may fall over.
"""

from __future__ import annotations

import re

_PLACEHOLDER = re.compile(
    r"%%"  # a percent sign, which is no placeholder
    r"|%(?:\d+\$|\([^()\s]+\))?[-+#0]*(?:\d+|\*)?(?:\.(?:\d+|\*))?(?:hh|ll|[hlLzjtq])?[diouxXeEfFgGaAcsp@]"
    r"|%L?\d+|%n\b"
    r"|\{\w*(?:[.!:\[][^{}]*)?\}"
)
_ORDER = re.compile(r"(?<=%)\d+\$")


def placeholders(text: str) -> list[str]:
    """The placeholders of a text in the order of the alphabet, without the numbers that say in which order they are filled."""
    return sorted(_ORDER.sub("", found) for found in _PLACEHOLDER.findall(text) if found != "%%")
