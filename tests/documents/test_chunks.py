"""Passages: what every cutting owes, and where it is made."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from tasktune.documents import Document, Heading, passages


def characters(texts: Sequence[str]) -> list[int]:
    return [len(text) for text in texts]


def words(texts: Sequence[str]) -> list[int]:
    """Words and two tokens around them, as encoders have them; a word of more than 6 characters is several."""
    return [2 + sum(-(-len(word) // 6) for word in text.split()) for text in texts]


def odd(texts: Sequence[str]) -> list[int]:
    """A measure in which the whole is more than its parts."""
    return [len(text) + text.count(" ") * text.count("a") for text in texts]


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
