"""What programs that were run in a sandbox may have left behind."""

from pathlib import Path


def running(mark: str) -> list[str]:
    """The processes of trials that have `mark` among their limits, which are on their command lines."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_text().split("\0")
        except OSError:  # it has ended meanwhile
            continue
        found += [path.parent.name] if mark in words and "-I" in words else []
    return found
