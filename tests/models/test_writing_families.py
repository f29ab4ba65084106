"""Models of the families that people write with, tiny: tuned, saved, opened again, and saying what `generate` says alone.

What sets them apart is what a loop of one's own gets wrong: tied embeddings, attention that reaches back a few tokens only,
capped logits, places that begin at 2, a first token that is forced, prompts padded on the left, several heads to a key.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers as hf
from tokenizers import processors

import tasktune as tt
from cases import KNOWING, example, untrained, with_options
from families import LENGTH, TINY, Tiny, byte_level
from tasktune.core import Lost
from tasktune.models.model import Model

pytestmark = pytest.mark.slow
_SIZE: dict[str, Any] = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "intermediate_size": 64,
    "initializer_range": 0.1,
    "max_position_embeddings": LENGTH,
}
_WINDOW = 8  # shorter than all prompts
_SLIDING = ["sliding_attention", "full_attention"]


def _qwen() -> Any:
    return byte_level(("<|endoftext|>", "<|im_end|>"), {"eos_token": "<|im_end|>", "pad_token": "<|endoftext|>"})


def _gemma() -> Any:
    """A beginning before every text."""
    names = {"pad_token": "<pad>", "eos_token": "<eos>", "bos_token": "<bos>"}
    tokenizer = byte_level(("<pad>", "<eos>", "<bos>"), names)
    tokenizer.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single="<bos> $A", pair="<bos> $A <bos> $B", special_tokens=[("<bos>", 2)]
    )
    return tokenizer


def _config(kind: type[hf.PretrainedConfig], **options: Any) -> Callable[[Any], hf.PretrainedConfig]:
    def made(t: Any) -> hf.PretrainedConfig:
        ends = {"bos_token_id": t.bos_token_id, "eos_token_id": t.eos_token_id, "pad_token_id": t.pad_token_id}
        return kind(**{**_SIZE, **ends, **options}, vocab_size=len(t))

    return made


def _tied_t5(t: Any) -> hf.PretrainedConfig:
    config = TINY["t5"].config(t)
    config.tie_word_embeddings = True
    return config


FAMILIES = {
    "gpt2": TINY["gpt2"],
    "llama": TINY["llama"],
    "qwen2": Tiny(
        "decoder", _qwen, _config(hf.Qwen2Config, use_sliding_window=True, sliding_window=_WINDOW, max_window_layers=1)
    ),
    "qwen3": Tiny("decoder", _qwen, _config(hf.Qwen3Config, head_dim=16, tie_word_embeddings=True)),
    "gemma": Tiny("decoder", _gemma, _config(hf.GemmaConfig, head_dim=16)),
    "gemma2": Tiny(
        "decoder",
        _gemma,
        _config(
            hf.Gemma2Config,
            head_dim=16,
            query_pre_attn_scalar=16,
            sliding_window=_WINDOW,
            attn_logit_softcapping=5.0,
            final_logit_softcapping=4.0,
            layer_types=_SLIDING,
        ),
    ),
    "gemma3": Tiny(
        "decoder",
        _gemma,
        _config(hf.Gemma3TextConfig, head_dim=16, query_pre_attn_scalar=16, sliding_window=_WINDOW, layer_types=_SLIDING),
    ),
    "t5": TINY["t5"],
    "tied-t5": Tiny("encoder-decoder", TINY["t5"].tokenizer, _tied_t5),
    "bart": TINY["bart"],
    "forcing-bart": TINY["bart"],
}
each_family = pytest.mark.parametrize("name", FAMILIES)


def records() -> list[Any]:
    """Those that were learnt, a long one and an empty one."""
    known = example("translation")
    return [*known, *(replace(known[0], text=text) for text in ("Come and see me tomorrow, " * 4, ""))]


@pytest.fixture(scope="session")
def family(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Model, Path]]:
    """Gives a model by its name, tuned a little, and the folder that it is saved in."""
    place = tmp_path_factory.mktemp("families")

    @cache
    def made(name: str) -> tuple[Model, Path]:
        checkpoint = FAMILIES[name].save(place / name)
        if name == "forcing-bart":  # as BART's own checkpoints say
            told = hf.GenerationConfig.from_pretrained(checkpoint)
            told.forced_bos_token_id = told.bos_token_id
            told.save_pretrained(checkpoint)
        known, out = example("translation"), place / f"{name}-tuned"
        return tt.fit("translation", known, known, str(checkpoint), out, replace(KNOWING, epochs=30, evaluations=1 / 30)), out

    return made


def generated(folder: Path, prompts: Sequence[list[int]], **options: Any) -> list[str]:
    """What transformers alone writes for each prompt, by what the folder says."""
    kind = hf.AutoModelForSeq2SeqLM if hf.AutoConfig.from_pretrained(folder).is_encoder_decoder else hf.AutoModelForCausalLM
    net, tokenizer, said = kind.from_pretrained(folder).eval(), hf.AutoTokenizer.from_pretrained(folder), []
    for prompt in prompts:
        ids = torch.tensor([prompt])
        out = net.generate(ids, attention_mask=torch.ones_like(ids), do_sample=False, **options)[0].tolist()
        ids = out if net.config.is_encoder_decoder else out[len(prompt) :]
        said.append(tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False).removeprefix(" "))
    return said


@each_family
@pytest.mark.parametrize("beams", [1, 3])
def test_a_saved_model_writes_what_generate_writes(name: str, beams: int, family: Callable[[str], tuple[Model, Path]]) -> None:
    tuned, folder = family(name)
    ours = [
        [p.answer for p in with_options(model, max_new_tokens=12, beams=beams).predict(records())]
        for model in (tuned, tt.load(folder))
    ]
    prompts = [f.inputs["input_ids"] for record in records() for f in tuned.head.encode(record, Lost())]
    forced = int(name == "forcing-bart")  # is one of the new tokens for `generate`
    assert ours[0] == ours[1] == generated(folder, prompts, max_new_tokens=12 + forced, num_beams=beams)
    assert len({*ours[0]}) > 1


@each_family
def test_a_prompt_is_what_the_tokenizer_makes_of_it(name: str, family: Callable[[str], tuple[Model, Path]]) -> None:
    head = family(name)[0].head
    for one in example("translation"):
        (asked,) = head.encode(one, Lost())
        text = str(head.writer.convention(head.tokenizer).worded(head.framing.prompt(one)))
        assert asked.inputs["input_ids"] == head.tokenizer(text)["input_ids"]


@each_family
def test_what_is_tied_stays_tied(name: str, family: Callable[[str], tuple[Model, Path]]) -> None:
    tuned, folder = family(name)
    for net in (tuned.net, tt.load(folder).net):
        tied = net.get_input_embeddings().weight.data_ptr() == net.get_output_embeddings().weight.data_ptr()
        assert tied == net.config.tie_word_embeddings


@each_family
def test_log_p_is_that_of_the_network_alone(name: str, family: Callable[[str], tuple[Model, Path]]) -> None:
    """Padded together and one by one, whatever the window and however logits are capped."""
    tuned, _ = family(name)
    told = [f for one in example("translation") for f in tuned.head.supervise(one, Lost())]
    with torch.inference_mode():
        together = tuned.head.log_p(tuned.net, tuned.head.collate(told)).tolist()
        alone = [alone_log_p(tuned.net, f) for f in told]
    assert together == pytest.approx(alone, abs=1e-3)


def alone_log_p(net: Any, features: Any) -> float:
    logits = net(**{name: torch.tensor([ids]) for name, ids in features.inputs.items()}).logits[0]
    return float(logits[list(features.positions)].log_softmax(-1)[range(len(features.targets)), list(features.targets)].sum())


def test_a_bart_that_forces_a_beginning_is_taught_behind_it(family: Callable[[str], tuple[Model, Path]]) -> None:
    head = family("forcing-bart")[0].head
    (told,) = head.supervise(example("translation")[0], Lost())
    assert told.inputs["decoder_input_ids"][:2] == [head.tokenizer.eos_token_id, head.tokenizer.bos_token_id]
    assert told.positions[0] == 1
    assert len(told.positions) == len(told.targets) == len(told.inputs["decoder_input_ids"]) - 1


def test_a_saved_model_ends_its_turns_for_generate_too(tmp_path: Path) -> None:
    checkpoint = FAMILIES["qwen2"].save(tmp_path / "qwen2")
    tokenizer: Any = hf.AutoTokenizer.from_pretrained(checkpoint)
    turn_ends, tokenizer.eos_token = tokenizer.eos_token_id, "<|endoftext|>"
    tokenizer.chat_template = "{% for m in messages %}{{ m.content }}<|im_end|>\n{% endfor %}"
    tokenizer.save_pretrained(checkpoint)
    hf.GenerationConfig(eos_token_id=tokenizer.eos_token_id).save_pretrained(checkpoint)
    untrained(tt.task("chat"), checkpoint).save(tmp_path / "chat")
    untrained(tt.task("generation"), checkpoint).save(tmp_path / "generation")
    ends = [hf.GenerationConfig.from_pretrained(tmp_path / name).eos_token_id for name in ("chat", "generation")]
    assert ends == [[tokenizer.eos_token_id, turn_ends], tokenizer.eos_token_id]
