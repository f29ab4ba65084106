"""`tasktune ask`: a question to one's own documents."""

from __future__ import annotations

import json
import sys
from enum import Enum
from typing import Annotated

import typer

from tasktune.cli.options import Options, loading, with_recipe
from tasktune.cli.searching import Searching, Store, with_searching

GENERATOR_HELP = (
    "who answers: a folder that `tasktune fit question-answering-grounded` made, or with an encoder `fit question-answering`, to "
    "find the answer in a passage; a name, folder or hub id of a model as it comes; or the address of a server that speaks "
    "OpenAI's protocol (http://127.0.0.1:8000/v1), with a key in TASKTUNE_API_KEY"
)
Generator = Annotated[str, typer.Option(help=GENERATOR_HELP, metavar="MODEL")]
GeneratorName = Annotated[str, typer.Option(help="the model's name on the server", metavar="NAME")]
Passages = Annotated[int, typer.Option("-k", help="passages to answer from, at most")]
Suspects = Enum("Suspects", {"DROP": "drop", "KEEP": "keep"})
SuspectsOption = Annotated[Suspects, typer.Option(help="what to do with passages that give orders to whoever reads them")]
ConfidenceFile = Annotated[
    str | None,
    typer.Option("--confidence", help="the file that says from where on an answer is sure enough to be given", metavar="FILE"),
]


@with_recipe
@with_searching
def ask(
    store: Store,
    question: Annotated[str, typer.Argument(help="the question", metavar="QUESTION")],
    searching: Searching,
    options: Options,
    generator: Generator = "smollm2",
    generator_name: GeneratorName = "",
    k: Passages = 5,
    suspects: SuspectsOption = Suspects.DROP,
    confidence: ConfidenceFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="print the answer as JSON, when it is whole")] = False,
) -> None:
    """Answer a question from the passages of a store, and say where each sentence stands; or that it is not in the documents."""
    from tasktune import recipe as recipes
    from tasktune.core import Lost

    resolved, lost = recipes.of(options, "the options"), Lost()
    with loading():
        from tasktune.retrieval.search import finder
        from tasktune.stores.opening import open_store
        from tasktune.verbs.answerers import answerer
        from tasktune.verbs.ask import asking, finished
        from tasktune.verbs.confidence import Confidence
        from tasktune.verbs.show import show_grounded, show_lost

        sure = None if confidence is None else Confidence.load(confidence)
        who = answerer(generator, options, generator_name)
    with open_store(store) as opened:
        find = finder(opened, searching.told(), resolved)
        pieces = asking(find, question, who, k, suspects.value, sure, lost=lost)
        if as_json:
            print(json.dumps(finished(pieces).as_json(), ensure_ascii=False))
        else:
            show_grounded(pieces, lambda piece: print(piece, end="", file=sys.stdout, flush=True))
    show_lost(lost)
