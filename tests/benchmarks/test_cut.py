"""Cut files are read by the readers as their sources are, and hold what was asked for."""

import pytest

from cut import categories, cut, spaced
from table import BY_NAME, RUNS
from tasktune.datasets import records
from tasktune.tasks import task


@pytest.mark.parametrize(
    ("items", "count", "taken"), [("abcdef", 3, "ace"), ("abc", 5, "abc"), ("abc", None, "abc"), ("abcde", 2, "ac")]
)
def test_items_are_evenly_spaced(items, count, taken):
    assert "".join(spaced(items, count)) == taken


def test_a_file_that_is_wanted_whole_is_not_copied(tmp_path):
    source = tmp_path / "a.tsv"
    source.write_text("x\t1\n")
    assert cut(source, tmp_path / "out" / "a", None) == source
    assert not (tmp_path / "out").exists()


def test_parts_of_one_file_share_nothing(tmp_path):
    source = tmp_path / "a.json"
    source.write_text('[{"text": "a"}, {"text": "b"}, {"text": "c"}, {"text": "d"}, {"text": "e"}]')
    train, dev = cut(source, tmp_path / "t", 9, (0.0, 0.8)), cut(source, tmp_path / "d", 9, (0.8, 1.0))
    assert train.read_text() == '[{"text": "a"},\n{"text": "b"},\n{"text": "c"},\n{"text": "d"}]\n'
    assert dev.read_text() == '[{"text": "e"}]\n'


def test_a_question_is_cut_with_all_of_its_passages(shared, tmp_path):
    source = shared / BY_NAME["hotpotqa"].dev
    whole, few = (list(records(task("reranking"), str(file))) for file in (source, cut(source, tmp_path / "dev", 7)))
    queries = spaced([*dict.fromkeys(record.query for record in whole)], 7)
    assert [(r.query, r.passage) for r in few] == [(r.query, r.passage) for query in queries for r in whole if r.query == query]


ONE_A_ROW = [run for run in RUNS if run.task not in ("multilabel", "reranking")]


@pytest.mark.parametrize("run", ONE_A_ROW, ids=lambda run: run.name)
def test_a_cut_file_holds_the_records_of_its_source(run, shared, tmp_path):
    def read(file):
        return [(r.answer, r.field_names()) for r in records(task(run.task), str(file), run.mapping, run.format)]

    files = [shared / file for file in run.dev.split(",")]
    whole = read(",".join(map(str, files)))
    assert read(",".join(str(cut(file, tmp_path / "dev" / file.stem, 7)) for file in files)) == spaced(whole, 7)


def test_acos_becomes_sentences_with_their_categories(tmp_path):
    source = tmp_path / "rest16_quad_dev.tsv"
    source.write_text("good food , bad service\t1,2 FOOD#QUALITY 2 0,1\t4,5 SERVICE#GENERAL 0 3,4\t1,2 FOOD#QUALITY 1 0,1\n")
    found = list(records(task("multilabel"), str(categories(source, tmp_path / "out"))))
    assert [(r.text, r.answer) for r in found] == [("good food , bad service", ("FOOD#QUALITY", "SERVICE#GENERAL"))]
