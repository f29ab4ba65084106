"""Letting a network see: the pictures that tokens name are looked at, and put where these stand.

What comes out of the vision encoder and the projector behind it is computed once for each picture of a pass, and kept as long as
nothing learns there and the weights are what they were: a frozen encoder looks at each picture once, however often it is asked
about. transformers' own forward puts it into the text (`mm_encoder_outputs`), so that every architecture does it in its own way.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from inspect import Parameter, signature
from types import SimpleNamespace
from typing import Any, Final, final

import torch
from torch import Tensor
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from tasktune.framings import Prompt
from tasktune.generation.lanes import Lanes
from tasktune.generation.rereading import RereadingLanes
from tasktune.heads.conventions import Convention, Tokens
from tasktune.heads.features import Batch, Features, collate_right, log_p_of, on
from tasktune.heads.pictures import Pictures, together
from tasktune.heads.writers import Causal, Said, Writer

_KEPT: Final = 1 << 30
"""Bytes of what was seen that are kept."""


@final
class Eyes:
    """Looks at pictures for a network. `body` is the part of it that takes pictures and text."""

    def __init__(self, net: PreTrainedModel, pictures: Pictures) -> None:
        self.body: Any = getattr(net, "model", net)
        self.pictures = pictures
        taken = signature(self.body.forward).parameters
        self.taken = tuple(taken)
        self.always_asks = taken["pixel_values"].default is Parameter.empty  # BLIP-2, for pictures, even where there are none
        self.looked_at = frozenset(signature(self.body.get_image_features).parameters)
        whole: Any = net
        words = {id(weight) for part in (whole.get_decoder(), whole.get_output_embeddings()) for weight in part.parameters()}
        self.weights = [weight for weight in self.body.parameters() if id(weight) not in words]
        self._kept: OrderedDict[int, Tensor] = OrderedDict()
        self._state: tuple[int, ...] = ()
        self._in_one = self.always_asks

    def unfolded(self, given: dict[str, Any]) -> dict[str, Any]:
        """The arguments of a pass with pictures in the place of the tokens that name them."""
        ids: Tensor | None = given.get("input_ids")
        if ids is None or not (ids < 0).any():
            return given | self._told([]) if self.always_asks else given
        names = [name for row in ids.tolist() for name in self.pictures.named(row)]
        told: dict[str, Tensor | None] = {
            key: together([self.pictures.pixels(name)[key] for name in names]) for key in self._sizes(names[0])
        }
        if "mm_token_type_ids" in self.taken:
            told["mm_token_type_ids"] = (ids < 0).long()
        if "image_grid_thw" in self.taken:  # places in pictures have three coordinates, which the network finds itself
            told["position_ids"] = None
        told = {key: value if value is None else value.to(ids.device) for key, value in told.items()}
        return {**given, "input_ids": ids.masked_fill(ids < 0, self.pictures.placeholder), **told, **self._told(self.look(names))}

    def _sizes(self, name: int) -> list[str]:
        """What the network itself is told of pictures beside what is seen of them."""
        return [key for key in self.pictures.pixels(name) if key in self.taken and not key.startswith("pixel")]

    def _told(self, seen: Sequence[Tensor]) -> dict[str, Any]:
        """What was seen, as the network's own eyes tell it."""
        told: Any = [*seen]
        if self._in_one:
            width = self.body.get_input_embeddings().weight
            told = torch.cat([width.new_zeros(0, width.size(1)), *seen]).unsqueeze(0)
        eyes = SimpleNamespace(pooler_output=told, vision_outputs=None, qformer_outputs=None)
        return {"pixel_values": None, "mm_encoder_outputs": {"image": eyes}}

    def look(self, names: Sequence[int]) -> list[Tensor]:
        """What is seen of the pictures of each name, (places, D)."""
        if torch.is_grad_enabled() and any(weight.requires_grad for weight in self.weights):
            seen = self._looked([*dict.fromkeys(names)])
            return [seen[name] for name in names]
        self._forget_what_changed()
        with torch.inference_mode(mode=False), torch.no_grad():
            missing = [name for name in dict.fromkeys(names) if name not in self._kept]
            seen = {
                **{name: self._kept[name] for name in names if name in self._kept},
                **(self._looked(missing) if missing else {}),
            }
        self._kept.update((name, seen[name]) for name in missing)
        kept = sum(tensor.nbytes for tensor in self._kept.values())
        while kept > _KEPT and self._kept:
            kept -= self._kept.popitem(last=False)[1].nbytes
        return [seen[name] for name in names]

    def _forget_what_changed(self) -> None:
        state = (*(weight.data_ptr() for weight in self.weights[:1]), sum(weight._version for weight in self.weights))
        if state != self._state:
            self._kept.clear()
            self._state = state

    def _looked(self, names: Sequence[int]) -> dict[int, Tensor]:
        """Those of one shape together."""
        alike: dict[tuple[tuple[int, ...], ...], list[int]] = {}
        for name in names:
            alike.setdefault(tuple(tuple(tensor.shape) for tensor in self.pictures.pixels(name).values()), []).append(name)
        return {name: seen for group in alike.values() for name, seen in zip(group, self._at_once(group), strict=True)}

    def _at_once(self, names: Sequence[int]) -> list[Tensor]:
        device, all_pixels = self.weights[0].device, [self.pictures.pixels(name) for name in names]
        given = {
            key: together([pixels[key] for pixels in all_pixels]).to(device) for key in all_pixels[0] if key in self.looked_at
        }
        out = self.body.get_image_features(**given, return_dict=True)
        self._in_one = isinstance(out.pooler_output, Tensor)
        parts = [part.reshape(-1, part.size(-1)) for part in out.pooler_output]
        each = len(parts) // len(names)
        return [torch.cat(parts[k * each : (k + 1) * each]) for k in range(len(names))]


def let_see(net: PreTrainedModel, pictures: Pictures) -> None:
    """Let a network take tokens that name pictures."""
    eyes = Eyes(net, pictures)
    forward: Callable[..., Any] = eyes.body.forward

    @wraps(forward)
    def seeing(*args: Any, **given: Any) -> Any:
        return forward(**eyes.unfolded({**dict(zip(eyes.taken, args, strict=False)), **given}))

    eyes.body.forward = seeing


def sees(net: PreTrainedModel) -> bool:
    """Whether a network takes pictures."""
    return getattr(net.config, "image_token_id", None) is not None


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
        """That of its tokenizer."""
        return _WORDS.convention(tokenizer)

    def tokens(self, tokenizer: PreTrainedTokenizerBase, prompt: Prompt) -> Tokens:
        """With pictures as its processor does it, without as a decoder."""
        if not prompt.images:
            return _WORDS.tokens(tokenizer, prompt)
        return self.pictures.tokens(str(prompt), prompt.images)

    def asked(self, given: Tokens, opening: Tokens) -> Features:
        """One sequence. Raises `InputError` where a picture in it is not whole."""
        self.pictures.named(given)
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
        self.pictures.named(ids)
        if not self.two_ways:
            return features
        first = features.positions[0] + 1
        return replace(features, inputs={"input_ids": ids, "token_type_ids": [int(k >= first) for k in range(len(ids))]})

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
