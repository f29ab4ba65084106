"""Source code: functions and classes are sections, qualified names headings. Python by its grammar, others by indents."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import accumulate
from pathlib import PurePosixPath

from tasktune.documents.document import Document, Heading
from tasktune.documents.encodings import decoded
from tasktune.documents.opened import Opened
from tasktune.documents.plain import PARAGRAPH

_PYTHON = (".py", ".pyi")
_WORDS = (
    "function|func|fun|fn|def|class|struct|enum|interface|trait|impl|module|namespace|record|protocol|extension|object|sub|proc"
)
_DEFINED = re.compile(rf"\s*(?:[\w@()]+\s+){{0,5}}?(?:{_WORDS})\b\*?\s*(?:<[^>]*>\s*)?(?:\([^)]*\)\s*)?([\w:.$]+)")
"""A definition with a word for it: Rust's `pub fn f`, Go's `func (r R) f`, JavaScript's `export default function f`."""
_TYPED = re.compile(
    r"\s*(?:[\w:<>,*&\[\]~]+\s+[*&]*){1,6}([\w:~]+)\s*\([^;={}]*\)?\s*(?:const|override|noexcept|throws [\w, ]+)?\s*\{?\s*"
)
"""One without: C's `static int f(int x) {`. Its name must not be a word of the language."""
_STATEMENTS = "if for while switch catch return else match when with new throw await"
_NO_NAMES = frozenset(_STATEMENTS.split())
_ABOVE = re.compile(r"\s*(?://|/\*|\*|#|@|--|;;|%)")
_CLOSER = re.compile(r"\s*(?:[})\];,]|end\b|\{)")


def read(file: Opened) -> Iterator[Document]:
    """One document, the file as it stands."""
    text = decoded(file.data())
    lines = text.split("\n")
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    suffix = PurePosixPath(file.name).suffix.lower()
    found = _python(text, lines) if suffix in _PYTHON else None
    sections = _by_indent(lines) if found is None else found
    headings = tuple(Heading(title, level, starts[at], starts[at]) for at, level, title in sections if starts[at] < len(text))
    breaks = tuple(match.end() - len(_indent(text, match.end())) for match in PARAGRAPH.finditer(text))
    yield Document(file.source, PurePosixPath(file.name).name, text, headings, (), breaks, ((0, len(text)),))


def _python(text: str, lines: list[str]) -> list[tuple[int, int, str]] | None:
    """(line, level, qualified name) of definitions, and of where they end, without a name; `None` for what is no Python."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    found = dict[int, tuple[int, str]]()
    left: list[tuple[ast.AST, int, str]] = [(tree, 0, "")]
    while left:
        node, level, name = left.pop()
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                first = min([child.lineno, *(decorator.lineno for decorator in child.decorator_list)]) - 1
                qualified = f"{name}.{child.name}" if name else child.name
                found[_with_comments(lines, first)] = level + 1, qualified
                found.setdefault(child.end_lineno or first, (level + 1, ""))
                left.append((child, level + 1, qualified))
            elif isinstance(child, ast.If | ast.Try | ast.With):
                left.append((child, level, name))
    return [(line, *found[line]) for line in sorted(found)]


def _by_indent(lines: list[str]) -> list[tuple[int, int, str]]:
    """The same of other languages: a definition lasts as long as lines are indented more than it."""
    found, opened = dict[int, tuple[int, str]](), list[tuple[int, str]]()
    for number, line in enumerate(lines):
        if not line.strip() or _CLOSER.match(line):
            continue
        width = len(_indent(line, len(line) - len(line.lstrip())))
        name = _name(line)
        closed = 0
        while opened and opened[-1][0] >= width:
            opened.pop()
            closed = len(opened) + 1
        if name:
            qualified = ".".join([*(title for _, title in opened), name])
            found[_with_comments(lines, number)] = len(opened) + 1, qualified
            opened.append((width, name))
        elif closed:
            found.setdefault(number, (closed, ""))
    return [(line, *found[line]) for line in sorted(found)]


def _name(line: str) -> str:
    """What a line defines; "" for nothing."""
    if _ABOVE.match(line) or len(line) > 400:
        return ""
    defined = _DEFINED.match(line) or (None if line.rstrip().endswith(";") else _TYPED.fullmatch(line))
    return "" if defined is None or {*re.findall(r"\w+", line[: defined.end(1)])} & _NO_NAMES else defined[1].rstrip(":.")


def _with_comments(lines: list[str], line: int) -> int:
    """The first of the lines of comment right above a definition, which belong to it."""
    while line and _ABOVE.match(lines[line - 1]):
        line -= 1
    return line


def _indent(text: str, end: int) -> str:
    """The blanks before a place, in its line."""
    start = text.rfind("\n", 0, end) + 1
    return text[start:end]
