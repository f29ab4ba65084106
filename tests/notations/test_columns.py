"""Answers in columns: what is written in a word format is read as the same answer, and nothing of CoNLL-U is lost."""

from dataclasses import replace

import pytest

from tasktune.answers import Dependency, Span, WordTag
from tasktune.core import InputError
from tasktune.datasets import as_record, records
from tasktune.notations.columns import as_columns, columns_of_several
from tasktune.notations.plain import record_as_json
from tasktune.readers import conllu, write
from tasktune.tasks import task
from tasktune.tasks.dependency_parsing import DependencyParsing
from tasktune.tasks.ner import NER
from tasktune.tasks.pos import POS


@pytest.mark.parametrize(
    ("name", "suffix"), [("ner", "conll"), ("pos", "conll"), ("pos", "conllu"), ("dependency-parsing", "conllu")]
)
def test_what_is_written_is_read(tmp_path, name, suffix):
    kind = task(name)
    file = tmp_path / f"answers.{suffix}"
    write(file, [row for record in kind.example for row in as_columns(record, record.answer)])
    read = [record.answer for record in records(kind, str(file))]
    surfaces = [[part.label for part in record.answer] for record in kind.example]
    assert [[part.label for part in answer] for answer in read] == surfaces


SENTENCE = (
    "# sent_id = one\n# text = I don't.\n1\tI\tI\tPRON\tPRP\tCase=Nom\t3\tnsubj\t3:nsubj\t_\n"
    "2-3\tdon't\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No\n2\tdo\tdo\tAUX\tVBP\t_\t3\taux\t_\t_\n3\tn't\tnot\tPART\tRB\t_\t0\troot\t_\t_\n"
    "3.1\tgo\tgo\tVERB\t_\t_\t_\t_\t0:root\t_\n4\t.\t.\tPUNCT\t.\t_\t3\tpunct\t_\t_\n\n"
)
FUSED = SENTENCE.replace("don't", "dont").replace("n't", "not")  # `dont` is `do` and `not`


def one(tmp_path, name, text, mapping=None):
    (tmp_path / "in.conllu").write_text(text)
    (record,) = records(task(name), str(tmp_path / "in.conllu"), mapping)
    return record


def written(*said):
    return "".join(conllu.write(columns_of_several(said)))


@pytest.mark.parametrize("name", ["dependency-parsing", "pos", "ner"])
@pytest.mark.parametrize("text", [SENTENCE, FUSED])
def test_conllu_keeps_comments_ranges_empty_nodes_and_other_columns(tmp_path, name, text):
    record = one(tmp_path, name, text)
    assert record.text == ("I don't." if text is SENTENCE else "I dont.")
    assert written((record, record.answer)) == text
    assert as_columns(record, record.answer)[0]["words"] == ["I", "do", "n't" if text is SENTENCE else "not", "."]
    again = as_record(task(name), record_as_json(record))
    assert again == record
    assert hash(again) == hash(record)


def test_only_what_is_said_is_written_anew(tmp_path):
    tree = one(tmp_path, "dependency-parsing", SENTENCE)
    other = tuple(replace(word, label="x", tag="X") for word in tree.answer)
    told = [line.split("\t") for line in written((tree, other)).splitlines() if line[:1].isdigit()]
    assert [cells[7] for cells in told if cells[0].isdigit()] == ["x"] * 4
    assert [cells[3] for cells in told if cells[0].isdigit()] == ["X"] * 4
    assert [cells[4] for cells in told] == ["PRP", "_", "VBP", "RB", "_", "."]


@pytest.mark.parametrize("name", ["dependency-parsing", "pos"])
def test_who_was_not_answered_is_not_given_the_answer_of_the_file(tmp_path, name):
    record = one(tmp_path, name, SENTENCE)
    (columns,) = as_columns(record, None)
    assert columns["upos" if name == "pos" else "deprel"] == ["_"] * 4


