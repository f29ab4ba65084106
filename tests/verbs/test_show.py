"""Scores, ceilings, baselines and what was lost, as people see them; figures on standard output, losses on standard error."""

from __future__ import annotations

import math

import pytest

from tasktune.core import Lost
from tasktune.models.evaluation import Evaluation
from tasktune.passages import Hit, Passage
from tasktune.scores import Score, Scores
from tasktune.verbs.show import show_evaluation, show_hits, show_lost

SCORES = Scores("f1", {"f1": Score(0.51239, 0.25, 0.75), "perplexity": Score(123.456, math.nan, math.nan)})


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")


def test_a_figure_its_interval_and_its_ceiling_stand_in_a_row(capsys: pytest.CaptureFixture[str]) -> None:
    show_evaluation(Evaluation("ner", 12, SCORES, {"f1": 0.99}, {"ece_before": 0.2, "ece_after": 0.1}, Lost()))
    said = capsys.readouterr()
    lines = [line.split() for line in said.out.splitlines()]
    assert lines[0] == ["ner,", "12", "records"]
    assert lines[1] == ["score", "value", "95", "%", "interval", "ceiling"]
    assert ["f1", "0.5124", "0.2500", "–", "0.7500", "0.9900"] in lines
    assert ["perplexity", "123.5", "–", "–", "–", "–"] in lines
    assert "expected calibration error 0.2000, 0.1000 with the fitted temperature" in said.out
    assert said.err == ""


def test_what_is_not_known_has_no_column(capsys: pytest.CaptureFixture[str]) -> None:
    show_evaluation(Evaluation("chat", 1, SCORES, {}, {}, Lost()))
    shown = capsys.readouterr().out
    assert shown.startswith("chat, 1 record ")
    assert "ceiling" not in shown
    assert "calibration" not in shown


def test_what_was_lost_is_counted_and_named_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    lost = Lost()
    for number in range(7):
        lost.add("texts cut", f"a.txt:{number}")
    show_lost(lost)
    said = capsys.readouterr()
    assert said.err == "texts cut: 7 (first: a.txt:0, a.txt:1, a.txt:2, a.txt:3, a.txt:4)\n"
    assert said.out == ""


def test_what_spells_a_picture_is_shown_as_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    show_hits(":x:", [Hit(Passage(":x:.txt", 0, 9, "std:vector:x: 1", (":x:",)), 1.0)])
    assert capsys.readouterr().out == ":x:\n  1. :x:.txt (0–9) › :x:  1.0000\n     std:vector:x: 1\n"


def test_what_steers_a_terminal_is_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    show_hits("q", [Hit(Passage("a.txt", 0, 9, "safe\x1b[2J\x1b]0;title\x07 \u202eword", ("\x9bhead",)), 1.0)])
    assert capsys.readouterr().out == "q\n  1. a.txt (0–9) › head  1.0000\n     safe[2J]0;title word\n"
