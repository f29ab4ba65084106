"""Opinions and relations out of rows, and what of them an encoder cannot say."""

import pytest

from tasktune.answers import Link, Span
from tasktune.core import InputError
from tasktune.datasets import as_record
from tasktune.notations.columns import as_columns
from tasktune.notations.plain import answer_as_json
from tasktune.tasks import task

TEXT = "Ada left Ada"
ADA, LEFT, AGAIN = Span(0, 3, "PER"), Span(4, 8, "ORG"), Span(9, 12, "PER")


def relations(**given):
    return as_record(task("relation-extraction"), given).answer


def test_the_ways_in_which_relations_are_stated():
    expected = (ADA, LEFT, Link(ADA, LEFT, "Work_For"))
    words = TEXT.split()
    tagged = {"words": words, "tags": ["B-PER", "B-ORG", "O"], "relations": [[0, 1, "Work_For"]]}
    spert = {
        "tokens": words,
        "entities": [{"type": "PER", "start": 0, "end": 1}, {"type": "ORG", "start": 1, "end": 2}],
        "relations": [{"type": "Work_For", "head": 0, "tail": 1}],
        "orig_id": 5,
    }
    places = [{"start": 0, "end": 3, "label": "PER"}, {"start": 4, "end": 8, "label": "ORG"}]
    linked = {"source": places[0], "target": places[1], "label": "Work_For"}
    assert relations(**tagged) == relations(**spert) == relations(text=TEXT, answer=[linked]) == expected
    assert relations(text=TEXT, answer=[linked, linked, *places]) == expected
    assert relations(text=TEXT) is None


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"answer": "x"}, "'answer' must be a list"),
        ({"answer": [{"source": None, "target": None}]}, "a link must be"),
        ({"answer": [{"source": None, "target": [0, 3, "PER"], "label": "x"}]}, "an end of one is nowhere"),
        ({"answer": [{"start": 0, "end": 13, "label": "PER"}]}, "a span must be"),
        ({"words": ["Ada"], "tags": ["B-PER"], "relations": [[0, 1, "x"]]}, "a relation must be"),
        ({"words": ["Ada"], "tags": ["B-PER"], "relations": 3}, "'relations' must be a list"),
        ({"words": ["Ada"], "tags": ["PER"]}, "'PER' is not a tag"),
        ({"words": ["Ada"], "entities": [{"type": "PER", "start": 0, "end": 2}]}, "an entity must be"),
    ],
)
def test_what_is_no_answer_is_refused(given, told):
    with pytest.raises(InputError, match=told):
        relations(**{"text": TEXT, **given} if "words" not in given else given)


@pytest.mark.parametrize("part", [{"source": [0, 3, "aspect"], "target": None, "label": "POS"}, [0, 3, "aspect"]])
def test_a_triplet_has_both_ends(part):
    with pytest.raises(InputError, match="found by opinion-quadruples"):
        as_record(task("opinion-triplets"), {"text": TEXT, "answer": [part]})


def test_the_kinds_of_an_opinions_ends_may_be_left_out():
    answer = [{"source": {"start": 0, "end": 3}, "target": None, "label": "A positive"}]
    assert as_record(task("opinion-quadruples"), {"text": TEXT, "answer": answer}).answer == (
        Link(Span(0, 3, "aspect"), None, "A positive"),
    )


def test_what_an_encoder_cannot_say_is_counted():
    framing, kind = task("relation-extraction").encoder, task("relation-extraction").record
    inside, over = Span(1, 3, "PER"), Span(0, 8, "ORG")
    said = (ADA, AGAIN, Link(ADA, AGAIN, "x"))
    for lost in (inside, over, Link(ADA, AGAIN, "y")):
        record = kind(text=TEXT, answer=(*said, lost))
        assert framing.read(record, framing.write(record), ()) == said
        assert framing.lost(record) == 1
    assert framing.lost(kind(text=TEXT, answer=(*said, over, Link(over, ADA, "x")))) == 2


def test_links_as_json_and_in_no_columns():
    record = as_record(task("opinion-triplets"), {"text": TEXT, "answer": []})
    link = Link(Span(0, 3, "aspect"), None, "POS")
    (shown,) = answer_as_json((link,), TEXT, (0.5,))
    assert shown == {
        "source": {"start": 0, "end": 3, "label": "aspect", "text": "Ada"},
        "target": None,
        "label": "POS",
        "score": 0.5,
    }
    with pytest.raises(InputError, match="links between spans are no columns"):
        as_columns(record, (link,))
