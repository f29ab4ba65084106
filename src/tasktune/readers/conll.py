"""CoNLL: one token a line, its columns parted by tabs or spaces, sentences parted by blank lines.

CoNLL-2000, -2002 and -2003, WNUT, WikiGold, NCBI and most other sequence-labelling sets are of this kind, in any tag scheme and
with any number of columns: the first is the word, the last the tag.

How a line is read:

- A file is one of tabs or one of spaces, as its first token line shows. In a file of tabs, a column may hold spaces. In a file of
  spaces, a run of them is one separator. Every token line has as many columns as the first.
- A line of nothing, spaces or tabs ends a sentence. A `-DOCSTART-` line ends one too, and is no token.
- "#" is a word like any other (`#<tab>O`, `# O`). A line is a comment only if it starts with "# ", stands before the first token
  of its sentence, and has another number of columns than a token has. What could be a token is one.
- Where every word of the first lines is one character and a number behind it, 0 at the start of each sentence, and some are
  Chinese or Japanese (科0 技1 全0 方1, as Weibo NER has it), the number is the character's place in a segmented word. It is no
  part of the text, and is taken off the words; column "1" keeps it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tasktune.answers import CJK
from tasktune.core import InputError, Row
from tasktune.readers.source import Source, is_blank

DOCSTART = "-DOCSTART-"
_NUMBERED = re.compile(r"(\ufffd+|.)([0-9]+)", re.DOTALL)  # the replacement character may stand for several at once
_CJK = re.compile(f"[{CJK}]")


@dataclass(frozen=True, slots=True)
class Layout:
    """How the lines of one file are made: tabs or spaces, how many columns, and whether words have their place behind them."""

    tabs: bool
    width: int
    numbered: bool = False

    def cells(self, line: str) -> list[str]:
        """The columns of a line."""
        return _cells(line, self.tabs)

    def is_comment(self, line: str) -> bool:
        """Whether a line before a sentence can be no token row and says it is a comment."""
        return line.startswith("# ") and len(self.cells(line)) != self.width


def _cells(line: str, tabs: bool) -> list[str]:
    return line.split("\t") if tabs else re.split(" +", line.strip(" "))


def layout(lines: list[str]) -> Layout | None:
    """The layout that the first lines of a file show; `None` where there is no token among them."""
    tokens = [line for line in lines if not is_blank(line) and not line.startswith(DOCSTART)]
    # A line that cannot be a comment decides. Where all could be, one with a tab does: comments seldom have any.
    first = next((line for line in tokens if not line.startswith("# ")), None)
    first = first or next((line for line in tokens if "\t" in line), None) or next(iter(tokens), None)
    if first is None:
        return None
    found = Layout("\t" in first, len(_cells(first, "\t" in first)))
    return replace(found, numbered=_numbered([] if is_blank(line) else found.cells(line) for line in lines))


def _numbered(rows: Iterable[list[str]]) -> bool:
    """Whether words are single characters with a number behind, beginning at 0 after each blank line."""
    seen, first = False, True
    for cells in rows:
        word = _NUMBERED.fullmatch(cells[0]) if cells else None
        if cells and (word is None or (first and word[2] != "0")):
            return False
        first, seen = not cells, seen or (word is not None and _CJK.match(word[1]) is not None)
    return seen


def looks(lines: list[str], known: frozenset[str]) -> bool:
    """Whether lines are surely CoNLL: blank lines part blocks of rows that all have the same two or more columns."""
    found = layout(lines)
    if found is None or found.width < 2 or not any(is_blank(line) for line in lines[:-1]):
        return False
    rows = [line for line in lines if not is_blank(line) and not line.startswith(DOCSTART) and not found.is_comment(line)]
    return all(len(found.cells(line)) == found.width for line in rows)


def read(source: Source) -> Iterator[Row]:
    """A row a sentence: `words`, `tags` (where there are two columns or more), every column as it is under its number "1", "2" …

    Comments are kept under `comments`. Raises `InputError` at the first line with another number of columns.
    """
    found = layout(source.head())
    if found is None:
        return
    comments: list[str] = []
    tokens: list[list[str]] = []
    start = 0
    for number, line in source.lines():
        if is_blank(line) or line.startswith(DOCSTART):
            if tokens:
                yield _row(source, start, tokens, comments, found)
                tokens, comments = [], []
        elif not tokens and found.is_comment(line):
            comments.append(line)
        else:
            start = start if tokens else number
            tokens.append(_token(source, number, line, found))
    if tokens:
        yield _row(source, start, tokens, comments, found)


def _token(source: Source, number: int, line: str, found: Layout) -> list[str]:
    cells = found.cells(line)
    if len(cells) != found.width:
        kind = "tabs" if found.tabs else "spaces"
        raise source.refuse(
            number,
            f"{len(cells)} columns parted by {kind} where the first token has {found.width}: {line[:60]!r}. Give each token the "
            "same columns and the same separator, and part sentences by an empty line.",
        )
    if not cells[0] or not cells[-1]:
        raise source.refuse(number, f"an empty {'tag' if cells[0] else 'word'}: {line[:60]!r}. Fill it in or delete the line.")
    if found.numbered and not _NUMBERED.fullmatch(cells[0]):
        raise source.refuse(
            number,
            f"{cells[0]!r} is no character with its number behind it, as all words before it are. Write it so, or none so.",
        )
    return cells


def _row(source: Source, line: int, tokens: list[list[str]], comments: list[str], found: Layout) -> Row:
    columns = [list(column) for column in zip(*tokens, strict=True)]
    values: dict[str, Any] = {"words": [_NUMBERED.sub(r"\1", word) for word in columns[0]] if found.numbered else columns[0]}
    if len(columns) > 1:
        values["tags"] = columns[-1]
    values.update({str(number): column for number, column in enumerate(columns, 1)})
    if comments:
        values["comments"] = comments
    return Row(values, source.place(line))


def write(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Two columns, `words` and `tags`, parted by a tab. Raises `InputError` where reading back would not give the same."""
    for number, row in enumerate(rows, 1):
        words, tags = row["words"], row.get("tags", ())
        if len(words) != len(tags) or not words:
            raise InputError(f"record {number} has {len(words)} words and {len(tags)} tags. CoNLL wants one each.")
        for cell in (*words, *tags):
            if not cell or re.search(r"[\t\n\0]|\r\Z|^-DOCSTART-", cell):
                raise InputError(f"record {number}: {cell!r} cannot be a column of a CoNLL file. Write .jsonl instead.")
        if any(is_blank(tag) for tag in tags):
            raise InputError(f"record {number} has a tag of nothing but spaces. Write .jsonl instead.")
        yield "".join(f"{word}\t{tag}\n" for word, tag in zip(words, tags, strict=True)) + "\n"
