"""Exact match and F1 of answers to questions, as stretches of a text or in words.

English is scored as SQuAD's evaluate-v2.0 does it (Rajpurkar et al. 2018): without case, punctuation and articles, F1 over
words, the best of several gold answers, and 1 or 0 where there is no answer. Texts with more Chinese characters (or kana) than
other words are scored as CMRC 2018's script does it (Cui et al. 2019): F1 over the longest run of characters in common.
An answer of `None` is wrong whatever the gold is. The open-domain sets (NQ-open, WebQuestions, TriviaQA) are scored by SQuAD's
rules too (Lee et al. 2019; Karpukhin et al. 2020).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from string import punctuation
from typing import Any

from tasktune.answers import CJK
from tasktune.core import Counts, Metric
from tasktune.metrics.agreement import ratio

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_UNPUNCTUATED = str.maketrans("", "", punctuation)
_CJK = re.compile(f"[{CJK}]")
_OTHER_WORD = re.compile(rf"(?:(?![{CJK}])\w)+")

_SIGNS = frozenset("-:_*^/\\~`+=，。：？！“”；’《》·、「」（）－～『』")
"""What CMRC's script takes for punctuation: "……", which stands in its list too, is no one character and so never met."""
_HAN = re.compile("[\u4e00-\u9fa5]")


def normalised_words(answer: str) -> list[str]:
    """SQuAD's normalised words: without case, punctuation and articles."""
    return _ARTICLES.sub(" ", answer.lower().translate(_UNPUNCTUATED)).split()


def _segments(answer: str) -> list[str]:
    """CMRC's segments: every Chinese character, and the words between them as NLTK parts them.

    The script first parts sentences between Chinese characters, "went. he" into "went", ".", "he", by a table of abbreviations
    that is no part of NLTK's package. They are not parted here: none of CMRC's and XQuAD's gold answers at hand has two.
    """
    segments: list[str] = []
    for run in _runs(_bare(answer)):
        segments += [run] if _HAN.match(run) else _treebank().tokenize(run)
    return segments


def _bare(answer: str) -> str:
    """CMRC's normalised answer: no case, no punctuation."""
    return "".join(sign for sign in answer.lower().strip() if sign not in _SIGNS)


def _runs(answer: str) -> Iterator[str]:
    return (run for run in re.split(f"({_HAN.pattern})", answer) if run)


@cache
def _treebank() -> Any:
    from nltk.tokenize import NLTKWordTokenizer

    return NLTKWordTokenizer()


def _overlap(gold: Sequence[str], said: Sequence[str]) -> int:
    """How many words are in both, each as often as in both."""
    return (Counter(gold) & Counter(said)).total()


def _longest_run(gold: Sequence[str], said: Sequence[str]) -> int:
    """The length of the longest run of segments in both."""
    longest, before = 0, [0] * (len(said) + 1)
    for segment in gold:
        before = [0, *(run + 1 if segment == other else 0 for run, other in zip(before, said, strict=False))]
        longest = max(longest, *before)
    return longest


def _f1(gold: Sequence[str], said: Sequence[str], common: Callable[[Sequence[str], Sequence[str]], int]) -> float:
    """2 P R / (P + R); where either has no words, whether both have none."""
    if not gold or not said:
        return float(gold == said)
    both = common(gold, said)
    precision, recall = both / len(said), both / len(gold)
    return 2 * precision * recall / (precision + recall) if both else 0.0


def exact_and_f1(golds: Sequence[str], said: str, *, chinese: bool) -> tuple[float, float]:
    """(exact match, F1) of an answer with the best of the gold ones; with none, the right answer is ""."""
    if not golds:
        return float(not said), float(not said)
    if chinese:
        return _best(golds, said, _bare, _segments, _longest_run)
    golds = [gold for gold in golds if normalised_words(gold)] or [""]
    return _best(golds, said, normalised_words, normalised_words, _overlap)


def _best(
    golds: Sequence[str],
    said: str,
    normalised: Callable[[str], Any],
    parts: Callable[[str], list[str]],
    common: Callable[[Sequence[str], Sequence[str]], int],
) -> tuple[float, float]:
    whole, pieces = normalised(said), parts(said)
    exact = any(normalised(gold) == whole for gold in golds)
    return float(exact), max(_f1(parts(gold), pieces, common) for gold in golds)


def is_chinese(text: str) -> bool:
    """Whether a text has more Chinese characters and kana than other words."""
    return len(_CJK.findall(text)) > len(_OTHER_WORD.findall(text))


def surface(record: Any, answer: Any) -> str:
    """The stretch of the record's text that an answer is; "" where it is none."""
    return "".join(record.text[span.start : span.end] for span in answer)


def golds(record: Any) -> tuple[str, ...]:
    """The texts of all gold answers; none where the question has no answer."""
    return record.answers or ((surface(record, record.answer),) if record.answer else ())


def _count(record: Any, answer: Any) -> Counts:
    return _compared(golds(record), None if answer is None else surface(record, answer), chinese=is_chinese(record.text))


def _count_open(record: Any, answer: str | None) -> Counts:
    found = record.answers or ((record.answer,) if record.answer else ())
    return _compared(found, answer, chinese=is_chinese(record.context or record.question))


def _compared(golds: Sequence[str], said: str | None, *, chinese: bool) -> Counts:
    exact, f1 = (0.0, 0.0) if said is None else exact_and_f1(golds, said, chinese=chinese)
    kind = "HasAns" if golds else "NoAns"
    return {(kind, "total"): 1, (kind, "exact"): exact, (kind, "f1"): f1}


def _score(sums: Mapping[Any, Any]) -> Mapping[str, Any]:
    kinds = [kind for kind in ("HasAns", "NoAns") if (kind, "total") in sums]
    whole = {name: sum(sums[kind, name] for kind in kinds) for name in ("f1", "exact", "total")}
    each = {} if len(kinds) < 2 else {f"{kind}_{name}": ratio(sums[kind, name], sums[kind, "total"]) for kind, name in _EACH}
    return {"f1": ratio(whole["f1"], whole["total"]), "exact": ratio(whole["exact"], whole["total"]), **each}


_EACH = (("HasAns", "f1"), ("HasAns", "exact"), ("NoAns", "exact"))

answer_f1: Metric[Any] = Metric("answer_f1", "f1", _count, _score)
"""Means of f1 and exact match; where some questions have no answer, also of those that have one and those that have none."""

open_answers: Metric[Any] = Metric("open_answers", "exact", _count_open, _score)
"""The same of answers in words, by exact match first, as the open-domain sets have it."""
