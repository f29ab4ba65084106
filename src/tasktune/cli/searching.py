"""The store that `search`, `ask` and `evaluate` look into, and how: an argument and flags."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

from tasktune.cli.options import with_fields

if TYPE_CHECKING:
    from tasktune.retrieval.search import Search

STORE_HELP = "a file that `tasktune index --into` makes (kb.db), or the address of a server (postgresql://…, qdrant+http://…)"
Store = Annotated[str, typer.Argument(help=STORE_HELP, metavar="STORE")]
Collection = Annotated[str, typer.Option(help="the part of the store")]
By = Enum("By", {"BOTH": "both", "WORDS": "words", "VECTORS": "vectors"})
Rewritten = Enum("Rewritten", {"NO": "no", "HYDE": "hyde", "REWORDED": "reworded"})


@dataclass(frozen=True, slots=True)
class Searching:
    """How passages are found."""

    by: Annotated[By, typer.Option(help="by the words (BM25), the vectors, or both fused")] = By.BOTH
    weight: Annotated[float, typer.Option(help="how much vectors count where both are fused, 0 to 1")] = 0.5
    rerank: Annotated[str | None, typer.Option(help="a model for reranking, that reads query and passage together")] = None
    rerank_weight: Annotated[float, typer.Option(help="how much its order counts beside the order as found, 0 to 1")] = 1.0
    diversity: Annotated[float, typer.Option(help="prefer passages that say something new, 0 to 1")] = 0.0
    around: Annotated[int, typer.Option(help="neighbours before and behind that come with each passage")] = 0
    rewritten: Annotated[Rewritten, typer.Option(help="let a writer make up an answer to look for, or reword it")] = Rewritten.NO
    writer: Annotated[str, typer.Option(help="the model that rewrites")] = "smollm2"
    collection: Collection = "main"
    where: Annotated[
        list[str] | None,
        typer.Option(help="what passages must be, by source, page or metadata; may be repeated", metavar="NAME=VALUE"),
    ] = None

    def told(self) -> Search:
        """The same, as the library has it. Raises `InputError` where it cannot be."""
        from tasktune.retrieval.search import Search
        from tasktune.verbs.slips import filters

        return Search(
            self.by.value,
            self.weight,
            self.rerank,
            self.rerank_weight,
            self.diversity,
            self.around,
            self.rewritten.value,
            self.writer,
            self.collection,
            filters(self.where or []),
        )


with_searching = with_fields("searching", Searching)
"""Gives a command flags for how passages are found."""
