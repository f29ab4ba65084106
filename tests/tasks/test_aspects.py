"""Aspects of opinions out of rows: found with their polarity, or given."""

from ast import literal_eval
from collections import Counter

import pytest

from rows import read
from tasktune.answers import Span
from tasktune.core import InputError
from tasktune.datasets import records
from tasktune.tasks import task


def test_tags_say_place_and_polarity_at_once():
    record = read("aspect-sentiment", words=["good", "battery", "life"], tags=["O", "B-POS", "I-POS"])
    assert (record.text, record.answer) == ("good battery life", (Span(5, 17, "POS"),))


def test_an_aspect_next_to_another_of_its_polarity_is_kept_apart():
    framing = task("aspect-sentiment").encoder
    record = read("aspect-sentiment", words=["food", "wine"], tags=["B-POS", "B-POS"])
    assert framing.write(record) == ("B-POS", "B-POS")
    assert framing.inventory(framing.names(record)) == ("B-POS", "I-POS", "O")


def test_aspects_of_triplets_are_named_once_and_those_that_stand_nowhere_left_out():
    def link(aspect, opinion):
        return {"source": aspect and {"start": aspect[0], "end": aspect[1], "label": "aspect"}, "target": opinion, "label": "POS"}

    record = read("aspect-sentiment", text="good cheap food", answer=[link((11, 15), 1), link((11, 15), 2), link(None, 3)])
    assert record.answer == (Span(11, 15, "POS"),)


def test_the_polarity_of_one_aspect_is_of_another_task():
    with pytest.raises(InputError, match=r"'answer' is 'neutral', of one aspect.* the task is aspect-polarity"):
        read("aspect-sentiment", text="the $T$ died", aspect="hinge", label="neutral")


def test_the_aspects_of_aste_data_are_those_that_its_triplets_name(shared):
    file = shared / "absa/aste_v2/14lap/train_triplets.txt"
    lists = [literal_eval(line.partition("####")[2]) for line in file.read_text("utf-8").splitlines()]
    named = Counter(polarity for triplets in lists for _, polarity in {(tuple(t[0]), t[2]) for t in triplets})
    assert Counter(span.label for record in records(task("aspect-sentiment"), file) for span in record.answer) == named
    assert named.total() == 1281


def test_a_mark_stands_for_the_aspect_and_its_first_place_is_asked_about():
    record = read("aspect-polarity", text="so $T$ is $T$", aspect="art", polarity="neutral")
    assert (record.text, record.aspect, record.place, record.answer) == ("so art is art", "art", (3, 6), "neutral")
    assert task("aspect-polarity").encoder.texts(record) == ("so @ art @ is art", "art")


@pytest.mark.parametrize("place", [[10, 13], {"start": 10, "end": 13, "label": ""}])
def test_a_place_tells_one_of_several(place):
    record = read("aspect-polarity", text="so art is art", place=place, polarity="neutral")
    assert (record.aspect, record.place) == ("art", (10, 13))
    assert task("aspect-polarity").encoder.texts(record) == ("so art is @ art @", "art")


def test_an_aspect_without_a_place_is_found_and_a_category_stands_alone():
    found, category = (read("aspect-polarity", text="The smart art .", aspect=aspect) for aspect in ("art", "price"))
    assert task("aspect-polarity").encoder.texts(found) == ("The smart @ art @ .", "art")
    assert task("aspect-polarity").encoder.texts(category) == ("The smart art .", "price")


@pytest.mark.parametrize(
    ("place", "told"), [([0, 2], "at .* stands 'so'"), ([3, 99], "a span must be"), (3, "a span must be"), ([], "a span must be")]
)
def test_a_place_where_something_else_stands_is_refused(place, told):
    with pytest.raises(InputError, match=told):
        read("aspect-polarity", text="so art is art", aspect="art", place=place)


@pytest.mark.parametrize(
    ("label", "answer"), [("1", "yes"), (0, "no"), (True, "yes"), ("False", "no"), ("YES", "yes"), ("", None), (None, None)]
)
def test_whether_two_texts_say_the_same_is_yes_or_no(label, answer):
    assert read("paraphrase", sentence1="a", sentence2="b", label=label).answer == answer


def test_other_labels_are_no_answer_of_paraphrase():
    with pytest.raises(InputError, match="one of yes, no, 1, 0, true, false, but is '2'"):
        read("paraphrase", sentence1="a", sentence2="b", label="2")


def test_quotes_in_mrpc_are_text(shared):
    file = shared / "paraphrase/mrpc/msr-para-val.tsv"
    found = [(record.text, record.pair) for record in records(task("paraphrase"), file)]
    assert found == [tuple(line.split("\t")[3:]) for line in file.read_text("utf-8").rstrip("\n").split("\n")[1:]]
    assert any(text.count('"') % 2 for pair in found for text in pair)
