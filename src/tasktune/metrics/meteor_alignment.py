"""Which words of an answer METEOR 1.5 holds against which of a reference.

All pairs of words that are alike are found; those that stand in nobody's way are taken, and of the rest a beam search over the
reference, left to right, finds the choice with the most words that are the same, then the fewest chunks, then the least
distance. What the released program does is what counts here, down to the order of ties: words that are only alike weigh nothing
in the search (it rounds their half down), and the distance of a match is counted to those that are tried after it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import NamedTuple

BEAM = 40

Keys = Callable[[str], Collection[str]]
"""A way for words to be alike: two are that share a key."""


class Match(NamedTuple):
    """That a word of the answer and one of the reference are alike: where each stands, and by which of the ways."""

    answer: int
    reference: int
    way: int


class _Path(NamedTuple):
    """A choice of matches up to some word of the reference, the last of them first.

    `end` is behind the word of the answer that was matched last, -1 behind a gap; `used` has a bit for each word of the answer.
    """

    same: int = 0
    chunks: int = 0
    distance: int = 0
    end: int = -1
    used: int = 0
    match: Match | None = None
    before: _Path | None = None

    def rank(self) -> tuple[int, int, int]:
        return -self.same, self.chunks, self.distance

    def with_match(self, match: Match, distance: int) -> _Path:
        is_new_chunk = self.end not in (-1, match.answer)
        same, used = self.same + (match.way == 0), self.used | 1 << match.answer
        return _Path(same, self.chunks + is_new_chunk, distance, match.answer + 1, used, match, self)

    def with_gap(self, distance: int) -> _Path:
        return self._replace(chunks=self.chunks + (self.end != -1), distance=distance, end=-1)

    def matches(self) -> Iterator[Match]:
        path: _Path | None = self
        while path is not None and path.match is not None:
            yield path.match
            path = path.before


def align(answer: Sequence[str], reference: Sequence[str], ways: Sequence[Keys]) -> tuple[list[Match], int]:
    """The matches of two texts, in the order of the reference, and in how many chunks they lie.

    Of the `ways` to be alike the first is to be the same; the others are not looked for where the texts are the same.
    """
    found = _found(answer, reference, ways[:1] if list(answer) == list(reference) else ways)
    times = Counter(match.answer for matches in found for match in matches)
    paths = [_Path()]
    for matches in found:
        best = sorted(paths, key=_Path.rank)[:BEAM]
        if len(matches) == 1 and times[matches[0].answer] == 1:
            paths = [path.with_match(matches[0], path.distance + _distance(matches[0])) for path in best]
        else:
            paths = [extended for path in best for extended in _extended(path, matches)]
    best = sorted(paths, key=_Path.rank)[:BEAM]
    chosen = min((path.with_gap(path.distance) for path in best), key=_Path.rank)
    return [*chosen.matches()][::-1], chosen.chunks


def _found(answer: Sequence[str], reference: Sequence[str], ways: Sequence[Keys]) -> list[list[Match]]:
    """All matches of each word of the reference, way by way."""
    found: list[list[Match]] = [[] for _ in reference]
    for way, keys in enumerate(ways):
        places: dict[str, list[int]] = defaultdict(list)
        for place, word in enumerate(answer):
            for key in keys(word):
                places[key].append(place)
        for k, word in enumerate(reference):
            alike = sorted({place for key in keys(word) for place in places.get(key, ())})
            found[k] += [Match(place, k, way) for place in alike if way == 0 or answer[place] != word]
    return found


def _extended(path: _Path, matches: Sequence[Match]) -> list[_Path]:
    """The path with each match that it can take, and with none."""
    extended, distance = [], path.distance
    for match in matches:
        if not path.used >> match.answer & 1:
            extended.append(path.with_match(match, distance))
            distance += _distance(match)
    return [*extended, path.with_gap(distance)]


def _distance(match: Match) -> int:
    return abs(match.reference - match.answer)
