"""Captions, as the COCO captions are scored (Chen et al. 2015): CIDEr-D, BLEU-1 to -4, ROUGE-L, and METEOR of English.

CIDEr-D (Vedantam et al. 2015) compares n-grams of 1 to 4 words, weighed by how few pictures' references have them, so that it is
a figure of a whole set: 10 for captions that are their only reference word by word, about 1 for what people write. The weights
are those of the data, for resamples too. BLEU is the corpus's with the closest reference length, ROUGE-L is by the best precision
and the best recall (beta 1.2), as `pycocoevalcap` counts all of these.

Words are told without Java: in lower case as NLTK's Treebank tokenizer parts them, less the punctuation that `pycocoevalcap`
drops behind Stanford's, of which it seldom differs; Chinese characters and kana are words each. METEOR has its own (`meteor`).
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from tasktune.answers import CJK
from tasktune.core import Counts, Metric
from tasktune.metrics import meteor
from tasktune.metrics.agreement import ratio
from tasktune.metrics.answers import is_chinese

LONGEST, SIGMA, BETA = 4, 6.0, 1.2
_DROPPED = frozenset(("''", "'", "``", "`", '"', "(", ")", "{", "}", ".", "?", "!", ",", ":", "-", "--", "...", ";"))
"""As `pycocoevalcap` has them; Stanford's tokenizer calls the brackets -LRB- and so on."""
_CJK = re.compile(f"([{CJK}])")

Words = tuple[str, ...]
Grams = Counter[Words]


@cache
def _treebank() -> Any:
    from nltk.tokenize import NLTKWordTokenizer

    return NLTKWordTokenizer()


def words(caption: str) -> Words:
    """The words of a caption that are counted."""
    parted = _treebank().tokenize(_CJK.sub(r" \1 ", caption.lower()))
    return tuple(word for word in parted if word not in _DROPPED)


def _grams(text: Words) -> Grams:
    return Counter(text[k : k + n] for n in range(1, LONGEST + 1) for k in range(len(text) - n + 1))


def cider(golds: Sequence[Sequence[Words]], said: Sequence[Words]) -> list[float]:
    """CIDEr-D of each of several captions, whose references are `golds`."""
    references = [[_grams(gold) for gold in several] for several in golds]
    pictures = Counter(gram for several in references for gram in set().union(*several))
    rarity: defaultdict[Words, float] = defaultdict(lambda: math.log(len(golds)))
    rarity |= {gram: math.log(len(golds)) - math.log(times) for gram, times in pictures.items()}
    return [
        _cider(_vectors(_grams(caption), rarity), [_vectors(gold, rarity) for gold in several])
        for caption, several in zip(said, references, strict=True)
    ]


Vector = tuple[dict[Words, float], float]
Vectors = tuple[list[Vector], int]
"""For each n the weights of n-grams and their norm; and how many pairs of words there are, which CIDEr-D takes for the length."""


def _vectors(grams: Grams, rarity: Mapping[Words, float]) -> Vectors:
    by_length: list[dict[Words, float]] = [{} for _ in range(LONGEST)]
    for gram, times in grams.items():
        by_length[len(gram) - 1][gram] = times * rarity[gram]
    pairs = sum(times for gram, times in grams.items() if len(gram) == len("ab"))
    return [(each, math.sqrt(sum(weight**2 for weight in each.values()))) for each in by_length], pairs


def _cider(caption: Vectors, references: Sequence[Vectors]) -> float:
    total = 0.0
    for vectors, pairs in references:
        penalty = math.exp(-((caption[1] - pairs) ** 2) / (2 * SIGMA**2))
        total += penalty * sum(_alike(*both) for both in zip(caption[0], vectors, strict=True))
    return 10 * total / LONGEST / len(references)


def _alike(said: Vector, gold: Vector) -> float:
    """The cosine, where no n-gram counts for more than it does in the reference."""
    common = sum(min(weight, gold[0].get(gram, 0.0)) * gold[0].get(gram, 0.0) for gram, weight in said[0].items())
    return common / (said[1] * gold[1]) if said[1] and gold[1] else common


