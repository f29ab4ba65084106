"""`tasktune ask`: a question to one's own documents."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

from tasktune.cli.options import Options, loading, with_fields, with_running
from tasktune.cli.searching import Searching, Store, with_searching

if TYPE_CHECKING:
    from tasktune.verbs.answerers import Answerer
    from tasktune.verbs.confidence import Confidence


Suspects = Enum("Suspects", {"DROP": "drop", "KEEP": "keep"})
GENERATOR_HELP = (
    "who answers: a folder that `tasktune fit question-answering-grounded` made, or with an encoder `fit question-answering`, to "
    "find the answer in a passage; a name, folder or hub id of a model as it comes; or the address of a server that speaks "
    "OpenAI's protocol (http://127.0.0.1:8000/v1), with a key in TASKTUNE_API_KEY"
)


@dataclass(frozen=True, slots=True)
class Answering:
    """Who answers from what was found, and when an answer is given."""

    generator: Annotated[str | None, typer.Option(help=GENERATOR_HELP, metavar="MODEL")] = None
    generator_name: Annotated[str, typer.Option(help="the model's name on the server", metavar="NAME")] = ""
    k: Annotated[int, typer.Option("-k", help="passages to answer from, at most")] = 5
    suspects: Annotated[Suspects, typer.Option(help="what to do with passages that give orders to whoever reads them")] = (
        Suspects.DROP
    )
    confidence: Annotated[
        str | None, typer.Option(help="the file that says from where on an answer is sure enough to be given", metavar="FILE")
    ] = None

    def who(self, options: Options) -> Answerer | None:
        """Whoever answers, opened; `None` where nobody is named."""
        if self.generator is None:  # and torch is not needed
            return None
        from tasktune.retrieval.search import said_of
        from tasktune.verbs.answerers import answerer

        with said_of("generator"):
            return answerer(self.generator, options, self.generator_name)

    def sure(self) -> Confidence | None:
        """From where on answers are given; `None` where all are."""
        from tasktune.verbs.confidence import Confidence

        return None if self.confidence is None else Confidence.load(self.confidence)


with_answering = with_fields("answering", Answering)
"""Gives a command flags for who answers."""


@with_running
@with_searching
@with_answering
def ask(
    store: Store,
    question: Annotated[str, typer.Argument(help="the question", metavar="QUESTION")],
    searching: Searching,
    answering: Answering,
    options: Options,
    as_json: Annotated[bool, typer.Option("--json", help="print the answer as JSON, when it is whole")] = False,
) -> None:
    """Answer a question from the passages of a store, and say where each sentence stands; or that it is not in the documents.

    Who answers is --generator, or smollm2 as it comes.
    """
    from tasktune import recipe as recipes
    from tasktune.core import Lost

    resolved, lost = recipes.of(options, "the options"), Lost()
    with loading():
        from tasktune.retrieval.search import finding
        from tasktune.verbs.answerers import answerer
        from tasktune.verbs.ask import asking, finished
        from tasktune.verbs.show import show_grounded, show_lost

        sure, who = answering.sure(), answering.who(options) or answerer("smollm2", options)
    with finding(store, searching.told(), resolved) as find:
        pieces = asking(find, question, who, answering.k, answering.suspects.value, sure, lost=lost)
        if as_json:
            print(json.dumps(finished(pieces).as_json(), ensure_ascii=False))
        else:
            show_grounded(pieces, lambda piece: print(piece, end="", file=sys.stdout, flush=True))
    show_lost(lost)
