"""Answers in columns: what is written in a word format is read as the same answer, and nothing of CoNLL-U is lost."""

from dataclasses import replace

import pytest

from tasktune.answers import Span, WordTag
from tasktune.core import InputError
from tasktune.datasets import records
from tasktune.notations.columns import as_columns, columns_of_several
from tasktune.readers import write
from tasktune.tasks import task


@pytest.mark.parametrize(
    ("name", "suffix"), [("ner", "conll"), ("pos", "conll"), ("pos", "conllu"), ("dependency-parsing", "conllu")]
)
def test_what_is_written_is_read(tmp_path, name, suffix):
    kind = task(name)
    file = tmp_path / f"answers.{suffix}"
    write(file, [as_columns(record, record.answer) for record in kind.example])
    read = [record.answer for record in records(kind, str(file))]
    surfaces = [[part.label for part in record.answer] for record in kind.example]
    assert [[part.label for part in answer] for answer in read] == surfaces


def test_conllu_keeps_comments_ranges_empty_nodes_and_other_columns(tmp_path):
    text = (
        "# sent_id = one\n# text = I don't.\n1\tI\tI\tPRON\tPRP\tCase=Nom\t3\tnsubj\t3:nsubj\t_\n"
        "2-3\tdon't\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No\n2\tdo\tdo\tAUX\tVBP\t_\t3\taux\t_\t_\n3\tn't\tnot\tPART\tRB\t_\t0\troot\t_\t_\n"
        "3.1\tgo\tgo\tVERB\t_\t_\t_\t_\t0:root\t_\n4\t.\t.\tPUNCT\t.\t_\t3\tpunct\t_\t_\n\n"
    )
    source, out = tmp_path / "in.conllu", tmp_path / "out.conllu"
    source.write_text(text)
    parsing = task("dependency-parsing")
    (record,) = records(parsing, str(source))
    write(out, [as_columns(record, record.answer)])
    assert out.read_text() == text
    other = tuple(replace(word, label="x", tag="X") for word in record.answer)
    write(out, [as_columns(record, other)])
    assert out.read_text() != text
    assert [word.label for word in next(iter(records(parsing, str(out)))).answer] == ["x"] * 4


def test_an_answer_that_is_not_about_words_has_no_columns():
    record = task("classification").example[0]
    with pytest.raises(InputError, match="Classification has no words to write in columns"):
        as_columns(record, record.answer)


@pytest.mark.parametrize("order", [("ner", "pos"), ("pos", "ner"), ("ner",), ("ner", "aspect-sentiment")])
def test_spans_of_several_tasks_are_all_noted_whichever_comes_first(order):
    said = {
        "ner": (Span(0, 3, "PER"),),
        "pos": (WordTag(0, 3, "PROPN"), WordTag(4, 9, "VERB")),
        "aspect-sentiment": (Span(4, 9, "POS"),),
    }
    columns = columns_of_several((task(name).record(text="Ada sings"), said[name]) for name in order)
    assert columns["misc"] == ["NE=B-PER", "NE=B-POS" if "aspect-sentiment" in order else "_"]
    assert ("upos" in columns) == ("pos" in order)
