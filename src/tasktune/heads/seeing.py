"""How a model that sees is given tokens and asked for them: as a decoder, of whose tokens some are pictures.

What those are is in `pictures`, and how the network comes to see them in `eyes`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from inspect import signature
from typing import Final, final

import torch
from torch import Tensor
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from tasktune.core import InputError
from tasktune.framings import Asked, Prompt, shown_in
from tasktune.generation.lanes import Lanes
from tasktune.generation.rereading import RereadingLanes
from tasktune.heads.conventions import Convention, Tokens
from tasktune.heads.features import Batch, Features, collate_right, log_p_of, on
from tasktune.heads.pictures import Pictures
from tasktune.heads.turns import SIGNED, rendered, unsigned
from tasktune.heads.writers import Causal, Said, Writer
from tasktune.images import Image


@final
@dataclass(frozen=True, slots=True)
class Seeing(Writer):
    """A vision-language model: a decoder of which some tokens are pictures.

    It is `plain` where it counts places and sees what is before as decoders do; else (places in a picture that have two
    coordinates, a prompt that sees itself both ways) it is given whole sequences, one by one where it writes, which is slower.
    `two_ways` says of a network of the second kind that it is told which tokens are the prompt's.
    """

    pictures: Pictures
    plain: bool
    two_ways: bool

    @property
    def files(self) -> Mapping[str, bytes]:
        """Those of the processor."""
        return self.pictures.files

    @property
    def placeholders(self) -> Tokens:
        """The one that its processor puts for pictures."""
        return [self.pictures.placeholder]

    def convention(self, tokenizer: PreTrainedTokenizerBase) -> Convention:
        """That of its tokenizer; what stands for pictures is never written."""
        return replace(_WORDS.convention(tokenizer), barred=(self.pictures.placeholder,))

    def tokens(self, tokenizer: PreTrainedTokenizerBase, prompt: Prompt) -> Tokens:
        """With pictures as its processor does it, without as a decoder."""
        if prompt.images:
            return self.pictures.tokens(str(prompt), prompt.images)
        before, body, after = (unsigned(text, self.signs) for text in (prompt.before, prompt.body, prompt.after))
        return _WORDS.tokens(tokenizer, replace(prompt, before=before, body=body, after=after))

    @property
    def signs(self) -> tuple[str, ...]:
        """The processor's."""
        return self.pictures.signs

    def conversed(self, tokenizer: PreTrainedTokenizerBase, text: str, images: Sequence[Image]) -> Tokens:
        """With images as its processor does it; without, with what its tokenizer puts first where the template does not."""
        return self.pictures.placed(text, images) if images else self.pictures.words(text)

    def foresee(self, prompts: Sequence[Asked]) -> None:
        """The processor has much to do for one text with pictures, and little more for several."""
        self.pictures.foresee(filter(None, map(self._shown, prompts)))

    def _shown(self, prompt: Asked) -> tuple[str, tuple[Image, ...]] | None:
        """The text and the images of a prompt that has any; `None` too for one that is to be refused when it is asked."""
        if not (images := shown_in(prompt)):
            return None
        try:
            if isinstance(prompt, Prompt):
                return self.pictures.written(str(prompt), images), images
            return rendered(self.pictures.processor.tokenizer, prompt, ask=True, signs=self.signs), images
        except InputError:
            return None

    def asked(self, given: Tokens, opening: Tokens) -> Features:
        """One sequence. Raises `InputError` where a picture in it is not whole."""
        self._checked(given)
        return _WORDS.asked(given, opening)

    def longest_answer(self, max_length: int, wanted: int) -> int:
        """At most half of the model's length."""
        return _WORDS.longest_answer(max_length, wanted)

    def room(self, max_length: int, answer: int) -> int:
        """Prompt and answer share the model's length."""
        return _WORDS.room(max_length, answer)

    def lessons(self, stretches: Sequence[Said], max_length: int) -> list[Features]:
        """As a decoder's. Raises `InputError` where a window cuts a picture."""
        return [self._told(features) for features in _WORDS.lessons(stretches, max_length)]

    def _told(self, features: Features) -> Features:
        """With which tokens are what is said, where the network wants to know."""
        ids = features.inputs["input_ids"]
        self._checked(ids)
        if not self.two_ways:
            return features
        first = features.positions[0] + 1
        return replace(features, inputs={"input_ids": ids, "token_type_ids": [int(k >= first) for k in range(len(ids))]})

    def _checked(self, tokens: Tokens) -> None:
        self.pictures.named(tokens)
        if self.pictures.placeholder in tokens:
            raise InputError(SIGNED)

    def preceded(self, features: Features, first: int, tokens: Tokens) -> Features:
        """One sequence, in which all that comes later moves on."""
        return (
            self._told(_WORDS.preceded(features, first, tokens)) if features.targets else _WORDS.preceded(features, first, tokens)
        )

    def collate_prompts(self, features: Sequence[Features], pad_id: int) -> Batch:
        """Padded on the left."""
        return _WORDS.collate_prompts(features, pad_id)

    def logits(self, net: PreTrainedModel, batch: Batch) -> Tensor:
        """Those at the positions before the targets."""
        return _WORDS.logits(net, batch)

    def lanes(self, net: PreTrainedModel) -> Lanes:
        """Sequences that go on, or that are read anew."""
        return _WORDS.lanes(net) if self.plain else RereadingLanes(net, self.two_ways)

    def context(self, features: Features) -> Tokens:
        """The prompt, with the token that stands where pictures are."""
        return [token if token >= 0 else self.pictures.placeholder for token in features.inputs["input_ids"]]

    def compare(self, net: PreTrainedModel, prompts: Batch, choices: Sequence[Tokens]) -> Tensor:
        """As a decoder; where the network is not a plain one, each choice behind the whole prompt."""
        return _WORDS.compare(net, prompts, choices) if self.plain else self._whole(net, prompts, choices)

    def _whole(self, net: PreTrainedModel, prompts: Batch, choices: Sequence[Tokens]) -> Tensor:
        rows = [ids[seen.bool()].tolist() for ids, seen in zip(prompts["input_ids"], prompts["attention_mask"], strict=True)]
        longest = max(map(len, rows)) + max(map(len, choices))
        told = []
        for choice in choices:
            features = [each for row in rows for each in self.lessons([(row, False), (choice, True)], longest)]
            batch = on(net, collate_right(features, 0))
            told.append(log_p_of(self.logits(net, batch), batch["targets"]).sum(1))
        return torch.stack(told, 1)


_WORDS: Final = Causal()


def seeing(net: PreTrainedModel, pictures: Pictures) -> Seeing:
    """The writer of a network that sees."""
    eyes = getattr(net, "model", net)
    takes = signature(eyes.forward).parameters
    plain = {"position_ids", "past_key_values"} <= takes.keys() and takes.keys().isdisjoint(("token_type_ids", "image_grid_thw"))
    return Seeing(pictures, plain, "token_type_ids" in takes)
