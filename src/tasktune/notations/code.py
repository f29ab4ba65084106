"""Code among other words: where it begins and ends in what a model has written.

Models tuned for chat put code between fences, as Markdown has it (```` ```python ````), with words before and after; models that
go on with a function do not stop at its end. Both are read here. In an item of a list the fences are indented with all between
them; elsewhere, as in a docstring, indented ones are a part of the code. What would be read as something else than it is, is
written between fences itself, longer ones than any that it has, so that every code can be written and read back.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_OPENING = re.compile(r"^([ \t]*)(`{3,})[^`\n]*$", re.MULTILINE)
_ITEM = re.compile(r"^[ \t]*(?:[-*+]|\d+[.)])[ \t]", re.MULTILINE)
_FIRST_LINE = re.compile(r"\s*?^(?=[^\n]*\S)([^\n]*)", re.MULTILINE)
_OUTSIDE = re.compile(r"(?<=\n)(?=[^\s)\]}])")


def block(text: str) -> str:
    """What stands between the first fences of a text, or after one that is not closed; the text itself where it has none."""
    opening = _opening(text)
    if opening is None:
        return text
    rest, indent = text[opening.end() :], rf"[ \t]{{0,{len(opening[1])}}}"
    closing = re.search(rf"\n{indent}{opening[2]}`*[ \t]*(?=\n|\Z)", rest)
    return re.sub(f"^{indent}", "", rest[1:] if closing is None else rest[1 : closing.start()], flags=re.MULTILINE)


def _opening(text: str) -> re.Match[str] | None:
    """The first fence, which stands at the margin or in an item of a list."""
    return next((f for f in _OPENING.finditer(text) if not f[1] or _ITEM.search(text, 0, f.start(2))), None)


def body(text: str) -> str:
    """The same of text that goes on inside of something (a function), of which it is cut at the end.

    Where its first line is indented, that is before the first line that is not and closes no bracket: what the stop sequences of
    Chen et al. (2021) find (`def`, `class`, `if`, `print`, `#` at the margin), and what else stands there.
    """
    first, opening = _FIRST_LINE.match(text), _opening(text)
    goes_on = first is not None and first[1][:1].isspace()
    if opening and not (goes_on and opening[1]):
        return block(text)
    outside = _OUTSIDE.search(text, first.end()) if first and goes_on else None
    return text[: outside.start()] if outside else text


def fenced(code: str) -> str:
    """Code between fences that are longer than any that it has."""
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", code)), default=0))
    return f"{fence}\n{code}\n{fence}"


def written(code: str, read: Callable[[str], str]) -> str:
    """Code to be found again by `read`, as `block` or `body`: between fences, where it would not be read as it stands."""
    return code if read(code) == code else fenced(code)


def spoken(language: str, tests: str | tuple[str, ...]) -> str:
    """The language of code: tests are in Python, and so is what they test."""
    return language or "Python" * bool(tests)


def clean(code: str) -> str:
    """Code whose lines end as those of other texts."""
    return re.sub(r"\r+\n", "\n", code)
