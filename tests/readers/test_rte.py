"""RTE's pairs: the texts of each, its answer by one name whatever the challenge calls it, and errors with their line."""

from collections import Counter
from pathlib import Path

import pytest

from tasktune.core import InputError
from tasktune.datasets import records
from tasktune.readers import rows
from tasktune.tasks import task

ALIKE = {"TRUE": "entailment", "FALSE": "not_entailment", "YES": "entailment", "NO": "not_entailment", "UNKNOWN": "neutral"}


def written(folder: Path, pairs: str) -> Path:
    file = folder / "pairs.xml"
    file.write_text(f'<?xml version="1.0"?>\n<entailment-corpus>\n{pairs}\n</entailment-corpus>\n', encoding="utf-8")
    return file


@pytest.mark.parametrize("name", ["value", "entailment"])
@pytest.mark.parametrize("said", ALIKE)
def test_a_row_a_pair(tmp_path: Path, name: str, said: str) -> None:
    pair = f'<pair id="8" {name}="{said}" task="IR">\n<t>It fell\n to $3 &amp; less</t><h>It fell.</h></pair>'
    (row,) = rows(written(tmp_path, pair))
    told = {"premise": "It fell to $3 & less", "hypothesis": "It fell.", "answer": ALIKE[said], "id": "8", "task": "IR"}
    assert row.values == told
    assert row.where.endswith("pairs.xml:3")


def test_a_pair_without_an_answer_is_one_to_be_asked_about(tmp_path: Path) -> None:
    (record,) = records(task("nli"), written(tmp_path, "<pair><t>a</t><h>b</h></pair>"))
    assert (record.premise, record.hypothesis, record.answer) == ("a", "b", None)


@pytest.mark.parametrize(
    ("pair", "told"),
    [
        ("<pair><t>a</t></pair>", r"pairs.xml:3: this pair has no <h>"),
        ('<pair value="MAYBE"><t>a</t><h>b</h></pair>', r"pairs.xml:3: the answer of this pair is 'MAYBE'"),
        ("<pair><t>&bomb;</t><h>b</h></pair>", r"pairs.xml:3: "),
    ],
)
def test_what_is_none_is_refused_with_its_line(tmp_path: Path, pair: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        list(rows(written(tmp_path, pair)))


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    file = tmp_path / "bomb.xml"
    file.write_text('<!DOCTYPE entailment-corpus [<!ENTITY a "aa">]>\n<entailment-corpus/>\n', encoding="utf-8")
    with pytest.raises(InputError, match="the entity 'a' is the file's own"):
        list(rows(file))


@pytest.mark.parametrize(("number", "holds", "does_not"), [(1, 283, 284), (2, 210, 190), (3, 412, 388)])
def test_the_answers_of_real_files(shared: Path, number: int, holds: int, does_not: int) -> None:
    answers = Counter(record.answer for record in records(task("nli"), shared / f"nli/rte/rte{number}_dev.xml"))
    assert answers == {"entailment": holds, "not_entailment": does_not}