def _bleu_amounts(golds: Sequence[Words], said: Words) -> Counts:
    most: Grams = Counter()
    for gold in golds:
        most |= _grams(gold)
    found = Counter[int]()
    for gram, times in (_grams(said) & most).items():
        found[len(gram)] += times
    _, closest = min((abs(len(gold) - len(said)), len(gold)) for gold in golds)
    guessed = {("guessed", n): max(0, len(said) - n + 1) for n in range(1, LONGEST + 1)}
    return {**guessed, **{("found", n): times for n, times in found.items()}, "said": len(said), "closest": closest}


def _bleu(sums: Mapping[Any, Any]) -> Mapping[str, Any]:
    """BLEU-1 to -4: the geometric mean of precisions, less what a caption is too short by."""
    import numpy as np

    brevity = np.exp(np.minimum(0, 1 - sums["closest"] / np.maximum(sums["said"], 1e-9)))
    precisions = np.stack([sums["found", n] / np.maximum(sums["guessed", n], 1e-9) for n in range(1, LONGEST + 1)])
    products = np.cumprod(precisions, axis=0)
    return {f"bleu{n}": np.where(sums["said"] > 0, brevity * products[n - 1] ** (1 / n), 0.0) for n in range(1, LONGEST + 1)}


def _rouge_l(golds: Sequence[Words], said: Words) -> float:
    common = [_in_order(gold, said) for gold in golds]
    precision = max(common) / max(1, len(said))
    recall = max(both / max(1, len(gold)) for both, gold in zip(common, golds, strict=True))
    return (1 + BETA**2) * precision * recall / (recall + BETA**2 * precision) if precision else 0.0


def _in_order(gold: Words, said: Words) -> int:
    """The length of the longest subsequence in both."""
    before = [0] * (len(said) + 1)
    for word in gold:
        row = [0]
        for k, other in enumerate(said):
            row.append(before[k] + 1 if word == other else max(before[k + 1], row[k]))
        before = row
    return before[-1]


def _count(record: Any, answer: str | None) -> Counts:
    references, caption = record.references or (record.answer,), answer or ""
    golds, said = [words(reference) for reference in references], words(caption)
    english = {} if is_chinese(" ".join(references)) else meteor.amounts(references, caption)
    counted = {"records": 1, "rougeL": _rouge_l(golds, said), **_bleu_amounts(golds, said), **english}
    return {**counted, "golds": golds, "caption": said}


def _score(sums: Mapping[Any, Any]) -> Mapping[str, Any]:
    import numpy as np

    each = np.array(cider(list(sums["golds"]), list(sums["caption"])))
    times = sums["times"].astype(float)
    has_meteor = any(key[0] in meteor.FIGURES for key in sums if isinstance(key, tuple))
    return {
        "cider": ratio(times @ each, times.sum(1)),
        **_bleu(sums),
        "rougeL": ratio(sums["rougeL"], sums["records"]),
        **(meteor.figures(sums) if has_meteor else {}),
    }


def _signatures(sums: Mapping[Any, Any]) -> Mapping[str, str]:
    from importlib.metadata import version

    has_meteor = any(key[0] in meteor.FIGURES for key in sums if isinstance(key, tuple))
    told = f"CIDEr-D|n:{LONGEST}|sigma:{SIGMA:g}|idf:these|tok:treebank-lower-nopunct|nltk:{version('nltk')}"
    return {"cider": told, **(meteor.signatures(sums) if has_meteor else {})}


captions: Metric[Any] = Metric("captions", "cider", _count, _score, kept=("golds", "caption"), signatures=_signatures)
"""cider (0 to 10), bleu1 to bleu4, rougeL and, of English, meteor_1.5 and meteor_nltk (0 to 1). An answer of `None` is empty."""
