"""Extractive summarization: say which sentences of a text sum it up.

Record            `text` and its `sentences`; the answer is some of them, as spans; `references` are summaries in other words
Encoder           for each sentence, in context, whether it is taken
Decoder, enc-dec  the numbers of the sentences that are taken, which are numbered in the prompt: `1, 4`
Metric            ROUGE-1, -2, -L, -Lsum (F-measure) of the sentences that are taken

Where the data say no more than a summary in other words, the sentences to learn are those that come nearest to it. An encoder's
answer is the most probable sentences that share no trigram, as many as the training answers have on average, or `--sentences`; a
model that writes says itself how many. The baseline is as many first sentences of the text (LEAD); the ceiling is what the
sentences nearest to the references score.

Of several references the best counts, for each figure by itself. SciTLDR's authors take all figures of the one with the best
ROUGE-1: that figure is the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Self

from tasktune.answers import Span, Words
from tasktune.core import Record, Row, Task
from tasktune.framings import Labels, Prompt, Select, Text
from tasktune.metrics.oracle import oracle
from tasktune.metrics.rouge import extract_rouge
from tasktune.notations import names
from tasktune.notations.closed_forms import NameList
from tasktune.notations.repeats import best_without_repeats
from tasktune.notations.sentences import sentences
from tasktune.notations.tokens import joined, places, spans_of

LABEL: Final = "summary"


@dataclass(frozen=True, slots=True, kw_only=True)
class SummarizationExtractive(Record):
    """A text, where its sentences stand if the data say so, the sentences that sum it up, and summaries in other words."""

    text: str
    sentences: Words = ()
    references: tuple[str, ...] = ()
    aliases: ClassVar = {
        "text": ("document", "article", "source", "src_txt", "dialogue", "content", "prompt"),
        "answer": ("summary", "highlights", "target", "tgt_txt", "abstract", "tldr", "completion"),
        "labels": (),
    }

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """The record that a row holds.

        `text` is a text or the list of its sentences. `answer` holds spans, or summaries in words; then the sentences are those
        that `labels` (0 or 1 for each) say, or that come nearest to one of the summaries.
        """
        text, stated = _text_and_sentences(row)
        references, spans = _references_and_spans(row, text)
        if (labels := row.get("labels")) is not None:
            spans = _labelled(row, stated or sentences(text), labels)
        stated = tuple((start, end) for start, end in stated if start < end)
        record = cls(text=text, sentences=stated, references=references, answer=spans, id=row.id)
        return record if spans is not None or not references else cls._nearest(record)

    @classmethod
    def _nearest(cls, record: Self) -> Self:
        where = sentences_of(record)
        taken = oracle([record.text[start:end] for start, end in where], record.references)
        return cls(
            text=record.text,
            sentences=record.sentences,
            references=record.references,
            answer=_taken(where, taken),
            id=record.id,
        )


def _text_and_sentences(row: Row) -> tuple[str, Words]:
    """The text, and where the sentences stand that the row states; none where it states none."""
    if not isinstance(row.get("text"), list | tuple):
        text, stated = row.string("text"), row.get("sentences")
        return text, () if stated is None else places(row, text, stated)
    given = row.strings("text") or ()
    return joined(given, [True] * len(given))


def _references_and_spans(row: Row, text: str) -> tuple[tuple[str, ...], tuple[Span, ...] | None]:
    """Summaries in words, and sentences of the text, `None` where the row says nothing of them."""
    references, given = row.texts("references"), row.get("answer")
    if isinstance(given, str) or (given and isinstance(given, list | tuple) and isinstance(given[0], str)):
        return references or row.texts("answer"), None
    return references, spans_of(row, text)


def _labelled(row: Row, where: Words, labels: object) -> tuple[Span, ...]:
    if not (isinstance(labels, list | tuple) and len(labels) == len(where) and all(label in (0, 1) for label in labels)):
        raise row.refuse(f"'labels' must be a 0 or 1 for each of the {len(where)} sentences, but is {labels!r:.80}")
    return _taken(where, [bool(label) for label in labels])


def sentences_of(record: SummarizationExtractive) -> Words:
    """The sentences that a record states, or else those that its text has."""
    return record.sentences or sentences(record.text)


def _taken(where: Words, taken: Sequence[bool]) -> tuple[Span, ...]:
    return tuple(Span(*place, LABEL) for place, yes in zip(where, taken, strict=True) if yes and place[0] < place[1])


def _write(record: SummarizationExtractive) -> tuple[bool, ...]:
    """A sentence is taken where the span is that holds its middle."""
    middles = [(start + end) // 2 for start, end in sentences_of(record)]
    return tuple(any(span.start <= middle < span.end for span in record.answer) for middle in middles)


def _read(record: SummarizationExtractive, taken: Sequence[bool], labels: Labels) -> tuple[Span, ...]:
    return _taken(sentences_of(record), taken)


def _choose(record: SummarizationExtractive, scores: Sequence[float], count: int) -> tuple[bool, ...]:
    return best_without_repeats([record.text[start:end] for start, end in sentences_of(record)], scores, count)


def _no_sentences(record: SummarizationExtractive) -> int:
    return len({(span.start, span.end) for span in record.answer} - set(sentences_of(record)))


def _numbers(record: SummarizationExtractive) -> tuple[str, ...]:
    """What the sentences are called: from 1 on."""
    return tuple(str(k) for k in range(1, 1 + len(sentences_of(record))))


def _prompt(record: SummarizationExtractive) -> Prompt:
    numbered = zip(_numbers(record), sentences_of(record), strict=True)
    lines = (f"{number} {' '.join(record.text[start:end].split())}" for number, (start, end) in numbered)
    return Prompt("\n".join(lines), after="\nSentences that sum it up:")


def _write_numbers(record: SummarizationExtractive) -> str:
    return names.write_list(number for number, yes in zip(_numbers(record), _write(record), strict=True) if yes)


def _read_numbers(record: SummarizationExtractive, written: str, labels: Labels) -> tuple[Span, ...]:
    said = names.read_list(written, ())
    return _read(record, [number in said for number in _numbers(record)], labels)


def _example(answer: int, *given: str) -> SummarizationExtractive:
    labels = [int(k == answer) for k in range(len(given))]
    return SummarizationExtractive.from_row(Row({"text": given, "answer": given[answer], "labels": labels}))


taken = Select[SummarizationExtractive](
    text=lambda record: record.text,
    parts=sentences_of,
    write=_write,
    read=_read,
    choose=_choose,
    lost=_no_sentences,
)

numbers = Text[SummarizationExtractive](
    prompt=_prompt,
    write=_write_numbers,
    read=_read_numbers,
    form=lambda record, labels: NameList(_numbers(record)),
    lost=_no_sentences,
)

TASK: Task[Any] = Task(
    name="summarization-extractive",
    record=SummarizationExtractive,
    encoder=taken,
    decoder=numbers,
    encoder_decoder=numbers,
    metric=extract_rouge,
    example=(
        _example(1, "The council met on Monday.", "It voted to close the old bridge to cars.", "Few came to listen."),
        _example(0, "Heavy rain has put two roads under water.", "It fell all night.", "More may come."),
        _example(2, "He came in late.", "Nobody asked him why.", "The lost painting of 1910 was under his arm."),
        _example(0, "The team lost its third game in a row.", "The coach said little.", "Snow fell."),
    ),
)
