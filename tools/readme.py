"""Rewrites the parts of README.md that the code knows better: what stands between `<!-- NAME -->` and `<!-- /NAME -->`.

python tools/readme.py
"""

from __future__ import annotations

import re

import tables

BLOCKS = {"tree": tables.tree, "tasks": tables.tasks, "models": tables.models}
README = tables.ROOT / "README.md"


def rendered(text: str) -> str:
    """The text with every block made anew. Raises `KeyError` for a block that nothing makes."""
    return re.sub(
        r"<!-- (\w+) -->\n.*?<!-- /\1 -->",
        lambda block: f"<!-- {block[1]} -->\n{BLOCKS[block[1]]()}\n<!-- /{block[1]} -->",
        text,
        flags=re.DOTALL,
    )


def main() -> None:
    """Rewrite the README."""
    README.write_text(rendered(README.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
