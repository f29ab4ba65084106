"""The names of tasks, their own and others."""

import pytest

from tasktune.core import InputError
from tasktune.tasks import ALIASES, NAMES, task
from tasktune.verbs.tasks import listing, page


def test_names_are_in_order_and_no_name_means_two_tasks():
    others = [other for names in ALIASES.values() for other in names]
    assert list(NAMES) == sorted(NAMES)
    assert set(ALIASES) <= set(NAMES)
    assert len({*NAMES, *others}) == len(NAMES) + len(others)


@pytest.mark.parametrize(
    ("other", "name"),
    [
        ("sentiment", "classification"),
        ("topic", "classification"),
        ("spam", "classification"),
        ("intent", "classification"),
        ("qa", "question-answering"),
        ("sts", "regression"),
        ("similarity", "regression"),
        ("parsing", "dependency-parsing"),
        ("absa", "aspect-sentiment"),
    ],
)
def test_other_names_mean_the_same_task(other, name):
    assert task(other) is task(name)
    (line,) = (line for line in listing().splitlines() if line.split()[0] == name)
    assert other in line.partition("; also called ")[2].split(", ")
    assert page(other) == page(name)
    assert "Also called" in page(name)


def test_an_unknown_name_is_told_the_nearest():
    with pytest.raises(InputError, match=r"no task 'sentimnt'; there are: .*`tasktune tasks`\); did you mean sentiment\?$"):
        task("sentimnt")
