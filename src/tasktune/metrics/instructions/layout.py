"""Instructions on the form of a response: its parts, its marks, what it is wrapped in."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from tasktune.metrics.instructions.comparing import expression

_FENCES = ("```json", "```Json", "```JSON", "```")


def paragraphs(response: str, num_paragraphs: int) -> bool:
    """Just so many paragraphs between `***`, none of them empty but before the first and behind the last sign."""
    parts = re.split(r"\s?\*\*\*\s?", response)
    return _none_empty_within(parts) and sum(map(bool, map(str.strip, parts))) == num_paragraphs


def two_responses(response: str) -> bool:
    """Two responses that differ, with `******` between them."""
    parts = response.split("******")
    said = [part.strip() for part in parts if part.strip()]
    return _none_empty_within(parts) and len(said) == 2 and said[0] != said[1]


def _none_empty_within(parts: Sequence[str]) -> bool:
    return all(part.strip() for part in parts[1:-1])


def paragraph_first_word(response: str, num_paragraphs: int, nth_paragraph: int, first_word: str) -> bool:
    """Just so many paragraphs between empty lines, and the first word of the nth, up to its first punctuation mark."""
    parts = response.split("\n\n")
    count = sum(map(bool, map(str.strip, parts)))
    words = parts[nth_paragraph - 1].split() if 0 < nth_paragraph <= count else []
    if not words or count != num_paragraphs:
        return False
    word, *_ = re.split("[.,?!'\"]", words[0].lstrip("'").lstrip('"'))
    return word.lower() == first_word.lower()


def sections(response: str, section_spliter: str, num_sections: int) -> bool:
    """At least so many sections that a word and a number begin: `Section 1`."""
    heading = re.compile(rf"{expression(section_spliter.strip())}\s?\d+")
    return sum(1 for _ in heading.finditer(response)) >= num_sections


def bullets(response: str, num_bullets: int) -> bool:
    """Just so many lines that begin with `*` or `-`; `**` is none."""
    starred = re.findall(r"^\s*\*[^\*].*$", response, re.MULTILINE)
    dashed = re.findall(r"^\s*-.*$", response, re.MULTILINE)
    return len(starred) + len(dashed) == num_bullets


def highlights(response: str, num_highlights: int) -> bool:
    """At least so many stretches of a line between `*`; one between `**` counts as well, and what is between its inner `*`."""
    single = (text.strip("*") for text in re.findall(r"\*[^\n\*]*\*", response))
    double = re.findall(r"\*\*([^\n\*]*)\*\*", response)
    return sum(bool(text.strip()) for text in (*single, *double)) >= num_highlights


def placeholders(response: str, num_placeholders: int) -> bool:
    """At least so many `[placeholders]`, each within a line."""
    return len(re.findall(r"\[.*?\]", response)) >= num_placeholders


def title(response: str) -> bool:
    """A `<<title>>` that is not empty."""
    return any(text.strip("<>").strip() for text in re.findall(r"<<[^\n]+>>", response))


def quotation(response: str) -> bool:
    """All of it between double quotation marks."""
    said = response.strip()
    return len(said) > 1 and said[0] == said[-1] == '"'


def json_format(response: str) -> bool:
    """JSON and nothing else, but Markdown's fences around it."""
    said = response.strip()
    for fence in _FENCES:
        said = said.removeprefix(fence)
    try:
        json.loads(said.removesuffix("```").strip())
    except (ValueError, RecursionError):
        return False
    return True
