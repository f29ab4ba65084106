"""Links and relations as text: how they are spelled, and how kindly they are read."""

import pytest

from tasktune.answers import Link, Span
from tasktune.notations import link_lines, relation_lines

KINDS = ("aspect", "opinion")
TEXT = "A dash - and a dash of salt: US in RUSSIA"


def link(source, target, label="POS"):
    ends = (end and Span(*end, kind) for end, kind in zip((source, target), KINDS, strict=True))
    return Link(*ends, label)


@pytest.mark.parametrize(
    ("said", "written"),
    [
        (link((2, 6), (15, 19)), "POS: dash | dash (2)"),
        (link(None, (7, 8)), "POS: - | \\2d;"),
        (link((29, 31), (36, 38), "A:B"), "A\\3a;B: US | US (2)"),
        (link(None, None, "none"), "none: - | -"),
    ],
)
def test_a_link_as_text(said, written):
    assert link_lines.write(TEXT, (said,)) == written
    assert link_lines.read(TEXT, written, (), KINDS) == (said,)


def test_reading_is_lenient():
    written = "pos : Dash|-\nnonsense\nPOS: gone | salt\nPOS: salt\nNEG:  SALT |  u s"
    expected = (link((2, 6), None, "POS"), link((23, 27), (29, 31), "NEG"))
    assert link_lines.read(TEXT, written, ("NEG", "POS"), KINDS) == expected
    assert link_lines.read(TEXT, "POS: dash | salt POS: salt | dash", ("POS",), KINDS) == (
        link((2, 6), (23, 27)),
        link((23, 27), (2, 6)),
    )
    assert link_lines.read(TEXT, "", ("POS",), KINDS) == link_lines.read(TEXT, "none", ("POS",), KINDS) == ()


def test_relations_name_the_entities_above_them():
    ada, lon, again = Span(0, 3, "PER"), Span(4, 10, "LOC"), Span(11, 14, "PER")
    answer = (ada, lon, again, Link(ada, again, "Kill"), Link(again, lon, "Live_In"))
    written = "PER: Ada\nLOC: London\nPER: Ada\nKill: Ada | Ada (2)\nLive_In: Ada (2) | London"
    assert relation_lines.write("Ada London Ada", answer) == written
    assert relation_lines.read("Ada London Ada", written, (), ()) == answer
    lower = written.lower().replace("(2)", "( 2 )")
    assert relation_lines.read("Ada London Ada", lower, ("Kill", "Live_In"), ("LOC", "PER")) == answer
    assert relation_lines.read("Ada London Ada", "PER: Ada\nKill: Ada | Bob\nAda | Ada", ("Kill",), ("PER",)) == (ada,)
