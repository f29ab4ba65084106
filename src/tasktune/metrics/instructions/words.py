"""Instructions on how many words, sentences or letters there are, and which signs are not."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from tasktune.metrics.instructions.comparing import Relation, compares

_ABBREVIATIONS = """
    mr mrs ms messrs dr prof rev hon gen col lt maj capt sgt gov sen rep reps jr sr st ave bros inc corp co cos ltd
    jan feb aug sept oct nov dec mon tues wed thurs fri vs no vol yr calif conn fla ill mass mich minn tenn wis
    a.m p.m u.s u.s.a u.k u.n d.c l.a n.y n.j ph.d m.d b.a m.a
"""
"""What a full stop belongs to. It ends no sentence there, unless Punkt finds by the next word that it does both."""


def number_of_words(response: str, num_words: int, relation: Relation) -> bool:
    """So many words: runs of letters, digits and underscores."""
    return compares(len(re.findall(r"\w+", response)), relation, num_words)


def number_of_sentences(response: str, num_sentences: int, relation: Relation) -> bool:
    """So many sentences, as Punkt (Kiss & Strunk 2006) finds them."""
    return compares(len(_punkt().tokenize(response)), relation, num_sentences)


@cache
def _punkt() -> Any:
    from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer

    known = PunktParameters()
    known.abbrev_types = set(_ABBREVIATIONS.split())
    return PunktSentenceTokenizer(known)


def letter_frequency(response: str, letter: str, let_frequency: int, let_relation: Relation) -> bool:
    """One letter so often, be it large or small."""
    return compares(response.lower().count(letter.strip().lower()), let_relation, let_frequency)


def capital_words(response: str, capital_frequency: int, capital_relation: Relation) -> bool:
    """So many words that are all in capitals, as NLTK's tokenizer parts them: `DON'T` is two."""
    return compares(sum(word.isupper() for word in _treebank().tokenize(response)), capital_relation, capital_frequency)


@cache
def _treebank() -> Any:
    from nltk.tokenize import NLTKWordTokenizer

    return NLTKWordTokenizer()


def no_comma(response: str) -> bool:
    """No comma."""
    return "," not in response
