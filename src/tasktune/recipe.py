"""The running options of every verb, in one flat, frozen place.

The command line's flags, the TOML file and the page in the docs are all made from `Recipe` and the `Decoding` in it: a field's
annotation carries its description, its default is what happens when nothing is said. `None` means "what suits this task, family
and data", as `settled` and `paced` say.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from json import dumps
from operator import ge, gt
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_type_hints

from tasktune.core import FamilyName, InputError
from tasktune.decoding import Decoding

DECODING = "decoding"
"""The field of `Recipe`, and the table of its TOML, that holds the options of `Decoding`."""

Lossy = Literal["error", "split", "truncate", "drop"]
Precision = Literal["auto", "fp32", "bf16", "int8"]
Frozen = Literal["nothing", "vision"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train, decode and batch. Every field has a working default."""

    seed: Annotated[int, "where all randomness starts"] = 13
    epochs: Annotated[
        float | None,
        "passes over the training data, at most; if not given 4 (of encoders up to 20 for few records), of decoders 2",
    ] = None
    batch_size: Annotated[int, "records in one step of the optimizer"] = 16
    learning_rate: Annotated[
        float | None, "the peak of the learning rate; layers that begin at random learn at twenty times it"
    ] = None
    warmup: Annotated[float, "share of the steps over which the learning rate rises to its peak"] = 0.1
    weight_decay: Annotated[float, "AdamW's decay of the weights (not of biases and norms)"] = 0.01
    clip: Annotated[float, "longest gradient that is let through (L2 norm); 0 for no limit"] = 1.0
    patience: Annotated[
        int, "evaluations without a better primary score, once one is not 0, after which training stops; 0 to never stop"
    ] = 3
    evaluations: Annotated[float, "evaluations on the dev split per epoch"] = 1.0
    class_weights: Annotated[bool, "weigh labels by the inverse of their frequency"] = False
    lora: Annotated[int, "rank of LoRA adapters; 0 trains the whole model"] = 0
    lora_alpha: Annotated[float | None, "scale of the adapters; twice the rank if not given"] = None
    frozen: Annotated[Frozen, "what does not learn: nothing, or vision (the encoder of pictures)"] = "nothing"
    max_length: Annotated[int | None, "longest input in tokens; the model's own limit, at most 2048, if not given"] = None
    lossy: Annotated[
        Lossy,
        "what to do with records too long: error, split into windows, truncate or drop; without an answer: drop, else error",
    ] = "split"
    projective: Annotated[bool, "trees without crossing arcs, for parsing"] = False
    sentences: Annotated[int | None, "sentences of an extractive summary; as many as those that it learnt from, if not given"] = (
        None
    )
    dimensions: Annotated[
        int | None, "numbers of an embedding, the first ones; tuning then serves longer ones too (Matryoshka)"
    ] = None
    prompts: Annotated[
        tuple[str, ...], "what stands before a query, and before a document, to embed them; the checkpoint's own if not given"
    ] = ()
    token_budget: Annotated[int, "padded tokens in one pass through the model, which bounds memory"] = 4096
    precision: Annotated[
        Precision,
        "number format of the matrix products; auto is bf16 where the processor has it; int8, of weights, only to answer",
    ] = "auto"
    device: Annotated[str, "where to run: auto, cpu, cuda, mps"] = "auto"
    decoding: Annotated[Decoding, "how text is written"] = field(default_factory=Decoding)

    def __post_init__(self) -> None:
        """Refuse values that could only fail later."""
        for names, possible, bound in ((_POSITIVE, gt, "more than 0"), (_NATURAL, ge, "0 or more")):
            for name in names:
                value = getattr(self, name)
                if value is not None and not possible(value, 0):
                    raise InputError(f"{name} must be {bound}, but is {value}")
        for name, chosen in (("lossy", Lossy), ("precision", Precision), ("frozen", Frozen)):
            if getattr(self, name) not in get_args(chosen):
                raise InputError(f"{name} must be one of {', '.join(get_args(chosen))}, but is {getattr(self, name)!r}")
        if self.warmup > 1:
            raise InputError(f"warmup is a share, at most 1, but is {self.warmup}")
        if len(self.prompts) not in (0, 2):
            raise InputError(f"prompts are two, one before a query and one before a document, but here are {len(self.prompts)}")


TUNING = (
    *("epochs", "batch_size", "learning_rate", "warmup", "weight_decay", "clip", "patience", "evaluations", "class_weights"),
    *("lora", "lora_alpha", "frozen"),
)
"""The options that only tuning has a use for."""
EMBEDDING = ("max_length", "dimensions", "prompts", "token_budget", "precision", "device")
"""The options that embedding has a use for."""
_POSITIVE = ("epochs", "batch_size", "learning_rate", "evaluations", "max_length", "sentences", "dimensions", "token_budget")
_NATURAL = ("warmup", "weight_decay", "clip", "patience", "lora")

