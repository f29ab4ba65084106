"""Colours: the same for a label wherever it appears, and far apart for labels that appear together."""

from __future__ import annotations

from colorsys import rgb_to_hls
from itertools import combinations

import pytest

from tasktune.heads.base import Scored
from tasktune.models.prediction import Prediction, colour
from tasktune.tasks import task

TOGETHER = {
    "CoNLL": ("PER", "LOC", "ORG", "MISC"),
    "demo": ("PERSON", "SHIP", "PORT", "COMPANY"),
    "WNUT": ("person", "location", "corporation", "group", "product", "creative-work"),
    "sentiment": ("positive", "negative", "neutral"),
}


def hue(label: str) -> float:
    """In degrees."""
    red, green, blue = (int(colour(label)[k : k + 2], 16) / 255 for k in (1, 3, 5))
    return 360 * rgb_to_hls(red, green, blue)[0]


@pytest.mark.parametrize("labels", TOGETHER.values(), ids=TOGETHER)
def test_labels_that_appear_together_are_told_apart(labels: tuple[str, ...]) -> None:
    apart = [abs(hue(a) - hue(b)) for a, b in combinations(labels, 2)]
    assert min(min(degrees, 360 - degrees) for degrees in apart) > 150 / len(labels)


def test_a_label_keeps_its_colour_from_run_to_run() -> None:
    assert colour("PER") == "#e996d7"


def test_a_tree_marks_each_word_with_its_relation() -> None:
    record = task("dependency-parsing").example[1]
    shown = Prediction(record, Scored(record.answer, 1.0)).__rich__().plain
    assert shown == "She nsubj sings root well advmod . punct"


def test_links_are_shown_behind_the_text_in_which_their_ends_are_marked() -> None:
    record = task("opinion-quadruples").example[0]
    shown = Prediction(record, Scored(record.answer, 1.0))._repr_html_()
    assert shown.count(">aspect<") == shown.count(">opinion<") == 1
    assert "soup | cold" in shown
    assert "– | –" in shown
