"""Pictures among tokens: what a vision-language model's own processor makes of text and images, in one list of numbers.

Each place that a picture takes in a prompt is a token below 0, which names the pictures of the prompt by their content. So all
that handles prompts (batches, choices, beams, what is asked twice) handles pictures without knowing of them, and takes two
prompts for the same only where their pictures are. Just before the network, `seeing` puts the pictures in their places.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any, Final, NamedTuple, final
from weakref import WeakValueDictionary

import torch
from torch import Tensor

from tasktune.answers import Message
from tasktune.core import InputError
from tasktune.heads.conventions import Tokens
from tasktune.heads.kept import Kept, size_of
from tasktune.heads.turns import rendered, unsigned
from tasktune.images import MOST_PIXELS, Image, digest, opened

_AT_ONCE: Final = 1 << 27
"""Bytes of what a processor makes of several texts together; some make 25 MB of the smallest picture."""

_FOLLOWING: Final = ("input_ids", "attention_mask", "token_type_ids", "mm_token_type_ids", "labels")
"""What a processor makes of tokens, and not of pictures."""

_LATEST: Final = 1024
"""Prompts whose images are held even where no more is left of them than tensors: those of a pass."""


@final
@dataclass(frozen=True, slots=True, weakref_slot=True)
class View:
    """The images of one prompt: how many `places` they take, and the text among which the processor was first given them."""

    images: tuple[Image, ...]
    text: str
    places: int


class _Coming(NamedTuple):
    """A text with signs for its images, as it was written and as the processor takes it, and what the images show."""

    written: str
    text: str
    images: tuple[Image, ...]
    pixels: list[Any]


@final
class Name(int):
    """A token that names the images of a prompt, and holds them: they are gone with the last prompt that has it."""

    view: View


@final
class Pictures:
    """A model's processor, and the pictures that it was given so far, by the tokens that name them.

    `placeholder` is the token that stands in a picture's places for the network. `files` are those of the processor in the
    model's folder, by name: a tuned model is saved with them as they are.
    """

    def __init__(self, processor: Any, placeholder: int, files: dict[str, bytes]) -> None:
        self.processor = processor
        self.placeholder = placeholder
        self.files = files
        self._views: WeakValueDictionary[int, View] = WeakValueDictionary()
        self._latest: deque[View] = deque(maxlen=_LATEST)
        self._pixels: Kept[dict[str, Tensor]] = Kept()
        self._foreseen: dict[tuple[str, tuple[Image, ...]], Tokens] = {}

    @cached_property
    def signs(self) -> tuple[str, ...]:
        """What may stand for an image in a text, that which the processor knows first."""
        known = [vars(self.processor).get(name) for name in ("image_token", "boi_token")]
        own = self.processor.tokenizer.convert_ids_to_tokens(self.placeholder)
        return tuple(dict.fromkeys(str(sign) for sign in (*known, own) if sign))

    def tokens(self, text: str, images: Sequence[Image]) -> Tokens:
        """The tokens of a user's text and the images before it, up to where the assistant is to begin.

        They are written in the chat template; where there is none, as processors take it that have none.
        """
        return self.placed(self.written(text, images), images)

    def written(self, text: str, images: Sequence[Image]) -> str:
        """What the processor is given as text."""
        if self.processor.tokenizer.chat_template is not None:
            asked = Message("user", text, images=tuple(images))
            return rendered(self.processor.tokenizer, [asked], ask=True, signs=self.signs)
        text = unsigned(text, self.signs)
        if self._puts_them_first:
            return text
        sign = self.signs[0]
        return sign * len(images) + text if "PaliGemma" in type(self.processor).__name__ else f"{sign}\n" * len(images) + text

    @property
    def _puts_them_first(self) -> bool:
        """Whether the processor puts pictures before all text by itself (BLIP-2's)."""
        return "image_token" not in vars(self.processor) or bool(getattr(self.processor, "num_query_tokens", None))

    def words(self, text: str) -> Tokens:
        """The tokens of a text without images."""
        return list(self.processor.tokenizer(text, add_special_tokens=self._begins(text))["input_ids"])

    def _begins(self, text: str) -> bool:
        """Whether a text is yet to be begun with the token for that."""
        begin = self.processor.tokenizer.bos_token
        return not (begin and text.startswith(begin))

    def placed(self, written: str, images: Sequence[Image]) -> Tokens:
        """The tokens of a text with a sign for each image in it, and in their places those that name the images."""
        if (foreseen := self._foreseen.pop((written, tuple(images)), None)) is not None:
            return foreseen
        text = self._taken(written, images)
        (made,) = self._made([text], [[opened(image) for image in images]], add_special_tokens=self._begins(text))
        return self._named(text, images, made)

    def foresee(self, asked: Iterable[tuple[str, tuple[Image, ...]]]) -> None:
        """Have the processor make what will be `placed` next, all at once where texts have pictures of the same sizes.

        What cannot be opened, or taken, is left to be refused when it is placed.
        """
        self._foreseen.clear()
        for (begins, *_), several in self._alike(asked).items():
            many = 1
            while several:
                some, several = several[:many], several[many:]
                made = self._made([each.text for each in some], [each.pixels for each in some], add_special_tokens=begins)
                many = max(1, _AT_ONCE // size_of(made[0]))
                for each, own in zip(some, made, strict=True):
                    with suppress(InputError):
                        self._foreseen[each.written, each.images] = self._named(each.text, each.images, own)

    def _alike(self, asked: Iterable[tuple[str, tuple[Image, ...]]]) -> dict[tuple[Any, ...], list[_Coming]]:
        """Those that the processor can be given together, as many as may be open at a time."""
        alike: dict[tuple[Any, ...], list[_Coming]] = {}
        area = 0
        for written, images in dict.fromkeys(asked):
            with suppress(InputError):
                text, pixels = self._taken(written, images), [opened(image) for image in images]
                sizes = (each.size for each in pixels)
                alike.setdefault((self._begins(text), *sizes), []).append(_Coming(written, text, images, pixels))
                area += sum(each.width * each.height for each in pixels)
            if area > MOST_PIXELS:
                break
        return alike

    def _taken(self, written: str, images: Sequence[Image]) -> str:
        """The text as the processor takes it."""
        if not self._puts_them_first:
            return written
        if len(images) > 1:
            raise InputError(f"it has {len(images)} pictures, and this model takes one, before all text; show it one")
        return written.replace(f"{self.signs[0]}\n", "")

    def _named(self, text: str, images: Sequence[Image], made: dict[str, Tensor]) -> Tokens:
        """What the processor made of a text, remembered by the name that stands in the places of its images."""
        name, ids = Name(_name(images)), made.pop("input_ids").tolist()
        places = ids.count(self.placeholder)
        if not places:
            raise InputError(f"the model's processor put none of the pictures ({images[0]} …) into the text")
        name.view = self._views.setdefault(int(name), View(tuple(images), text, places))
        self._latest.append(name.view)
        self._remember(int(name), made)
        return [name if token == self.placeholder else token for token in ids]

    def _made(
        self, texts: Sequence[str], pixels: Sequence[Sequence[Any]], *, add_special_tokens: bool = False
    ) -> list[dict[str, Tensor]]:
        """What the processor makes of each text and its pictures, without what follows from the tokens.

        They have pictures of the same sizes, so that of each tensor there is as much of one as of any other.
        """
        told = self.processor(
            text=[*texts],
            images=[[*each] for each in pixels],
            padding=True,
            return_tensors="np",
            add_special_tokens=add_special_tokens,
        )
        ids = [row[seen == 1] for row, seen in zip(told["input_ids"], told["attention_mask"], strict=True)]
        shown = {key: torch.as_tensor(value).chunk(len(texts)) for key, value in told.items() if key not in _FOLLOWING}
        parts = [{key: tensors[k] for key, tensors in shown.items()} for k in range(len(texts))]
        return [{"input_ids": torch.as_tensor(own), **part} for own, part in zip(ids, parts, strict=True)]

    def _remember(self, name: int, pixels: dict[str, Tensor]) -> None:
        if self._pixels.get(name) is None:
            self._pixels.put(name, {key: tensor.clone() for key, tensor in pixels.items()})  # a part would keep the whole

    def pixels(self, name: int) -> dict[str, Tensor]:
        """What the network is given of the pictures of this name, by argument: each tensor's first dimension is of pictures."""
        found = self._pixels.get(name)
        if found is None:
            view = self._views[name]
            (found,) = self._made([view.text], [[opened(image) for image in view.images]])
            del found["input_ids"]
            self._remember(name, found)
        return found

    def named(self, tokens: Sequence[int]) -> list[int]:
        """The names of the pictures among tokens, in order: as often as all of their places are there.

        Raises `InputError` where some of a picture's places are missing.
        """
        names: list[int] = []
        places = [token for token in tokens if token < 0]
        while places:
            count = self._views[places[0]].places
            if places[:count] != places[:1] * count:
                view = self._views[places[0]]
                raise InputError(f"{view.images[0]} takes {count} tokens, and there is no room for them all; raise --max-length")
            names.append(places[0])
            del places[:count]
        return names


def _name(images: Sequence[Image]) -> int:
    """A number below 0, by the contents of images and their order."""
    told = blake2b("".join(digest(image) for image in images).encode(), digest_size=8)
    return -1 - (int.from_bytes(told.digest(), "big") >> 2)


def together(parts: Sequence[Tensor]) -> Tensor:
    """Tensors one behind the other in their first dimension, the others filled up with zeros to the longest."""
    shape = [max(part.size(k) for part in parts) for k in range(1, parts[0].dim())]
    filled = []
    for part in parts:
        wide = part.new_zeros([part.size(0), *shape])
        wide[tuple(slice(n) for n in part.shape)] = part
        filled.append(wide)
    return torch.cat(filled)
