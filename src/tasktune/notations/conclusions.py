"""What a chain of thought comes to: the final answer told from the reasoning before it, and read by rule.

A conclusion is written `The answer is 42.`, on a line of its own behind the reasoning (Wei et al. 2022). Models say it in other
ways too, and data sets have their own (`#### 42`, `\\boxed{42}`, `Answer: B`); all of these are read, and the last one counts.
What stands in a conclusion is read by the kind of answer that is wanted, so that `$1,200.00 in all` is the number `1200`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from string import ascii_uppercase
from typing import Final, Literal, get_args

from tasktune.answers import CJK, Reasoned, folded

Kind = Literal["number", "choice", "yes-no", "text"]
"""What a final answer can be: a number, the letter of a choice, yes or no (or true or false), or words."""

KINDS: Final[tuple[str, ...]] = get_args(Kind)
LETTERS: Final = ascii_uppercase

_OURS: Final = "The answer is "
_OURS_ON_A_LINE = re.compile(rf"(?:\A|\n){_OURS}([^\n]*)\Z")
_MARK = re.compile(r"####|\banswer(?:\s+is\b\s*:?|\s*[:=\u2013-])|答案(?:是|为|[:\uff1a])[:\uff1a]?", re.IGNORECASE)
_BOXED = re.compile(r"\\boxed\s*\{")
_NUMBER = re.compile(
    r"(?P<minus>(?<![\w)])[-\u2212])?[$€£¥]?\s?(?P<second>[-\u2212])?(?:(?P<ones>\d+)\s(?=\d+/\d))?"
    r"(?P<digits>\d{1,3}(?:,\d{2,3})*,\d{3}(?!\d)|\d+)(?P<decimals>\.\d+)?(?:\s?/\s?(?P<below>\d+))?"
)
_SPACED = re.compile(r"(?<=\d)(?:\{,\}|\\[,!])(?=\d{3})")  # thousands apart, as LaTeX writes them
_WHOLE = re.compile(rf"\s*(?:{_NUMBER.pattern})\s*%?\.?\s*")
_BARE_POINT = re.compile(r"(?<![\w.])\.(?=\d)")
_FRAC = re.compile(r"\\[dt]?frac\s*\{(-?\d+)\}\s*\{(\d+)\}")
_YES_NO = re.compile(r"\b(?:yes|no|true|false)\b", re.IGNORECASE)
_LETTER = re.compile(r"\(([A-Za-z])\)|([A-Z])[.)]?")
_LETTER_FIRST = re.compile(
    r"\W*(?:(?:option|choice)\s+)?(?:\(([A-Z])\)|([A-Z])(?![\w']|\s+(?!(?:because|since|as|is)\b)\w))", re.ASCII | re.IGNORECASE
)
_LETTER_ALONE = re.compile(r"(?<![\w'])[A-Z](?![\w'])", re.ASCII)
_WORDS = frozenset("AI")
"""Letters that are words, too."""
_STYLED = re.compile(r"\\(?:text|textbf|textit|textrm|mathbf|mathrm)\s*\{([^{}]*)\}")
_CASED = rf"[^\W{CJK}]"  # of scripts that set words apart
_BRACKETED = re.compile(r"\(([A-Z])\)")


def write(said: Reasoned) -> str:
    """The reasoning, and on a line of its own what it comes to."""
    return f"{said.rationale}\n{_OURS}{said.answer}." if said.rationale else f"{_OURS}{said.answer}."


def read(written: str, kind: str = "", choices: Sequence[str] = ()) -> Reasoned | None:
    """A final answer of a kind, and what led to it; `None` where there is none. Without a kind it is told from the answer."""
    rationale, conclusion = parted(written)
    answer = _final(conclusion, kind or _likely_kind(conclusion, choices), choices)
    if answer is None and not conclusion:
        rationale, last = written.strip(), _lines(written)[-1:]
        answer = _unannounced(written, kind or _likely_kind("".join(last), choices), choices)
    return None if answer is None else Reasoned(answer, rationale)


def parted(written: str) -> tuple[str, str]:
    """What is written as the reasoning and the words of its conclusion, "" where none is marked as such.

    A conclusion in the midst of a line is part of the reasoning too.
    """
    if ours := _OURS_ON_A_LINE.search(written.rstrip()):
        return written[: ours.start()].strip(), _unboxed(ours[1].removesuffix("."))
    marked = _last(_MARK, written)
    boxed = _last(_BOXED, written, marked.end() if marked else 0)
    found = marked or boxed
    if found is None:
        return written.strip(), ""
    said = written[boxed.start() :] if boxed else "".join(_lines(written[found.end() :])[:1]).rstrip().removesuffix(".")
    line = written.rfind("\n", 0, found.start()) + 1
    return (written if written[line : found.start()].strip(" *$") else written[:line]).strip(), _unboxed(said)


def _last(pattern: re.Pattern[str], text: str, start: int = 0) -> re.Match[str] | None:
    found = [*pattern.finditer(text, start)]
    return found[-1] if found else None


def _lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


def _unboxed(conclusion: str) -> str:
    """What is in the last `\\boxed{…}` of a conclusion, however deep its braces go; all of it where there is none."""
    found = _last(_BOXED, conclusion)
    if found is None:
        return " ".join(conclusion.split())
    depth, end = 1, found.end()
    while depth and end < len(conclusion):
        depth += {"{": 1, "}": -1}.get(conclusion[end], 0)
        end += 1
    return " ".join(conclusion[found.end() : end if depth else end - 1].split())


def kind_of(answer: str) -> Kind:
    """The kind of a final answer that data give."""
    said = _unboxed(answer)
    if _canonical_number(_WHOLE.fullmatch(_plain(said))) is not None:
        return "number"
    if re.fullmatch(r"\(?[A-Z]\)?", said):
        return "choice"
    return "yes-no" if _YES_NO.fullmatch(said) else "text"


def canonical(answer: str, kind: str, choices: Sequence[str] = ()) -> str | None:
    """A final answer as it is always spelled; `None` where it is none of its kind.

    >>> canonical("$1,200.00", "number"), canonical("(b)", "choice"), canonical("Yes", "yes-no")
    ('1200', 'B', 'yes')
    """
    return _final(_unboxed(answer), kind, choices)


def _likely_kind(conclusion: str, choices: Sequence[str]) -> str:
    return "choice" if choices else kind_of(conclusion)


def _final(conclusion: str, kind: str, choices: Sequence[str]) -> str | None:
    """The final answer in the words of a conclusion."""
    match kind:
        case "number":
            value = _plain(conclusion).rpartition("=")[2]
            return next(filter(None, map(_canonical_number, _NUMBER.finditer(value))), None)
        case "choice":
            return _letter(conclusion, choices)
        case "yes-no":
            found = _YES_NO.search(conclusion)
            return found and found[0].lower()
    return conclusion or None


def _unannounced(written: str, kind: str, choices: Sequence[str]) -> str | None:
    """The final answer of a text that has no conclusion marked as such: the last thing that could be one."""
    match kind:
        case "number":
            numbers = [*filter(None, map(_canonical_number, _NUMBER.finditer(_plain(written))))]
            return numbers[-1] if numbers else None
        case "choice":
            bracketed = [letter for letter in _BRACKETED.findall(written) if _offered(letter, choices)]
            return bracketed[-1] if bracketed else _letter("".join(_lines(written)[-1:]), choices)
        case "yes-no":
            said = _YES_NO.findall(written)
            return said[-1].lower() if said else None
    return " ".join("".join(_lines(written)[-1:]).split()).removesuffix(".") or None


def _plain(text: str) -> str:
    """A text with LaTeX's fractions as 1/2, thousands as 1000, and .5 as 0.5."""
    return _BARE_POINT.sub("0.", _FRAC.sub(r"\1/\2", _SPACED.sub("", text)))


