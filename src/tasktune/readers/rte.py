"""The XML of the Recognising Textual Entailment challenges: `<pair>` elements with a text `<t>` and a hypothesis `<h>`.

<pair id="13" value="TRUE" task="IR">
    <t>iTunes software has seen strong sales in Europe.</t>
    <h>Strong sales for iTunes in Europe.</h>
</pair>

RTE-1 says of a pair `value="TRUE"` or `"FALSE"`, RTE-2 and RTE-3 `entailment="YES"` or `"NO"`; here both are GLUE's two labels.
RTE-4 and those behind it have three, which are SNLI's. Line breaks in a text are layout, and read as blanks.
"""

from __future__ import annotations

from collections.abc import Iterator

from tasktune.core import Row
from tasktune.readers.markup import Element, elements
from tasktune.readers.source import Source

_ROOT = "entailment-corpus"
_LABELS = {
    "TRUE": "entailment",
    "FALSE": "not_entailment",
    "YES": "entailment",
    "NO": "not_entailment",
    "ENTAILMENT": "entailment",
    "CONTRADICTION": "contradiction",
    "UNKNOWN": "neutral",
}


def looks(lines: list[str], known: frozenset[str]) -> bool:
    """Whether the root element is that of the challenges' files."""
    return any(f"<{_ROOT}" in line for line in lines)


def read(source: Source) -> Iterator[Row]:
    """A row a pair: `id`, `premise`, `hypothesis`, `answer` (where the file says it), and `task`, what the pair was made from.

    Raises `InputError` for a pair without both texts, and for an answer that is none of the challenges'.
    """
    for pair in elements(source, _ROOT, frozenset(("pair",))):
        texts = {"premise": _text(source, pair, "t"), "hypothesis": _text(source, pair, "h")}
        told = {name: said for name, said in pair.attributes.items() if name in ("id", "task")}
        yield Row({**texts, **_answer(source, pair), **told}, source.place(pair.line))


def _text(source: Source, pair: Element, name: str) -> str:
    element = pair.child(name)
    if element is None:
        raise source.refuse(pair.line, f"this pair has no <{name}>; it takes a text <t> and a hypothesis <h>")
    return " ".join(element.text(frozenset()).split())


def _answer(source: Source, pair: Element) -> dict[str, str]:
    said = pair.attributes.get("entailment", pair.attributes.get("value"))
    if said is None:
        return {}
    if said.upper() not in _LABELS:
        raise source.refuse(pair.line, f"the answer of this pair is {said[:60]!r}. It is one of {', '.join(_LABELS)}")
    return {"answer": _LABELS[said.upper()]}
