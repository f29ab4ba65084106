"""`tasktune models`: the models that can be had by name, fetching them, and making new ones."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from tasktune.cli.options import Format, Map

models_app = typer.Typer(help="The models that can be had by name, fetching them, making new ones.", invoke_without_command=True)

Family = Enum("Family", {"ENCODER": "encoder", "DECODER": "decoder"})
Size = Enum("Size", {"TINY": "tiny", "MINI": "mini", "SMALL": "small", "MEDIUM": "medium", "BASE": "base"})
Pieces = Enum("Pieces", {"WORDPIECE": "wordpiece", "BPE": "bpe", "UNIGRAM": "unigram"})


@models_app.callback()
def models(context: typer.Context) -> None:
    """List the models that can be had by name."""
    if context.invoked_subcommand is None:
        from tasktune.verbs import models as verb

        verb.show(verb.models())


@models_app.command("get")
def models_get(name: Annotated[str, typer.Argument(help="a name out of `tasktune models`")]) -> None:
    """Fetch a model, verify it and keep it in the cache."""
    from tasktune.verbs import models as verb

    print(verb.get(name))


@models_app.command("new")
def models_new(
    out: Annotated[Path, typer.Argument(help="the folder to write; must not be there yet")],
    train: Annotated[str, typer.Option(help="a file of texts to learn a tokenizer from")],
    family: Annotated[Family, typer.Option(help="a BERT, or a Llama")] = Family.ENCODER,
    size: Annotated[Size, typer.Option(help="that of BERT's miniature of this name")] = Size.MINI,
    tokenizer: Annotated[Pieces | None, typer.Option(help="how words are parted [wordpiece; bpe for a decoder]")] = None,
    vocabulary: Annotated[int | None, typer.Option(help="tokens, at most; as many as suit the texts if not given")] = None,
    seed: Annotated[int, typer.Option(help="of the weights")] = 13,
    map: Map = None,
    format: Format = None,
) -> None:
    """Make an untrained model with a tokenizer of its own, for `fit mask` or `fit generation` to begin from."""
    from tasktune.readers.mapping import parse_mapping
    from tasktune.verbs.new_model import new_model as verb

    pieces = None if tokenizer is None else tokenizer.value
    print(verb(out, train, family.value, size.value, pieces, vocabulary, seed, parse_mapping(map or []), format))
