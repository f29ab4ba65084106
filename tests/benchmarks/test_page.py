"""The page says what the results say: who is better, by how much and how fast, and what has no reason yet."""

import pytest

from page import page, speed, verdict


def score(value, low=0.0, high=1.0):
    return {"value": value, "low": low, "high": high}


def row(ours=0.8, plain=0.7, p=0.01, seconds=(10.0, 20.0), *, higher_is_better=True, as_evaluated=True):
    return {
        "task": "ner",
        "model": "minilm",
        "records": [64, 20],
        "train": "all of `t`",
        "dev": "all of `d`",
        "date": "2026-01-01",
        "commit": "abc1234",
        "recipe": {"epochs": 4, "learning_rate": 1e-4, "batch_size": 16, "seed": 13},
        "tasktune": {
            "commands": ["tasktune fit ner", "tasktune evaluate m"],
            "wall": {"fit": 30.0, "evaluate": 5.0, "predict": 6.0},
            "evaluation": {"ceiling": {"f1": 0.99}},
            "baseline": {"f1": 0.3},
            "training": {"steps": 16, "seconds": seconds[0]},
            "steps_per_epoch": 4,
            "lost_in_training": {"split": {"count": 3, "records": ["a:1"]}},
        },
        "trainer": {"script": "trainer_tags.py", "tokens": 1000, "seconds": seconds[1], "wall": 40.0},
        "comparison": {
            "primary": "f1",
            "higher_is_better": higher_is_better,
            "p": p,
            "predict_scores_as_evaluate": as_evaluated,
            "scores": {"tasktune": {"f1": score(ours)}, "trainer": {"f1": score(plain)}},
        },
    }


def whole(**rows):
    return {"machine": {"processor": "one"}, "rows": rows}


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (row(), "better"),
        (row(ours=0.6), "worse"),
        (row(ours=0.6, p=0.2), "level"),
        (row(ours=0.6, higher_is_better=False), "better"),
        (row(ours=None), "level"),
        (row(p=float("nan")), "level"),
    ],
)
def test_the_verdict_weighs_the_difference_and_its_p(made, said):
    assert verdict(made) == said


def test_speed_counts_the_epochs_that_were_run():
    assert speed(row()) == (400.0, 200.0)
    stopped = row()
    stopped["tasktune"]["training"]["steps"] = 8  # early stopping: half the tokens
    assert speed(stopped) == (200.0, 200.0)


def test_a_row_shows_both_scores_with_their_intervals_and_what_has_been_published():
    published = {"score": "f1", "value": 0.9, "model": "BERT", "split": "test", "source": "a paper", "confirmed": False}
    said = page(whole(a=row()), {}, {"a": published})
    assert "0.800 (0.000–1.000) | 0.700 (0.000–1.000) | 0.010 | better | 0.300 | 0.990 | f1 0.900 |" in said
    assert "- a: f1 0.900, BERT, test, a paper, not looked up again" in said


def test_speed_is_shown_with_its_ratio_and_memory():
    made = row()
    made["tasktune"]["peak"] = 900
    assert "| a | 10 | 20 | 400 | 200 | 2.00 | 900 | – |" in page(whole(a=made), {}, {})


def test_a_run_that_goes_alone_has_no_verdict():
    alone = {**row(), "trainer": None}
    said = page(whole(a=alone), {}, {})
    assert "| 0.800 (0.000–1.000) | – | 0.010 | – | 0.300 | 0.990 | – |" in said
    assert "| a | 10 | – | – | – | – | – | – |" in said
    assert "; alone; lost in training" in said


def test_commands_are_there_to_be_copied():
    assert "```sh\ntasktune fit ner\ntasktune evaluate m\n```" in page(whole(a=row()), {}, {})


def test_what_was_lost_is_said():
    assert "lost in training: split 3" in page(whole(a=row()), {}, {})


def test_nothing_behind_is_said_to_be_nowhere():
    assert "\nNowhere.\n" in page(whole(a=row()), {}, {})


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (row(ours=0.6), "f1 0.600 against 0.700"),
        (row(seconds=(30.0, 20.0)), "133 tokens a second against 200"),
        (row(as_evaluated=False), "what `predict` wrote scores otherwise than what `evaluate` says"),
    ],
)
def test_what_is_behind_is_named_with_its_reason_or_the_lack_of_one(made, said):
    assert f"- **a**: {said}. The reason is not found yet." in page(whole(a=made), {}, {})
    assert f"- **a**: {said}. Because." in page(whole(a=made), {"a": "Because."}, {})


def test_startup_has_its_table():
    found = page({**whole(a=row()), "startup": {"help": {"best": 0.1, "median": 0.2, "times": 10}}}, {}, {})
    assert "| help | 0.10 | 0.20 | 10 |" in found
