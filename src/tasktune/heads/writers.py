"""How the two families that write are given tokens and asked for them: decoders go on, encoder-decoders read and then write.

Shapes: B prompts, T tokens of the longest, S supervised tokens, C choices of L tokens, V the vocabulary.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, final

import torch
from torch import Tensor
from transformers import PreTrainedModel, PreTrainedTokenizerBase
from transformers.modeling_outputs import BaseModelOutput

from tasktune.core import InputError
from tasktune.framings import Asked, Prompt
from tasktune.generation.lanes import EncoderDecoderLanes, Lanes
from tasktune.generation.rereading import decoder_lanes
from tasktune.heads.conventions import Convention, Tokens, of_decoder
from tasktune.heads.features import Batch, Features, at, collate_right, log_p_of, padded, run, sliding, token_ids
from tasktune.heads.tree import reads_trees, told, tree
from tasktune.images import Image

BLIND = "it has pictures, and this model reads text alone; take one that sees, or make one: tasktune assemble"

Said = tuple[Tokens, bool]
"""A stretch of tokens, and whether the model is to say it (else it is given)."""


class Writer(ABC):
    """A family of networks that write."""

    @property
    def files(self) -> Mapping[str, bytes]:
        """What it takes, beside weights and a tokenizer, to ask the network, as files of its folder by name."""
        return {}

    @property
    def placeholders(self) -> Tokens:
        """The tokens that the network is given though no text has them."""
        return []

    @property
    def signs(self) -> tuple[str, ...]:
        """What may stand for an image in a text, the usual sign first; none where the network reads text alone."""
        return ()

    def conversed(self, tokenizer: PreTrainedTokenizerBase, text: str, images: Sequence[Image]) -> Tokens:
        """A conversation as its chat template wrote it, with a sign in the text for each of its images."""
        return token_ids(tokenizer, text)

    def foresee(self, prompts: Sequence[Asked]) -> None:
        """Make ready what will be asked next, where that is faster for all of it together: nothing of texts."""
        return

    @abstractmethod
    def convention(self, tokenizer: PreTrainedTokenizerBase) -> Convention:
        """How the network was taught to be asked."""

    @abstractmethod
    def tokens(self, tokenizer: PreTrainedTokenizerBase, prompt: Prompt) -> Tokens:
        """A prompt as the network was taught to be given it."""

    @abstractmethod
    def asked(self, given: Tokens, opening: Tokens) -> Features:
        """A prompt, and what stands before an answer, as the features that ask for the answer."""

    @abstractmethod
    def longest_answer(self, max_length: int, wanted: int) -> int:
        """How many tokens an answer may have that should have `wanted`."""

    @abstractmethod
    def room(self, max_length: int, answer: int) -> int:
        """How many tokens a prompt may have before an answer of `answer` tokens."""

    @abstractmethod
    def lessons(self, stretches: Sequence[Said], max_length: int) -> list[Features]:
        """What is given and said as features with targets: one, or windows where all of it is longer than the model."""

    @abstractmethod
    def preceded(self, features: Features, first: int, tokens: Tokens) -> Features:
        """Features with more tokens in their prompt, behind its `first`."""

    @abstractmethod
    def collate_prompts(self, features: Sequence[Features], pad_id: int) -> Batch:
        """Prompts padded on the side on which the family does not write."""

    @abstractmethod
    def logits(self, net: PreTrainedModel, batch: Batch) -> Tensor:
        """The logits that foretell each target, (B, S, V)."""

    @abstractmethod
    def lanes(self, net: PreTrainedModel) -> Lanes:
        """The network made ready to write."""

    @abstractmethod
    def context(self, features: Features) -> Tokens:
        """The tokens that stand before an answer in one sequence with it."""

    @abstractmethod
    def compare(self, net: PreTrainedModel, prompts: Batch, choices: Sequence[Tokens]) -> Tensor:
        """log p of each of C choices after each of B prompts, (B, C). The prompt is read once for all of them."""


@final
@dataclass(frozen=True, slots=True)
class Causal(Writer):
    """A decoder: one sequence, in which each token foretells the next."""

    def convention(self, tokenizer: PreTrainedTokenizerBase) -> Convention:
        """That of its tokenizer."""
        return of_decoder(tokenizer)

    def tokens(self, tokenizer: PreTrainedTokenizerBase, prompt: Prompt) -> Tokens:
        """In its convention. Raises `InputError` for one with pictures."""
        return _in_words(self, tokenizer, prompt)

    def asked(self, given: Tokens, opening: Tokens) -> Features:
        """One sequence."""
        return Features({"input_ids": [*given, *opening]})

    def longest_answer(self, max_length: int, wanted: int) -> int:
        """At most half of the model's length, so that as much is left for the prompt."""
        return min(wanted, max_length // 2)

    def room(self, max_length: int, answer: int) -> int:
        """Prompt and answer share the model's length."""
        return max_length - answer

    def lessons(self, stretches: Sequence[Said], max_length: int) -> list[Features]:
        """One sequence; a longer one in windows, of which the first quarter is only context (what is said is said once)."""
        ids = [token for tokens, _ in stretches for token in tokens]
        said = [k for k, flag in enumerate(flag for tokens, flag in stretches for _ in tokens) if flag and k]
        windows = []
        for start, done, end in sliding(len(ids), max_length):
            here = [k for k in said if max(done, start + 1) <= k < end]
            if here:
                foretold = tuple(k - 1 - start for k in here)
                windows.append(Features({"input_ids": ids[start:end]}, foretold, tuple(ids[k] for k in here)))
        return windows

    def preceded(self, features: Features, first: int, tokens: Tokens) -> Features:
        """One sequence, in which all that comes later moves on."""
        return replace(_with(features, first, tokens), positions=tuple(k + len(tokens) for k in features.positions))

    def collate_prompts(self, features: Sequence[Features], pad_id: int) -> Batch:
        """Padded on the left, so that all prompts end together."""
        rows = [f.inputs["input_ids"] for f in features]
        mask = padded([[1] * len(row) for row in rows], 0, left=True)
        return {"input_ids": padded(rows, pad_id, left=True), "attention_mask": mask}

    def logits(self, net: PreTrainedModel, batch: Batch) -> Tensor:
        """Those at the positions before the targets."""
        return at(run(net, batch).logits, batch["positions"])

    def lanes(self, net: PreTrainedModel) -> Lanes:
        """Sequences that go on."""
        return decoder_lanes(net)

    def context(self, features: Features) -> Tokens:
        """The prompt."""
        return features.inputs["input_ids"]

    def compare(self, net: PreTrainedModel, prompts: Batch, choices: Sequence[Tokens]) -> Tensor:
        """The choices are read behind the prompts as a tree; by networks that cannot read one, each on its own."""
        way = tree(choices)
        if reads_trees(net, prompts, way, lambda few: self._one_by_one(net, few, choices)):
            return told(net, prompts, way)
        return self._one_by_one(net, prompts, choices)

    def _one_by_one(self, net: PreTrainedModel, prompts: Batch, choices: Sequence[Tokens]) -> Tensor:
        mask = prompts["attention_mask"]
        first = net(**prompts, position_ids=(mask.cumsum(1) - 1).clamp(min=0), use_cache=True, logits_to_keep=1)

        def rest(tokens: Tensor, seen: Tensor, count: int) -> Tensor:
            places = mask.sum(1).repeat_interleave(count)[:, None] + torch.arange(tokens.size(1), device=tokens.device)
            here = torch.cat([mask.repeat_interleave(count, 0), seen.long()], 1)
            logits: Tensor = net(
                input_ids=tokens, attention_mask=here, position_ids=places, past_key_values=first.past_key_values
            ).logits
            return logits

        return _compared(first, choices, rest)


@final
@dataclass(frozen=True, slots=True)
class Seq2Seq(Writer):
    """An encoder-decoder: reads the prompt, then writes behind a start token and what its convention puts there."""

    taught: Convention

    def convention(self, tokenizer: PreTrainedTokenizerBase) -> Convention:
        """That of the checkpoint."""
        return self.taught

    def tokens(self, tokenizer: PreTrainedTokenizerBase, prompt: Prompt) -> Tokens:
        """In its convention. Raises `InputError` for one with pictures."""
        return _in_words(self, tokenizer, prompt)

    def asked(self, given: Tokens, opening: Tokens) -> Features:
        """The prompt for the encoder, the opening for the decoder."""
        return Features({"input_ids": given, "decoder_input_ids": opening})

    def longest_answer(self, max_length: int, wanted: int) -> int:
        """At most the decoder's length, of which the opening takes all but the place of the start token."""
        return min(wanted, max_length - len(self.taught.opening) + 1)

    def room(self, max_length: int, answer: int) -> int:
        """The prompt has the encoder to itself."""
        return max_length

    def lessons(self, stretches: Sequence[Said], max_length: int) -> list[Features]:
        """The prompt for the encoder, opening and answer for the decoder; a longer answer in windows, as for a decoder."""
        (given, _), (opening, _), (said, _) = stretches
        before, first = [*opening, *said[:-1]], len(opening) - 1
        windows = ((start, max(done, first), end) for start, done, end in sliding(len(before), max_length))
        return [
            Features(
                {"input_ids": given, "decoder_input_ids": before[start:end]},
                tuple(range(done - start, end - start)),
                tuple(said[done - first : end - first]),
            )
            for start, done, end in windows
        ]

    def preceded(self, features: Features, first: int, tokens: Tokens) -> Features:
        """The encoder reads more, and the decoder says the same."""
        return _with(features, first, tokens)

    def collate_prompts(self, features: Sequence[Features], pad_id: int) -> Batch:
        """Padded on the right."""
        return collate_right(features, pad_id)

    def logits(self, net: PreTrainedModel, batch: Batch) -> Tensor:
        """Those of the decoder, one a target."""
        return at(run(net, batch).logits, batch["positions"])

    def lanes(self, net: PreTrainedModel) -> Lanes:
        """Sequences that begin with their opening."""
        return EncoderDecoderLanes(net)

    def context(self, features: Features) -> Tokens:
        """The opening."""
        return features.inputs["decoder_input_ids"]

    def compare(self, net: PreTrainedModel, prompts: Batch, choices: Sequence[Tokens]) -> Tensor:
        """The prompts are encoded once, and what the decoder sees of them is computed once and repeated for the choices."""
        mask, opening = prompts["attention_mask"], prompts["decoder_input_ids"]
        read = net.get_encoder()(input_ids=prompts["input_ids"], attention_mask=mask).last_hidden_state
        given = BaseModelOutput(last_hidden_state=read)
        first = net(encoder_outputs=given, attention_mask=mask, decoder_input_ids=opening, use_cache=True)

        def rest(tokens: Tensor, seen: Tensor, count: int) -> Tensor:
            logits: Tensor = net(
                encoder_outputs=BaseModelOutput(last_hidden_state=read.repeat_interleave(count, 0)),
                attention_mask=mask.repeat_interleave(count, 0),
                decoder_input_ids=tokens,
                past_key_values=first.past_key_values,
            ).logits
            return logits

        return _compared(first, choices, rest)


def _in_words(writer: Writer, tokenizer: PreTrainedTokenizerBase, prompt: Prompt) -> Tokens:
    if prompt.images:
        raise InputError(BLIND)
    convention = writer.convention(tokenizer)
    return convention.framed(token_ids(tokenizer, str(convention.worded(prompt))), prompt.languages)


def _with(features: Features, first: int, tokens: Tokens) -> Features:
    ids = features.inputs["input_ids"]
    return replace(features, inputs={**features.inputs, "input_ids": [*ids[:first], *tokens, *ids[first:]]})


def _compared(first: Any, choices: Sequence[Tokens], rest: Callable[[Tensor, Tensor, int], Tensor]) -> Tensor:
    """log p of C choices, (B, C): of each one's first token by what a `first` pass said last, of the others by another pass.

    That pass, `rest`, is given tokens (B * C, L - 1), which of them are real, and C; the keys and values of the first pass stand
    repeated for it.
    """
    log_p: Tensor = first.logits[:, -1].float().log_softmax(-1)
    targets = padded(choices, 0).to(log_p.device)
    heads, count, rows = log_p[:, targets[:, 0]], len(choices), len(log_p)
    if targets.size(1) == 1:
        return heads
    first.past_key_values.batch_repeat_interleave(count)
    tokens = targets.repeat(rows, 1)
    mask = padded([[1.0] * len(c) for c in choices], 0.0).to(log_p.device).repeat(rows, 1)
    tails = (log_p_of(rest(tokens[:, :-1], mask[:, :-1], count), tokens[:, 1:]) * mask[:, 1:]).sum(1)
    return heads + tails.view(rows, count)
