"""BIO and its cousins: spans over words, spelled as one tag a word.

A tag is `O` or a prefix, a hyphen and a label (which may itself hold hyphens): `B-PER`, `I-work-of-art`. The prefixes of IO,
IOB1, BIO (also called IOB2), IOBES, BMES and BILOU are read alike, by the rules with which conlleval (Tjong Kim Sang, CoNLL-2000)
finds where a chunk starts and ends; BIO is what is written. Spans here are (first word, last word + 1, label).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

WordSpan = tuple[int, int, str]
"""A labelled run of words: the first, the one after the last, the label."""

_PREFIXES = {"B": "B", "I": "I", "M": "I", "E": "E", "L": "E", "S": "S", "U": "S"}


def split_tag(tag: str) -> tuple[str, str]:
    """A tag's place in its chunk (`B I E S`, or `O` for none) and its label. Raises `ValueError` naming a malformed tag."""
    if tag == "O":
        return "O", ""
    prefix, hyphen, label = tag.partition("-")
    if prefix not in _PREFIXES or not hyphen or not label:
        raise ValueError(f"{tag!r} is not a tag: expected O, or one of {'- '.join(_PREFIXES)}- and a label, such as B-PER")
    return _PREFIXES[prefix], label


def spans_of(tags: Sequence[str]) -> list[WordSpan]:
    """The spans that a tag sequence spells, in order. Raises `ValueError` naming a malformed tag.

    A word goes on with the chunk before it if both have the same label, that chunk is still open (its last tag is B or I) and
    the word's own tag is I or E; every other tag but O starts a chunk, so that no tag sequence is illegal.
    """
    spans: list[WordSpan] = []
    before = ("O", "")
    for at, tag in enumerate(tags):
        place, label = split_tag(tag)
        if place in "IE" and before[0] in "BI" and label == before[1]:
            spans[-1] = (spans[-1][0], at + 1, label)
        elif place != "O":
            spans.append((at, at + 1, label))
        before = place, label
    return spans


def tags_of(words: int, spans: Iterable[WordSpan]) -> tuple[str, ...]:
    """BIO tags, one for each of `words` words. Raises `ValueError` for a span that is empty, outside or on top of another."""
    tags = ["O"] * words
    for start, end, label in spans:
        if not 0 <= start < end <= words or any(tag != "O" for tag in tags[start:end]):
            raise ValueError(f"span {(start, end, label)} is empty, beyond the {words} words or on top of another span")
        tags[start:end] = [f"B-{label}"] + [f"I-{label}"] * (end - start - 1)
    return tuple(tags)


def follows(before: str, after: str) -> bool:
    """Whether BIO allows tag `after` behind tag `before` ("" at the start): I-X needs B-X or I-X before it."""
    return not after.startswith("I-") or before[2:] == after[2:]


def inventory(names: Iterable[str]) -> tuple[str, ...]:
    """The closed BIO tag set over the labels of these tags, sorted: `O`, and `B-X` and `I-X` for every label X."""
    labels = {label for _, label in map(split_tag, names) if label}
    return tuple(sorted({"O", *(f"{prefix}-{label}" for label in labels for prefix in "BI")}))
