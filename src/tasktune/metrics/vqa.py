"""VQA accuracy (Antol et al. 2015): how many people gave the answer that a model gives to a question about a picture.

With several people's answers an answer is worth min(n / 3, 1), where n others gave it, averaged over leaving each of them out, as
the official `vqaEval.py` counts it, with its rules for what is the same: punctuation, articles, number words, contractions.
The rules have their oddities, which are kept: the answers of people lose punctuation alone, and that only where they differ.

Three people or fewer could never be enough for that. Then, and where there is one answer, it is right (1) if it is any of them,
both by the rules.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from tasktune.core import Counts, Metric
from tasktune.metrics.agreement import ratio

_SIGNS = ';/[]"{}()=+\\_-><@`,?!'
_ARTICLES = frozenset(("a", "an", "the"))
_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_DIGITS = {"none": "0"} | {word: str(k) for k, word in enumerate(_NUMBERS)}
_CONTRACTED = """
ain't aren't can't could've couldn't couldn't've didn't doesn't don't hadn't hadn't've hasn't haven't he'd he'd've he's how'd
how'll how's isn't it'd it'd've it'll ma'am mightn't mightn't've might've mustn't must've needn't not've o'clock oughtn't
'ow's'at shan't she'd've should've shouldn't shouldn't've somebody'd've somebody'll somebody's someone'd someone'd've
someone'll someone's something'd something'd've something'll that's there'd there'd've there're there's they'd they'd've
they'll they're they've 'twas wasn't we'd've we've weren't what'll what're what's what've when's where'd where's where've
who'd who'd've who'll who's who've why'll why're why's won't would've wouldn't wouldn't've y'all y'all'll y'all'd've you'd
you'd've you'll you're you've
"""
_CONTRACTIONS = {
    word[:k] + word[k + 1 :]: word for word in _CONTRACTED.split() for k, letter in enumerate(word) if letter == "'"
} | {"somebody'd": "somebodyd"}
"""By what is written where one apostrophe is left out; the last is the official table's."""

_THOUSANDS = re.compile(r"\d,\d")
_FULL_STOP = re.compile(r"\.(?!\d)")
_MOST_STOPS = 32  # the official script gives re.UNICODE, which is 32, where re.sub takes the number of replacements
_ENOUGH = 3


def unpunctuated(answer: str) -> str:
    """An answer without punctuation: a sign gives way to a space, or to nothing where a space or a number's comma is there."""
    left = answer
    for sign in _SIGNS:
        bare = f"{sign} " in answer or f" {sign}" in answer or _THOUSANDS.search(answer)
        left = left.replace(sign, "" if bare else " ")
    return _FULL_STOP.sub("", left, _MOST_STOPS)


def normalised(answer: str) -> str:
    """An answer by all of the rules: no case, punctuation and articles, numbers up to ten in digits, contractions whole."""
    words = unpunctuated(answer.replace("\n", " ").replace("\t", " ").strip()).lower().split()
    kept = (digit for digit in (_DIGITS.get(word, word) for word in words) if digit not in _ARTICLES)
    return " ".join(_CONTRACTIONS.get(word, word) for word in kept)


def agreed(golds: Sequence[str], answer: str) -> float:
    """What an answer is worth, 0 to 1, by the answers of several people (or one)."""
    said = normalised(answer)
    if len(golds) <= _ENOUGH:
        return float(said in map(normalised, golds))
    given = Counter(map(unpunctuated, golds) if len(set(golds)) > 1 else golds)
    same = given[said]
    with_one_left_out = same * min(1, (same - 1) / _ENOUGH) + (len(golds) - same) * min(1, same / _ENOUGH)
    return with_one_left_out / len(golds)


def _count(record: Any, answer: str | None) -> Counts:
    worth = 0.0 if answer is None else agreed(record.answers or (record.answer,), answer)
    return {"records": 1, "agreed": worth, "exact": answer == record.answer}


def _score(sums: Mapping[Any, Any]) -> Mapping[str, Any]:
    return {"vqa_accuracy": ratio(sums["agreed"], sums["records"]), "exact": ratio(sums["exact"], sums["records"])}


vqa_accuracy: Metric[Any] = Metric("vqa_accuracy", "vqa_accuracy", _count, _score)
"""vqa_accuracy, and how many answers are exactly the record's own. An answer of `None` is wrong."""
