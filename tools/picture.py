"""Draw what a command printed, colours and all, as an SVG: the picture in the README.

FORCE_COLOR=1 COLUMNS=110 make -s demo | .venv/bin/python tools/picture.py docs/demo.svg "make demo"
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

WIDTH = 110


def picture(printed: str, title: str) -> str:
    """The SVG of a terminal of `WIDTH` columns that shows `printed` (text with ANSI colours)."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), highlight=False)
    console.print(Text.from_ansi(printed))
    return console.export_svg(title=title)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(picture(sys.stdin.read(), sys.argv[2]), encoding="utf-8")
