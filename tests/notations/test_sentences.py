"""Raw text cut into sentences, in several scripts."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktune.notations.sentences import sentences


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n ", []),
        ("One", ["One"]),
        (" One. Two! Three? ", ["One.", "Two!", "Three?"]),
        ("Dr. Smith met J. Doe et al. in May.", ["Dr. Smith met J. Doe et al. in May."]),
        ("So do I. He left.", ["So do I.", "He left."]),
        ("See e.g. Fig. 3 of 3.5 pages. Then stop.", ["See e.g. Fig. 3 of 3.5 pages.", "Then stop."]),
        ('He said: "Go!" She went.', ['He said: "Go!"', "She went."]),
        ('"Really?" he asked. (Yes.) "No."', ['"Really?" he asked.', "(Yes.)", '"No."']),
        ("nothing... and on… Then", ["nothing... and on…", "Then"]),
        ("A line\nthat goes on.\nNext.", ["A line\nthat goes on.", "Next."]),
        ("A title\n\nA text", ["A title", "A text"]),
        ("A title\r\n \r\nA text", ["A title", "A text"]),
        ("你好。真的吗？！他说：“走吧。”然后；完", ["你好。", "真的吗？！", "他说：“走吧。”", "然后；", "完"]),
        ("真的吗?我不信!好", ["真的吗?", "我不信!", "好"]),
        ("मैं गया। वह आया।", ["मैं गया।", "वह आया।"]),
        ("هل أنت؟ نعم.", ["هل أنت؟", "نعم."]),
        ("Das gilt z.B. hier. Etwa 3.", ["Das gilt z.B. hier.", "Etwa 3."]),
        ("example.org is up. v2.0 too", ["example.org is up. v2.0 too"]),
    ],
)
def test_sentences(text, expected):
    assert cut(text) == expected


@given(st.text(st.sampled_from('aB. !?\n。！”"(1é人👍\u0301'), max_size=40) | st.text(max_size=40))
def test_sentences_follow_each_other_and_hold_all_that_is_not_blank(text):
    found = sentences(text)
    edges = [edge for place in found for edge in place]
    assert edges == sorted(edges)
    assert all(start < end for start, end in found)
    assert all(piece == piece.strip() for piece in cut(text))
    assert "".join("".join(cut(text)).split()) == "".join(text.split())


def test_long_texts_take_no_long_time():
    assert len(sentences("A word more. " * 10_000)) == 10_000
    assert len(sentences("." * 100_000 + "\n" * 100_000)) == 1
    assert len(sentences("." * 50_000 + "x" + "!" * 50_000 + "x" + " " * 50_000)) == 1


def test_sentences_of_papers_are_found_again(shared):
    """SciTLDR's abstracts, joined, are cut where its authors cut them, save at line breaks and in lists."""
    lines = (shared / "summarization/scitldr_a/dev.jsonl").read_text("utf-8").splitlines()
    ours = both = 0
    for source in (json.loads(line)["source"] for line in lines):
        found = set(cut(" ".join(source)))
        ours, both = ours + len(found), both + len(found & {sentence.strip() for sentence in source})
    assert both / ours > 0.94
