"""WikiText's articles."""

from tasktune.readers import rows

TEXT = " \n = Lobster = \n \n It is = blue = . \n\n = = Claws = = \n \n Two . \n \n = 3 = \n x\n"


def test_an_article_is_a_text_with_its_headings_and_its_place(file):
    found = list(rows(file(TEXT, "wiki.txt")))
    assert [row.values["text"] for row in found] == [" = Lobster = \n It is = blue = . \n = = Claws = = \n Two . ", " = 3 = \n x"]
    assert [row.where.rpartition(":")[2] for row in found] == ["2", "10"]


def test_what_stands_before_the_first_title_is_a_text(values):
    assert values("a\n\n = B = \nc\n", "wikitext") == [{"text": "a"}, {"text": " = B = \nc"}]


def test_documents_that_begin_with_no_title_are_none_of_it(file):
    assert [row.values["text"] for row in rows(file("a\n\n = B = \n", "wiki.txt"), "documents")] == ["a", " = B = "]
