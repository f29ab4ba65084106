"""Running text that something parts into documents: lines of `<|endoftext|>`, or blank lines."""

from __future__ import annotations

from collections.abc import Iterator

from tasktune.core import Row
from tasktune.readers.source import Source, is_blank

END_OF_TEXT = "<|endoftext|>"


def looks(lines: list[str], known: frozenset[str]) -> bool:
    """Whether there are end-of-text lines, or blank lines inside the text."""
    return END_OF_TEXT in lines or any(is_blank(line) for line in lines[:-1])


def read(source: Source) -> Iterator[Row]:
    """A row a document, under `text`: parted by `<|endoftext|>` where the file has it near its start, else by blank lines.

    Lines inside a document are joined by LF, blank lines around it dropped; a document of nothing is none.
    """
    marked = END_OF_TEXT in source.head()
    held: list[str] = []
    start = 0
    for number, line in source.lines():
        if not marked and line == END_OF_TEXT:
            raise source.refuse(number, f"{END_OF_TEXT} for the first time, after blank lines parted texts. Put one on top.")
        if line == END_OF_TEXT if marked else is_blank(line):
            yield from _document(source, start, held)
            held = []
        elif held or not is_blank(line):
            start = start if held else number
            held.append(line)
    yield from _document(source, start, held)


def _document(source: Source, start: int, held: list[str]) -> Iterator[Row]:
    while held and is_blank(held[-1]):
        held.pop()
    if held:
        yield Row({"text": "\n".join(held)}, source.place(start))
