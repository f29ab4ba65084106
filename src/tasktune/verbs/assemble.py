"""Make a model that sees out of one that looks at pictures and one that writes; and make one that looks, of pictures at hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from tasktune.core import InputError
from tasktune.datasets import Data, records
from tasktune.images import digest
from tasktune.models.assembled import assembled
from tasktune.models.folder import FACTS, refuse_taken
from tasktune.models.model import saved
from tasktune.models.network import quiet
from tasktune.models.untrained import SIZES
from tasktune.models.vision_encoder import Named, learnt_encoder
from tasktune.models.weights import locate
from tasktune.tasks import task
from tasktune.verbs.progress import counted


def assemble(vision: str, language: str, into: Path | str, seed: int = 13) -> str:
    """Join a vision encoder and a decoder by a projector, and write the model to the folder `into`, as LLaVA's are written.

    `vision` and `language` are models as everywhere: a folder, a hub id or a name. The projector is at random: `fit` teaches it
    first, and then all of the model. Gives back what was made, in words. Raises `InputError` where `into` is taken, or the parts
    are not what they should be.
    """
    folder = Path(into)
    refuse_taken(folder)
    eyes, words = locate(vision), locate(language)
    for part in (eyes, words):
        if (part / FACTS).is_file() and json.loads((part / FACTS).read_text(encoding="utf-8")).get("untrained"):
            raise InputError(f"{part} has learnt nothing yet; let it read texts first: tasktune fit generation --model {part}")
    made: list[str] = []
    saved(folder, lambda work: made.append(assembled(eyes, words, work, seed)))
    return f"{folder}: {made[0]}"


def new_vision(
    out: Path | str,
    train: Data,
    size: str = "tiny",
    epochs: float = 20,
    seed: int = 13,
    mapping: Mapping[str, str] | None = None,
    format: str | None = None,
) -> str:
    """Write a small ViT that learnt from the pictures of `train` to the folder `out`.

    Where pictures have names that several share (a folder for each kind, a label), it learns these, else to paint what is masked.
    Each picture is seen `epochs` times. Gives back what was made, in words. Raises `InputError` where `out` is taken, a size is
    unknown or there are no pictures.
    """
    folder = Path(out)
    refuse_taken(folder)
    if size not in SIZES:
        raise InputError(f"there is no size {size!r}; there are: {', '.join(SIZES)}")
    given = (record for record in records(task("image-classification"), train, mapping, format))
    pictures = {
        digest(image): Named(image, getattr(record, "answer", None))
        for record in given
        for image in getattr(record, "images", ())
    }
    if not pictures:
        raise InputError("there are no pictures to learn from; name their column with --map images=COLUMN")
    learnt = learnt_encoder([*pictures.values()], size, epochs, seed, partial(counted, doing="looking at pictures"))

    def write(work: Path) -> None:
        with quiet():
            learnt.net.save_pretrained(work)
            learnt.processor.save_pretrained(work)

    saved(folder, write)
    weights = sum(weight.numel() for weight in learnt.net.parameters())
    return (
        f"{folder}: a ViT of {weights:,} weights, which learnt {learnt.what}, {len(pictures):,} pictures seen {epochs:g} times "
        f"(loss {learnt.loss:.3f}); it knows no others"
    )
