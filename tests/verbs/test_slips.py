"""What a command's words are taken for before anything is loaded."""

from __future__ import annotations

from pathlib import Path

import pytest

import tasktune as tt
from tasktune.retrieval.search import Search
from tasktune.verbs.slips import filters

ROWS = """
{"text": "apple one", "year": 2024, "share": 0.5, "draft": true, "code": "007"}
{"text": "apple two", "year": 2025, "share": 0.25, "draft": false, "code": "7"}
{"text": "apple three", "year": "2024", "code": 7, "id": 18446744073709551616}
"""


@pytest.mark.parametrize(
    ("given", "numbers"),
    [
        (["year=2024"], {1, 3}),
        (["share=0.5"], {1}),
        (["share=0.50"], {1}),
        (["draft=true"], {1}),
        (["draft=false"], {2}),
        (["code=7"], {2, 3}),
        (["code=007"], {1}),
        (["year=2024", "year=2025", "draft=false"], {2}),
        (["id=18446744073709551616"], {3}),
        (["year=99999999999999999999999"], set()),
        (["year=NaN"], set()),
        (["year=" + "9" * 5000], set()),
        (["source=rows.jsonl#2"], {2}),
        (["page=3"], set()),
        (["year=[[[["], set()),
    ],
)
def test_a_filter_means_a_text_a_number_or_a_truth_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: list[str], numbers: set[int]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("rows.jsonl").write_text(ROWS.lstrip())
    tt.index("rows.jsonl", "kb.db", None)
    hits = tt.search("kb.db", "apple", how=Search(where=filters(given)))
    assert {int(hit.passage.source.partition("#")[2]) for hit in hits} == numbers
