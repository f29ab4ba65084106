"""Scores of rankings beside what trec_eval gave for the same run, query by query and in the mean, to the last digit it prints."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

from tasktune.metrics.retrieval import measured, ranked

NAMES = {"map": "map", "recip_rank": "mrr", "P_5": "p@5", "recall_20": "recall@20", "ndcg": "ndcg", "ndcg_cut_10": "ndcg@10"}


def test_every_figure_of_every_query_is_that_of_trec_eval(shared: Path) -> None:
    folder = shared / "oracles/trec_eval"
    judged: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for line in (folder / "qrels.txt").read_text("utf-8").splitlines():
        query, _, document, grade = line.split()
        judged[query][document] = int(grade)
    run: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for line in (folder / "cranfield_tfidf_run.txt").read_text("utf-8").splitlines():
        query, _, document, _, score, _ = line.split()
        run[query][document] = float(score)
    expected = json.loads((folder / "expected.json").read_text("utf-8"))
    ours = {query: measured(judged[query], ranked(run[query])) for query in expected["per_query"]}
    for query, figures in expected["per_query"].items():
        assert {name: f"{ours[query][mine]:.12f}" for name, mine in NAMES.items()} == {n: f"{figures[n]:.12f}" for n in NAMES}
    for name, mine in NAMES.items():
        mean = sum(each[mine] for each in ours.values()) / len(ours)
        assert f"{mean:.12f}" == f"{expected['mean'][name]:.12f}"
