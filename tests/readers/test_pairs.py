"""Sentences with a marked pair: rows out of them, and errors with their line."""

import pytest

from tasktune.core import InputError
from tasktune.readers import rows

TEXT = '1\t"The <e1>child</e1> of a <e2>smith</e2>."\nOther\nComment: none\n\n2\t"<e2>b</e2> <e1>c</e1>"\n'


def test_a_row_a_sentence(tmp_path):
    file = tmp_path / "pairs.txt"
    file.write_text(TEXT)
    first, second = rows(file)
    assert first.values == {"id": "1", "text": "The <e1>child</e1> of a <e2>smith</e2>.", "answer": "Other"}
    assert second.values == {"id": "2", "text": "<e2>b</e2> <e1>c</e1>"}
    assert second.where.endswith("pairs.txt:5")


def test_sentences_without_relations_follow_each_other(tmp_path):
    file = tmp_path / "pairs.txt"
    file.write_text('1\t"<e1>a</e1> <e2>b</e2>"\n2\t"<e1>c</e1> <e2>d</e2>"\nOther\n3\t"<e1>e</e1> <e2>f</e2>"\n')
    found = list(rows(file))
    assert [(row.values["id"], row.values.get("answer")) for row in found] == [("1", None), ("2", "Other"), ("3", None)]
    assert [row.where.rpartition(":")[2] for row in found] == ["1", "2", "4"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (TEXT + "\n3 no tab\n", "pairs.txt:7: not a number, a tab"),
        (TEXT + 'x\t"<e1>a</e1> alone"\n', "pairs.txt:6: more than a relation"),
        (TEXT.replace("Comment: none", "Cause"), "pairs.txt:3: more than a relation under one sentence"),
    ],
)
def test_what_is_none_is_refused_with_its_line(tmp_path, text, told):
    file = tmp_path / "pairs.txt"
    file.write_text(text)
    with pytest.raises(InputError, match=told):
        list(rows(file))


def test_the_shared_files_are_read(shared):
    assert len(list(rows(shared / "relation/semeval2010_task8/DEV_FILE.TXT"))) == 800
