"""ROUGE (Lin 2004): how much a summary has in common with the references, in words, pairs of words and word order.

The figures are mean F-measures, as Google's rouge-score gives them with its stemmer; where a record has several references,
the best of them counts, for each figure by itself (`score_multi`; SciTLDR's own script takes all figures from the reference that
is best by ROUGE-1, so that its ROUGE-1 is the same, and its others can be lower). For rougeLsum a line is a sentence and nothing
else is split: on texts of one line it equals rougeL. It is the primary figure because it is what papers report as ROUGE-L.

rouge-score's own tokenizer knows a to z and 0 to 9 and drops all else, so that Chinese would score 0. Where most letters of the
references are of no Latin script, every Chinese or Japanese character is a word, so is every other run of letters and digits,
and nothing is stemmed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from tasktune.answers import CJK, Span
from tasktune.core import Counts, Metric
from tasktune.metrics.agreement import ratio

FIGURES = ("rougeLsum", "rouge1", "rouge2", "rougeL")

_LATIN_END = "\u024f"
_NATIVE_WORD = re.compile(rf"[{CJK}]|(?:(?![{CJK}])\w)+")


class _NativeWords:
    """The tokenizer for texts of no Latin script, in the form that rouge-score asks for."""

    def tokenize(self, text: str) -> list[str]:
        return _NATIVE_WORD.findall(text.lower())


@cache
def _tokenizer(native: bool) -> Any:
    from rouge_score.tokenizers import DefaultTokenizer

    return _NativeWords() if native else DefaultTokenizer(use_stemmer=True)


@cache
def _scorer(native: bool) -> Any:
    from rouge_score.rouge_scorer import RougeScorer

    return RougeScorer(FIGURES, tokenizer=_tokenizer(native))


def words_by(references: Sequence[str]) -> Callable[[str], list[str]]:
    """How a text is cut into words that are counted in `references`."""
    cut: Callable[[str], list[str]] = _tokenizer(_is_native(references)).tokenize
    return cut


def _is_native(texts: Sequence[str]) -> bool:
    letters = [letter for text in texts for letter in text if letter.isalpha()]
    return 2 * sum(letter > _LATIN_END for letter in letters) > len(letters)


def _compared(references: Sequence[str], summary: str) -> Counts:
    found = _scorer(_is_native(references)).score_multi(references, summary)
    return {"records": 1, **{name: found[name].fmeasure for name in FIGURES}}


def _count(record: Any, answer: str | None) -> Counts:
    return _compared(record.references or (record.answer,), answer or "")


def _count_extract(record: Any, answer: tuple[Span, ...] | None) -> Counts:
    return _compared(record.references or (_extract(record, record.answer),), _extract(record, answer or ()))


def _extract(record: Any, places: Sequence[Span]) -> str:
    """The stretches of the record's text as a summary, a line each."""
    return "\n".join(record.text[place.start : place.end].replace("\n", " ") for place in places)


def _score(sums: Mapping[Any, Any]) -> Mapping[str, Any]:
    return {name: ratio(sums[name], sums["records"]) for name in FIGURES}


rouge: Metric[Any] = Metric("rouge", "rougeLsum", _count, _score)
"""Mean F-measures: rougeLsum, rouge1, rouge2 and rougeL. An answer of `None` is an empty one."""

extract_rouge: Metric[Any] = Metric("extract_rouge", "rougeLsum", _count_extract, _score)
"""The same of summaries that are stretches of the text, each on a line of its own."""
