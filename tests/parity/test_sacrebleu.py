"""Translation scores beside what sacrebleu 2.6.0 and mteval-v13a.pl gave."""

import json
import re
from types import SimpleNamespace

import pytest
from sacrebleu.metrics import BLEU, CHRF, TER

from tasktune.metrics.bootstrap import Tally
from tasktune.metrics.translation import FIGURES, translation

SETS = {  # folder, answers, references, the expected figures, the language
    "en": ("bleu_chrf_ter", "hyp.en", "ref.en", "expected.json", "en"),
    "zh": ("bleu_zh", "hyp.zh", "ref.zh", "expected.json", "zh"),
    "zh unnamed": ("bleu_zh", "hyp.zh", "ref.zh", "expected.json", None),
    "ru": (
        "wmt15_eval",
        "newstest-2015-100sents.en-ru.google.ru",
        "newstest-2015-100sents.en-ru.ref.ru",
        "sacrebleu_expected.json",
        "",
    ),
}


def lines(path):
    return path.read_text("utf-8").removesuffix("\n").split("\n")


def tallied(pairs, language="", replicates=20):
    tally = Tally(translation, replicates=replicates)
    for references, answer in pairs:
        record = SimpleNamespace(answer=references[0], references=references[1:] and references, target_language=language)
        tally.add(record, answer)
    return tally.scores()


@pytest.fixture(params=SETS)
def scored(shared, request):
    folder, answers, references, expected, language = SETS[request.param]
    folder = shared / "oracles" / folder
    pairs = zip(lines(folder / references), lines(folder / answers), strict=True)
    return tallied([((reference,), answer) for reference, answer in pairs], language), json.loads((folder / expected).read_text())


def test_corpus_scores_are_sacrebleus(scored):
    found, expected = scored
    assert {name: found.values[name].value for name in FIGURES} == {
        "bleu": expected["BLEU"]["score"],
        "chrf": expected["chrF"],
        "chrf++": expected["chrF++"],
        "ter": expected["TER"],
    }


def test_the_signature_is_sacrebleus(scored):
    found, expected = scored
    version = re.compile("version:.*")
    assert version.sub("", found.signatures["bleu"]) == version.sub("", expected["BLEU"]["signature"])


def test_bleu_is_that_of_mteval_but_for_its_own_cutting_of_cyrillic(shared):
    """sacrebleu's 13a counts 1,991 words where mteval counts 1,998, so that the two part in the fourth digit."""
    folder = shared / "oracles/wmt15_eval"
    (official,) = re.findall(r"BLEU score = ([\d.]+)", (folder / "mteval-13a.output").read_text())
    pairs = zip(*(lines(folder / f"newstest-2015-100sents.en-ru.{side}.ru") for side in ("ref", "google")), strict=True)
    found = tallied([((reference,), answer) for reference, answer in pairs], "ru")
    assert found.values["bleu"].value == pytest.approx(100 * float(official), abs=0.05)


def test_several_references_and_their_signatures():
    pairs = [
        (("The cat sat on the mat.", "A cat was sitting on the mat."), "The cat was sitting on a mat."),
        (("It rains.", "It is raining today."), "It rains today."),
        (("Nobody came to the meeting.", "No one was at the meeting."), "Nobody at the meeting came."),
    ]
    answers, streams = [answer for _, answer in pairs], [list(stream) for stream in zip(*(r for r, _ in pairs), strict=True)]
    found = tallied(pairs, "en")
    for name, scorer in zip(FIGURES, (BLEU(), CHRF(), CHRF(word_order=2), TER()), strict=True):
        assert found.values[name].value == scorer.corpus_score(answers, streams).score
        assert found.signatures[name] == str(scorer.get_signature())


def test_the_interval_is_near_that_of_sacrebleus_bootstrap(shared):
    folder = shared / "oracles/bleu_chrf_ter"
    answers, references = lines(folder / "hyp.en"), lines(folder / "ref.en")
    official = BLEU().corpus_score(answers, [references], n_bootstrap=1000)
    pairs = [((reference,), answer) for reference, answer in zip(references, answers, strict=True)]
    found = tallied(pairs, replicates=1000).values["bleu"]
    assert (found.high - found.low) / 2 == pytest.approx(official._ci, rel=0.1)
