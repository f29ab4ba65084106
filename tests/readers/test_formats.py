"""The table of formats, and telling them apart."""

import gzip
import tracemalloc

import pytest

from tasktune.core import InputError
from tasktune.readers import FORMATS, detect, rows, write
from tasktune.readers.source import Source

KNOWN = frozenset({"text", "label"})
UD = "1\ta\t_\t_\t_\t_\t0\troot\t_\t_\n"


def found(path, known=KNOWN):
    with Source(path, known) as source:
        return detect(source).name


@pytest.mark.parametrize(
    ("name", "content", "format"),
    [
        ("x.conll", "a O\n", "conll"),
        ("x.bmes", "a O\n", "conll"),
        ("x.conllu", UD, "conllu"),
        ("x.csv", "a,b\n", "csv"),
        ("x.CSV", "a,b\n", "csv"),
        ("x.tsv", "a\tb\nc\td\n", "tsv"),
        ("x.tsv", "a\n", "tsv"),
        ("x.tsv", "a\tO\nb\tO\n\nc\tO\n", "conll"),
        ("x.json", '[{"a": 1}]', "json"),
        ("x.json", '[\n {\n"a": 1}]', "json"),
        ("x.json", '{"a": 1}\n{"a": 2}\n', "jsonl"),
        ("x.json", '{\n"a": 1}\n', "json"),
        ("x.json", '{"version": "1.1", "data": [{"paragraphs": []}]}', "squad"),
        ("x.json", '{\n "data": [\n  {"title": "t",\n "paragraphs": [', "squad"),
        ("x.json", '{"data": [{"a": 1}]}\n{"data": []}\n', "jsonl"),
        ("x.json", '{"canary": "say \\"no\\"", "examples": [{"input": "a"}]}', "bigbench"),
        ("x.json", '{\n "canary": "a",\n "examples": [\n', "bigbench"),
        ("x.json", '{"examples": []}\n{"examples": []}\n', "jsonl"),
        ("x.jsonl", '{"a": 1}\n', "jsonl"),
        ("x.jsonl", "broken\n", "jsonl"),
        ("x.parquet", "", "parquet"),
        ("x.txt", "one\ntwo\n", "text"),
        ("x.txt", "Hello, world\n", "text"),
        ("x.txt", "a\tb\nc\td\n", "tsv"),
        ("x.txt", "a O\n\nb O\n", "conll"),
        ("x.txt", "a b####[([0], [1], 'POS')]\n", "triplets"),
        ("x.tsv", "a b\t0,1 A 0 -1,-1\nc\n", "quadruples"),
        ("x.txt", "#doc 1\n0\ta\tO\t['N']\t[0]\n", "multihead"),
        ("x.txt", "a\n\n<|endoftext|>\n", "documents"),
        ("x", '{"a": 1}\n', "jsonl"),
        ("x", "text,label\na,b\n", "csv"),
        ("x", "I think, therefore I am\n", "text"),
        ("x", UD + "\n" + UD, "conllu"),
        ("x.run", "1 Q0 d 1 0.5 tag\n", "trec"),
        ("x.xml", '<?xml version="1.0"?>\n<entailment-corpus>\n</entailment-corpus>\n', "rte"),
        ("x.po", "", "po"),
        ("x.pot", '# a comment\nmsgid "a"\n', "po"),
        ("x", '# a comment\nmsgid "a"\nmsgstr "b"\n', "po"),
        ("x.tmx", "<tmx/>", "tmx"),
        ("x.xlf", "<xliff/>", "xliff"),
        ("x", "1 Q0 d 1 0.5 tag\n1 Q0 e 2 0.25 tag\n", "trec"),
        ("x.dev", "a\tO\n\nb\tO\n", "conll"),
    ],
)
def test_a_format_is_told_by_suffix_and_first_lines(file, name, content, format):
    assert found(file(content, name)) == format
    if format != "parquet":
        assert found(file(gzip.compress(content.encode()), name + ".gz")) == format


@pytest.mark.parametrize(
    ("name", "content", "candidates"),
    [
        ("x.txt", "NUM:date What season ?\n", ["labelled", "text"]),
        ("x.txt", "__label__a b\n", ["labelled", "text"]),
        ("x.txt", "a first line\n\na second\n", ["documents", "text"]),
        ("x", "a first line\n\na second\n", ["documents", "text"]),
        ("x.xml", "<?xml version='1.0'?>\n<a/>\n", ["jsonl", "parallel"]),
    ],
)
def test_what_could_be_several_is_asked_for(file, name, content, candidates):
    with pytest.raises(InputError, match=r"which format is it\?.*--format ") as refused:
        found(file(content, name))
    assert all(f"{candidate} (" in str(refused.value) for candidate in candidates)


@pytest.mark.parametrize("name", ["x.txt", "x.tsv", "x.json", "x"])
def test_an_empty_file_holds_nothing_whatever_its_format(file, name):
    assert list(rows(file("", name))) == []


def test_a_named_format_comes_first(file):
    assert [row.values for row in rows(file("a,b\n", "x.csv"), "text")] == [{"text": "a,b"}]


def test_an_unknown_format_is_refused_with_those_there_are(file):
    with pytest.raises(InputError, match=r"there is no format 'xlsx'\. There are: chat, squad, "):
        list(rows(file("a"), "xlsx"))


def test_the_table_is_keyed_by_name_and_tells_what_each_is():
    assert all(name == format.name and format.what for name, format in FORMATS.items())
    assert {name for name, format in FORMATS.items() if format.write} == {
        "chat",
        "jsonl",
        "conllu",
        "conll",
        "csv",
        "tsv",
        "text",
        "trec",
    }


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.jsonl", '{"text": "a"}\n'),
        ("x.json.gz", None),
        ("y.csv", "text\na\n"),
        ("y.tsv", "text\na\n"),
        ("y.txt", "a\n"),
    ],
)
def test_what_to_write_is_told_by_the_suffix(tmp_path, name, content):
    if content is None:
        write(tmp_path / name, [{"text": "a"}])
        assert [row.values for row in rows(tmp_path / name)] == [{"text": "a"}]
    else:
        write(tmp_path / name, [{"text": "a"}])
        assert (tmp_path / name).read_text() == content


def test_what_is_not_written_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"parquet is read but not written\. Written are: chat, jsonl"):
        write(tmp_path / "x", [], "parquet")
    with pytest.raises(InputError, match=r"x\.xlsx: what to write cannot be told from the name. Use one of \.jsonl"):
        write(tmp_path / "x.xlsx", [])


LONG = "word " * 200


@pytest.mark.parametrize(
    ("format", "line"),
    [
        ("text", f"{LONG}\n"),
        ("jsonl", f'{{"text": "{LONG}"}}\n'),
        ("csv", f"a,{LONG}\n"),
        ("tsv", f"a\t{LONG}\n"),
        ("conll", f"{LONG}\tO\n\n"),
        ("conllu", UD.replace("a", LONG) + "\n"),
        ("labelled", f"A {LONG}\n"),
        ("documents", f"{LONG}\n\n"),
        ("chat", f'{{"instruction": "{LONG}"}}\n'),
    ],
)
def test_memory_does_not_grow_with_the_file(file, format, line):
    path = file(line * 5_000)
    tracemalloc.start()
    count = sum(1 for _ in rows(path, format))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 5_000
    assert peak < path.stat().st_size / 5
