"""CoNLL-U: words, ranges, empty nodes, the text they make, and every malformed line."""

import pytest

from tasktune.core import InputError
from tasktune.readers import rows, write
from tasktune.readers.conllu import looks

FRENCH = """\
# sent_id = fr-1
# text = Il parle du chien.
1\tIl\til\tPRON\t_\tNumber=Sing\t2\tnsubj\t_\t_
2\tparle\tparler\tVERB\t_\t_\t0\troot\t_\t_
2.1\tparle\tparler\tVERB\t_\t_\t_\t_\t0:root\t_
3-4\tdu\t_\t_\t_\t_\t_\t_\t_\t_
3\tde\tde\tADP\t_\t_\t5\tcase\t_\t_
4\tle\tle\tDET\t_\t_\t5\tdet\t_\t_
5\tchien\tchien\tNOUN\t_\t_\t2\tobj\t_\tSpaceAfter=No|Lang=fr
6\t.\t.\tPUNCT\t_\t_\t2\tpunct\t_\t_

"""


def test_a_sentence(values):
    (row,) = values(FRENCH, "conllu")
    assert row["words"] == ["Il", "parle", "de", "le", "chien", "."]
    assert row["upos"] == ["PRON", "VERB", "ADP", "DET", "NOUN", "PUNCT"]
    assert row["head"] == [2, 0, 5, 5, 2, 2]
    assert row["deprel"][0] == "nsubj"
    assert row["feats"][0] == "Number=Sing"
    assert row["space_after"] == [True, True, False, True, False, True]
    assert row["text"] == "Il parle du chien."
    assert row["id"] == "fr-1"
    assert [cells[:2] for cells in row["multiword"]] == [["3-4", "du"]]
    assert [cells[:2] for cells in row["empty"]] == [["2.1", "parle"]]
    assert row["comments"] == ["# sent_id = fr-1", "# text = Il parle du chien."]


def test_without_a_text_line_the_words_make_it(values):
    bare = "".join(line + "\n" for line in FRENCH.split("\n") if not line.startswith("#"))
    assert values(bare, "conllu")[0]["text"] == "Il parle du chien."


def test_it_is_written_back_byte_for_byte(file, tmp_path):
    write(tmp_path / "back.conllu", (row.values for row in rows(file(FRENCH * 2), "conllu")))
    assert (tmp_path / "back.conllu").read_text() == FRENCH * 2


def line(*cells):
    return "\t".join(cells) + "\n"


def token(number, head="0", form="a"):
    return line(number, form, "_", "_", "_", "_", head, "_", "_", "_")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("1 a _ _ _ _ 0 _ _ _\n", r"file:1: 1 columns parted by tabs where CoNLL-U has 10"),
        (token("1") + line("2", "b"), "file:2: 2 columns"),
        (token("1", form=""), r'file:1: column 2 is empty.*"_"'),
        (token("2"), r"file:1: the ID is '2' where 1, 1-N or 0\.1 can stand"),
        (token("1") + token("3"), "file:2: the ID is '3' where 2"),
        (token("1") + token("1"), "file:2: the ID is '1' where 2"),
        (token("1-2", "_") + token("1"), "file:1: the range 1-2 does not fit a sentence of 1 words"),
        (token("2-1", "_") + token("1"), "file:1: the ID is '2-1'"),
        (token("1-2", "_") + token("1") + token("2-3", "_") + token("2") + token("3"), "file:3: the ID is '2-3'"),
        (token("1") + token("1.2", "_"), "file:2: the ID is '1.2'"),
        (token("1", "2"), "file:1: the head is '2'.*from 0.* to 1"),
        (token("1", "x"), "file:1: the head is 'x'"),
        (token("1") + "# late\n", "file:2: 1 columns"),
        ("# text = a\n\n", "file:2: the comments above belong to no token"),
        (token("1") + "\n# text = a\n", "file:3: the file ends after comments"),
        (token("0.1", "_"), "file:1: a sentence of empty nodes alone"),
    ],
)
def test_malformed_lines_are_refused(values, content, message):
    with pytest.raises(InputError, match=message):
        values(content, "conllu")


def test_an_unknown_head_is_none(values):
    assert values(token("1", "_"), "conllu")[0]["head"] == [None]


def test_looks():
    assert looks(["# c", *FRENCH.split("\n")], frozenset())
    assert not looks(["a\tO", "", "b\tO"], frozenset())


@pytest.mark.parametrize(
    "broken",
    [
        {"words": ["a\tb"]},
        {"words": ["a\n"]},
        {"words": [""]},
        {"words": ["a"], "comments": ["no hash"]},
        {"words": []},
        {"words": ["a"], "lemma": []},
    ],
)
def test_what_would_not_read_back_is_not_written(tmp_path, broken):
    with pytest.raises(InputError, match="record 1"):
        write(tmp_path / "x.conllu", [broken])
    assert list(tmp_path.iterdir()) == []
