"""Whatever a file holds, reading it gives rows or an `InputError` that names the file, and nothing else."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktune.core import InputError
from tasktune.readers import FORMATS, rows

LINES = ("\n", "\r\n", "\r", "\t", " ", ",", '"', "\0", "\x85", "\ufeff", "é", "text", "label", "__label__a ", "<|endoftext|>\n")
CONLL = ("#", "# ", "-DOCSTART-", "_", "1", "2", "1-2", "0.1", "1\ta\t_\t_\t_\t_\t0\troot\t_\t_\n")
JSON = ("[", "]", "{", "}", ":", '{"a": 1}', '{"text": "a"}', '"messages"', '{"conversations": [', "null", "1e999", "\\ud800")
PIECES = st.sampled_from(LINES + CONLL + JSON)
CONTENT = st.one_of(st.lists(PIECES, max_size=12).map(lambda pieces: "".join(pieces).encode()), st.binary(max_size=30))


def places(path, format, known):
    """Where the rows stand, or where the error does."""
    try:
        return [row.where for row in rows(path, format, known)]
    except InputError as error:
        return [str(error)]


@pytest.mark.parametrize("format", [None, *FORMATS])
@given(content=CONTENT)
def test_rows_or_an_error_that_says_where(format, content):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(content)
        assert all(place.startswith(f"{path}:") for place in places(path, format, frozenset({"text", "messages"})))
