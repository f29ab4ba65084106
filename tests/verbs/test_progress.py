"""Progress is for terminals; elsewhere nothing is drawn, and everywhere all things go by, as they come."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tasktune.models.training import Step
from tasktune.scores import Score, Scores
from tasktune.verbs.progress import counted, say, steps


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # rich takes it for a terminal
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setenv("TERM", "xterm")


def test_nothing_is_drawn_where_there_is_no_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    assert list(counted("abc", "reading")) == ["a", "b", "c"]
    with steps("f1") as report:
        report(Step(1, 2, 0.5, 0.1, 9))
    assert capfd.readouterr() == ("", "")


@pytest.mark.usefixtures("terminal")
def test_a_terminal_shows_how_far_it_is_on_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    assert list(counted("abc", "reading")) == ["a", "b", "c"]
    with steps("f1") as report:
        report(Step(1, 2, 0.5, 0.1, 9, Scores("f1", {"f1": Score(0.75, 0.0, 1.0)})))
        report(Step(2, 2, 0.25, 0.1, 9))
    said = capfd.readouterr()
    assert said.out == ""
    assert all(words in said.err for words in ("reading", "3/3", "tuning", "2/2", "loss 0.250", "dev f1 0.7500"))


def test_things_are_asked_for_one_at_a_time() -> None:
    asked: list[int] = []

    def things() -> Iterator[int]:
        for number in range(3):
            asked.append(number)
            yield number

    going = counted(things(), "reading")
    assert (next(going), asked) == (0, [0])


def test_a_note_is_one_line_on_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    say("all is well")
    assert capfd.readouterr() == ("", "tasktune: all is well\n")
