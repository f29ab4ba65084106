"""What files are called in messages and citations: their names in characters that can be printed and stored."""

from __future__ import annotations

import re

HIDDEN = "hidden, by a name that begins with a dot"
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff]")


def printable(name: str) -> str:
    """A name in characters that can be printed and stored: others, such as line breaks, are spelled as Python spells them."""
    return _UNPRINTABLE.sub(_escaped, name)


def _escaped(character: re.Match[str]) -> str:
    code = ord(character[0])
    return f"\\x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else character[0].encode("unicode_escape").decode()
