"""The forms of the short notations: a list of names (`notations.names`), tagged words (`tagged`), a number (`number`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from math import isfinite
from typing import final

from tasktune.answers import Words
from tasktune.forms import Automaton
from tasktune.notations.names import NONE, spelled_in_list
from tasktune.notations.tagged import spelled


@final
@dataclass(frozen=True)
class NameList(Automaton):
    """Names out of a closed set, in its order, each at most once; `none` where there are none."""

    labels: tuple[str, ...]
    between = ", "

    @property
    def start(self) -> int:
        """How many of the names have been passed."""
        return 0

    def whole(self, state: int) -> bool:
        """After any name, and after `none`."""
        return state != 0

    def steps(self, state: int) -> Iterator[tuple[str, int]]:
        """Any name behind the last."""
        if state == 0:
            yield NONE, len(self.labels) + 1
        for k, label in enumerate(self.labels[state:], state + 1):
            yield self.between * bool(state) + spelled_in_list(label), k


@final
@dataclass(frozen=True)
class TaggedWords(Automaton):
    """The words of a text in their order, each with one of the labels."""

    text: str
    words: Words
    labels: tuple[str, ...]
    between = " "

    @property
    def start(self) -> tuple[int, bool]:
        """How many words are written, and whether the tag of the last one is still to come."""
        return 0, False

    def whole(self, state: tuple[int, bool]) -> bool:
        """After the last tag; and at once where there are no labels, so that nothing can be said."""
        return state == (len(self.words), False) or not self.labels

    def steps(self, state: tuple[int, bool]) -> Iterator[tuple[str, tuple[int, bool]]]:
        """The next word, or the tags that it may have."""
        written, open_ = state
        if open_:
            yield from ((spelled(label), (written, False)) for label in self.labels)
        elif written < len(self.words) and self.labels:
            start, end = self.words[written]
            yield f"{self.between * bool(written)}{spelled(self.text[start:end])}/", (written + 1, True)


_EXPONENTS = (*(f"e-{size:02}" for size in range(5, 325)), *(f"e+{size}" for size in range(16, 309)))
_DIGITS = "0123456789"


@final
@dataclass(frozen=True)
class Number(Automaton):
    """A finite number as `repr` spells floats: up to 16 digits and 20 decimals, or one digit, 16 decimals and an exponent."""

    @property
    def start(self) -> str:
        """The state is what is written."""
        return ""

    def whole(self, state: str) -> bool:
        """After any digit, of an exponent after the last."""
        mantissa, e, exponent = state.partition("e")
        return mantissa[-1:].isdigit() and (not e or e + exponent in _EXPONENTS)

    def steps(self, state: str) -> Iterator[tuple[str, str]]:
        """More of it."""
        yield from ((piece, state + piece) for piece in _next_of_number(state))


def _next_of_number(written: str) -> Iterator[str]:
    mantissa, e, exponent = written.partition("e")
    if e:
        yield from _next_of_exponent(mantissa, e + exponent)
        return
    whole, point, decimals = written.lstrip("-").partition(".")
    if not written:
        yield "-"
    if len(decimals) < 20 if point else len(whole) < 16 and whole != "0":
        yield from _DIGITS
    if whole and not point:
        yield "."
    if len(whole) == 1 and len(decimals) <= 16 and written[-1].isdigit():
        yield "e"


def _next_of_exponent(mantissa: str, begun: str) -> set[str]:
    possible = (full for full in _exponents(begun) if full != _EXPONENTS[-1] or isfinite(float(mantissa + full)))
    return {full[len(begun)] for full in possible}


@cache
def _exponents(begun: str) -> list[str]:
    return [full for full in _EXPONENTS if full.startswith(begun) and full != begun]
