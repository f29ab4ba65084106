"""Rewrites the tables and the tree of README.md from the code: `python tools/readme.py`, or `make readme`."""

from __future__ import annotations

import tables

README = tables.ROOT / "README.md"


def main() -> None:
    """Rewrite the README."""
    README.write_text(tables.filled(README.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
