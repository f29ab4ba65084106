"""BIO tags and spans over words, each from the other."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktune.notations import bio

LABELS = st.sampled_from(["PER", "work-of-art", "O", "B", "人名"])


@st.composite
def words_and_spans(draw):
    words = draw(st.integers(0, 12))
    cuts = draw(st.lists(st.integers(0, words), unique=True).map(sorted))
    pairs = pairwise(cuts)
    return words, [(start, end, draw(LABELS)) for start, end in pairs if draw(st.booleans())]


def iobes_of(words, spans):
    tags = ["O"] * words
    for start, end, label in spans:
        inside = ["S"] if end - start == 1 else ["B", *["I"] * (end - start - 2), "E"]
        tags[start:end] = [f"{prefix}-{label}" for prefix in inside]
    return tags


def renamed(tags, **prefixes):
    return [prefixes.get(tag[0], tag[0]) + tag[1:] for tag in tags]


def iob1_of(words, spans):
    """B only where a chunk follows one of its own label."""
    tags, before = ["O"] * words, {}
    for start, end, label in spans:
        tags[start:end] = [f"I-{label}"] * (end - start)
        if before.get(start) == label:
            tags[start] = f"B-{label}"
        before[end] = label
    return tags


@given(words_and_spans())
def test_what_is_written_is_read(given):
    words, spans = given
    assert bio.spans_of(bio.tags_of(words, spans)) == spans


@given(words_and_spans())
def test_every_scheme_reads_alike(given):
    words, spans = given
    iobes = iobes_of(words, spans)
    assert bio.spans_of(iobes) == spans
    assert bio.spans_of(renamed(iobes, I="M")) == spans  # BMES
    assert bio.spans_of(renamed(iobes, E="L", S="U")) == spans  # BILOU
    assert bio.spans_of(iob1_of(words, spans)) == spans


@given(st.lists(st.sampled_from(["O", *(f"{p}-{x}" for p in "BIESMLU" for x in ("A", "B"))])))
def test_no_tag_sequence_is_illegal_and_every_tag_but_o_is_covered(tags):
    spans = bio.spans_of(tags)
    covered = [word for start, end, _ in spans for word in range(start, end)]
    assert covered == [word for word, tag in enumerate(tags) if tag != "O"]
    assert all(tags[word][2:] == label for start, end, label in spans for word in range(start, end))


@pytest.mark.parametrize(
    ("tags", "spans"),
    [
        ("I-A I-A", [(0, 2, "A")]),  # IO
        ("I-A I-B", [(0, 1, "A"), (1, 2, "B")]),
        ("B-A I-B I-B", [(0, 1, "A"), (1, 3, "B")]),
        ("I-A B-A", [(0, 1, "A"), (1, 2, "A")]),
        ("B-A O I-A", [(0, 1, "A"), (2, 3, "A")]),
        ("E-A E-A I-A", [(0, 1, "A"), (1, 2, "A"), (2, 3, "A")]),
        ("S-A I-A", [(0, 1, "A"), (1, 2, "A")]),
        ("", []),
    ],
)
def test_chunks_start_and_end_as_conlleval_has_it(tags, spans):
    assert bio.spans_of(tags.split()) == spans


@pytest.mark.parametrize("tag", ["", "PER", "B", "B-", "-PER", "X-PER", "b-PER", "B_PER", "o", "BI-PER"])
def test_a_malformed_tag_is_named(tag):
    with pytest.raises(ValueError, match=f"{tag!r} is not a tag"):
        bio.spans_of(["O", tag])


@pytest.mark.parametrize("spans", [[(0, 4, "A")], [(1, 1, "A")], [(0, 2, "A"), (1, 3, "B")], [(-1, 1, "A")]])
def test_spans_that_no_tags_can_say_are_refused(spans):
    with pytest.raises(ValueError, match="is empty, beyond the 3 words or on top of another"):
        bio.tags_of(3, spans)


@given(words_and_spans())
def test_what_is_written_is_legal(given):
    tags = bio.tags_of(*given)
    assert all(bio.follows(before, after) for before, after in zip(("", *tags), tags, strict=False))


def test_inside_needs_something_to_be_inside_of():
    assert not bio.follows("", "I-A")
    assert not bio.follows("O", "I-A")
    assert not bio.follows("B-B", "I-A")
    assert bio.follows("B-A", "I-A")
    assert bio.follows("I-A", "I-A")
    assert bio.follows("I-A", "B-A")
    assert bio.follows("I-A", "O")


def test_the_inventory_is_closed():
    assert bio.inventory(["B-PER", "O", "I-a-b", "S-LOC"]) == ("B-LOC", "B-PER", "B-a-b", "I-LOC", "I-PER", "I-a-b", "O")
    assert bio.inventory([]) == ("O",)
