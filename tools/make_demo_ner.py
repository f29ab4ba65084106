"""Writes the demo data set for named-entity recognition: news from an invented coast, with persons, ships, ports and companies.

A small grammar (`demo_ner_grammar.txt`) makes the sentences and the names in them, so every tag is right by construction. It is
made to be hard in the ways that real text is: most names in the dev split are new, the same name serves a person, a ship, a port
and a company, names contain names ("Port of Halden Shipping"), some capitalised words are no name at all ("Storm Ingrid"), and
now and then a sentence does not say which it is ("Halden had no comment"), so no model gets 1.0.

    python tools/make_demo_ner.py            # writes src/tasktune/data/demo_ner/, the same bytes every time
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path

SEED = 20
SIZES = {"train": 800, "dev": 250}
LONGEST = 36  # words; what is longer is drawn again
GRAMMAR = Path(__file__).with_name("demo_ner_grammar.txt")
FOLDER = Path(__file__).resolve().parents[1] / "src/tasktune/data/demo_ner"

Tokens = list[tuple[str, str]]
"""Words and their BIO tags."""

Grammar = Mapping[str, list[str]]
"""The alternatives of each symbol, each as often as it weighs."""


def cut(names: list[str], split: str) -> list[str]:
    """The share of a list of names that a split may use: of each ten five are for train, three for dev, two for both."""
    mine = {"train": range(7), "dev": range(5, 10)}[split]
    shuffled = random.Random(SEED).sample(names, len(names))
    return [name for i, name in enumerate(shuffled) if i % 10 in mine]


def weighed(alternatives: str) -> list[str]:
    """`3x a | b` as a, a, a, b."""
    ways = (re.fullmatch(r"(?:(\d+)x )?(.*)", one.strip()) for one in alternatives.split(" | "))
    return [way[2] for way in ways if way for _ in range(int(way[1] or 1))]


def grammar(split: str) -> Grammar:
    """The grammar, with the names that a split may use."""
    rules, names = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
    for line in GRAMMAR.read_text(encoding="utf-8").splitlines():
        symbol, colon, right = line.partition(":")
        if symbol.startswith("names "):
            names[symbol.removeprefix("names ")] += right.split()
        elif colon and not line.startswith("#"):
            rules[symbol] += weighed(right)
    return rules | {symbol: cut(known, split) for symbol, known in names.items()}


def expand(symbol: str, grammar: Grammar, rng: random.Random) -> Tokens:
    """Words that a symbol can stand for, and their tags."""
    if not symbol.isupper():
        return write(rng.choice(grammar[symbol]), grammar, rng)
    label, spelling = rng.choice(symbol.split("/")), "bare" if "/" in symbol else symbol
    words = [word for word, _ in write(rng.choice(grammar[spelling]), grammar, rng)]
    return [(word, f"{'I' if i else 'B'}-{label}") for i, word in enumerate(words)]


def write(alternative: str, grammar: Grammar, rng: random.Random) -> Tokens:
    """One alternative, its words kept and its symbols expanded."""
    made: Tokens = []
    for item in alternative.split():
        made += expand(item[1:-1], grammar, rng) if item.startswith("{") else [(item, "O")]
    return made


def misspelt(word: str, rng: random.Random) -> str:
    """The word with two neighbouring letters exchanged; short words stay."""
    if len(word) < 5 or not word.isalpha():
        return word
    i = rng.randrange(1, len(word) - 2)
    return word[:i] + word[i + 1] + word[i] + word[i + 2 :]


def soiled(sentence: Tokens, rng: random.Random) -> Tokens:
    """The sentence as people type it: mostly right, sometimes in small or capital letters, with a slip or without its stop."""
    words, tags = [word for word, _ in sentence], [tag for _, tag in sentence]
    words[0] = words[0][0].upper() + words[0][1:]
    draw = rng.random()
    if draw < 0.05:
        words = [word.lower() for word in words]
    elif draw < 0.08:
        words = [word.upper() for word in words]
    elif draw < 0.12:
        slip = rng.randrange(len(words))
        words[slip] = misspelt(words[slip], rng)
    elif draw < 0.15 and words[-1] == ".":
        del words[-1], tags[-1]
    return list(zip(words, tags, strict=True))


def data() -> dict[str, list[Tokens]]:
    """The sentences of each split, all different, the same ones every time."""
    seen = set[str]()
    return {split: list(sentences(split, seen)) for split in SIZES}


def sentences(split: str, seen: set[str]) -> Iterator[Tokens]:
    """The sentences of a split, none of them `seen` before."""
    rng, rules = random.Random(f"{SEED} {split}"), grammar(split)
    wanted = len(seen) + SIZES[split]
    while len(seen) < wanted:
        sentence = soiled(expand("sentence", rules, rng), rng)
        text = " ".join(word for word, _ in sentence).lower()
        if len(sentence) <= LONGEST and text not in seen:
            seen.add(text)
            yield sentence


def conll(made: list[Tokens]) -> str:
    """Sentences as a CoNLL file: word, tab, tag; an empty line after each sentence."""
    return "".join("".join(f"{word}\t{tag}\n" for word, tag in sentence) + "\n" for sentence in made)


def entities(sentence: Tokens) -> Iterator[tuple[str, str]]:
    """The name and the label of each entity."""
    begun = 0

    def number(token: tuple[str, str]) -> int:
        nonlocal begun
        begun += token[1].startswith("B-")
        return begun

    inside = (token for token in sentence if token[1] != "O")
    for _, tokens in groupby(inside, number):
        words, tags = zip(*tokens, strict=True)
        yield " ".join(words), tags[0][2:]


README = """# Demo data for named-entity recognition

Invented news from an invented coast, in CoNLL columns (word, tab, BIO tag), written by `tools/make_demo_ner.py`; do not edit by
hand. Apache-2.0 like the rest; any likeness to real ships, firms or persons is chance.

| split | sentences | words | {labels} |
{rule}|
{rows}

Of the entities of the dev split, {new:.0%} have a name that the train split does not show. Many single names can be a person, a
ship, a port or a company; some sentences do not tell which, and there the tag was drawn by lot, so no model can get 1.0.
"""


def readme(made: Mapping[str, list[Tokens]]) -> str:
    """What the folder holds, counted."""
    named = {split: [entity for sentence in made[split] for entity in entities(sentence)] for split in made}
    labels = sorted({label for _, label in named["train"]})
    rows = []
    for split in made:
        found = Counter(label for _, label in named[split])
        counts = [len(made[split]), sum(map(len, made[split])), *(found[label] for label in labels)]
        rows.append(f"| {split} | " + " | ".join(map(str, counts)) + " |")
    known = {name for name, _ in named["train"]}
    new = sum(name not in known for name, _ in named["dev"]) / len(named["dev"])
    return README.format(labels=" | ".join(labels), rule="|---" * (len(labels) + 3), rows="\n".join(rows), new=new)


def files() -> dict[str, str]:
    """What the folder holds: file names and their text."""
    made = data()
    return {"README.md": readme(made), **{f"{split}.conll": conll(made[split]) for split in SIZES}}


def main() -> None:
    """Write the folder."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in files().items():
        (FOLDER / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
