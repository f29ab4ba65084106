"""How much written code has in common with the code that was asked for.

- `exact`: it is the same but for blanks at the ends of lines.
- `token_match`: the mean of the first two parts of CodeBLEU (Ren et al. 2020), over the tokens of the code: BLEU, and BLEU by
  recall in which a keyword of the language weighs five times as much as another word. All records are one corpus; what has
  no match counts as a tenth of one, as in CodeBLEU.
- `syntax_match`, of Python alone: its third part, the share of the reference's syntax trees (names and constants apart) that the
  written code has too.
- `edit_similarity`: twice the longest common subsequence over both lengths, in characters: RapidFuzz's `ratio`.

CodeBLEU's fourth part, the match of data flow, is not measured, and so there is no figure called CodeBLEU.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from keyword import kwlist
from typing import Any

import numpy as np

from tasktune.core import Counts, Metric
from tasktune.metrics.agreement import ratio

_TOKEN = re.compile(r"\w+|[^\w\s]")
_ORDERS = (1, 2, 3, 4)
_OTHERS = 0.2
"""What a word weighs that is no keyword."""
_NONE = 0.1
_SHELL = "case do done elif else esac fi for function if in select then until while"
_CURLY = (
    "abstract as async auto await boolean break byte case catch char class const continue default delete do double elif else "
    "end enum except export extends extern final finally float fn for foreach from func function global goto if impl implements "
    "import in int interface let long match module mut namespace new nil null operator override package private protected public "
    "pub raise readonly register require return self short signed sizeof static string struct super switch template then this "
    "throw throws trait try type typedef union unsafe unsigned until use using var virtual void volatile when where while with "
    "yield"
)
_KEYWORDS = {"python": frozenset(kwlist)} | dict.fromkeys(("bash", "shell", "sh", "zsh"), frozenset(_SHELL.split()))
_USUAL = frozenset(_CURLY.split())
"""The keywords of other languages, those of C's and Ruby's kin."""


def _grams(tokens: Sequence[str], order: int) -> Counter[tuple[str, ...]]:
    return Counter(zip(*(tokens[k:] for k in range(order)), strict=False))


def _token_amounts(reference: str, written: str, keywords: frozenset[str]) -> Iterator[tuple[Any, float]]:
    gold, said = _TOKEN.findall(reference), _TOKEN.findall(written)
    yield "gold tokens", len(gold)
    yield "said tokens", len(said)
    for order in _ORDERS:
        wanted, given = _grams(gold, order), _grams(said, order)
        both = wanted & given
        yield ("both", order), both.total()
        yield ("said", order), given.total()
        for name, grams in (("recalled", both), ("gold", wanted)):
            heavy = sum(count for gram, count in grams.items() if order > 1 or gram[0] in keywords)
            yield (name, order), heavy + _OTHERS * (grams.total() - heavy)


def trees(program: str) -> Counter[str] | None:
    """The syntax trees of all parts of a Python program, without names and constants; `None` where it is no Python."""
    try:
        whole = ast.parse(program)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    found: Counter[str] = Counter()

    def spelled(node: ast.AST) -> str:
        inner = "".join(spelled(child) for child in ast.iter_child_nodes(node) if not isinstance(child, ast.expr_context))
        tree = f"({type(node).__name__}{inner})"
        found[tree] += bool(inner)
        return tree

    try:
        spelled(whole)
    except RecursionError:
        return None
    return +found


def _tree_amounts(gold: str, said: str) -> Counts:
    wanted = trees(gold)
    return {} if not wanted else {"trees": wanted.total(), "shared trees": (wanted & (trees(said) or Counter())).total()}


def similarity(one: str, other: str) -> float:
    """Twice the length of the longest common subsequence over both lengths; 1 for two empty texts.

    The subsequence is found in a pass over `other`, all places of `one` at a time as bits of a number (Hyyrö 2004).
    """
    places: dict[str, int] = {}
    for k, character in enumerate(one):
        places[character] = places.get(character, 0) | 1 << k
    whole = free = (1 << len(one)) - 1
    for character in other:
        here = free & places.get(character, 0)
        free = ((free + here) | (free - here)) & whole
    return 2 * (len(one) - free.bit_count()) / (len(one) + len(other)) if one or other else 1.0


def _bare(code: str) -> str:
    return "\n".join(line.rstrip() for line in code.strip("\n").split("\n"))


def _count(record: Any, answer: str | None) -> Counts:
    gold, said, language = record.answer, answer or "", record.spoken.lower()
    syntax = _tree_amounts(record.program(gold), record.program(said)) if language == "python" else {}
    return {
        "records": 1,
        "exact": answer is not None and _bare(gold) == _bare(said),
        "similar": similarity(_bare(gold), _bare(said)),
        **dict(_token_amounts(gold, said, _KEYWORDS.get(language, _USUAL))),
        **syntax,
    }


def _score(sums: Mapping[Any, Any]) -> Mapping[str, Any]:
    long, short = np.maximum(sums["said tokens"], 1e-9), sums["gold tokens"]
    brevity = np.exp(np.minimum(0.0, 1 - short / long))
    precision = _mean(sums, "both", "said")
    recall = _mean(sums, "recalled", "gold")
    found = {
        "token_match": brevity * (precision + recall) / 2,
        "exact": ratio(sums["exact"], sums["records"]),
        "edit_similarity": ratio(sums["similar"], sums["records"]),
    }
    return {**found, "syntax_match": ratio(sums["shared trees"], sums["trees"])} if "trees" in sums else found


def _mean(sums: Mapping[Any, Any], part: str, whole: str) -> Any:
    """The geometric mean over the orders of which the data have any."""
    logs = [np.log(np.maximum(sums[part, n], _NONE) / np.maximum(sums[whole, n], _NONE)) for n in _ORDERS]
    there = [np.asarray(sums["gold", n]) > 0 for n in _ORDERS]
    count = np.maximum(np.sum(there, axis=0), 1)
    return np.exp(np.sum(np.where(there, logs, 0.0), axis=0) / count)


code_match: Metric[Any] = Metric("code_match", "token_match", _count, _score)
"""token_match, exact, edit_similarity and, of Python, syntax_match. An answer of `None` is no code at all."""
