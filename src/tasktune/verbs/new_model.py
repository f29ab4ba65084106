"""Make a model that has learnt nothing yet, with a tokenizer of its own: `fit mask` or `fit generation` begins from it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from tasktune.core import InputError
from tasktune.datasets import Data, records
from tasktune.models.folder import note_untrained, refuse_taken
from tasktune.models.model import saved
from tasktune.models.network import quiet
from tasktune.models.untrained import SIZES, learnt_tokenizer, untrained, usual_vocabulary
from tasktune.tasks import task


def new_model(
    out: Path | str,
    train: Data,
    family: Literal["encoder", "decoder"] = "encoder",
    size: str = "mini",
    tokenizer: str | None = None,
    vocabulary: int | None = None,
    seed: int = 13,
    mapping: Mapping[str, str] | None = None,
    format: str | None = None,
) -> str:
    """Write a model with weights at random to the folder `out`, with a tokenizer learnt from the texts of `train`.

    `size` is one of `SIZES`; `tokenizer` is "wordpiece" for an encoder and "bpe" for a decoder where nothing is said, and
    `vocabulary`, the tokens that it has at most, as many as suit the texts. Gives back what was made, in words. Raises
    `InputError` where `out` is taken, a size is unknown, or there are no texts.
    """
    folder = Path(out)
    refuse_taken(folder)
    if size not in SIZES:
        raise InputError(f"there is no size {size!r}; there are: {', '.join(SIZES)}")
    texts = [
        text for record in records(task("mask"), train, mapping, format) if (text := str(getattr(record, "text", ""))).strip()
    ]
    if not texts:
        raise InputError("there are no texts to learn a tokenizer from")
    wanted = vocabulary or usual_vocabulary(sum(len(text.split()) for text in texts))
    learnt = learnt_tokenizer(texts, family, tokenizer or ("wordpiece" if family == "encoder" else "bpe"), wanted)
    net = untrained(learnt, family, size, seed)

    def write(work: Path) -> None:
        with quiet():
            net.save_pretrained(work)
        learnt.save_pretrained(work)
        note_untrained(work)

    saved(folder, write)
    weights = sum(weight.numel() for weight in net.parameters())
    kind = net.config.model_type
    return f"{folder}: a {kind} of {weights:,} weights at random, with {len(learnt):,} tokens learnt from {len(texts):,} texts"
