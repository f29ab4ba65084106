"""Escapes: a sign that would mean something where it stands is written as a backslash, its code point in hexadecimal and `;`.

A line break is `\\a;`. One rule for every sign, so that any text can be written in any notation and be read back as it was.
"""

from __future__ import annotations

import re

_ESCAPED = re.compile(r"\\((?:\s*[0-9a-fA-F]){1,6})\s*;")


def escape(text: str, special: re.Pattern[str]) -> str:
    """`text` with every character that `special` matches, and every backslash, escaped."""
    spelled = {at for match in special.finditer(text) for at in range(*match.span())}
    return "".join(escaped(c) if at in spelled or c == "\\" else c for at, c in enumerate(text))


def escaped(character: str) -> str:
    """One character, escaped."""
    return f"\\{ord(character):x};"


def unescape(written: str) -> str:
    """What `escape` was given, also with blanks within an escape. What is no escape stays as it is."""
    return _ESCAPED.sub(lambda match: _character(match), written)


def _character(match: re.Match[str]) -> str:
    code = int("".join(match[1].split()), 16)
    return chr(code) if code < 0x110000 else match[0]
