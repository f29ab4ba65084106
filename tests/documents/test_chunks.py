"""Passages: what every cutting owes, and where it is made."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktune.core import InputError
from tasktune.documents import Document, Heading, passages


def characters(texts: Sequence[str]) -> list[int]:
    return [len(text) for text in texts]


def words(texts: Sequence[str]) -> list[int]:
    """Words and two tokens around them, as encoders have them; a word of more than 6 characters is several."""
    return [2 + sum(-(-len(word) // 6) for word in text.split()) for text in texts]


def odd(texts: Sequence[str]) -> list[int]:
    """A measure in which the whole is more than its parts."""
    return [len(text) + text.count(" ") * text.count("a") for text in texts]


def test_what_a_row_calls_as_passages_call_their_own_has_another_name():
    row = {"source": "web", "page": 3, "id": 7, "page_": 4}
    (passage,) = passages(Document("t.csv#1", "", "words", metadata=row), characters, 9)
    assert passage.metadata == {"source_": "web", "page": 3, "id": 7, "page_": 4}


PIECES = st.sampled_from(
    [
        "a b. ",
        "Dr. Who? ",
        "\n",
        "\n\n",
        " ",
        "字",
        "句子。",
        "第二！",
        "x" * 30,
        "é",
        "e\u0301",
        "👩‍👩‍👧",
        "\u200b",
        "\t",
        "# T\n",
        "- i\n",
        "…",
    ]
)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    text = "".join(draw(st.lists(PIECES, max_size=40)))
    places = st.lists(st.integers(0, max(0, len(text) - 1)), max_size=6, unique=True).map(sorted)
    starts = draw(places) if text else []
    headings = []
    for number, start in enumerate(starts):
        following = starts[number + 1] if number + 1 < len(starts) else len(text)
        end = draw(st.integers(start, following))
        headings.append(Heading(draw(st.sampled_from(["", "A", "B"])), draw(st.integers(1, 12)), start, end))
    edges = draw(places)[:4] if text else []
    verbatim = tuple(zip(edges[::2], edges[1::2], strict=False))
    pages = tuple(sorted({0, *draw(places)})) if text else ()
    breaks = tuple(draw(places)) if text else ()
    return Document("d", draw(st.sampled_from(["", "A"])), text, tuple(headings), pages, breaks, verbatim)


@given(documents(), st.sampled_from([characters, words, odd]), st.integers(9, 60), st.integers(0, 6))
def test_the_laws_of_cutting(document: Document, measure, limit: int, overlap: int):
    found = [*passages(document, measure, limit, overlap)]
    covered = set[int]()
    for passage in found:
        assert document.text[passage.start : passage.end] == passage.text
        assert passage.text.strip() == passage.text != ""
        assert measure([passage.text])[0] <= limit
        covered |= {*range(passage.start, passage.end)}
    assert all(character.isspace() or place in covered for place, character in enumerate(document.text))
    starts, ends = [passage.start for passage in found], [passage.end for passage in found]
    assert starts == sorted({*starts})
    assert ends == sorted({*ends})
    if not overlap:
        assert all(end <= start for end, start in zip(ends, starts[1:], strict=False))


def cut(text: str, limit: int, overlap: int = 0, **structure: object) -> list[str]:
    return [p.text for p in passages(Document("d", "", text, **structure), characters, limit, overlap)]


def test_what_fits_stays_whole():
    text = "# A\n\nOne. Two.\n\n## B\n\nThree."
    headings = (Heading("A", 1, 0, 3), Heading("B", 2, 16, 20))
    assert cut(text, len(text), headings=headings, breaks=(0, 5, 16, 22)) == [text]
    assert cut(text, len(text) - 1, headings=headings, breaks=(0, 5, 16, 22)) == ["# A\n\nOne. Two.", "## B\n\nThree."]


def test_a_heading_stays_with_what_it_stands_over():
    text = "# A\n\n## B\n\nOne is here. Two is there."
    headings = (Heading("A", 1, 0, 3), Heading("B", 2, 5, 9))
    found = [*passages(Document("d", "", text, headings, (), (0, 5, 11)), characters, 24)]
    assert [(p.text, p.titles) for p in found] == [("# A\n\n## B\n\nOne is here.", ("A", "B")), ("Two is there.", ("A", "B"))]


def test_titles_are_those_of_all_sections_that_a_passage_lies_in():
    text = "aa. bb. cc. dd."
    headings = (Heading("A", 1, 0, 0), Heading("B", 2, 4, 4), Heading("", 2, 8, 8), Heading("C", 1, 12, 12))
    found = [*passages(Document("d", "T", text, headings), characters, 4)]
    assert [p.titles for p in found] == [("T", "A"), ("T", "A", "B"), ("T", "A"), ("T", "C")]
    (whole,) = passages(Document("d", "A", text, headings), characters, 100)
    assert whole.titles == ("A",)


def test_pages_are_those_of_the_start():
    document = Document("d", "", "One. Two. Three.", pages=(0, 5))
    assert [p.page for p in passages(document, characters, 6)] == [1, 2, 2]


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("第一句。第二句！第三句？", 8, ["第一句。第二句！", "第三句？"]),
        ("これは一。これは二。", 5, ["これは一。", "これは二。"]),
        ("one two three four", 9, ["one two", "three", "four"]),
        ("x" * 10, 4, ["xxx", "xxx", "xxxx"]),
        ("e\u0301" * 6, 4, ["e\u0301" * 2] * 3),
        ("", 5, []),
        (" \n\t", 5, []),
    ],
)
def test_sentences_words_and_characters(text: str, limit: int, expected: list[str]):
    assert cut(text, limit) == expected


def test_code_is_cut_between_lines_and_kept_whole_where_it_fits():
    text = "Say. So.\n\n```\na = b. c\n\nd\n```"
    structure = {"breaks": (0, 10), "verbatim": ((10, len(text)),)}
    assert cut(text, 19, **structure) == ["Say. So.", text[10:]]
    assert cut(text, 14, **structure) == ["Say. So.", "```\na = b. c", "d\n```"]


def test_overlap_repeats_sentences_but_not_over_a_heading():
    text = "Aa. Bb. Cc. Dd. Ee."
    assert cut(text, 12, 4) == ["Aa. Bb.", "Bb. Cc. Dd.", "Dd. Ee."]
    assert cut(text, 12, 4, headings=(Heading("H", 1, 8, 8),)) == ["Aa. Bb.", "Cc. Dd.", "Dd. Ee."]


@pytest.mark.parametrize(("limit", "overlap"), [(0, 0), (5, 5), (5, -1), (2, 0)])
def test_impossible_limits_are_refused(limit: int, overlap: int):
    with pytest.raises(InputError):
        list(passages(Document("d", "", "abcdefgh ijkl"), words, limit, overlap))


def test_long_texts_are_measured_a_few_times_only():
    calls = list[int]()

    def counted(texts: Sequence[str]) -> list[int]:
        calls.append(sum(map(len, texts)))
        return characters(texts)

    text = "This is a sentence. " * 5000 + "x" * 5000 + " word" * 5000
    assert len([*passages(Document("d", "", text), counted, 200)]) > 500
    assert len(calls) < 30
    assert sum(calls) < 4 * len(text)


@pytest.mark.parametrize(
    "text", ["word " * 10_000, "\n" * 10_000 + "a", "👩‍👩‍👧" * 500, "字" * 5000, "\u0301" * 500, "a\n" * 5000]
)
def test_odd_texts(text: str):
    found = [*passages(Document("d", "", text), characters, 50)]
    assert "".join("".join(p.text.split()) for p in found) == "".join(text.split())
