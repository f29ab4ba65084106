"""Sentences with a marked pair, as SemEval-2010 task 8 has them: a number and a sentence, its relation, a comment, an empty line.
Where there are no relations, as in its test file, a sentence may follow another.

1	"The <e1>child</e1> was wrapped and bound into the <e2>cradle</e2>."
Other
Comment:
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tasktune.core import Row
from tasktune.readers.source import Source

_SENTENCE = re.compile(r'(\S+)\t"(.*<(e[12])>.*</\3>.*<(e[12])>.*</\4>.*)"')


def looks(lines: list[str], known: frozenset[str]) -> bool:
    """Whether lines are surely of this format: the first is a number and a quoted sentence with both marks."""
    first = next((line for line in lines if line.strip()), "")
    return bool(_SENTENCE.fullmatch(first.rstrip()))


def read(source: Source) -> Iterator[Row]:
    """A row a sentence: `id`, `text` with its tags, and `answer` where the next line has one."""
    block: list[tuple[int, str]] = []
    for number, line in source.lines():
        line = line.strip()
        if block and (not line or _SENTENCE.fullmatch(line)):
            yield _row(source, block)
            block = []
        if line:
            block.append((number, line))
    if block:
        yield _row(source, block)


def _row(source: Source, block: list[tuple[int, str]]) -> Row:
    (number, line), *rest = block
    found = _SENTENCE.fullmatch(line)
    if found is None:
        raise source.refuse(number, f'not a number, a tab and a "sentence" with <e1>…</e1> and <e2>…</e2>: {line[:60]!r}')
    said = [(at, text) for at, text in rest if not text.startswith("Comment:")]
    if len(said) > 1 or any("\t" in text for _, text in said):  # with a tab, it is a sentence without its marks
        raise source.refuse(said[-1][0], "more than a relation under one sentence. Part sentences by an empty line.")
    return Row({"id": found[1], "text": found[2], **({"answer": said[0][1]} if said else {})}, source.place(number))
