"""Abstractive summarization: say in few words what a text says in many.

Record            `text`, the answer is its summary; `references` where a text has several (or `summary1`, `summary2` …)
Encoder           cannot
Decoder, enc-dec  the summary
Metric            ROUGE-1, -2, -L, -Lsum (F-measure)

Of a text that is longer than the model each part is summed up, and then the summaries together, which is told with what was lost;
`--lossy truncate` reads its beginning alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import ClassVar, Self

from tasktune.core import Record, Row, Task
from tasktune.framings import Prompt, Text
from tasktune.metrics.rouge import rouge

_ASKED = re.compile(r"\A\s*summari[sz]e:\s*", re.IGNORECASE)
"""What T5 is asked with, and prompts that were made elsewhere (T0's) begin with: in a column `prompt` no part of the text."""
_NUMBERED = re.compile(r"summary_?(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summarization(Record):
    """A text, its summary and, where it has several, all of them."""

    text: str
    references: tuple[str, ...] = ()
    aliases: ClassVar = {
        "text": ("document", "article", "source", "dialogue", "content", "prompt"),
        "answer": ("summary", "highlights", "target", "abstract", "tldr", "summary1", "completion"),
    }

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """The record that a row holds. Sentences of a source are joined; the first of several summaries is the answer."""
        references = row.texts("references") if row.get("references") else _numbered(row)
        summaries = row.texts("answer")
        text = " ".join(row.texts("text") or (row.string("text"),))
        return cls(
            text=_ASKED.sub("", text) if _is_prompt(row) else text,
            references=references or (summaries if len(summaries) > 1 else ()),
            answer=next(iter(summaries or references), None),
            id=row.id,
        )


def _is_prompt(row: Row) -> bool:
    """Whether the text stands in a column `prompt`."""
    return any(name.lower() == "prompt" and value == row.get("text") for name, value in row.values.items())


def _numbered(row: Row) -> tuple[str, ...]:
    """The summaries that stand in columns of their own (DialogSum's `summary1` to `summary3`), where these are several."""
    places = {name: int(number[1]) for name in row.values if (number := _NUMBERED.fullmatch(name))}
    found = (row.get(name) for name in sorted(places, key=places.__getitem__))
    summaries = tuple(text for text in found if isinstance(text, str) and text)
    return summaries if len(summaries) > 1 else ()


summary = Text[Summarization](
    prompt=lambda record: Prompt(record.text, after="\nSummary:", prefix="summarize: "),
    max_new_tokens=96,
    part=lambda record, text: replace(record, text=text),
)

TASK = Task(
    name="summarization",
    record=Summarization,
    encoder=None,
    decoder=summary,
    encoder_decoder=summary,
    metric=rouge,
    example=(
        Summarization(
            text="The council met on Monday. After four hours of debate it voted to close the old bridge to cars.",
            answer="Council closes old bridge to cars.",
        ),
        Summarization(
            text="Heavy rain fell all night. Two roads are under water and the school stays shut.",
            answer="Floods shut school and two roads.",
        ),
        Summarization(
            text="The museum has bought a painting thought lost since 1910. It goes on show in May.",
            answer="Lost painting goes on show in May.",
            references=("Lost painting goes on show in May.", "Museum buys lost painting."),
        ),
        Summarization(text="The team lost its third game in a row, two to nil.", answer="Third defeat in a row."),
    ),
)
