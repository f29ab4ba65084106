"""JSON lines: types as they are, and nothing lost in silence."""

import pytest

from tasktune.core import InputError
from tasktune.readers import rows
from tasktune.readers.jsonl import looks, write


def test_types_are_kept(values):
    content = '{"a": "007", "b": 7, "c": "NA", "d": null, "e": [1.5, true], "f": ""}\n\n  \n{"a": "x\\u2028"}\r\n'
    assert values(content, "jsonl") == [
        {"a": "007", "b": 7, "c": "NA", "d": None, "e": [1.5, True], "f": ""},
        {"a": "x\u2028"},
    ]


def test_places(file):
    assert [row.where.rpartition(":")[2] for row in rows(file('{"a": 1}\n\n{"a": 2}\n'), "jsonl")] == ["1", "3"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"a": 1}\n{"a": }\n', r"file:2: not JSON at column 7"),
        ('{"a": 1} {"a": 2}\n', r"file:1: one object a line, but at column 9 there is more"),
        ("[1]\n", r"file:1: a JSON object \{…\} must stand here"),
        ('{"a": 1, "a": 2}\n', r"file:1: the name 'a' stands twice"),
        ('{"a": {"b": 1, "b": 2}}\n', r"file:1: the name 'b' stands twice"),
        ('{"a": NaN}\n', "file:1: NaN is not JSON"),
        ('{"a": -Infinity}\n', "file:1: -Infinity is not JSON"),
        ('{"a": 1e999}\n', "file:1: 1e999 is too large"),
        ('{"a": "\\ud800"}\n', "file:1: half of a surrogate pair"),
        ('{"\\udfff": 1}\n', "file:1: half of a surrogate pair"),
        ('{"a": ' + "[" * 100_000 + "}\n", "file:1: "),
    ],
)
def test_what_json_readers_change_in_silence_is_refused(values, content, message):
    with pytest.raises(InputError, match=message):
        values(content, "jsonl")


def test_whole_surrogate_pairs_are_characters(values):
    assert values('{"a": "\\ud83d\\ude00"}', "jsonl") == [{"a": "😀"}]


def test_looks():
    assert looks(["", '{"a": 1}', "whatever"], frozenset())
    assert not looks(['{"a":', "1}"], frozenset())
    assert not looks(['[{"a": 1}]'], frozenset())
    assert not looks([], frozenset())


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, b"x"])
def test_what_json_cannot_say_is_not_written(value):
    with pytest.raises(InputError, match="record 2 cannot be written as JSON"):
        list(write([{"a": 1}, {"a": value}]))
