"""Attachment scores beside what the official conll18_ud_eval printed, to its last digit."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records import MADE
from tasktune.answers import Dependency
from tasktune.datasets import records
from tasktune.metrics.aligned_words import aligned
from tasktune.metrics.bootstrap import Tally
from tasktune.tasks import task

PARSING = task("dependency-parsing")


def scores(pairs):
    tally = Tally(PARSING.metric)
    for record, answer in pairs:
        tally.add(record, answer)
    return {name: score.value for name, score in tally.scores().values.items()}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_scores_are_those_of_the_official_scorer(shared, language):
    folder = shared / "oracles/conll18"
    gold, said = ([*records(PARSING, str(folder / f"{language}_{side}.conllu"))] for side in ("gold", "sys"))
    printed = dict(re.findall(r"^(\w+) +\|.*\| +([\d.]+) \| ", (folder / f"{language}_expected.txt").read_text(), re.MULTILINE))
    ours = scores((record, other.answer) for record, other in zip(gold, said, strict=True))
    assert {name: f"{100 * ours[name]:.2f}" for name in ours} == {name: printed[name.upper()] for name in ours}
    assert set(ours) == {"las", "uas", "clas", "upos"}


def whole(file):
    """The sentences of a file as one record: the trees of several, side by side."""
    text, words = "", []
    for record in records(PARSING, str(file)):
        text, first = f"{text} {record.text}" if text else record.text, len(words)
        here = len(text) - len(record.text)
        moved = ((here + word.start, here + word.end, word.head and first + word.head) for word in record.answer)
        words += [replace(word, start=s, end=e, head=h) for word, (s, e, h) in zip(record.answer, moved, strict=True)]
    return replace(record, text=text, words=(), answer=tuple(words))


@pytest.mark.parametrize(
    ("gold", "said", "table"),
    [
        ("gold", "sys1", "sys1-expected.results"),  # other words, some in a multi-word token
        ("gold", "sys2", "sys2-expected.results"),  # other sentences
        ("gold", "sys-space", "sys-space-expected.results"),  # a word with a blank in it
        ("case-gold", "case-sys", "case-expected.results"),  # `zum` as `Zu dem` and as `zu dem`
        ("func-gold", "func-sys", "func-expected.counts"),
    ],
)
def test_other_words_are_aligned_as_by_the_official_scorer(shared, gold, said, table):
    folder = shared / "oracles/conll18/official_tests"
    ours, theirs = (whole(folder / f"{name}.conllu") for name in (gold, said))
    assert ours.text.split() == theirs.text.split()
    found = scores([(ours, theirs.answer)])
    columns = re.findall(r"^(\w+) +\| +([\d.]+) \| +([\d.]+) \| +([\d.]+) \|", (folder / table).read_text(), re.MULTILINE)
    for name, *figures in columns:
        if (own := found.get(name.lower())) is not None:
            first, second, third = map(float, figures)
            f1 = 100 * 2 * first / (second + third) if table.endswith("counts") else third
            assert f"{100 * own:.2f}" == f"{f1:.2f}", name
    assert set(found) == {"las", "uas", "clas", "upos"}


@pytest.mark.parametrize("name", ["sys1", "sys-space"])
def test_so_they_are_sentence_by_sentence(shared, name):
    folder = shared / "oracles/conll18/official_tests"
    gold, said = ([*records(PARSING, str(folder / f"{side}.conllu"))] for side in ("gold", name))
    apart = scores((record, other.answer) for record, other in zip(gold, said, strict=True))
    assert apart == scores([(whole(folder / "gold.conllu"), whole(folder / f"{name}.conllu").answer)])


def test_a_word_of_a_token_is_that_of_the_same_form_whichever_characters_it_has():
    text = "du pain"
    gold = (Dependency(0, 1, 3, "case", form="de"), Dependency(1, 2, 3, "det", form="le"), Dependency(3, 7, 0, "root"))
    whole = (Dependency(0, 2, 2, "case"), Dependency(3, 7, 0, "root"))
    other = (Dependency(0, 1, 3, "case", form="DE"), Dependency(1, 2, 3, "det", form="la"), Dependency(3, 7, 0, "root"))
    assert aligned(text, gold, gold) == {0: 0, 1: 1, 2: 2}
    assert aligned(text, gold, whole) == {1: 2}
    assert aligned(text, gold, other) == {0: 0, 2: 2}
    assert aligned(text, gold, ()) == {}


@given(MADE["dependency-parsing"], st.data())
def test_a_word_is_itself_whatever_stands_in_tokens(record, data):
    form = st.sampled_from(["", "", "a", "b"])
    tree = [replace(word, form=data.draw(form)) for word in record.answer]
    assert aligned(record.text, tree, tree) == {k: k for k in range(len(tree))}


@given(st.lists(st.tuples(MADE["dependency-parsing"], MADE["dependency-parsing"]), min_size=1, max_size=3))
def test_las_is_never_above_uas(pairs):
    found = scores((record, other.answer) for record, other in pairs)
    if found:
        assert not found["las"] > found["uas"]
