"""Instructions on the language of a response, which `langdetect` tells; what it cannot tell (digits alone) counts as followed."""

from __future__ import annotations

from functools import cache
from typing import Any

from tasktune.core import InputError


def response_language(response: str, language: str) -> bool:
    """All of it in one language, named by its ISO 639-1 code."""
    return _is_in(response, language)


def english_in_capitals(response: str) -> bool:
    """English without a small letter."""
    return response.isupper() and _is_in(response, "en")


def english_in_small_letters(response: str) -> bool:
    """English without a capital letter."""
    return response.islower() and _is_in(response, "en")


def _is_in(response: str, language: str) -> bool:
    package = langdetect()
    try:
        return bool(package.detect(response) == language)
    except package.LangDetectException:
        return True


def is_there() -> bool:
    """Whether the package is installed that tells languages."""
    try:
        langdetect()
    except InputError:
        return False
    return True


@cache
def langdetect() -> Any:
    """The package. Raises `InputError` where it is not there."""
    try:
        import langdetect as package
    except ImportError:
        raise InputError(
            "to tell the language of a response takes the package langdetect: pip install 'tasktune[ifeval]', "
            "or leave out instructions of the kinds language:… and change_case:english_…"
        ) from None
    package.DetectorFactory.seed = 0  # it draws at random; so the same text is always of the same language
    return package
