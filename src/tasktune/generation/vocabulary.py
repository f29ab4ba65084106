"""A tokenizer's tokens by what each adds to a text, sorted, so that those that go on in a given way are found at once.

Some tokenizers keep any text as it is: byte-level ones, and those that fall back to bytes. Others lose something: T5's runs of
blanks and rare signs, BERT's case and accents too. Of what the latter write only that can be found again which
`notations.folding` leaves; so that, and line breaks, is what their tokens are taken to add, blanks being free.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, final

from transformers import PreTrainedTokenizerBase
from transformers.convert_slow_tokenizer import bytes_to_unicode

from tasktune.notations.folding import fold

Node = tuple[int, int, int]
"""The tokens `first` to `last` (end excluded) of the sorted list, which share their first `depth` units."""


@final
@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Tokens as strings of units: bytes (each the character of its number) where texts are kept `exact`, else folded characters.

    `size` is the tokenizer's length. `sorted_tokens` are in the order of their strings, `ids` are theirs, and `units` are those
    that can be written alone. `begins` is what the tokenizer puts before a text by itself.
    """

    exact: bool
    size: int
    sorted_tokens: list[str]
    ids: list[int]
    by_id: dict[int, str]
    units: frozenset[str]
    begins: str

    def spelled(self, text: str) -> str:
        """A text in units."""
        if self.exact:
            return _bytes_of(text)
        between = " " if text[:1] == " " and text[1:2].isalnum() else ""  # without it, a word would be one with that before it
        return between + _folded(text)

    def can_spell(self, text: str) -> bool:
        """Whether the tokenizer can write all of a text."""
        return self.units.issuperset(self.spelled(text))

    def spellable(self, text: str) -> str:
        """A text without the characters that the tokenizer cannot write."""
        return "".join(filter(self.can_spell, text))

    @property
    def root(self) -> Node:
        """All tokens."""
        return 0, len(self.sorted_tokens), 0

    def child(self, node: Node, unit: str) -> Node:
        """The tokens among those of a node that go on with a unit."""
        first, last, depth = node
        start = self.sorted_tokens[first][:depth] + unit
        begin = bisect_left(self.sorted_tokens, start, first, last)
        return begin, bisect_left(self.sorted_tokens, start + "\U0010ffff", begin, last), depth + 1

    def goes_on(self, node: Node) -> bool:
        """Whether a token of a node is longer than what they share."""
        _, last, depth = node
        return len(self.sorted_tokens[last - 1]) > depth

    def ending(self, node: Node) -> list[int]:
        """The ids of the tokens that end at a node."""
        first, last, depth = node
        while first < last and len(self.sorted_tokens[first]) == depth:
            first += 1
        return self.ids[node[0] : first]


@lru_cache(maxsize=4)
def vocabulary(tokenizer: PreTrainedTokenizerBase) -> Vocabulary:
    """The vocabulary of a tokenizer, without its special tokens and those that add nothing. Takes up to seconds; kept."""
    backend: Any = tokenizer
    decoder = json.dumps(json.loads(backend.backend_tokenizer.to_str())["decoder"])
    texts: Callable[[PreTrainedTokenizerBase], list[str]]
    exact = True
    if '"ByteLevel"' in decoder:
        texts = _byte_level
    elif '"ByteFallback"' in decoder:
        texts = _byte_fallback
    else:
        texts, exact = _decoded, False
    special = set(tokenizer.all_special_ids) | {k for k, added in backend.added_tokens_decoder.items() if added.special}
    by_id = {k: text for k, text in enumerate(texts(tokenizer)) if text and k not in special}
    ordered = sorted((text, k) for k, text in by_id.items())
    alone = {text.lstrip(" ") or text for text, _ in ordered}
    return Vocabulary(
        exact=exact,
        size=len(tokenizer),
        sorted_tokens=[text for text, _ in ordered],
        ids=[k for _, k in ordered],
        by_id=by_id,
        units=frozenset({*(unit for unit in alone if len(unit) == 1), *([] if exact else " ")}),
        begins="".join(by_id.get(k, "") for k in tokenizer("a", add_special_tokens=False)["input_ids"]).partition("a")[0],
    )


def _bytes_of(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


def _folded(text: str) -> str:
    return "\n".join(map(fold, text.split("\n")))


def _tokens(tokenizer: PreTrainedTokenizerBase) -> list[str]:
    return [token or "" for token in tokenizer.convert_ids_to_tokens(list(range(len(tokenizer))))]


def _byte_level(tokenizer: PreTrainedTokenizerBase) -> list[str]:
    """Each character of a token is a byte, after GPT-2's table; added tokens stand for themselves."""
    table = {character: chr(byte) for byte, character in bytes_to_unicode().items()}  # type: ignore[no-untyped-call]
    added = set(tokenizer.get_added_vocab())
    return [_bytes_of(t) if t in added else "".join(table.get(c, "") for c in t) for t in _tokens(tokenizer)]


_BYTE = re.compile(r"<0x([0-9A-F]{2})>")


def _byte_fallback(tokenizer: PreTrainedTokenizerBase) -> list[str]:
    """A token is text with `▁` for blanks, or a byte."""
    found = [(token, _BYTE.fullmatch(token)) for token in _tokens(tokenizer)]
    return [chr(int(byte[1], 16)) if byte else _bytes_of(token.replace("▁", " ")) for token, byte in found]


def _decoded(tokenizer: PreTrainedTokenizerBase) -> list[str]:
    """What each token adds when it is decoded behind another, folded; its first blank is kept."""
    given = tokenizer("a", add_special_tokens=False)["input_ids"]
    before = len(tokenizer.decode(given))
    pairs = [[*given, k] for k in range(len(tokenizer))]
    added = [text[before:] for text in tokenizer.batch_decode(pairs, clean_up_tokenization_spaces=False)]
    return [" " * text[:1].isspace() * (text[:1] != "\n") + _folded(text) for text in added]
