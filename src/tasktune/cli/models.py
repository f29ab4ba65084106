"""`tasktune models`: the models that can be had by name, fetching them, and making new ones."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from tasktune.cli.options import Format, Map

models_app = typer.Typer(help="The models that can be had by name, fetching them, making new ones.", invoke_without_command=True)

Family = Enum("Family", {"ENCODER": "encoder", "DECODER": "decoder", "VISION": "vision"})
Size = Enum("Size", {"TINY": "tiny", "MINI": "mini", "SMALL": "small", "MEDIUM": "medium", "BASE": "base"})
Pieces = Enum("Pieces", {"WORDPIECE": "wordpiece", "BPE": "bpe", "UNIGRAM": "unigram"})


def assemble(
    vision: Annotated[str, typer.Option(help="an encoder of pictures: ViT, CLIP, SigLIP, DINOv2; a folder or hub id")],
    language: Annotated[str, typer.Option(help="a decoder: a named one (smollm2), a folder or hub id")],
    into: Annotated[Path, typer.Option(help="the folder to write; must not be there yet")],
    seed: Annotated[int, typer.Option(help="of the projector's weights")] = 13,
) -> None:
    """Join an encoder of pictures and a decoder by a projector, as a LLaVA that `fit` teaches to see."""
    from tasktune.verbs.assemble import assemble as verb

    print(verb(vision, language, into, seed))


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
    train: Annotated[str, typer.Option(help="a file of texts to learn a tokenizer from; for vision, pictures to learn from")],
    family: Annotated[Family, typer.Option(help="a BERT, a Llama, or a ViT that learns from the pictures")] = Family.ENCODER,
    size: Annotated[Size, typer.Option(help="that of BERT's miniature of this name")] = Size.MINI,
    tokenizer: Annotated[Pieces | None, typer.Option(help="how words are parted [wordpiece; bpe for a decoder]")] = None,
    vocabulary: Annotated[int | None, typer.Option(help="tokens, at most; as many as suit the texts if not given")] = None,
    epochs: Annotated[float, typer.Option(help="how often a ViT sees each picture")] = 20,
    seed: Annotated[int, typer.Option(help="of the weights")] = 13,
    map: Map = None,
    format: Format = None,
) -> None:
    """Make an untrained model with a tokenizer of its own, for `fit mask` or `fit generation` to begin from.

    Or, of the family vision, a small encoder that has learnt from the pictures given, for `assemble`.
    """
    from tasktune.readers.mapping import parse_mapping

    if family is Family.VISION:
        from tasktune.verbs.assemble import new_vision

        print(new_vision(out, train, size.value, epochs, seed, parse_mapping(map or []), format))
        return
    from tasktune.verbs.new_model import new_model as verb

    pieces = None if tokenizer is None else tokenizer.value
    print(verb(out, train, family.value, size.value, pieces, vocabulary, seed, parse_mapping(map or []), format))