def _canonical_number(found: re.Match[str] | None) -> str | None:
    """A number as it is always spelled: without commas, currency, percent or needless zeros; 1/3, which has no end, as it is."""
    if found is None:
        return None
    digits, below = found["digits"].replace(",", ""), found["below"]
    try:
        value = Fraction(digits + (found["decimals"] or "")) / int(below or 1) + int(found["ones"] or 0)
        return _spelled(-value if found["minus"] or found["second"] else value)
    except (ValueError, ZeroDivisionError):  # more digits than Python reads; a fraction of nothing
        return None


def _spelled(value: Fraction) -> str:
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest > 1:
        return f"{value.numerator}/{value.denominator}"
    places = max(twos, fives)
    digits = str(int(abs(value) * 10**places)).rjust(places + 1, "0")
    whole, decimals = digits[: len(digits) - places], digits[len(digits) - places :]
    return "-" * (value < 0) + whole + "." * bool(decimals) + decimals


def _offered(letter: str, choices: Sequence[str]) -> bool:
    return not choices or letter in LETTERS[: len(choices)]


def _letter(conclusion: str, choices: Sequence[str]) -> str | None:
    """The letter of a choice, which is said by its letter or by its words."""
    conclusion = _STYLED.sub(r"\1", conclusion)
    said = folded(conclusion)
    words = {letter: folded(choice) for letter, choice in zip(LETTERS, choices, strict=False) if folded(choice)}
    within = {letter: choice for letter, choice in words.items() if _says(said, choice)}
    longest = [letter for letter, choice in within.items() if all(other in choice for other in within.values())]
    alone = {letter for letter in _LETTER_ALONE.findall(conclusion) if _offered(letter, choices)}
    possible = (
        *(letter for letter, choice in zip(LETTERS, choices, strict=False) if choice.strip() == conclusion.strip()),
        *(found[1] or found[2] for found in [_LETTER.fullmatch(conclusion)] if found),
        *(letter for letter, choice in words.items() if choice == said),
        *(found[1] or found[2] for found in [_LETTER_FIRST.match(conclusion)] if found),
        *_BRACKETED.findall(conclusion),
        *(longest if len(longest) == 1 else ()),
        *(alone - _WORDS if len(alone) == 1 else ()),
    )
    return next((letter.upper() for letter in possible if _offered(letter.upper(), choices)), None)


def _says(said: str, choice: str) -> bool:
    """Whether the words of a choice stand in what is said, and not as a part of other words or numbers."""
    before = rf"(?<!{_CASED})(?<!\d,)(?<![.\-\u2212])" if re.match(_CASED, choice) else ""
    after = rf"(?!{_CASED}|[.,]\d)" if re.match(_CASED, choice[-1]) else ""
    return re.search(before + re.escape(choice) + after, said) is not None
