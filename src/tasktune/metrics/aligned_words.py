"""Which words of an answer are which of the gold's, as conll18_ud_eval says (Zeman et al. 2018, CoNLL shared task).

Words are the same by their characters in the text. Those of multi-word tokens have none of their own: there, the longest common
subsequence of the words themselves decides, whatever their case. https://universaldependencies.org/conll18/conll18_ud_eval.py
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from tasktune.answers import Dependency

Tree = Sequence[Dependency]


@dataclass(frozen=True, slots=True)
class _Word:
    """A word, and the place of its token, which is `shared` where it is that of several."""

    start: int
    end: int
    form: str
    shared: bool


def aligned(text: str, gold: Tree, said: Tree) -> dict[int, int]:
    """For words of an answer, by number from 0, those of the gold that they are."""
    ours, theirs, found = _words(text, gold), _words(text, said), dict[int, int]()
    g = s = 0
    while g < len(ours) and s < len(theirs):
        one, other = ours[g], theirs[s]
        if one.shared or other.shared:
            first_g = g + (not one.shared and one.start < other.start)
            first_s = s + (not other.shared and other.start < one.start)
            g, s = _behind(ours, theirs, first_g, first_s, one.end if one.shared else other.end)
            common = _subsequence([word.form for word in ours[first_g:g]], [word.form for word in theirs[first_s:s]])
            found.update((first_s + k, first_g + j) for j, k in common)
        else:
            if (one.start, one.end) == (other.start, other.end):
                found[s] = g
            same = s in found
            g, s = g + (same or one.start <= other.start), s + (same or one.start > other.start)
    return found


def _words(text: str, tree: Tree) -> list[_Word]:
    """The words with the places of their tokens. Tokens of several words that touch are taken for one."""
    made = list[_Word]()
    for _, run in groupby(enumerate(tree), key=lambda numbered: _token(tree, numbered[0])):
        words = [word for _, word in run]
        shared = bool(words[0].form)
        start, end = words[0].start, words[-1].end
        made += [_Word(start, end, (word.form or text[word.start : word.end]).lower(), shared) for word in words]
    return made


def _token(tree: Tree, k: int) -> int:
    """The number of the first word of the token that a word is of."""
    while k and tree[k].form and tree[k - 1].form and tree[k - 1].end == tree[k].start:
        k -= 1
    return k


def _behind(ours: Sequence[_Word], theirs: Sequence[_Word], g: int, s: int, end: int) -> tuple[int, int]:
    """The first words behind a token that ends at `end`, and behind those of several words that reach beyond it."""
    while not (_is_beyond(ours, g, end) and _is_beyond(theirs, s, end)):
        takes_ours = g < len(ours) and (s >= len(theirs) or ours[g].start <= theirs[s].start)
        word = ours[g] if takes_ours else theirs[s]
        end = max(end, word.end) if word.shared else end
        g, s = g + takes_ours, s + (not takes_ours)
    return g, s


def _is_beyond(words: Sequence[_Word], k: int, end: int) -> bool:
    return k >= len(words) or (words[k].start >= end if words[k].shared else words[k].end > end)


def _subsequence(ours: Sequence[str], theirs: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The numbers of words in both that are a longest common subsequence, the earliest of the second first."""
    longest = [[0] * (len(theirs) + 1) for _ in range(len(ours) + 1)]
    for g in reversed(range(len(ours))):
        for s in reversed(range(len(theirs))):
            same = ours[g] == theirs[s]
            longest[g][s] = 1 + longest[g + 1][s + 1] if same else max(longest[g + 1][s], longest[g][s + 1])
    g = s = 0
    while g < len(ours) and s < len(theirs):
        if ours[g] == theirs[s]:
            yield g, s
            g, s = g + 1, s + 1
        elif longest[g][s] == longest[g + 1][s]:
            g += 1
        else:
            s += 1
