"""Which column is which field."""

import pytest

from tasktune.core import InputError, Row
from tasktune.readers.mapping import known_names, mapped, parse_mapping

NAMES = ("text", "answer", "id")
ALIASES = {"text": ("sentence", "review"), "answer": ("label",), "tags": ("upos",)}


def values(row, **mapping):
    return dict(mapped(Row(row, "f:1"), NAMES, ALIASES, mapping).values)


def test_own_name_comes_before_aliases_and_these_in_their_order():
    assert values({"review": "r", "sentence": "s", "text": "t"})["text"] == "t"
    assert values({"review": "r", "sentence": "s"})["text"] == "s"
    assert values({"review": "r"})["text"] == "r"


def test_case_does_not_matter_unless_it_alone_differs():
    assert values({"Review": "r", "LABEL": "x"}) == {"text": "r", "answer": "x", "Review": "r", "LABEL": "x"}
    assert values({"Text": "T", "text": "t"})["text"] == "t"
    with pytest.raises(InputError, match="f:1: 'text' could be any of the columns 'Text', 'TEXT'"):
        values({"Text": "a", "TEXT": "b"})


def test_the_user_comes_first_and_the_other_columns_stay():
    assert values({"text": "t", "body": "b", "n": 1}, text="body") == {"text": "b", "body": "b", "n": 1}


def test_numbers_name_columns_without_a_header():
    assert values({"1": "a", "2": "b"}, text="2", answer="1") == {"text": "b", "answer": "a", "1": "a", "2": "b"}


def test_a_value_may_be_given_for_all_records():
    assert values({"text": "t", "label": "x"}, answer="=y") == {"text": "t", "answer": "y", "label": "x"}
    assert values({"text": "t"}, answer="==")["answer"] == "="
    assert parse_mapping(["answer==y"]) == {"answer": "=y"}
    assert "=y" not in known_names(NAMES, ALIASES, {"answer": "=y"})


@pytest.mark.parametrize(
    ("row", "own"),
    [
        ({"label": "x"}, {"answer": "x"}),
        ({"LABEL": "x", "Answer": "z"}, {"answer": "z"}),
        ({"Answer": "x", "answer": "z"}, {"answer": "z"}),
        ({"Answer": "x", "ANSWER": "z"}, {"answer": "x"}),
        ({}, {}),
    ],
)
def test_what_a_row_says_itself_is_kept_beside_the_value_of_all_in_any_case(row, own):
    found = mapped(Row({"text": "t", **row}), NAMES, ALIASES, {"answer": "=y"})
    assert (found.values["answer"], found.own) == ("y", own)


def test_a_field_with_no_column_is_left_out():
    assert values({"text": "t"}) == {"text": "t"}


def test_aliases_may_name_more_than_fields():
    assert values({"upos": ["X"]})["tags"] == ["X"]


@pytest.mark.parametrize("sign", ["<|endoftext|>", " <|im_end|>\n", "</s>", "</s><|endoftext|>"])
def test_a_completion_ends_before_the_sign_that_ends_it(sign):
    aliases = {"answer": ("completion", "target")}
    columns = [{"Completion": f" a </s> b{sign}"}, {"target": f" a{sign}"}, {"completion": None}]
    answers = [mapped(Row(row), ("answer",), aliases, {}).get("answer") for row in columns]
    assert answers == [" a </s> b", f" a{sign}", None]


def test_an_unknown_column_is_refused_with_those_there_are():
    with pytest.raises(InputError) as refused:
        values({"#1 String": "a" * 100, "n": 7}, text="body")
    assert "f:1: --map text=body: there is no column 'body'" in str(refused.value)
    assert f"#1 String ('{'a' * 38}…), n (7)" in str(refused.value)
    assert "--map text='#1 String'" in str(refused.value)


def test_an_unknown_field_is_refused_with_those_there_are():
    with pytest.raises(InputError, match=r"--map txt=body: no field is called that\. The fields are text, answer, id, tags"):
        values({"body": "b"}, txt="body")


def test_known_names_are_all_that_could_head_a_column():
    known = known_names(NAMES, ALIASES, {"text": "Body", "answer": "2"})
    assert known == {"text", "answer", "id", "tags", "sentence", "review", "label", "upos", "body"}


def test_parse_mapping():
    assert parse_mapping(["text=a=b", "answer=2"]) == {"text": "a=b", "answer": "2"}
    assert parse_mapping([]) == {}


@pytest.mark.parametrize("pair", ["text", "=x", "text=", ""])
def test_what_is_no_pair_is_refused(pair):
    with pytest.raises(InputError, match="give a field and a column: --map text=sentence"):
        parse_mapping([pair])


def test_a_field_is_mapped_once():
    with pytest.raises(InputError, match="text is mapped already, to a"):
        parse_mapping(["text=a", "text=b"])
