"""Checkpoints made for translation are asked as transformers asks them, before tuning, after it and from a saved folder."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers as hf
from transformers.models.m2m_100.modeling_m2m_100 import shift_tokens_right

import tasktune as tt
from cases import example, untrained, with_options
from tasktune.core import InputError, Lost
from tasktune.tasks.translation import Translation
from translators import TRANSLATORS

pytestmark = pytest.mark.filterwarnings("ignore:Recommended. pip install sacremoses")
each = pytest.mark.parametrize("name", TRANSLATORS)
FRONT = {"marian-multi": ">>deu<< ", "madlad": "<2de> "}
"""What people write before an English text that is to become German."""


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    place = tmp_path_factory.mktemp("translators")
    return cache(lambda name: TRANSLATORS[name].save(place / name))


def shift(net: Any, labels: torch.Tensor) -> torch.Tensor:
    """What the decoder is given to say labels."""
    if net.config.model_type == "m2m_100":  # has a function for what others have a method for
        return shift_tokens_right(labels, net.config.pad_token_id, net.config.decoder_start_token_id)
    return net.prepare_decoder_input_ids_from_labels(labels)


def records() -> list[Any]:
    """The two of the example that are from English to German."""
    return example("translation")[:2]


def opened(name: str, folder: Path) -> tuple[Any, Any]:
    """The network and the tokenizer, set to both languages, as transformers opens them."""
    tokenizer, kind = hf.AutoTokenizer.from_pretrained(folder), TRANSLATORS[name]
    if kind.english:
        tokenizer.src_lang, tokenizer.tgt_lang = kind.english, kind.german
    return hf.AutoModelForSeq2SeqLM.from_pretrained(folder).eval(), tokenizer


@each
def test_what_is_read_and_learnt_is_what_transformers_makes_of_it(name: str, checkpoint: Callable[[str], Path]) -> None:
    net, tokenizer = opened(name, checkpoint(name))
    head = untrained(tt.task("translation"), checkpoint(name)).head
    for record in records():
        theirs = tokenizer(FRONT.get(name, "") + record.text, text_target=record.answer, return_tensors="pt")
        (asked,), (learnt,) = head.encode(record, Lost()), head.supervise(record, Lost())
        assert asked.inputs["input_ids"] == learnt.inputs["input_ids"] == theirs["input_ids"][0].tolist()
        shifted = shift(net, theirs["labels"])[0].tolist()
        ours = learnt.inputs["decoder_input_ids"]
        assert ours == shifted[: len(ours)]
        labels = theirs["labels"][0].tolist()
        start = len(asked.inputs["decoder_input_ids"]) - 1
        assert [*learnt.targets] == labels[start : start + len(learnt.targets)]


@pytest.mark.slow
@each
def test_a_tuned_model_writes_what_generate_writes(name: str, checkpoint: Callable[[str], Path], tmp_path: Path) -> None:
    recipe = tt.Recipe(epochs=30, learning_rate=1e-2, batch_size=2, evaluations=1 / 30, patience=0)
    tuned = tt.fit("translation", records(), records(), str(checkpoint(name)), tmp_path / "out", recipe)
    again, asked = tt.load(tmp_path / "out"), [record.text for record in example("translation")[:2]]
    for beams in (1, 3):
        ours = [[p.answer for p in with_options(m, max_new_tokens=9, beams=beams).predict(asked)] for m in (tuned, again)]
        assert ours[0] == ours[1] == generated(name, tmp_path / "out", asked, beams)
        assert any(ours[0])


def generated(name: str, folder: Path, texts: list[str], beams: int) -> list[str]:
    """German for English texts by transformers alone."""
    net, tokenizer = opened(name, folder)
    start = [net.config.decoder_start_token_id]
    if german := TRANSLATORS[name].german:
        code = tokenizer.lang_code_to_id[german] if name == "m2m100" else tokenizer.convert_tokens_to_ids(german)
        start = [code] if name == "mbart" else [*start, code]
    said = []
    for text in texts:
        inputs = tokenizer(FRONT.get(name, "") + text, return_tensors="pt")
        with torch.inference_mode():
            out = net.generate(
                **inputs,
                decoder_input_ids=torch.tensor([start]),
                decoder_start_token_id=start[0],
                max_new_tokens=9,
                num_beams=beams,
                do_sample=False,
            )
        text = tokenizer.decode(out[0, len(start) :], skip_special_tokens=True, clean_up_tokenization_spaces=False)
        said.append(text.removeprefix(" "))
    return said


def test_what_is_forced_first_is_what_the_convention_puts_there(checkpoint: Callable[[str], Path]) -> None:
    """By the way that transformers documents for mBART-50, M2M100 and NLLB: `forced_bos_token_id`."""
    for name in ("mbart-50", "m2m100", "nllb"):
        net, tokenizer = opened(name, checkpoint(name))
        model = with_options(untrained(tt.task("translation"), checkpoint(name)), max_new_tokens=8)
        forced = model.head.writer.convention(model.head.tokenizer).opened(("en", "de"))[1]
        out = net.generate(**tokenizer(records()[0].text, return_tensors="pt"), forced_bos_token_id=forced, max_new_tokens=9)
        theirs = tokenizer.decode(out[0], skip_special_tokens=True, clean_up_tokenization_spaces=False)
        assert model.predict(records()[:1])[0].answer == theirs


def test_padding_is_never_written(checkpoint: Callable[[str], Path]) -> None:
    model = with_options(untrained(tt.task("translation"), checkpoint("marian")), max_new_tokens=5)
    (asked,), pad = model.head.encode(records()[0], Lost()), model.head.tokenizer.pad_token_id
    ids = {name: torch.tensor([tokens]) for name, tokens in asked.inputs.items()}
    assert model.net(**ids).logits[0, -1].argmax() == pad
    with torch.inference_mode():
        ((told,),) = model.head.decode(model.net, [asked])
    assert told.text


@pytest.mark.parametrize("name", ["mbart-50", "nllb", "m2m100", "marian-multi"])
def test_a_language_is_known_by_any_of_its_names(name: str, checkpoint: Callable[[str], Path]) -> None:
    convention = untrained(tt.task("translation"), checkpoint(name)).head.writer.convention(None)
    ways = [("en", "de"), ("English", "German"), ("eng_Latn", "deu_Latn"), ("en_XX", "de-DE"), ("EN", "ger")]
    assert len({(*convention.framed([], way), *convention.opened(way)) for way in ways}) == 1
    assert convention.opened(("en", "zh")) + convention.framed([], ("en", "zh")) != convention.opened(
        ("en", "de")
    ) + convention.framed([], ("en", "de"))


def test_a_language_that_is_missing_is_asked_for(checkpoint: Callable[[str], Path]) -> None:
    model = untrained(tt.task("translation"), checkpoint("m2m100"))
    with pytest.raises(
        InputError, match=r"record 'r1': the model must be told the target language; .*--map target_language==CODE"
    ):
        model.predict([Translation(text="A man", source_language="en", id="r1")])
    with pytest.raises(InputError, match=r"the model knows no 'Klingon'; .* It knows: af, am, ar"):
        model.predict([Translation(text="A man", source_language="en", target_language="Klingon")])


def test_other_tasks_ask_in_their_own_words(checkpoint: Callable[[str], Path]) -> None:
    """In the languages that the checkpoint has set."""
    head = untrained(tt.task("summarization"), checkpoint("mbart-50")).head
    (asked,) = head.encode(example("summarization")[0], Lost())
    text = head.tokenizer.decode(asked.inputs["input_ids"])
    assert text.startswith("en_XX")
    assert "\n Summar" in text
    assert asked.inputs["decoder_input_ids"] == [head.tokenizer.eos_token_id, head.tokenizer.convert_tokens_to_ids("en_XX")]


def test_t5_is_asked_with_its_prefix_and_others_with_a_prompt(tiny: Callable[[str], Path]) -> None:
    for kind, before in (("t5", "translate English to German: "), ("bart", "Translate this from English to German:\nEnglish: ")):
        head = untrained(tt.task("translation"), tiny(kind)).head
        convention = head.writer.convention(head.tokenizer)
        worded = convention.worded(head.framing.prompt(records()[0]))
        assert str(worded) == before + records()[0].text + worded.after
        assert worded.after == ("" if kind == "t5" else "\nGerman:")


@pytest.mark.parametrize("name", ["marian", "m2m100", "nllb"])
def test_a_text_that_is_too_long_keeps_its_codes_and_what_fits(name: str, checkpoint: Callable[[str], Path]) -> None:
    head = with_options(untrained(tt.task("translation"), checkpoint(name)), max_length=16).head
    record = Translation(text="A man is running after the dog. " * 20, source_language="en", target_language="de", id="long")
    (asked,), lost = head.encode(record, lost := Lost()), lost
    (short,) = head.encode(Translation(text="A", source_language="en", target_language="de"), Lost())
    ids, few = asked.inputs["input_ids"], short.inputs["input_ids"]
    assert len(ids) == 16
    assert (ids[:2], ids[-1]) == (few[:2], few[-1])
    assert lost.counts["prompts shortened"] == 1


def test_a_tokenizer_that_needs_more_says_what(checkpoint: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*args: object, **options: object) -> None:
        raise ImportError("\nMarianTokenizer requires the SentencePiece library but it was not found in your environment.")

    monkeypatch.setattr(hf.AutoTokenizer, "from_pretrained", refused)
    with pytest.raises(InputError, match=r"its tokenizer needs SentencePiece: pip install 'tasktune\[translation\]'"):
        untrained(tt.task("translation"), checkpoint("marian"))
