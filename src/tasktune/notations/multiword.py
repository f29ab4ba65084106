"""Multi-word tokens: words that the text spells as one, as French spells `de` and `le` as `du`, and where each stands in it.

No character belongs to two words: those of a token share its characters in their order, each what it has in common with the
surface (`do` and `n't` of `don't`, `zu` and `m` of `zum`), else about as much as it is long (`d` and `u` of `du`). A token with
fewer characters than words (Portuguese `à`, which is `a a`) cannot be shared out: its words stand in the text in its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from tasktune.answers import Words


def on_surface(
    words: Sequence[str], space_after: Sequence[bool], ranges: Iterable[Sequence[str]]
) -> tuple[list[str], list[bool]]:
    """What of the text each word stands for, and whether a blank follows it.

    `ranges` are lines of CoNLL-U: which words, from 1, are one token (`3-4`), and its surface.
    """
    pieces, spaces = [*words], [*space_after]
    for which, surface, *_ in ranges:
        first, last = inside(which)
        shares = shared_out(surface, words[first:last])
        pieces[first:last] = shares or words[first:last]
        if not shares:
            spaces[first : last - 1] = [True] * (last - first - 1)
    return pieces, spaces


def inside(which: str) -> tuple[int, int]:
    """The words of a range, `3-4`, as (first, last + 1), counted from 0."""
    first, last = which.split("-")
    return int(first) - 1, int(last)


def shared_out(surface: str, words: Sequence[str]) -> list[str]:
    """The surface in one piece a word, none of them empty; nothing where it has fewer characters than words."""
    if len(surface) < len(words):
        return []
    here, there = [c.lower() for c in surface], [c.lower() for word in words for c in word]
    common = SequenceMatcher(None, there, here, autojunk=False).get_matching_blocks()
    cuts, spelled = [0], 0
    for k, word in enumerate(words[:-1], 1):
        spelled += len(word)
        before = max((b + min(n, spelled - a) for a, b, n in common if n and a < spelled), default=0)
        behind = min((b + max(0, spelled - a) for a, b, n in common if a + n > spelled), default=len(surface))
        cut = min(max(round(len(surface) * spelled / len(there)), before), behind)
        cuts.append(min(max(cut, cuts[-1] + 1), len(surface) - len(words) + k))
    return [surface[start:end] for start, end in pairwise([*cuts, len(surface)])]


def standing(text: str, pieces: Sequence[str]) -> Words | None:
    """Where pieces stand in a text that is made of them and blanks; `None` where it is not."""
    places, before = [], 0
    for piece in pieces:
        start = text.find(piece, before)
        if start < 0 or text[before:start].strip():
            return None
        before = start + len(piece)
        places.append((start, before))
    return None if text[before:].strip() else tuple(places)
