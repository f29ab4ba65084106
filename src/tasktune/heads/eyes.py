"""Letting a network see: the pictures that tokens name are looked at, and put where these stand.

What comes out of the vision encoder and the projector behind it is computed once for each picture of a pass, and kept as long as
nothing learns there and the weights are what they were: a frozen encoder looks at each picture once, however often it is asked
about, also where the projector behind it learns (`tower`). transformers' own forward puts it into the text
(`mm_encoder_outputs`), so that every architecture does it in its own way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from inspect import Parameter, signature
from types import SimpleNamespace
from typing import Any, final

import torch
from torch import Tensor
from transformers import PreTrainedModel

from tasktune.heads.kept import Kept
from tasktune.heads.pictures import Pictures, together
from tasktune.heads.tower import Tower, dropping_nothing, state_of


def sees(net: PreTrainedModel) -> bool:
    """Whether a network takes pictures."""
    return getattr(net.config, "image_token_id", None) is not None


def let_see(net: PreTrainedModel, pictures: Pictures) -> None:
    """Let a network take tokens that name pictures."""
    eyes = Eyes(net, pictures)
    forward: Callable[..., Any] = eyes.body.forward

    @wraps(forward)
    def seeing(*args: Any, **given: Any) -> Any:
        return forward(**eyes.unfolded({**dict(zip(eyes.taken, args, strict=False)), **given}))

    eyes.body.forward = seeing


@final
class Eyes:
    """Looks at pictures for a network. `body` is the part of it that takes pictures and text, `words` the parts of language."""

    def __init__(self, net: Any, pictures: Pictures) -> None:
        self.body: Any = getattr(net, "model", net)
        self.words: tuple[torch.nn.Module, ...] = (net.get_decoder(), net.get_output_embeddings())
        self.tower = Tower(net.get_encoder(modality="image"), _layers(net.config))
        self.pictures = pictures
        taken = signature(self.body.forward).parameters
        self.taken = tuple(taken)
        self.always_asks = taken["pixel_values"].default is Parameter.empty  # BLIP-2, for pictures, even where there are none
        self.looked_at = frozenset(signature(self.body.get_image_features).parameters)
        self._seen: Kept[Tensor] = Kept()
        self._in_one = self.always_asks

    def unfolded(self, given: dict[str, Any]) -> dict[str, Any]:
        """The arguments of a pass with pictures in the place of the tokens that name them."""
        ids: Tensor | None = given.get("input_ids")
        if ids is None or not (ids < 0).any():
            return given | self._told([]) if self.always_asks and given.get("pixel_values") is None else given
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
        weights = self._weights()
        if torch.is_grad_enabled() and any(weight.requires_grad for weight in weights):
            self._seen.only(())  # which nobody asks for until the weights have changed
            seen = self._looked([*dict.fromkeys(names)])
        else:
            seen = self._remembered([*dict.fromkeys(names)], weights)
        return [seen[name] for name in names]

    def _weights(self) -> list[Tensor]:
        """Those of encoder and projector."""
        words = {id(weight) for part in self.words for weight in part.parameters()}
        return [weight for weight in self.body.parameters() if id(weight) not in words]

    def _remembered(self, names: Sequence[int], weights: Sequence[Tensor]) -> dict[int, Tensor]:
        """What was seen of pictures before, by the same weights; those that were not are looked at now."""
        self._seen.only(state_of(weights))
        seen = {name: known for name in names if (known := self._seen.get(name)) is not None}
        if missing := [name for name in names if name not in seen]:
            with torch.inference_mode(mode=False), torch.no_grad(), dropping_nothing(self.body):
                new = self._looked(missing)
            seen |= new
            for name, tensor in new.items():
                self._seen.put(name, tensor)
        return seen

    def _looked(self, names: Sequence[int]) -> dict[int, Tensor]:
        """Those of one shape together; one by one where the encoder rests and the projector does not."""
        if self.tower.rests and any(weight.requires_grad for weight in self._weights()):
            return {name: self._projected(name) for name in names}
        alike: dict[tuple[tuple[int, ...], ...], list[int]] = {}
        for name in names:
            alike.setdefault(tuple(tuple(tensor.shape) for tensor in self.pictures.pixels(name).values()), []).append(name)
        return {name: seen for group in alike.values() for name, seen in zip(group, self._at_once(group), strict=True)}

    def _projected(self, name: int) -> Tensor:
        with self.tower.looking_at(name):
            return self._at_once([name])[0]

    def _at_once(self, names: Sequence[int]) -> list[Tensor]:
        device, shown = next(self.body.parameters()).device, [self.pictures.pixels(name) for name in names]
        given = {key: together([pixels[key] for pixels in shown]).to(device) for key in shown[0] if key in self.looked_at}
        out = self.body.get_image_features(**given, return_dict=True)
        self._in_one = isinstance(out.pooler_output, Tensor)
        parts = [part.reshape(-1, part.size(-1)) for part in out.pooler_output]
        each = len(parts) // len(names)
        return [torch.cat(parts[k * each : (k + 1) * each]) for k in range(len(names))]


def _layers(config: Any) -> tuple[int, ...]:
    """The layers of the encoder that the network takes what is seen from, where it says which."""
    layers = getattr(config, "vision_feature_layer", None)
    return (layers,) if isinstance(layers, int) else tuple(layers or ())
