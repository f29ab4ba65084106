"""Smaller files out of larger ones, each in the format that its makers chose, so that the readers are part of what is measured.

What is taken is evenly spaced over the file, since many a set is ordered by source (STS-B, EWT). Where train and dev are one
file, train is taken from its first four fifths and dev from the rest. ACOS has quadruples and no sentence labels: it becomes JSON
lines with the set of a sentence's aspect categories, which is true multi-label data.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

Items = list[str]


def cut(source: Path, out: Path, count: int | None, part: tuple[float, float] = (0.0, 1.0)) -> Path:
    """The file `out` with `count` items of `part` of `source`; `source` itself where all of it is wanted as it is."""
    convert = "_quad_" in source.name
    if count is None and not convert and part == (0.0, 1.0):
        return source
    head, items, joint = _taken_apart(source)
    first, last = (round(share * len(items)) for share in part)
    chosen = spaced(items[first:last], count)
    target = out.with_suffix(".jsonl" if convert else source.suffix)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(joint(head, [_categories(item) for item in chosen] if convert else chosen), encoding="utf-8")
    return target


def spaced(items: Sequence[str], count: int | None) -> Items:
    """`count` items, evenly spaced; all of them where that is more than there are."""
    if count is None or count >= len(items):
        return list(items)
    return [items[k * len(items) // count] for k in range(count)]


def _taken_apart(source: Path) -> tuple[Items, Items, Callable[[Items, Items], str]]:
    """The header lines of a file, its items, and what puts them together again."""
    text = source.read_text(encoding="utf-8")
    match source.suffix:
        case ".conll" | ".conllu":
            blocks = [block.strip("\n") for block in text.split("\n\n")]
            sentences = [block for block in blocks if block and not block.startswith("-DOCSTART-")]
            return [], sentences, lambda head, items: "\n\n".join(items) + "\n\n"
        case ".json":
            spelled = [json.dumps(item, ensure_ascii=False) for item in json.loads(text)]
            return [], spelled, lambda head, items: "[" + ",\n".join(items) + "]\n"
        case _ if "<|endoftext|>" in text:
            return [], [s.strip("\n") for s in text.split("<|endoftext|>") if s.strip()], _with_marks
        case _:
            lines = text.removesuffix("\n").split("\n")
            header = 1 if lines[0].lower().startswith(("sentence1\t", "pair_id\t")) else 0
            return lines[:header], lines[header:], lambda head, items: "\n".join([*head, *items]) + "\n"


def _with_marks(head: Items, items: Items) -> str:
    return "".join(f"{item}\n<|endoftext|>\n" for item in items)


def _categories(line: str) -> str:
    """A line of ACOS, a sentence and, after tabs, quadruples "a,b CATEGORY sentiment c,d", as sentence and categories."""
    text, *quadruples = line.split("\t")
    return json.dumps({"text": text, "labels": sorted({quadruple.split(" ")[1] for quadruple in quadruples})})
