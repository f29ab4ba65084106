"""METEOR's words, its alignment and its figures, without the program at hand."""

from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasktune.metrics import meteor as meteors
from tasktune.metrics.bootstrap import Tally
from tasktune.metrics.meteor import meteor
from tasktune.metrics.meteor_alignment import align
from tasktune.metrics.meteor_words import WordNet, words
from tasktune.metrics.translation import translation


@pytest.fixture(autouse=True)
def _without_wordnet(monkeypatch):
    monkeypatch.setattr(meteors, "wordnet", lambda: None)


def scored(*triples, metric=meteor, language="en"):
    tally = Tally(metric, replicates=5)
    for references, answer in triples:
        tally.add(
            SimpleNamespace(answer=references[0], references=references[1:] and references, target_language=language), answer
        )
    return {name: score.value for name, score in tally.scores().values.items()}


@pytest.mark.parametrize(  # as meteor-1.5.jar's Normalizer prints them
    ("text", "cut"),
    [
        (
            "He said: \"It's John's 1990's 'quoted' text''...\" -- end",
            "he said : \" it 's john 's 1990 's ' quoted ' text \" ... \" - end",
        ),
        ("U.S.-based Mr. Smith No. 5 and No. of p.m. Inc. said etc.", "us based mr. smith no. 5 and no. of pm inc. said etc ."),
        ("A,b 1,000 5, a–b x--y bar.. 3.14 3. foo.bar.", "a , b 1,000 5 , a - b x y bar .. 3.14 3. foobar"),
        ("a,,b ,,, 1,,2 '90s rock'n'roll", "a , ,b , ,, 1 , , 2 ' 90s rock 'n'roll"),
        ("Čapek’s привет, €5\u00a0x\u3000y", "čapek 's привет , € 5 x y"),
        ("", ""),
        ("...", "..."),
    ],
)
def test_text_is_cut_as_meteor_cuts_it(text, cut):
    assert words(text) == cut.split()


def test_the_alignment_keeps_chunks_together():
    same = (lambda word: (word,),)
    matches, chunks = align(["the", "cat", "saw", "the", "dog"], ["the", "dog", "saw", "the", "cat"], same)
    assert {(match.answer, match.reference) for match in matches} == {(0, 3), (1, 4), (2, 2), (3, 0), (4, 1)}
    assert chunks == 3


def test_the_reference_itself_scores_full_marks_and_nothing_scores_nothing():
    assert scored((("The cats sat down.",), "The cats sat down."))["meteor_1.5"] == pytest.approx(1)
    assert scored((("The cats sat down.",), None)) == {"meteor_1.5": 0, "meteor_nltk": 0}
    assert scored((("The cats sat down.",), "Nobody knows it")) == {"meteor_1.5": 0, "meteor_nltk": 0}


def test_words_of_one_stem_count_for_less_than_the_same_word():
    stemmed = scored((("he walks home",), "he walked home"))["meteor_1.5"]
    assert scored((("he walks home",), "he drives home"))["meteor_1.5"] < stemmed < 1


def test_the_best_reference_counts():
    references = ("no such thing", "a dog ran far away")
    assert scored((references, "a dog ran far away"))["meteor_1.5"] == pytest.approx(1)


def test_translation_has_meteor_1_5_into_english_and_nltks_wherever_there_are_blanks():
    pair, usual = (("A dog ran.",), "A dog ran."), {"bleu", "chrf", "chrf++", "ter"}
    assert scored(pair, metric=translation, language="eng_Latn").keys() == {*usual, "meteor_1.5", "meteor_nltk"}
    for language in ("de", ""):
        assert scored(pair, metric=translation, language=language).keys() == {*usual, "meteor_nltk"}
    assert scored(pair, metric=translation, language="zh").keys() == usual


def test_nltks_meteor_of_another_language_is_signed_alone():
    tally = Tally(translation, replicates=5)
    tally.add(SimpleNamespace(answer="Ein Hund.", references=(), target_language="de"), "Ein Hund lief.")
    found = tally.scores()
    assert found.values["meteor_nltk"].value == pytest.approx(
        float(meteors.nltk_amounts(["Ein Hund."], "Ein Hund lief.")["meteor_nltk", "score"])
    )
    assert "meteor_nltk" in found.signatures
    assert "meteor_1.5" not in found.signatures


def test_wordnet_is_read_from_its_own_files(tmp_path):
    licence = "  1 This software and database is being provided to you\n"
    index = {
        "noun": "car n 2 2 @ ~ 2 1 02958343 02959942\nauto n 1 1 @ 1 1 02958343\nman n 1 0 1 1 10287213\n",
        "verb": "buy v 1 1 @ 1 1 02207206\n",
        "adj": "",
        "adv": "",
    }
    for kind, lines in index.items():
        (tmp_path / f"index.{kind}").write_text(licence + lines)
        (tmp_path / f"{kind}.exc").write_text("bought buy\n" if kind == "verb" else "")
    known = WordNet(tmp_path)
    assert known.synsets("car") == {"02958343", "02959942"}
    assert known.synsets("cars") & known.synsets("autos") == {"02958343"}
    assert known.synsets("bought") == {"02207206"}
    assert known.synsets("men") == {"10287213"}
    assert known.synsets("unknowns") == frozenset()


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_texts_have_figures_from_0_to_1(reference, answer):
    assert all(0 <= figure <= 1 + 1e-9 for figure in scored(((reference,), answer)).values())
