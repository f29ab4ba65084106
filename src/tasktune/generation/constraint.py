"""The form that what is written must have, asked token by token.

Decoding starts a `Walk` for each sequence, lets only those tokens come next that the walk's `mask` allows, and tells it which one
came. Beams that part ways `fork` it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Self

from torch import Tensor


class Walk(ABC):
    """How far one sequence has come through its form."""

    @abstractmethod
    def mask(self) -> Tensor:
        """Which tokens may come next, as bools (V,); the token that ends the text is among them where it may end.

        V is the length of the tokenizer; a network's logits may be longer, and what is beyond V never comes. At least one token
        is allowed until the end token has come; after it `mask` is not asked. The tensor is not changed by who asks.
        """

    @abstractmethod
    def advance(self, token: int) -> None:
        """Go on by a token, one of those that the mask allowed."""

    @abstractmethod
    def fork(self) -> Self:
        """A walk that has come as far, and goes on by itself."""


class Constraint(ABC):
    """A form: one of some texts, a grammar."""

    @abstractmethod
    def start(self) -> Walk:
        """A walk that is yet to take its first token."""
