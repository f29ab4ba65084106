"""Tiny networks that write, and the two ways to let them: tasktune's own and transformers' `generate`."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

import torch
import transformers as hf

from families import DECODERS, TINY, WRITERS
from tasktune.decoding import Decoding
from tasktune.generation.choosing import Manner
from tasktune.generation.constraint import Constraint
from tasktune.generation.lanes import DecoderLanes, EncoderDecoderLanes, Lanes
from tasktune.generation.loop import write
from tasktune.generation.searches import Beams, Line, Search, Written

START, PAD = 0, 1
LENGTHS = (3, 17, 1, 30, 4, 12)
LONGEST = 20


class Net:
    """One of them. Its `end` is a token that comes after some of the prompts: sooner, later or never."""

    def __init__(self, name: str) -> None:
        self.net, self.end = made(name).eval(), None
        self.net.generation_config = hf.GenerationConfig(pad_token_id=PAD)
        free = [self.generated(prompt, LONGEST) for prompt in prompts()]
        self.end = max(sorted({t for text in free for t in text}), key=lambda t: len({t in x and x.index(t) for x in free}))

    @property
    def lanes(self) -> Lanes:
        return EncoderDecoderLanes(self.net) if self.net.config.is_encoder_decoder else DecoderLanes(self.net)

    def search(self, prompt: Sequence[int], decoding: Decoding, longest: int, form: Constraint | None = None) -> Search:
        context = [START] if self.net.config.is_encoder_decoder else prompt
        how = manner(decoding, longest, self.end)
        if decoding.beams > 1:
            return Beams(prompt, context, how, form)
        return Line(prompt, context, how, form, Random(str(prompt)) if decoding.sampling else None)

    def written(
        self, prompts: Sequence[Sequence[int]], decoding: Decoding, longest: int, budget: int = 10**6
    ) -> list[list[Written]]:
        searches = [self.search(prompt, decoding, longest) for prompt in prompts]
        with torch.inference_mode():
            for _ in write(self.lanes, searches, budget):
                pass
        return [search.found for search in searches]

    def generated(self, prompt: Sequence[int], longest: int, **options: Any) -> tuple[int, ...]:
        ids = torch.tensor([prompt])
        out = self.net.generate(
            input_ids=ids, attention_mask=torch.ones_like(ids), max_new_tokens=longest, do_sample=False,
            eos_token_id=self.end, pad_token_id=PAD, decoder_start_token_id=START, **options,
        )[0].tolist()  # fmt: skip
        said = out[1:] if self.net.config.is_encoder_decoder else out[len(prompt) :]
        return tuple(said[: said.index(self.end) + 1] if self.end in said else said)

    @torch.inference_mode()
    def log_p(self, prompt: Sequence[int], tokens: Sequence[int]) -> float:
        """log p of tokens after a prompt, all told at once."""
        if self.net.config.is_encoder_decoder:
            before = [START, *tokens[:-1]]
            logits = self.net(input_ids=torch.tensor([prompt]), decoder_input_ids=torch.tensor([before])).logits[0]
        else:
            logits = self.net(input_ids=torch.tensor([[*prompt, *tokens]])).logits[0, len(prompt) - 1 : -1]
        return float(logits.log_softmax(-1)[range(len(tokens)), tokens].sum())


def manner(decoding: Decoding, longest: int, end: int) -> Manner:
    """Texts are the numbers of their tokens."""
    return Manner(decoding, longest, end, lambda ids: " ".join(map(str, ids)))


def prompts(seed: int = 0) -> list[list[int]]:
    chance = Random(seed)
    return [[chance.randrange(6, 300) for _ in range(length)] for length in LENGTHS]


def bert2bert() -> Any:
    size = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64, "vocab_size": 400}
    half = hf.BertConfig(**size, initializer_range=0.1, max_position_embeddings=512)
    config = hf.EncoderDecoderConfig.from_encoder_decoder_configs(half, half)
    config.decoder_start_token_id, config.pad_token_id = START, PAD
    return hf.EncoderDecoderModel(config)


NETS = (*WRITERS, "bert2bert", "mistral")


def made(name: str) -> Any:
    """A network with weights so large that it says this and that."""
    torch.manual_seed(3)
    net = plain(name)
    with torch.no_grad():
        for part, weight in net.named_parameters():
            if weight.dim() > 1:
                weight.normal_(0, 0.15 if "embed" in part or "shared" in part else 0.5)
    return net


def plain(name: str) -> Any:
    if name == "bert2bert":
        return bert2bert()
    if name == "mistral":  # its attention reaches back a few tokens only
        return hf.MistralForCausalLM(
            hf.MistralConfig(
                hidden_size=32, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=1, intermediate_size=64,
                vocab_size=400, initializer_range=0.1, max_position_embeddings=512, sliding_window=6,
            )
        )  # fmt: skip
    kind = hf.AutoModelForCausalLM if name in DECODERS else hf.AutoModelForSeq2SeqLM
    return kind.from_config(TINY[name].config(TINY[name].tokenizer()))
