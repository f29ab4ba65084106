"""Named entities and parts of speech out of rows."""

import pytest

from rows import read
from tasktune.answers import Span, WordTag
from tasktune.core import InputError
from tasktune.datasets import records
from tasktune.tasks import task


def test_entities_of_a_text_with_words_point_into_that_text():
    record = read("ner", text="Mr.  Ada", tokens=["Mr.", "Ada"], entities=[[5, 8, "PER"]])
    assert (record.text, record.words, record.answer) == ("Mr.  Ada", ((0, 3), (5, 8)), (Span(5, 8, "PER"),))


def test_entities_by_label_and_surface_end_with_their_last_character():
    """As CLUENER 2020 (Xu et al.) has them."""
    record = read("ner", text="天津的天津市", label={"address": {"天津市": [[3, 5]], "天津": [[0, 1], [3, 4]]}, "name": {}})
    assert record.answer == (Span(0, 2, "address"), Span(3, 5, "address"), Span(3, 6, "address"))
    assert read("ner", text="天津", label={}).answer == ()


@pytest.mark.parametrize("place", [[0, 2], [1, 2], [5, 6], [-2, -1], 0, [0]])
def test_a_surface_that_does_not_stand_at_its_place_is_refused(place):
    with pytest.raises(InputError, match=r"input 1: '天津' \(address\) must stand"):
        read("ner", text="天津天津市", label={"address": {"天津": [place]}})


def test_the_entities_of_cluener_are_where_their_surfaces_stand(shared):
    read_all = list(records(task("ner"), shared / "ner/cluener/train.json"))
    found = [(span.label, record.text[span.start : span.end]) for record in read_all[:2] for span in record.answer]
    assert found[:3] == [("organization", "吉林省集邮协会"), ("name", "魏宏宇"), ("movie", "暗夜骑士》")]
    assert sum(len(record.answer) for record in read_all) == 3335


def test_tags_of_a_text_with_words_become_entities_of_that_text():
    assert read("ner", text="Mr.  Ada", tokens=["Mr.", "Ada"], ner_tags=["O", "B-PER"]).answer == (Span(5, 8, "PER"),)


@pytest.mark.parametrize("name", ["ner", "pos"])
@pytest.mark.parametrize("tags", [[0, 3], "O O", ["O"]])
def test_tags_must_be_one_name_a_word(name, tags):
    with pytest.raises(InputError, match=r"input 1: .*tags"):
        read(name, words=["Mr.", "Ada"], tags=tags)


def test_a_tag_of_no_scheme_is_refused_once_with_its_place():
    with pytest.raises(InputError, match=r"^input 1: 'X' is not a tag"):
        read("ner", words=["Ada"], tags=["X"])


def test_tags_may_be_named_as_the_answer():
    values = {"words": ["Ada", "sleeps"], "upos": ["N", "V"], "xpos": ["NNP", "VBZ"]}
    for field in ("answer", "tags"):
        (record,) = records(task("pos"), [values], {field: "xpos"})
        assert [tag.label for tag in record.answer] == ["NNP", "VBZ"]
    assert [tag.label for tag in read("pos", **values).answer] == ["N", "V"]


NER_SETS = {  # records and entities
    "ner/weibo/weiboNER_2nd_conll.dev": (270, 389),
    "ner/resume/dev.char.bmes": (463, 1497),
    "ner/msra/sentences.txt,ner/msra/tags.txt": (1200, 2071),
    "ner/ncbi_disease/devel.tsv": (923, 787),
    "ner/wnut17/emerging.dev.conll": (1009, 836),
}


@pytest.mark.parametrize("names", NER_SETS)
def test_entities_of_the_usual_sets_need_no_options(shared, names):
    """Every tag that begins an entity does, and no entity begins or ends inside of a word."""
    files = [shared / name for name in names.split(",")]
    found = list(records(task("ner"), ",".join(map(str, files))))
    begun = sum(line.count("B-") + line.count("S-") for line in files[-1].read_text("utf-8").split("\n"))
    assert len(found) == NER_SETS[names][0]
    assert sum(len(record.answer) for record in found) == NER_SETS[names][1] == begun
    assert not sum(task("ner").encoder.lost(record) for record in found)


def test_word_tags_may_be_objects():
    tags = [{"start": 4, "end": 10, "label": "V"}, {"start": 0, "end": 3, "label": "N"}]
    record = read("pos", text="Ada sleeps", answer=tags)
    assert record.words == ((0, 3), (4, 10))
    assert record.answer == (WordTag(0, 3, "N"), WordTag(4, 10, "V"))


@pytest.mark.parametrize("answer", ["N", [1], [[0, 3, 1]], [[0, 99, "N"]], [[0, 3, "N"], [2, 4, "V"]]])
def test_objects_that_are_no_words_of_the_text_are_refused(answer):
    with pytest.raises(InputError, match="input 1: "):
        read("pos", text="Ada sleeps", answer=answer)
