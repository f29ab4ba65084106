"""A marked pair is seen by a model, and nothing of the text is lost for it."""

from hypothesis import given

from records import MADE
from tasktune.answers import Span
from tasktune.notations.marked import marked, untagged


def test_marks_stand_around_both_places_with_what_is_known_of_them():
    text, pair = "Ada saw London", (Span(0, 3, "person"), Span(8, 14, ""))
    assert marked(text, pair) == "@ * person * Ada @ saw # London #"
    assert marked(text, pair[::-1]) == "# ^ person ^ Ada # saw @ London @"


def test_places_on_top_of_each_other_are_marked_from_the_outside_in():
    assert marked("New York Times", (Span(0, 14, ""), Span(0, 8, ""))) == "@ # New York # Times @"


def test_tags_are_taken_out():
    assert untagged("a <e1>b</e1> <e2>c d</e2>.") == ("a b c d.", (Span(2, 3, ""), Span(4, 7, "")))
    assert untagged("<e2>b</e2> of <e1>c</e1>") == ("b of c", (Span(5, 6, ""), Span(0, 1, "")))
    for wrong in ("no tags", "<e1>a</e1>", "<e1>a</e1> <e1>b</e1>", "<e1></e1> <e2>b</e2>", "</e1>a<e1> <e2>b</e2>"):
        assert untagged(wrong) is None


@given(MADE["relation"])
def test_the_text_is_all_there_between_the_marks(record):
    made = iter(marked(record.text, record.pair))
    assert all(character in made for character in record.text)
