"""How an answer that cites is written: `Oslo is the capital [1][3].`, and how it is read back.

Marks are numbers of passages from 1, in brackets as in a paper: `[1]`, `[1][3]`, `[1, 3]`. One blank before a mark belongs to
it. An answer that is not there is `not in the documents`. What of an answer's own text looks like either is escaped
(`notations.escapes`), so that any text can be written and read.
"""

from __future__ import annotations

import re
from typing import Final

from tasktune.answers import Cited, Mark
from tasktune.notations.escapes import escape, unescape

NONE: Final = "not in the documents"
_NONE = re.compile(rf"\W*{NONE}\W*", re.IGNORECASE)
_NUMBER = r"[1-9][0-9]{0,2}"
_MARK = re.compile(rf" ?\[({_NUMBER}(?:\s*[,;]\s*{_NUMBER})*)\]")
_LOOKS_LIKE_ONE = re.compile(r"\[(?=[\s\d,;]|\Z)")
_FIRST = re.compile(r"\A.", re.DOTALL)


def write(answer: Cited) -> str:
    """The answer with its marks; `NONE` where it has no words."""
    if not answer.text:
        return NONE
    looks = _FIRST if _NONE.fullmatch(answer.text) else _LOOKS_LIKE_ONE
    return answer.spelled(lambda stretch: escape(stretch, looks))


def read(written: str) -> Cited:
    """The answer that was written. Of any text, all that is no mark is the answer's own."""
    text, marks, done = "", list[Mark](), 0
    for match in _MARK.finditer(written):
        text += unescape(written[done : match.start()])
        marks += [Mark(len(text), int(number)) for number in re.findall(_NUMBER, match[1])]
        done = match.end()
    text += unescape(written[done:])
    if not text or _NONE.fullmatch(_MARK.sub("", written)):
        return Cited("")
    return Cited(text, tuple(marks))
