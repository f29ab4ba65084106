"""Text without case, accents and white space: what is left of it where an uncased WordPiece tokenizer wrote it.

`U.S.` comes back from such a tokenizer as `u . s .`, and `Zürich` as `zurich`.
"""

from __future__ import annotations

import unicodedata
from functools import cache


@cache
def _fold_character(character: str) -> str:
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    return "".join(c for c in decomposed if not c.isspace() and unicodedata.category(c) != "Mn")


def fold(text: str) -> str:
    """`text` folded."""
    return "".join(map(_fold_character, text))


def fold_with_places(text: str) -> tuple[str, list[int]]:
    """`text` folded, and for each character of that the place in `text` of the one it comes from."""
    return fold(text), [at for at, character in enumerate(text) for _ in _fold_character(character)]