_LEARNING_RATE: dict[FamilyName, float] = {"encoder": 1e-4, "decoder": 5e-5, "encoder-decoder": 1e-4, "vision-language": 5e-5}
_EPOCHS: dict[FamilyName, float] = {"encoder": 4, "decoder": 2, "encoder-decoder": 4, "vision-language": 2}
_STEPS: dict[FamilyName, int] = {"encoder": 200, "decoder": 0, "encoder-decoder": 0, "vision-language": 0}
"""Steps that few records are passed over for again, up to `_MOST_EPOCHS` times: in fewer, an encoder's new layers learn little
(Mosbach et al. 2021, section 6: "fine-tuning on small datasets" for 20 epochs)."""
_MOST_EPOCHS = 20.0
FEWEST_EPOCHS = min(_EPOCHS.values())
"""Passes over the data that are made where nothing is said, at least."""
_LORA_RATE = (
    5.0  # adapters start at zero and bear a higher rate than the weights they stand beside (Hu et al. 2021, table 11 ff.)
)


def settled(recipe: Recipe, family: FamilyName) -> Recipe:
    """The recipe with what was left open filled in for a family of models; how long it is to learn, `paced` knows."""
    rate = recipe.learning_rate or _LEARNING_RATE[family] * (_LORA_RATE if recipe.lora else 1.0)
    return replace(
        recipe,
        learning_rate=rate,
        lora_alpha=recipe.lora_alpha or 2.0 * recipe.lora,
    )


def paced(recipe: Recipe, family: FamilyName, lessons: int) -> Recipe:
    """The recipe with as many epochs as so many lessons take of a family of models, where it does not say."""
    enough = math.ceil(_STEPS[family] * recipe.batch_size / max(1, lessons))
    return replace(recipe, epochs=recipe.epochs or max(_EPOCHS[family], min(enough, _MOST_EPOCHS)))


def read(path: Path, changes: Mapping[str, Any] | None = None) -> Recipe:
    """The recipe in a TOML file, with `changes`. Raises `InputError` for an unknown field or a value of the wrong kind."""
    of(changes or {}, "the options")  # what is wrong with them alone is not the file's fault
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such recipe file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise InputError(f"{path}: not a TOML file: {wrong}") from None
    return of({**given, **(changes or {})}, str(path))


def of(given: Mapping[str, Any], where: str = "recipe") -> Recipe:
    """The recipe that these named values make, each checked against its field. `Decoding`'s may stand among `Recipe`'s own."""
    from pydantic import TypeAdapter, ValidationError

    own, decoding = [option.name for option in options(Recipe)], [option.name for option in options(Decoding)]
    tables = {**given, DECODING: {**given.get(DECODING, {}), **{name: given[name] for name in given if name in decoding}}}
    for name in (*(name for name in tables if name != DECODING and name not in decoding), *tables[DECODING]):
        if name not in own and name not in decoding:
            near = get_close_matches(name, [*own, *decoding], 1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join([*own, *decoding])}"
            raise InputError(f"{where}: there is no option {name!r}; {hint}")
    try:
        return TypeAdapter(Recipe).validate_python(
            {name: tables[name] for name in (*own, DECODING) if name in tables}, strict=False
        )
    except ValidationError as wrong:
        first = wrong.errors()[0]
        if isinstance(cause := first.get("ctx", {}).get("error"), InputError):  # from the recipe's own checks
            raise InputError(f"{where}: {cause}") from None
        named = ".".join(str(part) for part in first["loc"] if part != DECODING)
        raise InputError(f"{where}: {named}: {first['msg']}, but is {first['input']!r}") from None


def written(recipe: Recipe) -> str:
    """The recipe as TOML, each field under its description. Fields left open are comments."""
    return "\n".join([*_lines(recipe, Recipe), "", f"[{DECODING}]", *_lines(recipe.decoding, Decoding)]) + "\n"


def _lines(options_of: Recipe | Decoding, kind: type[Recipe | Decoding]) -> Iterator[str]:
    for option in options(kind):
        value = getattr(options_of, option.name)
        yield f"# {option.what}"
        yield f"# {option.name} =" if value is None else f"{option.name} = {_toml(value)}"


def _toml(value: str | float | bool | tuple[str, ...]) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    return dumps(value, ensure_ascii=False) if isinstance(value, str | bool) else repr(value)  # a string of JSON is one of TOML


@dataclass(frozen=True, slots=True)
class Option:
    """A running option: its name, its type, what it is when nothing is said, and what it does."""

    name: str
    kind: Any
    default: Any
    what: str


def options(kind: type[Recipe | Decoding]) -> tuple[Option, ...]:
    """The running options that are fields of `kind`, in order."""
    hints = get_type_hints(kind, include_extras=True)
    return tuple(
        Option(f.name, get_args(hints[f.name])[0], f.default, hints[f.name].__metadata__[0])
        for f in fields(kind)
        if f.name != DECODING
    )


def all_options() -> tuple[Option, ...]:
    """Every running option."""
    return (*options(Recipe), *options(Decoding))
