"""A JSON list of objects."""

import pytest

from tasktune.core import InputError
from tasktune.readers import rows


def test_a_list_of_objects_and_where_they_stand(file):
    found = list(rows(file('[\n  {"a": "007"},\n  {"a":\n "é"}, {"b": null}\n]\n'), "json"))
    assert [row.values for row in found] == [{"a": "007"}, {"a": "é"}, {"b": None}]
    assert [row.where.rpartition(":")[2] for row in found] == ["2", "3", "4"]


def test_an_empty_list_has_no_rows(values):
    assert values(" [ ] ", "json") == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"data": [], "version": 1}', "file:1: a single object with 'data', 'version', where a list"),
        ("text", "file:1: a JSON list of objects must stand here, but it starts 'text'"),
        ("", "file:1: a JSON list"),
        ('[{"a": 1},\n]', "file:2: not JSON"),
        ('[{"a": 1}\n{"a": 2}]', 'file:2: "," or "]" must stand before'),
        ('[{"a": 1}', 'file:1: "," or "]" must stand before'),
        ("[", "file:1: not JSON"),
        ('[{"a": 1},\n 2]', r"file:2: a JSON object \{…\} must stand here, but it is '2'"),
        ('[{"a": 1}]\n[]', "file:1: more after the end of the list"),
        ('[{"a": 1,\n "a": 2}]', "file:1: the name 'a' stands twice"),
        ('[\n{"a": "\\ud800"}]', "file:2: half of a surrogate pair"),
    ],
)
def test_faults_are_placed(values, content, message):
    with pytest.raises(InputError, match=message):
        values(content, "json")
