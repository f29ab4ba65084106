"""BLEU and its kin where sacrebleu is silent: languages, nothing said, nothing to say."""

from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasktune.metrics.bootstrap import Tally
from tasktune.metrics.translation import FIGURES, tokenizer, translation

FULL = {"bleu": 100, "chrf": 100, "chrf++": 100, "ter": 0}


def scored(*pairs, language="", replicates=20):
    tally = Tally(translation, replicates=replicates)
    for reference, answer in pairs:
        tally.add(SimpleNamespace(answer=reference, references=(), target_language=language), answer)
    return tally.scores()


def values(scores):
    return {name: score.value for name, score in scores.values.items()}


@pytest.mark.parametrize(
    "text",
    ["The old cat sat on the mat.", "那只老猫坐在垫子上。", "猫がマットの上に座った。", "고양이가 매트 위에 앉았다 그리고 잤다."],
)
def test_the_reference_itself_scores_full_marks(text):
    found = values(scored((text, text)))
    assert {name: found[name] for name in FIGURES} == pytest.approx(FULL)


def test_nothing_said_scores_nothing():
    nothing = {"bleu": 0, "chrf": 0, "chrf++": 0, "ter": 100, "meteor_nltk": 0}
    assert values(scored(("The cat sat on the mat.", None))) == nothing


def test_no_records_have_no_figures():
    found = Tally(translation, replicates=5).scores()
    assert all(score.value != score.value for score in found.values.values())
    assert found.signatures == {}


@pytest.mark.parametrize(
    ("language", "cut"),
    [
        *((name, "zh") for name in ("zh", "ZH", "zh-CN", "zh_Hant", "zho_Hans", "cmn", "Chinese")),
        *((name, "char") for name in ("ja", "ja_XX", "jpn_Jpan", "Korean", "ko", "th", "tha_Thai")),
        *((name, "13a") for name in ("de", "en_XX", "deu_Latn", "Klingon", "")),
    ],
)
def test_the_tokenizer_suits_the_language(language, cut):
    assert tokenizer(language, ["A text."]) == cut


@pytest.mark.parametrize(
    ("references", "cut"),
    [
        (["北京大学。"], "zh"),
        (["東京へ行く。"], "char"),
        (["Der β-Wert 值 steigt."], "13a"),
        ([""], "13a"),
        (["1 + 1 = 2"], "13a"),
    ],
)
def test_an_unknown_language_is_seen_from_the_references(references, cut):
    assert tokenizer("", references) == cut


def test_a_record_may_have_no_language_at_all():
    tally = Tally(translation, replicates=5)
    tally.add(SimpleNamespace(answer="北京大学", references=()), "北京大学")
    assert "tok:zh" in tally.scores().signatures["bleu"]


def test_records_cut_in_several_ways_are_told_so():
    tally = Tally(translation, replicates=5)
    for language, text, others in (("zh", "北京", ()), ("de", "Guten Tag", ("Hallo", "Guten Tag"))):
        tally.add(SimpleNamespace(answer=text, references=others, target_language=language), text)
    assert tally.scores().signatures["bleu"].startswith("nrefs:var|case:mixed|eff:no|tok:13a+zh|")


def test_each_of_several_pairs_has_figures_of_its_own():
    pairs = {
        ("en", "de"): [("Guten Tag auch allen hier", "Guten Tag euch allen hier"), ("Er lief nach Hause", "Er lief nach Hause")],
        ("en", "zh"): [("明天来看看我。", "明天来看我。")],
        ("", ""): [("no one knows", "which this is")],
    }
    together, apart = Tally(translation, replicates=20), {pair: Tally(translation, replicates=20) for pair in pairs}
    for (source, target), texts in pairs.items():
        for reference, answer in texts:
            record = SimpleNamespace(answer=reference, references=(), source_language=source, target_language=target)
            together.add(record, answer)
            apart[source, target].add(record, answer)
    found = together.scores()
    for pair, tally in apart.items():
        alone = tally.scores()
        assert not [name for name in alone.values if "/" in name]
        for name in ("bleu", "chrf") if all(pair) else ():
            called = f"{name}/{'-'.join(pair)}"
            assert found.values[called].value == alone.values[name].value
            assert found.signatures[called] == alone.signatures[name]
    assert [name for name in found.values if "/" in name] == ["bleu/en-de", "bleu/en-zh", "chrf/en-de", "chrf/en-zh"]


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_texts_have_figures_in_their_range(reference, answer):
    found = values(scored((reference, answer), replicates=2))
    assert all(-1e-9 <= found[name] <= 100 + 1e-9 for name in FIGURES[:3])
    assert found["ter"] >= 0
