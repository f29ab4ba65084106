"""VQA accuracy equals that of the official vqaEval.py, the scores of captions those of pycocoevalcap 1.2.

`vqa.jsonl` are answers of chance words, apostrophes and signs, with what vqaEval.py made of them; `captions.json` are captions of
chance words, with the figures of its CiderScorer, BleuScorer and Rouge (words parted by spaces alone: its tokenizer is Java).
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tasktune.metrics.bootstrap import Tally
from tasktune.metrics.captions import captions
from tasktune.metrics.vqa import agreed, normalised
from tasktune.tasks.captioning import Captioning

HERE = Path(__file__).parent
CASES = [json.loads(line) for line in (HERE / "vqa.jsonl").read_text("utf-8").splitlines()]


def test_answers_are_normalised_and_valued_as_officially() -> None:
    assert len(CASES) == 60
    for case in CASES:
        golds = case["golds"] * (1 if len(case["golds"]) > 1 else 10)
        assert normalised(case["said"]) == case["normalised"]
        assert agreed(golds, case["said"]) == pytest.approx(case["accuracy"], abs=6e-5)


def test_captions_are_scored_as_by_pycocoevalcap() -> None:
    official = json.loads((HERE / "captions.json").read_text("utf-8"))
    tally = Tally(captions, replicates=10)
    for each in official["captions"]:
        references = tuple(each["references"])
        tally.add(Captioning(images=(), references=references, answer=references[0]), each["said"])
    found = {name: score.value for name, score in tally.scores().values.items()}
    assert found["cider"] == pytest.approx(official["cider"], abs=1e-12)
    assert found["rougeL"] == pytest.approx(official["rougeL"], abs=1e-12)
    assert [found[f"bleu{n}"] for n in (1, 2, 3, 4)] == pytest.approx(official["bleu"], abs=1e-9)
