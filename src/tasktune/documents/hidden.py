"""What a reader of a text does not see, but a model does: characters without a shape, and markup that is not shown or that acts.

Documents keep them, since places in a text count every character. Who shows a text, or gives it to a model, asks here first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u2064\u206a-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff"
    "\uffa0\ufff0-\ufffb\U0001d173-\U0001d17a"
)
_JOINED = re.compile(r"[\u0600-\u0fff\u1000-\u109f\u1780-\u17ff\u1800-\u18af]")
"""Scripts (Arabic to Tibetan, Burmese, Khmer, Mongolian) that write with joiners and marks of direction."""
_PICTURE = re.compile("[\u00a9\u00ae\u203c-\u3299\ufe0f\U0001f000-\U0001faff\U000e0020-\U000e007f#*0-9]")
_KINDS: Final = (
    ("tags", re.compile("[\U000e0000-\U000e0fff]+")),
    ("direction", re.compile("[\u202a-\u202e\u2066-\u2069]")),
    ("control", re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f]+")),
    ("invisible", re.compile(f"[{_INVISIBLE}]+")),
    ("comment", re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)),
    (
        "active",
        re.compile(
            r"<\s{0,9}/?\s{0,9}(?:script|iframe|object|embed|form|meta|link|base|svg|style|img|video|audio|source|input)\b"
            r"[^<>]*>?|<[a-z][^<>]*[\s/\"']on[a-z]+\s{0,9}=[^<>]*>?|\b(?:javascript|vbscript|data\s{0,9}:\s{0,9}text/html)\s{0,9}:",
            re.IGNORECASE,
        ),
    ),
    ("picture", re.compile(r"!\[(?:[^\[\]\n]|\[[^\[\]\n]{0,99}\]){0,300}\](?:\([^()\n]*\)?|\[[^\[\]\n]*\]?)")),
    (
        "unseen",
        re.compile(
            r"<[a-z][^<>]*(?:\shidden\b|aria-hidden\s{0,9}=\s{0,9}[\"']?true|display\s{0,9}:\s{0,9}none"
            r"|visibility\s{0,9}:\s{0,9}hidden|(?:font-size|opacity)\s{0,9}:\s{0,9}0(?![.\d]{0,9}[1-9]))[^<>]*>?",
            re.IGNORECASE,
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Hidden:
    """A stretch of a text that is hidden, or does something where it is shown, and of which `kind` it is.

    "tags", "invisible", "control": characters without a shape; "direction": ones that turn the order of others; "comment"
    and "unseen": markup that is not shown; "active": markup that acts or fetches; "picture": one of Markdown, which fetches.
    """

    kind: str
    start: int
    end: int


def hidden(text: str) -> tuple[Hidden, ...]:
    """All of it, in order. Joiners where a script or an emoji needs them are none of it."""
    found = (
        Hidden(kind, match.start(), match.end())
        for kind, pattern in _KINDS
        for match in pattern.finditer(text)
        if not _USUAL.get(kind, _never)(text, match)
    )
    return tuple(sorted(found, key=lambda one: (one.start, one.end)))


def visible(text: str) -> str:
    """The text without any of it, also not what comes about where some is left out: to be shown, or given to a model, but not to
    be counted in.
    """
    while (less := "".join(_kept(text))) != text:
        text = less
    return text


def _kept(text: str) -> Iterator[str]:
    place = 0
    for one in hidden(text):
        if one.start > place:
            yield text[place : one.start]
        place = max(place, one.end)
    yield text[place:]


def _never(text: str, match: re.Match[str]) -> bool:
    return False


def _joins(text: str, match: re.Match[str]) -> bool:
    """Whether invisible characters are those that a script or an emoji is written with: one, or two, between such."""
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    if match[0] == "\u00ad":
        return before.isalpha() and after.isalpha()  # a hyphen that is seen where a line ends
    if len(match[0]) > 2:
        return False
    if match[0] in ("\u200c", "\u200d", "\u200e", "\u200f", "\u061c") and _JOINED.match(before or after):
        return True
    is_variant = all("\ufe00" <= character <= "\ufe0f" or character == "\u200d" for character in match[0])
    return is_variant and bool(_PICTURE.match(before))


def _flag(text: str, match: re.Match[str]) -> bool:
    """Whether tags are those of a flag (England, Scotland, Wales, Texas …): behind a black flag, and ended as they must be."""
    return text[match.start() - 1 : match.start()] == "\U0001f3f4" and len(match[0]) <= 7 and match[0].endswith("\U000e007f")


_USUAL: Final[dict[str, Callable[[str, re.Match[str]], bool]]] = {"invisible": _joins, "tags": _flag}
