"""Smaller files out of larger ones, each in the format that its makers chose, so that the readers are part of what is measured.

What is taken is evenly spaced over the file, since many a set is ordered by source (STS-B, EWT). Where train and dev are one
file, train is taken from its first four fifths and dev from the rest. ACOS has quadruples and no sentence labels: it becomes JSON
lines with the set of a sentence's aspect categories, which is true multi-label data.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

Items = list[str]
_BLANK = re.compile(r"\n[ \t]*\n")
_PAIR = re.compile(r"<pair\b.*?</pair>", re.DOTALL)  # of RTE
_ARTICLE = re.compile(r"(?:^|\A\s*\n) = [^=\n]+ = *$", re.MULTILINE)  # of WikiText
_HEADERS = ("sentence1\t", "pair_id\t", "quality\t", "label\t")
_FEW = 20
"""Blank lines that a file of lines may have by chance; one with more has an item between each two."""


def cut(source: Path, out: Path, count: int | None, part: tuple[float, float] = (0.0, 1.0)) -> Path:
    """The file `out` with `count` items of `part` of `source`; `source` itself where all of it is wanted as it is."""
    if count is None and part == (0.0, 1.0):
        return source
    head, items, joint = _taken_apart(source)
    first, last = (round(share * len(items)) for share in part)
    chosen = spaced(items[first:last], count)
    target = out.with_suffix(source.suffix)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(joint(head, chosen), encoding="utf-8")
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
        case ".json" if text.startswith("["):
            spelled = [json.dumps(item, ensure_ascii=False) for item in json.loads(text)]
            return [], spelled, lambda head, items: "[" + ",\n".join(items) + "]\n"
        case ".json" if '"paragraphs"' in text[:1000]:
            return [], list(_questions(json.loads(text))), lambda head, items: '{"data": [' + ",\n".join(items) + "]}\n"
        case ".txt" if "<|endoftext|>" in text:
            return [], [s.strip("\n") for s in text.split("<|endoftext|>") if s.strip()], _with_marks
        case ".xml":
            return (
                [],
                _PAIR.findall(text),
                lambda head, items: "<entailment-corpus>\n" + "\n".join(items) + "\n</entailment-corpus>\n",
            )
        case _ if _ARTICLE.match(text):
            return (
                [],
                [text[a.start() : b] for a, b in _up_to_the_next([*_ARTICLE.finditer(text)], len(text))],
                _one_after_another,
            )
        case _ if len(blocks := [b.strip("\n") for b in _BLANK.split(text.lstrip("\ufeff").replace("\r\n", "\n"))]) > _FEW:
            sentences = [block for block in blocks if block.strip() and not block.startswith("-DOCSTART-")]
            return [], sentences, lambda head, items: "\n\n".join(items) + "\n\n"
        case _ if text.startswith("#doc"):
            return [], [f"#doc{part}".strip("\n") for part in text.split("#doc")[1:]], _by_line
        case ".seg" | ".raw":
            lines = text.removesuffix("\n").split("\n")
            return [], ["\n".join(lines[k : k + 3]) for k in range(0, len(lines), 3)], _by_line
        case _:
            lines = text.removeprefix("\ufeff").removesuffix("\n").split("\n")
            header = 1 if lines[0].lower().startswith(_HEADERS) else 0
            return lines[:header], lines[header:], _by_line


def _up_to_the_next(found: Sequence[re.Match[str]], end: int) -> Iterator[tuple[re.Match[str], int]]:
    return zip(found, [*(each.start() for each in found[1:]), end], strict=True)


def _one_after_another(head: Items, items: Items) -> str:
    return "".join(items)


def _by_line(head: Items, items: Items) -> str:
    return "\n".join([*head, *items]) + "\n"


def _questions(squad: Any) -> Iterator[str]:
    """Each question of a file of SQuAD's format as an article of its own."""
    for article in squad["data"]:
        for paragraph in article["paragraphs"]:
            for question in paragraph["qas"]:
                alone = {**article, "paragraphs": [{**paragraph, "qas": [question]}]}
                yield json.dumps(alone, ensure_ascii=False)


def _with_marks(head: Items, items: Items) -> str:
    return "".join(f"{item}\n<|endoftext|>\n" for item in items)


def categories(source: Path, folder: Path) -> Path:
    """A file of ACOS as JSON lines in `folder`: sentences with the categories of their aspects."""
    target = (folder / source.name).with_suffix(".jsonl")
    target.parent.mkdir(parents=True, exist_ok=True)
    lines = source.read_text(encoding="utf-8").splitlines()
    target.write_text("".join(f"{_categories(line)}\n" for line in lines), encoding="utf-8")
    return target


def _categories(line: str) -> str:
    """A line of ACOS, a sentence and, after tabs, quadruples "a,b CATEGORY sentiment c,d", as sentence and categories."""
    text, *quadruples = line.split("\t")
    return json.dumps({"text": text, "labels": sorted({quadruple.split(" ")[1] for quadruple in quadruples})})
