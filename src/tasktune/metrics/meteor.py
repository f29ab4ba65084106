"""METEOR, as METEOR 1.5 (Denkowski & Lavie 2014) and as NLTK have it: two scores, each by its own name.

`meteor_1.5` is that of the corpus by the released program with `-l en -norm -m "exact stem"`, and with "synonym" too where
WordNet is found; its table of paraphrases (60 MB) is not used. `meteor_nltk` is the mean over records of NLTK's `meteor_score`
(Lavie & Agarwal 2007), of words as NLTK's Treebank tokenizer cuts them, with the WordNet among NLTK's data if there is one. Both
are 0 to 1. The signatures say what was used. Of several references the best counts.

METEOR 1.5 is that of English. Its other languages have parameters and function words of their own, which are not here. NLTK's is
given for any language that has blanks between its words, with a stemmer and synonyms that are English's all the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from tasktune.core import Counts, Metric
from tasktune.metrics.agreement import ratio
from tasktune.metrics.meteor_alignment import Keys, align
from tasktune.metrics.meteor_words import FUNCTION_WORDS, stem, wordnet, words

ALPHA, BETA, GAMMA, DELTA = 0.85, 0.2, 0.6, 0.75
WEIGHTS = {"ex": 1.0, "st": 0.6, "sy": 0.8}
"""Of words that are the same, that have the same stem, that share a synset."""

FIGURES = _OWN, _NLTK = "meteor_1.5", "meteor_nltk"


def amounts(references: Sequence[str], answer: str) -> Counts:
    """What one answer adds to `figures`."""
    said = words(answer)
    compared = [_compared(said, words(reference)) for reference in references]
    best = compared[0] if len(compared) == 1 else max(compared, key=_corpus_score)
    return {**best, **nltk_amounts(references, answer)}


def nltk_amounts(references: Sequence[str], answer: str) -> Counts:
    """The same for meteor_nltk alone, which is given for other languages too."""
    return {(_NLTK, "score"): _nltk_score(references, answer), (_NLTK, "records"): 1}


def figures(sums: Mapping[Any, Any]) -> Mapping[str, Any]:
    """meteor_1.5 and meteor_nltk, from the sums of `amounts`; without the first where there are but those of `nltk_amounts`."""
    own = {_OWN: _corpus_score(sums)} if _has_own(sums) else {}
    return {**own, _NLTK: ratio(sums[_NLTK, "score"], sums[_NLTK, "records"])}


def _has_own(sums: Mapping[Any, Any]) -> bool:
    return any(isinstance(name, tuple) and name[0] == _OWN for name in sums)


def signatures(sums: Mapping[Any, Any]) -> Mapping[str, str]:
    """What METEOR 1.5 calls the "Eval ID", and the same for NLTK's."""
    from importlib.metadata import version

    ways = [*WEIGHTS][: len(_ways())]
    weights = "_".join(str(WEIGHTS[way]) for way in ways)
    own = f"meteor-1.5-wo-en-norm-{ALPHA}_{BETA}_{GAMMA}_{DELTA}-{'_'.join(ways)}-{weights}"
    has_synonyms = "no" if isinstance(_nltk_wordnet(), _NoWordNet) else "yes"
    nltk = f"tok:treebank|stem:porter|wordnet:{has_synonyms}|version:{version('nltk')}"
    return {**({_OWN: own} if _has_own(sums) else {}), _NLTK: nltk}


def _compared(said: Sequence[str], reference: Sequence[str]) -> dict[Any, float]:
    """The amounts behind METEOR 1.5: words and matches on both sides, function words apart, and chunks."""
    matches, chunks = align(said, reference, _ways())
    lengths = ((side, "length", word in FUNCTION_WORDS) for side, text in (("said", said), ("gold", reference)) for word in text)
    places = (("said", said[match.answer], match.way) for match in matches)
    golds = (("gold", reference[match.reference], match.way) for match in matches)
    found = ((side, way, word in FUNCTION_WORDS) for side, word, way in (*places, *golds))
    counted: dict[Any, float] = {(_OWN, *name): times for name, times in Counter([*lengths, *found]).items()}
    is_perfect = chunks == 1 and len(matches) == len(said) == len(reference)
    return {**counted, (_OWN, "matches"): len(matches), (_OWN, "chunks"): 0 if is_perfect else chunks}


def _corpus_score(sums: Mapping[Any, Any]) -> Any:
    """Weighted harmonic mean of precision and recall, less a penalty that grows with the number of chunks."""
    import numpy as np

    with np.errstate(divide="ignore", invalid="ignore"):
        precision, recall = (_share_matched(sums, side) for side in ("said", "gold"))
        mean = 1 / ((1 - ALPHA) / precision + ALPHA / recall)
        penalty = GAMMA * np.power(np.divide(sums[_OWN, "chunks"], sums[_OWN, "matches"]), BETA)
        return np.nan_to_num(mean * (1 - penalty))


def _share_matched(sums: Mapping[Any, Any], side: str) -> Any:
    import numpy as np

    weighted = [(False, DELTA), (True, 1 - DELTA)]
    matched = sum(
        sums.get((_OWN, side, way, is_function), 0) * weight * delta
        for is_function, delta in weighted
        for way, weight in enumerate(WEIGHTS.values())
    )
    length = sum(sums.get((_OWN, side, "length", is_function), 0) * delta for is_function, delta in weighted)
    return np.divide(matched, length)


def _ways() -> tuple[Keys, ...]:
    """The ways for words to be alike, in the order of `WEIGHTS`."""
    return (_itself, _stem, _synsets) if wordnet() else (_itself, _stem)


def _itself(word: str) -> Collection[str]:
    return (word,)


def _stem(word: str) -> Collection[str]:
    return (stem(word),)


@lru_cache(65_536)
def _synsets(word: str) -> Collection[str]:
    known = wordnet()
    return known.synsets(word) if known else ()


class _NoWordNet:
    """Stands where NLTK would look words up, if its WordNet is not there."""

    def synsets(self, word: str) -> tuple[()]:
        return ()


@cache
def _nltk_wordnet() -> Any:
    from nltk.corpus import wordnet as corpus

    try:
        corpus.ensure_loaded()
    except LookupError:
        return _NoWordNet()
    return corpus


@cache
def _treebank() -> Any:
    from nltk.tokenize import NLTKWordTokenizer

    return NLTKWordTokenizer()


def _nltk_score(references: Sequence[str], answer: str) -> float:
    from nltk.translate.meteor_score import meteor_score

    cut = _treebank().tokenize
    score: float = meteor_score([cut(reference) for reference in references], cut(answer), wordnet=_nltk_wordnet())
    return score


def _count(record: Any, answer: str | None) -> Counts:
    return amounts(record.references or (record.answer,), answer or "")


meteor: Metric[Any] = Metric("meteor", _OWN, _count, figures, signatures=signatures)
"""meteor_1.5 and meteor_nltk of English texts. An answer of `None` is an empty one."""
