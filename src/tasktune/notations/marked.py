"""Places of a text marked in it, so that a model sees what is asked about.

Marks are punctuation that every tokenizer has, with the kind of the entity where it is known: `@ * person * Ada @` for the first
and `# ^ place ^ London #` for the second (the typed entity markers of Zhou & Chen 2022).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tasktune.answers import Span

_SIGNS = (("@", "*"), ("#", "^"))
_TAGS = re.compile(r"</?e[12]>")


def marked(text: str, spans: Sequence[Span]) -> str:
    """`text` with the marks around one place or two; a mark that closes comes before one that opens at the same place."""
    inserted = []
    for span, (sign, of_kind) in zip(spans, _SIGNS, strict=False):
        kind = f"{of_kind} {span.label} {of_kind} " if span.label else ""
        inserted += [(span.start, 1, -span.end, f"{sign} {kind}"), (span.end, 0, -span.start, f" {sign}")]
    made, done = "", 0
    for place, _, _, mark in sorted(inserted):
        made, done = made + text[done:place] + mark, place
    return made + text[done:]


def untagged(text: str) -> tuple[str, tuple[Span, Span]] | None:
    """A text without the tags `<e1>…</e1>` and `<e2>…</e2>` of SemEval-2010 task 8, and where they stood; `None` without them."""
    places: dict[str, int] = {}
    plain, done = "", 0
    for tag in _TAGS.finditer(text):
        plain, done = plain + text[done : tag.start()], tag.end()
        if tag[0] in places:
            return None
        places[tag[0]] = len(plain)
    if len(places) != 4:
        return None
    first, second = (Span(places[f"<{name}>"], places[f"</{name}>"], "") for name in ("e1", "e2"))
    if first.start >= first.end or second.start >= second.end:
        return None
    return plain + text[done:], (first, second)
