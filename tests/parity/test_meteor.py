"""METEOR beside what the released meteor-1.5.jar gave with `-l en -norm`, and beside NLTK's."""

import re
from types import SimpleNamespace

import pytest
from nltk.tokenize import NLTKWordTokenizer
from nltk.translate.meteor_score import meteor_score

from tasktune.metrics import meteor as meteors
from tasktune.metrics.bootstrap import Tally
from tasktune.metrics.meteor import meteor
from tasktune.metrics.meteor_words import wordnet

SETS = {  # answers, references, what the program printed
    "captions": ("bleu_chrf_ter/hyp.en", "bleu_chrf_ter/ref.en", "meteor/meteor-1.5_en_exact_stem_expected.txt"),
    "news": ("meteor/mrpc_hyp.txt", "meteor/mrpc_ref.txt", "meteor/mrpc_expected_meteor-1.5_exact_stem.txt"),
}


def lines(path):
    return path.read_text("utf-8").removesuffix("\n").split("\n")


def printed(path):
    text = path.read_text()
    segments = [float(score) for score in re.findall(r"Segment \d+ score:\s*(\S+)", text)]
    return segments, float(re.search(r"Final score:\s*(\S+)", text)[1])


def scores(pairs):
    tally = Tally(meteor, replicates=5)
    for references, answer in pairs:
        tally.add(SimpleNamespace(answer=references[0], references=references[1:] and references), answer)
    return tally.scores()


def agree(shared, answers, references, expected):
    folder = shared / "oracles"
    pairs = [((gold,), said) for gold, said in zip(lines(folder / references), lines(folder / answers), strict=True)]
    segments, final = printed(folder / expected)
    assert [scores([pair]).values["meteor_1.5"].value for pair in pairs] == pytest.approx(segments, abs=1e-12)
    assert scores(pairs).values["meteor_1.5"].value == pytest.approx(final, abs=1e-12)


class _Nothing:
    def synsets(self, word):
        return ()


@pytest.fixture
def without_wordnet(monkeypatch):
    monkeypatch.setattr(meteors, "wordnet", lambda: None)


@pytest.mark.usefixtures("without_wordnet")
@pytest.mark.parametrize("name", SETS)
def test_exact_and_stem_are_those_of_the_program(shared, name):
    agree(shared, *SETS[name])


def test_synonyms_are_those_of_the_program(shared):
    """Where WordNet 3.0 is found (Debian's wordnet-base, `$WNSEARCHDIR`)."""
    if wordnet() is None:
        pytest.skip("no WordNet here: install wordnet-base, or name its folder in WNSEARCHDIR")
    agree(shared, "meteor/mrpc_hyp.txt", "meteor/mrpc_ref.txt", "meteor/mrpc_expected_meteor-1.5_exact_stem_synonym.txt")


@pytest.mark.usefixtures("without_wordnet")
def test_the_signature_is_the_programs(shared):
    (printed_id,) = re.findall(r"Eval ID:\s*(\S+)", (shared / "oracles" / SETS["news"][2]).read_text())
    assert scores([(("a",), "a")]).signatures["meteor_1.5"] == printed_id


def test_nltks_is_the_mean_of_its_meteor_score(shared, monkeypatch):
    monkeypatch.setattr(meteors, "_nltk_wordnet", meteors._NoWordNet)
    answers, references = (lines(shared / "oracles/meteor" / name)[:40] for name in ("mrpc_hyp.txt", "mrpc_ref.txt"))
    several = list(zip(references, references[1:] + references[:1], strict=True))
    cut = NLTKWordTokenizer().tokenize
    official = [
        meteor_score([cut(gold) for gold in golds], cut(said), wordnet=_Nothing())
        for golds, said in zip(several, answers, strict=True)
    ]
    found = scores(list(zip(several, answers, strict=True)))
    assert found.values["meteor_nltk"].value == pytest.approx(sum(official) / len(official), abs=1e-12)
    assert "wordnet:no" in found.signatures["meteor_nltk"]
