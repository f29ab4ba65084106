"""BIG-bench's JSON, and what is no such thing."""

import json

import pytest

from tasktune.core import InputError
from tasktune.readers import rows

TASK = {"canary": 'say "no"', "examples": [{"input": "1 + 1", "target": "2"}, {"input": "not True", "target": "False"}]}


@pytest.mark.parametrize("indent", [None, 2])
def test_a_row_is_an_example(file, indent):
    path = file(json.dumps(TASK, indent=indent), "x.json")
    found = list(rows(path))
    assert [dict(row.values) for row in found] == TASK["examples"]
    assert found[1].where == f"{path}:examples[1]"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{]", r":1: not JSON at column 2"),
        ("[]", r"an object with a list of 'examples' must stand here, but there is None"),
        ('{"examples": {}}', r"an object with a list of 'examples' must stand here, but there is \{\}"),
        ('{"examples": [3]}', r"examples\[0\]: an object must stand here, but there is 3"),
        ('{"examples": [], "examples": []}', r"the name 'examples' stands twice"),
    ],
)
def test_what_is_no_bigbench_is_refused_with_its_place(file, content, told):
    with pytest.raises(InputError, match=told):
        list(rows(file(content, "x.json"), "bigbench"))