def test_tags_go_into_the_column_that_they_are_of(tmp_path):
    record = one(tmp_path, "pos", SENTENCE, {"answer": "xpos"})
    said = tuple(replace(tag, label="ADV") for tag in record.answer)  # of the German tag set, too
    (columns,) = as_columns(record, said)
    assert columns["xpos"] == ["ADV"] * 4
    assert columns["upos"] == ["PRON", "AUX", "PART", "PUNCT"]
    raw = POS(text="She sings")
    assert "xpos" not in as_columns(raw, (WordTag(0, 3, "PRON"), WordTag(4, 9, "VERB")))[0]
    assert as_columns(raw, (WordTag(0, 3, "PRP"), WordTag(4, 9, "VBZ")))[0]["xpos"] == ["PRP", "VBZ"]


def test_tags_of_a_language_leave_those_of_the_parser_alone(tmp_path):
    tree, tagged = one(tmp_path, "dependency-parsing", SENTENCE), one(tmp_path, "pos", SENTENCE, {"answer": "xpos"})
    hung = tuple(replace(word, head=0 if k == 0 else 1, tag="X") for k, word in enumerate(tree.answer))
    (columns,) = columns_of_several([(tagged, tagged.answer), (tree, hung)])
    assert columns["head"] == [0, 1, 1, 1]  # and not what the file had
    assert (columns["upos"], columns["xpos"]) == (["X"] * 4, ["PRP", "VBP", "RB", "."])


def test_entities_go_into_misc_and_take_the_place_of_those_that_were_there(tmp_path):
    text = SENTENCE.replace("3:nsubj\t_", "3:nsubj\tNE=B-LOC|Lang=en")
    record = one(tmp_path, "ner", text)
    assert written((record, (Span(0, 1, "PER"),))) == text.replace("NE=B-LOC|Lang=en", "Lang=en|NE=B-PER")
    assert written((record, ())) == text.replace("NE=B-LOC|", "")


def test_raw_text_is_written_with_its_text_and_a_name():
    record = NER(text="Ada\nsings  well.", id="texts of mine.txt:3")
    assert written((record, (Span(0, 3, "PER"),))).splitlines() == [
        "# sent_id = texts_of_mine.txt:3",
        "# text = Ada sings well.",
        "1\tAda\t_\t_\t_\t_\t_\t_\t_\tNE=B-PER",
        "2\tsings\t_\t_\t_\t_\t_\t_\t_\t_",
        "3\twell\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No",
        "4\t.\t_\t_\t_\t_\t_\t_\t_\t_",
        "",
    ]


def test_raw_text_is_a_sentence_each_with_a_tree_of_its_own():
    record = NER(text="Dogs bark.  Cats sleep!", id="a:1")
    tree = DependencyParsing(text=record.text, id="a:1")
    places = [(0, 4), (5, 9), (9, 10), (12, 16), (17, 22), (22, 23)]
    heads = [2, 0, 2, 5, 0, 5]
    said = tuple(Dependency(*place, head, "root" if head == 0 else "dep") for place, head in zip(places, heads, strict=True))
    one, other = columns_of_several([(record, (Span(0, 4, "DOG"),)), (tree, said)])
    assert (one["comments"], other["comments"]) == (
        ["# sent_id = a:1#1", "# text = Dogs bark."],
        ["# sent_id = a:1#2", "# text = Cats sleep!"],
    )
    assert (one["head"], other["head"]) == ([2, 0, 2], [2, 0, 2])
    assert (one["words"], other["words"]) == (["Dogs", "bark", "."], ["Cats", "sleep", "!"])
    assert (one["misc"][0], other["misc"]) == ("NE=B-DOG", ["_", "SpaceAfter=No", "_"])
    assert as_columns(NER(text=" \n "), ()) == []


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
    (columns,) = columns_of_several((task(name).record(text="Ada sings"), said[name]) for name in order)
    assert columns["misc"] == ["NE=B-PER", "NE=B-POS" if "aspect-sentiment" in order else "_"]
    assert ("upos" in columns) == ("pos" in order)
