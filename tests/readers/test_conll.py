"""CoNLL: separators, comments, and words that look like either."""

import pytest

from tasktune.core import InputError
from tasktune.readers import rows
from tasktune.readers.conll import looks, write


def test_words_tags_and_columns_by_number(values):
    assert values("EU NNP B-ORG\nrejects VBZ O\n\nPeter NNP B-PER\n", "conll") == [
        {
            "words": ["EU", "rejects"],
            "tags": ["B-ORG", "O"],
            "1": ["EU", "rejects"],
            "2": ["NNP", "VBZ"],
            "3": ["B-ORG", "O"],
        },
        {"words": ["Peter"], "tags": ["B-PER"], "1": ["Peter"], "2": ["NNP"], "3": ["B-PER"]},
    ]


def words(values, content):
    return [row["words"] for row in values(content, "conll")]


@pytest.mark.parametrize("blank", ["", " ", "\t", " \t ", "\r"])
def test_a_line_of_nothing_spaces_or_tabs_ends_a_sentence(values, blank):
    assert words(values, f"a\tO\n{blank}\nb\tO\n") == [["a"], ["b"]]


def test_other_blanks_are_words(values):
    assert words(values, "\xa0 O\n\u3000 O\n") == [["\xa0", "\u3000"]]


def test_docstart_is_no_token(values):
    assert words(values, "-DOCSTART- -X- O\n\na N O\n-DOCSTART- -X- O\nb N O\n") == [["a"], ["b"]]


def test_a_file_of_tabs_may_have_spaces_in_a_column(values):
    assert values("New York\tB-LOC\n20 000\tO\n", "conll")[0]["words"] == ["New York", "20 000"]


def test_runs_of_spaces_are_one_separator(values):
    assert values("a    B-X\n bc   O \n", "conll")[0] == {
        "words": ["a", "bc"],
        "tags": ["B-X", "O"],
        "1": ["a", "bc"],
        "2": ["B-X", "O"],
    }


def test_one_column_is_words_without_tags(values):
    assert values("a\nb\n\nc\n", "conll") == [{"words": ["a", "b"], "1": ["a", "b"]}, {"words": ["c"], "1": ["c"]}]


@pytest.mark.parametrize(
    "content",
    [
        "a O\n\n# O\nb O\n",  # before a sentence, but it could be a token: it is one
        "# O\nb O\n\na O\n",
        "# O\nb O\n",
        "a O\n# O\n",
    ],
)
def test_a_hash_is_a_word_wherever_it_could_be(values, content):
    assert any("#" in sentence for sentence in words(values, content))


def test_only_hashes(values):
    assert values("# O\n", "conll")[0]["words"] == ["#"]
    assert values("# comment\n# x\tO\n", "conll") == [
        {"words": ["# x"], "tags": ["O"], "1": ["# x"], "2": ["O"], "comments": ["# comment"]}
    ]


def test_comments_are_kept_where_no_token_could_be(values):
    found = values("# id = 1\n# a b\tc\nx\tO\n\n# two\ny\tO\n", "conll")
    assert [row["words"] for row in found] == [["# a b", "x"], ["y"]]
    assert [row["comments"] for row in found] == [["# id = 1"], ["# two"]]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a O\nb\n", r"file:2: 1 columns parted by spaces where the first token has 2: 'b'"),
        ("a\tO\nNew York\n", r"file:2: 1 columns parted by tabs where the first token has 2"),
        ("a O\nb\tO\n", r"file:2: 1 columns parted by spaces"),
        ("a\tO\n# a comment inside\nb\tO\n", "file:2: 1 columns"),
        ("a\tO\n#hashtag\n", "file:2: 1 columns"),
        ("a\tO\n\tO\n", "file:2: an empty word"),
        ("a\tO\nb\t\n", "file:2: an empty tag"),
    ],
)
def test_ragged_rows_are_refused(values, content, message):
    with pytest.raises(InputError, match=message):
        values(content, "conll")


def test_a_row_is_placed_at_its_first_token(file):
    assert [row.where.rpartition(":")[2] for row in rows(file("# c d e\n\na O\nb O\n\n\n\nc O\n"), "conll")] == ["3", "8"]


@pytest.mark.parametrize(
    ("lines", "surely"),
    [
        (["a\tO", "b\tO", "", "c\tO"], True),
        (["a\tO", "b\tO"], False),
        (["a O", "", "b O O"], False),
        (["one text a line", "", "and another"], False),
        (["a", "", "b"], False),
        ([], False),
    ],
)
def test_it_is_taken_for_conll_only_when_it_can_be_nothing_else(lines, surely):
    assert looks(lines, frozenset()) is surely


@pytest.mark.parametrize("word", ["", "a\tb", "a\nb", "a\r", "-DOCSTART-", "a\0"])
def test_what_would_not_read_back_is_not_written(word):
    with pytest.raises(InputError, match=r"record 1.*cannot be a column"):
        list(write([{"words": [word], "tags": ["O"]}]))


def test_words_and_tags_must_agree():
    with pytest.raises(InputError, match="record 2 has 2 words and 1 tags"):
        list(write([{"words": ["a"], "tags": ["O"]}, {"words": ["a", "b"], "tags": ["O"]}]))
    with pytest.raises(InputError, match="nothing but spaces"):
        list(write([{"words": ["a"], "tags": [" "]}]))


WEIBO = "科0\tO\n技1\tO\n全0\tO\n\n50\tO\n!10\tB-PER\n"


def test_the_place_in_a_segmented_word_is_no_part_of_the_text(values):
    """Weibo NER (Peng & Dredze 2015): each character has its place in its word behind it."""
    first, second = values(WEIBO, "conll")
    assert (first["words"], first["1"]) == (["科", "技", "全"], ["科0", "技1", "全0"])
    assert second["words"] == ["5", "!"]


@pytest.mark.parametrize(
    "content",
    ["科0 O\n技1 O\n全 O\n", "科1 O\n技2 O\n", "A0 O\nB1 O\n", "科0 O\n技1 O\n\n全1 O\n", "二十0 O\n"],
    ids=["one without", "from 1", "not Chinese", "a sentence from 1", "not one character"],
)
def test_numbers_behind_words_that_may_be_words_stay(values, content):
    assert words(values, content) == [[line.split()[0] for line in part.splitlines()] for part in content.split("\n\n")]


def test_a_word_without_its_number_after_many_with_is_refused(tmp_path):
    path = tmp_path / "a.conll"
    path.write_text("科0\tO\n技1\tO\n\n" * 8000 + "全\tO\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.conll:24001: '全' is no character with its number"):
        list(rows(path))
