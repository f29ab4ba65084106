"""Collections to search: BEIR's folders and SMART's, their judgments and runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tasktune.core import InputError
from tasktune.readers import rows

DOCUMENTS = [{"_id": "d1", "title": "Bees", "text": "fly home"}, {"_id": "d2", "title": "", "text": "ice floats"}]
QUERIES = [{"_id": "q1", "text": "bees"}, {"_id": "q2", "text": "never judged"}]


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    for name, given in (("corpus.jsonl", DOCUMENTS), ("queries.jsonl", QUERIES)):
        (tmp_path / name).write_text("".join(json.dumps(each) + "\n" for each in given), encoding="utf-8")
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td9\t1\n", encoding="utf-8")
    return tmp_path


def smart(folder: Path, qrels: str) -> Path:
    (folder / "cran.all.1400").write_text(".I 1\n.T\nbees\n.A\nx\n.W\nbees .\n fly home\n.I 2\n.T\nice\n.W\n", encoding="utf-8")
    (folder / "cran.qry").write_text(".I 001\n.W\nhow bees\nfly\n.I 004\n.W\nice\n", encoding="utf-8")
    (folder / "cranqrel").write_text(qrels, encoding="utf-8")
    return folder


def test_documents_stand_before_the_queries_that_were_judged(beir: Path) -> None:
    first, second, query = (dict(row.values) for row in rows(beir))
    assert first == {"id": "d1", "text": "Bees fly home", "answer": []}
    assert second == {"id": "d2", "text": "ice floats", "answer": []}
    grades = {"d1": 2, "d9": 1}  # one that is not in the collection counts all the same
    assert query == {"id": "q1", "text": "bees", "answer": grades, "passages": {"d1": "Bees fly home"}, "candidates": {}}


def test_one_of_several_judgments_is_named(beir: Path) -> None:
    (beir / "qrels" / "train.tsv").write_text("query-id\tcorpus-id\tscore\nq2\td2\t1\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"several files of judgments: test.tsv, train.tsv. Name one: .*qrels/test.tsv"):
        list(rows(beir))
    assert [row.id for row in rows(beir / "qrels" / "train.tsv")] == ["d1", "d2", "q2"]


def test_a_run_in_the_folder_names_candidates(beir: Path) -> None:
    (beir / "bm25.run").write_text("q1 Q0 d2 1 0.5 x\nq1 Q0 d7 2 0.25 x\n", encoding="utf-8")
    *_, query = rows(beir)
    assert query.values["candidates"] == {"d2": "ice floats"}


def test_smart_counts_queries_and_codes_grades_from_the_best(tmp_path: Path) -> None:
    one, two, first, second = (row.values for row in rows(smart(tmp_path, "1 1 1\n1 2 4\n2 1 -1\n2 2 5 \n")))
    assert (one["text"], two["text"]) == ("bees . fly home", "ice")
    assert (first["id"], first["text"], first["answer"]) == ("001", "how bees fly", {"1": 4, "2": 1})
    assert (second["id"], second["answer"]) == ("004", {"1": 0, "2": 0})


def test_judgments_in_four_columns_are_grades_as_they_stand(tmp_path: Path) -> None:
    *_, query = rows(smart(tmp_path, "1 0 2 1\n"))
    assert query.values["answer"] == {"2": 1}


@pytest.mark.parametrize(
    ("qrels", "said"),
    [
        ("3 1 1\n", "judgments of query 3, but 2 queries"),
        ("1 1 1\n1 one\n", r"cranqrel:2: a query, a document and its grade must stand here, but there is '1 one'"),
    ],
)
def test_judgments_that_fit_nothing_are_refused(tmp_path: Path, qrels: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        list(rows(smart(tmp_path, qrels)))


def test_a_folder_of_something_else_is_refused_with_what_is_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"has no documents .*corpus.jsonl, queries.jsonl and qrels/test.tsv"):
        list(rows(tmp_path))


def test_cranfield_is_read_whole(shared: Path) -> None:
    found = list(rows(shared / "retrieval/cranfield"))
    judged = {line.split()[0] for line in (shared / "oracles/trec_eval/qrels.txt").read_text("utf-8").splitlines()}
    assert [len(row.values) for row in found].count(3) == 1400
    assert len(found) - 1400 == len(judged) == 150
    expected: dict[str, dict[str, int]] = {}
    for line in (shared / "oracles/trec_eval/qrels.txt").read_text("utf-8").splitlines():
        query, _, document, grade = line.split()
        expected.setdefault(query, {})[document] = int(grade)
    assert [row.values["answer"] for row in found[1400:]] == list(expected.values())
