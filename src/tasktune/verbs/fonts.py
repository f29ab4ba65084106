"""Which of the fonts of this machine have the characters of a text: matplotlib's own has no Chinese, Japanese or Korean ones."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_OWN: Final = "DejaVu Sans"
"""The font that comes with matplotlib: Latin, Greek, Cyrillic, Arabic, Hebrew."""


def families_for(text: str) -> tuple[list[str], set[str]]:
    """Families of fonts, of which each is asked for what those before it lack; and the characters that none of them has.

    The fonts are looked for anew, so that one which was just installed is found.
    """
    from matplotlib.font_manager import findfont, findSystemFonts, fontManager
    from matplotlib.ft2font import FT2Font

    families, missing = [_OWN], _without({c for c in text if c.isprintable()}, findfont(_OWN))
    paths = sorted(findSystemFonts()) if missing else []
    while paths and missing:
        left = {path: _without(missing, path) for path in paths}
        best = min(paths, key=lambda path: (len(left[path]), "Regular" not in path))
        if left[best] == missing:
            break
        fontManager.addfont(best)
        families.append(FT2Font(best).family_name)
        missing = left[best]
    return families, missing


def _without(characters: Iterable[str], path: str) -> set[str]:
    """The characters that the font in this file does not have; all of them where it cannot be read."""
    from matplotlib.ft2font import FT2Font

    try:
        there = FT2Font(path).get_charmap()
    except RuntimeError:  # bitmaps, and files that are broken
        return set(characters)
    return {character for character in characters if ord(character) not in there}
