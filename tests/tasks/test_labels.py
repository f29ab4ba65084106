"""Labels out of rows: one, several, of a pair."""

import pytest

from rows import read
from tasktune.core import InputError
from tasktune.tasks import task


@pytest.mark.parametrize("label", ["-", "-1", -1])
def test_no_majority_of_annotators_is_no_answer(label):
    assert read("nli", premise="a", hypothesis="b", label=label).answer is None


@pytest.mark.parametrize(("label", "name"), [("x", "x"), (0, "0"), (True, "true"), ("", None), (None, None)])
def test_a_label_is_spelled_alike_alone_and_in_a_list(label, name):
    assert read("classification", text="a", label=label).answer == name
    if name is not None:
        assert read("multilabel", text="a", labels=[label]).answer == (name,)


@pytest.mark.parametrize(
    ("labels", "answer"),
    [
        ("b, a", ("a", "b")),
        ("a,,b,", ("a", "b")),
        ("none", ("none",)),
        (r"a\2c;b", (r"a\2c;b",)),
        ("", ()),
        ([], ()),
        (["a, b"], ("a, b",)),
        (None, None),
    ],
)
def test_several_labels_are_a_list_or_stand_between_commas(labels, answer):
    assert read("multilabel", text="a", labels=labels).answer == answer


@pytest.mark.parametrize("labels", [[""], ["a", ""], [None], [["a"]], 3, {"a": 1}, [0.5]])
def test_what_is_no_label_is_refused(labels):
    with pytest.raises(InputError, match="input 1: 'answer' must be a list of labels"):
        read("multilabel", text="a", labels=labels)


@pytest.mark.parametrize("name", ["classification", "regression"])
def test_the_second_text_of_a_pair_must_be_text(name):
    assert read(name, text="a", pair=None).pair == ""
    with pytest.raises(InputError, match="input 1: 'pair' must be text, but is 3"):
        read(name, text="a", pair=3)


@pytest.mark.parametrize(("given", "known"), [(0, "0"), ("x", "x"), ("", "input 1"), (None, "input 1")])
def test_a_record_is_named_by_its_id_even_where_that_is_0(given, known):
    assert read("classification", text="a", id=given).id == known


@pytest.mark.parametrize(("name", "texts"), [("regression", {"text": "a"}), ("reranking", {"query": "a", "passage": "b"})])
def test_a_number_is_finite_and_may_be_spelled(name: str, texts: dict[str, str]) -> None:
    assert [read(name, **texts, answer=given).answer for given in (3, "2.5", "", None)] == [3.0, 2.5, None, None]
    for given in ("much", "inf", float("nan"), 10**400, [1]):
        with pytest.raises(InputError, match="input 1: 'answer' must be a finite number, but is "):
            read(name, **texts, answer=given)


@pytest.mark.parametrize(("name", "cue"), [("classification", "Label:"), ("regression", "Score:")])
def test_one_text_or_two_are_asked_about(name, cue):
    framings = task(name)
    alone, pair = read(name, text="a"), read(name, text="a", pair="b")
    assert [framings.encoder.texts(record) for record in (alone, pair)] == [("a",), ("a", "b")]
    assert [str(framings.decoder.prompt(record)) for record in (alone, pair)] == [f"a\n{cue}", f"a\nSecond: b\n{cue}"]
