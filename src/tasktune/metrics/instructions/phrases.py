"""Instructions on what a response says, and with what it begins or ends."""

from __future__ import annotations

import re

from tasktune.metrics.instructions.comparing import Relation, compares, expression

OPTIONS = ("My answer is yes.", "My answer is no.", "My answer is maybe.")
"""The answers of which one has to be given."""

_POSTSCRIPTS = {"P.P.S": r"p\.\s?p\.\s?s", "P.S.": r"p\.\s?s\."}


def keywords(response: str, keywords: list[str]) -> bool:
    """All the keywords, in any case."""
    return all(re.search(expression(keyword), response, re.IGNORECASE) for keyword in keywords)


def keyword_frequency(response: str, keyword: str, frequency: int, relation: Relation) -> bool:
    """A keyword so often, in any case, also within words."""
    return compares(len(re.findall(expression(keyword.strip()), response, re.IGNORECASE)), relation, frequency)


def no_forbidden_words(response: str, forbidden_words: list[str]) -> bool:
    """None of these as whole words, in any case."""
    return not any(re.search(rf"\b{expression(word)}\b", response, re.IGNORECASE) for word in forbidden_words)


def one_of_the_options(response: str) -> bool:
    """One of `OPTIONS`, wherever it stands."""
    return any(option in response for option in OPTIONS)


def prompt_repeated(response: str, prompt_to_repeat: str) -> bool:
    """The request itself first, in any case."""
    return response.strip().lower().startswith(prompt_to_repeat.strip().lower())


def end_phrase(response: str, end_phrase: str) -> bool:
    """These words last, in any case; quotation marks may follow."""
    return response.strip().strip('"').lower().endswith(end_phrase.strip().lower())


def postscript(response: str, postscript_marker: str) -> bool:
    """The marker of a postscript, wherever it stands; in `P.S.` and `P.P.S` there may be blanks."""
    marker = postscript_marker.strip()
    return re.search(_POSTSCRIPTS.get(marker) or expression(marker.lower()), response.lower()) is not None
