"""What a chain of thought comes to: read by rule, however it is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records import TEXTS
from tasktune.answers import Reasoned
from tasktune.notations import conclusions
from tasktune.notations.conclusions import KINDS, canonical, kind_of, read, write

OPTIONS = ("32400", "6000", "red car", "car", "none of these")


@pytest.mark.parametrize(
    ("written", "answer"),
    [
        ("1 + 1 is 2.\nThe answer is 2.", "2"),
        ("So 40 - 18 = <<40-18=22>>22.\n#### 22", "22"),
        ("#### $1,234.50", "1234.5"),
        ("Thus $\\boxed{\\frac{3}{4}}$.", "0.75"),
        ("\\boxed{\\text{about } -7}", "-7"),
        ("The answer is \\boxed{12}, as 12 = 4 * 3.", "12"),
        ("the final answer is: 5 + 7 = 12 apples.", "12"),
        ("Answer: 1/3", "1/3"),
        ("Answer:\n\n42", "42"),
        ("The answer is 1 1/2 cups.", "1.5"),
        ("The answer is 50%.", "50"),
        ("The answer is -3.", "-3"),
        ("The answer is \u22123.", "-3"),
        ("The answer is $-.50", "-0.5"),
        ("Of 10 he ate 3, and 7 were left", "7"),
        ("The answer is 10,00,000.", "1000000"),
        ("First the answer is 3. No: the answer is 4.", "4"),
        ("The answer is 007.0", "7"),
        ("\\boxed{1{,}200}", "1200"),
        ("The answer is 10\\,000.", "10000"),
        ("答案是：12", "12"),
        ("The answer is unknown.", None),
        ("I do not know.", None),
        ("The answer is 3/0.", None),
        ("", None),
    ],
)
def test_a_number_is_read_however_it_is_said(written, answer):
    found = read(written, "number")
    assert (found and found.answer) == answer


@pytest.mark.parametrize(
    ("written", "answer"),
    [
        ("The answer is B.", "B"),
        ("The answer is (b).", "B"),
        ("The answer is B) 6000.", "B"),
        ("The answer is option C", "C"),
        ("So it must be (B), as (A) is too much.\nAnswer: (B) 6000", "B"),
        ("The answer is 6,000? No: the answer is 6000.", "B"),
        ("The answer is a red car.", "C"),
        ("The answer is surely a car.", "D"),
        ("The answer is the car, none of these.", None),
        ("\\boxed{D}", "D"),
        ("(A) is wrong, so (E)", "E"),
        ("I think\nA", "A"),
        ("The answer is (Z).", None),
        ("The answer is A man.", None),
        ("Any of them", None),
        ("The answer is B because (A) and D are too much.", "B"),
        ("The answer is A because it is large.", "A"),
        ("B is the correct answer.", "B"),
        ("The answer is I think B.", "B"),
        ("The answer is I think B or D.", None),
        ("\\boxed{\\textbf{B}}", "B"),
        ("The answer is a carpet.", None),
        ("The answer is 60001.", None),
        ("The answer is 1.6000.", None),
        ("It is -6000 m.", None),
        ("The answer is B in the end.", "B"),
        ("The answer is A or B.", None),
        ("The answer is neither A nor B.", None),
        ("It is A, not B.", None),
    ],
)
def test_a_choice_is_read_by_its_letter_or_its_words(written, answer):
    found = read(written, "choice", OPTIONS)
    assert (found and found.answer) == answer


@pytest.mark.parametrize(
    ("conclusion", "choices", "answer"),
    [
        ("B cells, which make antibodies", ("B cells", "T cells"), "A"),
        ("D major because of its two sharps", ("C major", "D major", "G major", "A major"), "B"),
        ("-5", ("5", "-5"), "B"),
        ("B because B cells are not", ("B cells", "T cells"), "B"),
    ],
)
def test_letters_in_the_words_of_choices_are_words(conclusion, choices, answer):
    assert canonical(conclusion, "choice", choices) == answer


@pytest.mark.parametrize(("written", "answer"), [("答案是北京市。", "A"), ("答案是上海", "B"), ("答案是东京都", None)])
def test_a_choice_is_found_in_a_script_that_sets_no_words_apart(written, answer):
    found = read(written, "choice", ("北京", "上海", "京都府"))
    assert (found and found.answer) == answer


@pytest.mark.parametrize(
    ("written", "kind", "answer"),
    [
        ("He could. The answer is Yes, he could.", "yes-no", "yes"),
        ("not ( True ) is False", "yes-no", "false"),
        ("The answer is maybe.", "yes-no", None),
        ("The answer is ) ] }.", "text", ") ] }"),
        ("Sorted.\nabc def", "text", "abc def"),
        ("It is U.S.\nThe answer is U.S..", "text", "U.S."),
        ("The answer is (C).", "", "C"),
        ("The answer is 1,000.", "", "1000"),
        ("The answer is the moon.", "", "the moon"),
        ("The answer is true.", "", "true"),
    ],
)
def test_other_kinds_are_read_and_the_kind_is_told_where_none_is_given(written, kind, answer):
    found = read(written, kind)
    assert (found and found.answer) == answer


def test_what_stands_before_a_conclusion_is_the_reasoning():
    assert read("One.\nTwo.\nThe answer is 3.", "number") == Reasoned("3", "One.\nTwo.")
    assert read("One.\nSo \\boxed{3}", "number") == Reasoned("3", "One.\nSo \\boxed{3}")
    assert read("One.\n\\boxed{3}", "number") == Reasoned("3", "One.")
    assert read("Two and one, so the answer is 3.", "number") == Reasoned("3", "Two and one, so the answer is 3.")
    assert read("One.\n**Answer: 3**", "number") == Reasoned("3", "One.")
    assert read("One.\n#### 3", "number") == Reasoned("3", "One.")
    assert read("There are 3", "number") == Reasoned("3", "There are 3")


@given(TEXTS, TEXTS, st.sampled_from(KINDS))
def test_what_is_written_is_read(rationale, answer, kind):
    spelled = canonical(answer, kind)
    if spelled is not None:
        said = Reasoned(spelled, rationale.strip())
        assert read(write(said), kind) == said
        assert canonical(spelled, kind) == spelled


@given(st.fractions(max_denominator=10_000), st.sampled_from(("", "$", "The answer is ", "#### ")))
def test_any_number_is_read_as_its_value(value, before):
    found = read(f"{before}{value}", "number")
    assert found is not None
    assert conclusions.Fraction(found.answer) == value


@given(st.text())
def test_anything_can_be_read(written):
    for kind in ("", *KINDS):
        for choices in ((), OPTIONS):
            found = read(written, kind, choices)
            assert found is None or found.answer


def test_numbers_of_any_length_are_no_trouble():
    assert read("9" * 10_000, "number") is None
    assert read("9" * 1000, "number") == Reasoned("9" * 1000, "9" * 1000)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        *((number, "number") for number in ("42", "-1,000.50", "$5", "50 %", "1/2", "\\boxed{7}")),
        *((text, "text") for text in ("12/25/1937", "42 apples", "", "AB", "9" * 9999)),
        ("(B)", "choice"),
        ("Yes", "yes-no"),
    ],
)
def test_the_kind_is_told_from_the_answer(answer, kind):
    assert kind_of(answer) == kind
