"""The law of readers and writers: what is written reads back the same, for hard texts too."""

import csv
import io
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tasktune.readers import FORMATS, conllu, rows, write

ODD = st.sampled_from(list("\ufeff\u2028\x85\xa0\x0b\x0c\x1c\r\t\n\"',;#\\ \u30000aé"))
TEXT = st.text(st.one_of(ODD, st.characters(exclude_categories=("Cs",), exclude_characters="\0")), max_size=8)
LINE = TEXT.filter(lambda text: "\n" not in text and not text.endswith("\r"))
"""Texts that a line can hold: any but those with a line feed, or a carriage return before the line's own."""
CELL = LINE.filter(lambda text: "\t" not in text)
FILLED = CELL.filter(bool)
KNOWN = frozenset({"text", "label"})
LAWS = ("chat", "conll", "conllu", "csv", "jsonl", "text", "trec", "tsv")


def test_every_format_that_is_written_has_its_law():
    assert sorted(name for name, format in FORMATS.items() if format.write) == sorted(LAWS)
    assert all(f"test_{name}" in globals() for name in LAWS)


def reread(values, format, known=frozenset()):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        write(path, values, format)
        return [dict(row.values) for row in rows(path, format, known)]


@given(st.lists(st.fixed_dictionaries({"text": LINE}), min_size=1, max_size=4))
def test_text(given):
    assert reread(given, "text") == given


_ID = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=4)


@given(st.lists(st.tuples(_ID, _ID, st.integers(-99, 99)), min_size=1, max_size=5, unique_by=lambda row: row[:2]))
def test_trec(found):
    found = sorted(found, key=lambda row: (row[0], -row[2]))
    written = [{"query_id": query, "id": document, "answer": float(score)} for query, document, score in found]
    assert [(row["query_id"], row["id"], row["score"]) for row in reread(written, "trec")] == found


ROWS = st.lists(st.fixed_dictionaries({"text": CELL, "label": CELL}), min_size=1, max_size=3)


@given(ROWS)
def test_tsv(given):
    assert reread(given, "tsv", KNOWN) == given


NAME = TEXT.filter(bool)
COLUMNS = st.lists(NAME, min_size=1, max_size=3, unique=True)


@given(COLUMNS.flatmap(lambda names: st.lists(st.fixed_dictionaries(dict.fromkeys(names, TEXT)), min_size=1, max_size=3)))
def test_csv(given):
    known = frozenset(name.lower() for name in given[0])
    assert reread(given, "csv", known) == given


@given(st.lists(st.lists(TEXT, min_size=2, max_size=2), min_size=1, max_size=4))
def test_csv_of_the_standard_library_reads_too(table):
    text = io.StringIO(newline="")
    csv.writer(text).writerows([["text", "label"], *table])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.csv"
        path.write_bytes(text.getvalue().encode())
        assert [list(row.values.values()) for row in rows(path, known=KNOWN)] == table


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)


@given(st.lists(st.dictionaries(TEXT, JSON, max_size=3), min_size=1, max_size=3))
def test_jsonl(given):
    assert reread(given, "jsonl") == given


TURN = st.fixed_dictionaries({"role": st.sampled_from(["system", "user", "assistant", "tool"]), "content": TEXT})


@given(st.lists(st.fixed_dictionaries({"messages": st.lists(TURN, min_size=1, max_size=3), "id": TEXT}), min_size=1, max_size=3))
def test_chat(given):
    assert reread(given, "chat") == given


WORD = FILLED.filter(lambda text: not text.startswith("-DOCSTART-"))
TAG = WORD.filter(lambda text: text.strip(" "))
SENTENCE = st.lists(st.tuples(WORD, TAG), min_size=1, max_size=4)


@given(st.lists(SENTENCE, min_size=1, max_size=3))
def test_conll(sentences):
    given = [{"words": [word for word, _ in pairs], "tags": [tag for _, tag in pairs]} for pairs in sentences]
    found = reread(given, "conll")
    assert [{"words": row["words"], "tags": row["tags"]} for row in found] == given
    assert not any("comments" in row for row in found)


COMMENT = LINE.map(lambda text: "#" + text)


@st.composite
def sentences(draw):
    count = draw(st.integers(1, 4))
    values = {name: draw(st.lists(FILLED, min_size=count, max_size=count)) for name in conllu.COLUMNS}
    values["head"] = draw(st.lists(st.none() | st.integers(0, count), min_size=count, max_size=count))
    values["comments"] = draw(st.lists(COMMENT, max_size=2))
    first = draw(st.integers(1, count))
    rest = draw(st.lists(FILLED, min_size=9, max_size=9))
    values["multiword"] = draw(st.sampled_from([[], [[f"{first}-{count}", *rest]]]))
    values["empty"] = draw(st.sampled_from([[], [["0.1", *rest]], [[f"{count}.1", *rest], [f"{count}.2", *rest]]]))
    return values


@given(st.lists(sentences(), min_size=1, max_size=2))
def test_conllu(given):
    assert [{name: row[name] for name in given[0]} for row in reread(given, "conllu")] == given
