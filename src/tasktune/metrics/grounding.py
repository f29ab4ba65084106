"""Scores of answers that cite: the words, the passages cited, whether the answer was rightly withheld, and what bears it out.

`grounded` counts against what the data say. `f1` and `exact` are SQuAD's (`metrics.answers`), of the best accepted answer, with
an answer that is rightly withheld as a match; `includes` is how often an accepted answer stands in what was said (ALCE's STR-EM
and RGB's accuracy). Passages cited are compared with those that the data name as HotpotQA's script compares supporting facts: by
precision, recall and F1 of each question, and their means. Of questions that the passages do not answer, `rejection` is how many
were left unanswered (RGB's rejection rate), and `abstention` is how often, of all questions, an answer was given or withheld as
it should be. `misled` is how often one is given that is known to be wrong, where the data tell such answers (RGB's
counterfactuals).

`faithfulness` counts against the passages themselves, as ALCE does (Gao et al. 2023): a sentence is borne out where all that it
cites, taken together, entails it; a citation is to the point where its passage does so alone, or the others would not without it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tasktune.answers import Cited
from tasktune.core import Counts, Metric
from tasktune.metrics.agreement import ratio
from tasktune.metrics.answers import exact_and_f1, is_chinese, normalised_words

Entails = Callable[[str, str], bool]
"""Whether the first text, a premise, entails the second."""


def accepted(record: Any) -> tuple[str, ...]:
    """All answers that are accepted; none where the passages do not say."""
    gold: Cited = record.answer
    return record.answers or ((gold.text,) if gold.text else ())


def _count(record: Any, answer: Cited | None) -> Counts:
    golds, said = accepted(record), answer or Cited("")
    chinese = is_chinese(record.question)
    exact, f1 = (0.0, 0.0) if answer is None else exact_and_f1(golds, said.text, chinese=chinese)
    withheld = answer is not None and not said.text
    counts = {"total": 1, "exact": exact, "f1": f1, "abstention": withheld is not bool(golds)}
    if golds:
        counts |= {"answerable": 1, "includes": _includes(said.text, golds)}
    else:
        counts |= {"unanswerable": 1, "rejection": withheld}
    if gold := {mark.passage for mark in record.answer.marks}:
        counts |= {"cited": 1, **dict(zip(CITATIONS, compared({mark.passage for mark in said.marks}, gold), strict=True))}
    if record.misleading:
        counts |= {"tempted": 1, "misled": _includes(said.text, record.misleading) and not _includes(said.text, golds)}
    return {name: float(amount) for name, amount in counts.items()}


CITATIONS = ("citation_precision", "citation_recall", "citation_f1")


def compared(said: set[Any], gold: set[Any]) -> tuple[float, float, float]:
    """Precision, recall and F1 of a set; 0 of what cannot be had."""
    both = len(said & gold)
    precision, recall = both / max(1, len(said)), both / max(1, len(gold))
    return precision, recall, 2 * precision * recall / (precision + recall) if both else 0.0


def _includes(said: str, wanted: Sequence[str]) -> bool:
    """Whether one of the texts stands in what was said, word for word, without case, punctuation and articles."""
    text = f" {' '.join(normalised_words(said))} "
    return any(f" {' '.join(words)} " in text for words in map(normalised_words, wanted) if words)


_OVER = {
    "includes": "answerable",
    "rejection": "unanswerable",
    **dict.fromkeys(CITATIONS, "cited"),
    "misled": "tempted",
}


def _score(sums: Mapping[Any, Any]) -> Mapping[str, Any]:
    named = {name: over for name, over in _OVER.items() if over in sums}
    whole = {name: ratio(sums[name], sums["total"]) for name in ("f1", "exact")}
    each = {name: ratio(sums[name], sums[over]) for name, over in named.items()}
    return {**whole, **each, "abstention": ratio(sums["abstention"], sums["total"])}


grounded: Metric[Any] = Metric("grounded", "f1", _count, _score)
"""f1, exact, includes; citation_precision, citation_recall and citation_f1; rejection, abstention and misled, where data tell."""


def borne_out(claims: Sequence[tuple[str, Sequence[str]]], entails: Entails) -> dict[str, float]:
    """Of sentences and the passages that each cites: how many are `supported`, and how many citations are `relevant`."""
    counts = {"claims": float(len(claims)), "supported": 0.0, "citations": 0.0, "relevant": 0.0}
    for claim, cited in claims:
        counts["citations"] += len(cited)
        if cited and entails("\n".join(cited), claim):
            counts["supported"] += 1
            counts["relevant"] += sum(_needed(k, cited, claim, entails) for k in range(len(cited)))
    return counts


def _needed(k: int, cited: Sequence[str], claim: str, entails: Entails) -> bool:
    others = "\n".join(text for at, text in enumerate(cited) if at != k)
    return len(cited) == 1 or entails(cited[k], claim) or not entails(others, claim)


def _count_borne(record: Any, answer: Any) -> Counts:
    return dict(answer)


def _score_borne(sums: Mapping[Any, Any]) -> Mapping[str, Any]:
    return {
        "faithfulness": ratio(sums["supported"], sums["claims"]),
        "citations_relevant": ratio(sums["relevant"], sums["citations"]),
    }


faithfulness: Metric[Any] = Metric("faithfulness", "faithfulness", _count_borne, _score_borne)
"""Of what `borne_out` counts of each answer: the share of sentences borne out, and of citations that are to the point."""
