"""What users name as data: files, things in Python, and the table of data sets that come with the package."""

from pathlib import Path

import pytest

from tasktune.answers import Message
from tasktune.core import InputError, Lost
from tasktune.datasets import (
    DATASETS,
    as_record,
    by_task,
    mapping_for,
    questions,
    questions_of_several,
    records,
    train_and_dev,
)
from tasktune.readers import rows
from tasktune.tasks import NAMES, task, tasks_called
from tasktune.tasks.classification import Classification
from tasktune.tasks.ner import NER

MORE = ("aspect-polarity", "nli", "paraphrase", "question-answering", "relation", "reranking")  # these take more than a text
SEEN = ("captioning", "image-classification")  # and these take a picture, and no text
ALONE = [name for name in NAMES if name not in (*MORE, *SEEN)]


def test_every_data_set_is_there_and_reads():
    for name, row in DATASETS.items():
        assert row.name == name
        assert row.task in NAMES
        assert sum(1 for _ in rows(row.train)) > sum(1 for _ in rows(row.dev)) > 0
        assert row.what
        assert row.licence


def test_the_name_of_a_data_set_stands_for_its_files():
    ner, named = task("ner"), DATASETS["demo-ner"]
    assert train_and_dev(ner, "demo-ner", None) == (named.train, named.dev)
    assert train_and_dev(ner, "demo-ner", "mine.conll") == (named.train, "mine.conll")
    assert list(records(ner, "demo-ner")) == list(records(ner, named.dev))
    for use in (lambda: train_and_dev(task("pos"), "demo-ner", None), lambda: list(records(task("pos"), "demo-ner"))):
        with pytest.raises(InputError, match="demo-ner is for ner, not for pos"):
            use()


@pytest.mark.parametrize("given", ["London", "some text, with a comma", "x" * 5000, "long, " * 100])
def test_a_text_where_a_path_should_be_is_an_error_that_says_so(given):
    with pytest.raises(InputError, match="A text itself goes in"):
        list(records(task("ner"), given))


def asked(name: str, way: str, folder: Path):
    """The record of a text alone, given in one of the ways there are."""
    file = folder / ("a.txt" if way == "text file" else "a.csv")
    file.write_text("Hello\n" if way == "text file" else "id,text\n7,Hello\n", encoding="utf-8")
    if way == "as_record":
        return as_record(task(name), "Hello")
    given = {"list": ["Hello"], "mapping": [{"text": "Hello", "id": 7}]}.get(way, file)
    return next(questions(task(name), given, format="text" if way == "text file" else None))


@pytest.mark.parametrize("way", ["as_record", "list", "mapping", "text file", "table"])
@pytest.mark.parametrize("name", ALONE)
def test_a_text_alone_is_the_first_field_of_every_task(name, way, tmp_path):
    record = asked(name, way, tmp_path)
    first = getattr(record, record.field_names()[0])
    assert first == ((Message("user", "Hello"),) if name == "chat" else "Hello")
    assert record.answer == (() if name == "mask" else None)  # of a text without masks nothing is kept back


@pytest.mark.parametrize("name", SEEN)
def test_a_text_without_a_picture_is_refused(name):
    with pytest.raises(InputError, match="input 1: "):
        as_record(task(name), "Hello")


def test_a_premise_alone_is_refused():
    with pytest.raises(InputError, match="input 1: no 'hypothesis' here"):
        as_record(task("nli"), "Hello")


def test_a_text_with_its_answer_is_no_question_but_stays_what_it_is():
    [record] = questions(task("generation"), [{"prompt": "Once", "text": "Once upon"}])
    assert (record.prompt, record.answer) == ("Once", None)
    [raw] = records(task("generation"), [{"text": "Once upon"}])
    assert (raw.prompt, raw.answer) == ("", "Once upon")


def test_columns_are_named_for_mappings_in_python_too():
    given = [{"body": "good", "stars": 5}, Classification(text="bad", answer="1"), "so so"]
    found = list(records(task("classification"), given, {"text": "body", "answer": "stars"}))
    assert [(record.text, record.answer) for record in found] == [("good", "5"), ("bad", "1"), ("so so", None)]


@pytest.mark.parametrize("given", [3, None, NER(text="a")])
def test_what_is_no_record_of_the_task_is_refused(given):
    with pytest.raises(InputError, match="input 1 must be a text, a mapping of fields or a Classification"):
        list(records(task("classification"), [given]))


def test_files_are_given_by_task_or_for_all_that_have_none() -> None:
    names = ("pos", "dependency-parsing", "ner")
    assert by_task(names, ["ewt.conllu", "ner=a=b.conll"]) == {
        "pos": "ewt.conllu",
        "dependency-parsing": "ewt.conllu",
        "ner": "a=b.conll",
    }
    assert by_task(names, ["parsing=x", "pos=y"]) == {"dependency-parsing": "x", "pos": "y"}
    assert by_task(names, ["odd=name.conllu"]) == dict.fromkeys(names, "odd=name.conllu")
    for given, what in (
        (["a", "b"], "a and b: which is for which task"),
        (["pos=a", "pos=b"], "pos has a already"),
        (["pos=a", "ner=b", "parsing=c", "d"], "d is for no task"),
    ):
        with pytest.raises(InputError, match=what):
            by_task(names, given)


def test_a_mapping_is_for_the_tasks_that_have_the_field_or_are_named() -> None:
    tasks = tasks_called("pos+nli")
    mapping = {"text": "said", "premise": "first", "nli.answer": "gold", "nothing": "x"}
    assert mapping_for("pos", tasks, mapping) == {"text": "said", "nothing": "x"}
    assert mapping_for("nli", tasks, mapping) == {"premise": "first", "answer": "gold", "nothing": "x"}
    assert mapping_for("pos", tasks, None) == {}


def test_of_one_row_there_are_questions_for_each_task_that_finds_what_it_needs() -> None:
    lost = Lost()
    tasks = tasks_called("pos+nli")
    found = questions_of_several(tasks, ["It rains.", {"premise": "It rains.", "hypothesis": "It is wet."}], lost)
    assert [list(each) for each in found] == [["pos"], ["nli"]]
    assert lost.counts == {
        "nli: not asked, for want of what it asks about": 1,
        "pos: not asked, for want of what it asks about": 1,
    }
