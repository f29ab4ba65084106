"""An answer out of documents: its sentences, the places of the documents that bear each out, and how it is shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from tasktune.answers import Cited, Mark
from tasktune.notations.amounts import amount
from tasktune.notations.citations import NONE
from tasktune.notations.quoted import visible
from tasktune.passages import Hit

if TYPE_CHECKING:
    from rich.text import Text


@dataclass(frozen=True, slots=True)
class Citation:
    """A place of a document: characters `start` to `end` (end excluded) of the text of `source`, the `quote` that stands there,
    and the number from 1 of the hit that it is in.
    """

    source: str
    start: int
    end: int
    quote: str
    hit: int


@dataclass(frozen=True, slots=True)
class CitedSentence:
    """A sentence, characters `start` to `end` (end excluded) of an answer, and what bears it out, if that was found."""

    start: int
    end: int
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class GroundedAnswer:
    """What documents say to a question. `abstained`: they do not say, or not surely enough; then there is no text.

    `score` is how sure it is, a probability, or `None` where nobody tells; `hits` are the passages that it was answered from, in
    the order of their numbers, and `suspects` those that were found too but left out, since they speak to the model
    (`notations.quoted.orders`).
    """

    question: str
    text: str
    sentences: tuple[CitedSentence, ...]
    score: float | None
    abstained: bool
    hits: tuple[Hit, ...]
    suspects: tuple[Hit, ...] = ()

    @property
    def unsupported(self) -> tuple[str, ...]:
        """The sentences that nothing was found for."""
        return tuple(self.text[each.start : each.end] for each in self.sentences if not each.citations)

    @property
    def cited(self) -> tuple[int, ...]:
        """The numbers of the hits that are cited, in the order in which they come."""
        return tuple(dict.fromkeys(citation.hit for each in self.sentences for citation in each.citations))

    @property
    def answer(self) -> Cited:
        """The text, with a mark behind each sentence for each hit that it cites."""
        marks = (Mark(each.end, citation.hit) for each in self.sentences for citation in each.citations)
        return Cited(self.text, tuple(marks))

    def as_json(self) -> dict[str, Any]:
        """All of it as one object, each sentence with its text and each passage with its score."""
        return {
            "question": self.question,
            "text": self.text,
            "abstained": self.abstained,
            "score": self.score,
            "sentences": [asdict(each) | {"text": self.text[each.start : each.end]} for each in self.sentences],
            "hits": [_as_json(hit) for hit in self.hits],
            "suspects": [_as_json(hit) for hit in self.suspects],
        }

    def marked(self) -> str:
        """The answer in words, with a mark behind each sentence for each passage that it cites, `[?]` where there is none."""
        if self.abstained:
            return NONE.capitalize() + "."
        told, done = "", 0
        for each in self.sentences:
            numbers = dict.fromkeys(citation.hit for citation in each.citations)
            told += self.text[done : each.end] + ("".join(f" [{number}]" for number in numbers) or " [?]")
            done = each.end
        return told + self.text[done:]

    def sources(self) -> Iterable[tuple[int, str, str]]:
        """What is cited, as it may be shown: (number of the hit, where it stands, what it says there), by number."""
        for number in sorted(self.cited):
            passage = self.hits[number - 1].passage
            page = "" if passage.page is None else f", page {passage.page}"
            quotes = dict.fromkeys(one.quote for each in self.sentences for one in each.citations if one.hit == number)
            where, quote = " › ".join((passage.source + page, *passage.titles)), " … ".join(quotes)
            yield number, _line(where), _line(quote)

    def notes(self) -> Iterable[str]:
        """What there is to know beside the answer, in lines."""
        for sentence in self.unsupported:
            yield f"[?] nothing was found that bears out: {_line(sentence)}"
        if self.suspects:
            names = visible(", ".join(hit.passage.id for hit in self.suspects[:3]))
            left_out = amount(len(self.suspects), "passage")
            yield f"{left_out} left out, since what stands there gives orders to whoever reads it: {names}"

    def __rich__(self) -> Text:
        """The answer, its sources by number, and the notes, for a terminal."""
        from rich.text import Text

        return Text(self.marked()).append(self.footnotes())

    def footnotes(self) -> Text:
        """The sources by number, and the notes, each on a line of its own."""
        from rich.text import Text

        shown = Text()
        for number, where, quote in self.sources():
            shown.append(f"\n[{number}] {where}", style="bold").append(f"\n    {quote}", style="dim")
        for note in self.notes():
            shown.append(f"\n{note}", style="yellow")
        return shown

    def _repr_html_(self) -> str:
        """The same for a notebook; everything escaped."""
        listed = "".join(f"<li value={n}><b>{escape(where)}</b><br>{escape(quote)}</li>" for n, where, quote in self.sources())
        notes = "".join(f"<p><small>{escape(note)}</small></p>" for note in self.notes())
        return f'<p style="white-space:pre-wrap">{escape(self.marked())}</p><ol>{listed}</ol>{notes}'


def _line(text: str) -> str:
    return " ".join(visible(text).split())


def _as_json(hit: Hit) -> dict[str, Any]:
    return asdict(hit.passage) | {"score": hit.score}
