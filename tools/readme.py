"""Rewrites what README.md and the pages under docs/ say in tables from the code: `python tools/readme.py`, or `make readme`.

So the pages read the same on a forge as on the site that is built from them.
"""

from __future__ import annotations

import tables

README = tables.ROOT / "README.md"
WRITTEN = (README, *sorted((tables.ROOT / "docs").rglob("*.md")))


def main() -> None:
    """Rewrite the pages, those only that change."""
    for page in WRITTEN:
        text = page.read_text(encoding="utf-8")
        if (filled := tables.filled(text)) != text:
            page.write_text(filled, encoding="utf-8")


if __name__ == "__main__":
    main()
