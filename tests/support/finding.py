"""Ways to find passages, and to answer from them, that need no model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tasktune.core import Lost
from tasktune.passages import Hit, Passage
from tasktune.retrieval.ways import Find
from tasktune.tasks.question_answering_grounded import QuestionAnsweringGrounded
from tasktune.verbs.answerers import Answerer, Said, Writing


def hits_of(*texts: str, first: int = 0) -> list[Hit]:
    """Each text as a passage of a document of its own, `first` characters behind its beginning."""
    return [Hit(Passage(f"d{k}.txt", first, first + len(text), text), 1.0 - k / 100) for k, text in enumerate(texts)]


def finding(hits: Sequence[Hit]) -> Find:
    """These, whatever is asked."""
    return lambda queries, k: [list(hits[:k]) for _ in queries]


@dataclass(slots=True)
class Says(Answerer):
    """Says the same to everything, in pieces of three signs; `asked` are the records that it was given."""

    text: str
    log_p: float | None = -0.5
    asked: list[QuestionAnsweringGrounded] = field(default_factory=list)

    def write(self, record: QuestionAnsweringGrounded, lost: Lost) -> Writing:
        self.asked.append(record)
        for at in range(0, len(self.text), 3):
            yield self.text[at : at + 3]
        return Said(self.log_p)
