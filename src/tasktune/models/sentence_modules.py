"""How sentence-transformers says, beside a checkpoint, what makes a vector of its tokens: `modules.json` and the files it names.

Read where a folder has them, so that its vectors are those that `SentenceTransformer` gives, and written beside what is tuned, in
the form that all versions of it read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from tasktune.core import FamilyName, InputError
from tasktune.framings import Side
from tasktune.heads.pooling import MODES, Pooling, Prompts
from tasktune.models.folder import SENTENCE_MODULES
from tasktune.recipe import Recipe

_PROMPTS: Final = "config_sentence_transformers.json"
_LIMIT: Final = "sentence_bert_config.json"
_POOLING: Final = "1_Pooling"
_FLAGS: Final = {
    "pooling_mode_cls_token": "cls",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_lasttoken": "lasttoken",
    "pooling_mode_mean_sqrt_len_tokens": "mean_sqrt_len_tokens",
    "pooling_mode_weightedmean_tokens": "weightedmean",
}
_SIDES: Final[Mapping[Side, tuple[str, ...]]] = {"query": ("query",), "document": ("document", "passage", "corpus")}


def read_pooling(folder: Path, family: FamilyName, recipe: Recipe) -> Pooling:
    """How a checkpoint pools: as its own files say; without them, the mean of an encoder, a decoder's last token.

    The recipe's prompts come before the checkpoint's. Raises `InputError` for modules that are not run here.
    """
    prompts = _prompts(_json(folder / _PROMPTS), recipe)
    modules = _json(folder / SENTENCE_MODULES) or []
    if not modules:
        return Pooling("mean" if family == "encoder" else "lasttoken", True, prompts)
    kinds = [str(module["type"]).rpartition(".")[2] for module in modules]
    if kinds[:2] != ["Transformer", "Pooling"] or kinds[2:] not in ([], ["Normalize"]) or modules[0]["path"]:
        raise InputError(
            f"{folder / SENTENCE_MODULES} names the modules {', '.join(kinds)}; run here are a Transformer beside that file, a "
            "Pooling and a Normalize behind it, and no others"
        )
    return Pooling(_mode(folder / modules[1]["path"] / "config.json"), kinds[2:] == ["Normalize"], prompts)


def filled_in(folder: Path, recipe: Recipe) -> Recipe:
    """The recipe, with the longest text and the number of dimensions that a checkpoint's own files say where it names none."""
    limits, said = _json(folder / _LIMIT) or {}, _json(folder / _PROMPTS) or {}
    return replace(
        recipe,
        max_length=recipe.max_length or limits.get("max_seq_length"),
        dimensions=recipe.dimensions or said.get("truncate_dim"),
    )


def _mode(path: Path) -> Any:
    said = _json(path) or {}
    modes = said.get("pooling_mode") or [mode for flag, mode in _FLAGS.items() if said.get(flag)]
    mode = modes[0] if isinstance(modes, list) and len(modes) == 1 else modes
    if mode not in MODES or not said.get("include_prompt", True):
        raise InputError(
            f"{path} pools by {mode}, prompt included: {said.get('include_prompt', True)}; known are {', '.join(MODES)}"
        )
    return mode


def _prompts(said: Any, recipe: Recipe) -> Prompts:
    if recipe.prompts:
        query, document = recipe.prompts
        return ("query", query), ("document", document)
    known: Mapping[str, str] = (said or {}).get("prompts") or {}
    default = known.get((said or {}).get("default_prompt_name") or "", "")
    by_side = {side: next((known[name] for name in names if name in known), default) for side, names in _SIDES.items()}
    return tuple((side, prompt) for side, prompt in {**by_side, "": default}.items() if prompt)


def _json(path: Path) -> Any:
    """What a file says; `None` where there is none."""
    try:
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
    except ValueError as wrong:
        raise InputError(f"{path}: not JSON: {wrong}") from None


def write_modules(folder: Path, pooling: Pooling, width: int, longest: int, dimensions: int | None = None) -> None:
    """Write the files that make a `SentenceTransformer` of a folder with a model of `width` dimensions, of which it gives the
    first `dimensions` where that is said.
    """
    names = ["Transformer", "Pooling", *["Normalize"] * pooling.normalize]
    paths = ["", _POOLING, "2_Normalize"]
    modules = [
        {"idx": k, "name": str(k), "path": path, "type": f"sentence_transformers.models.{name}"}
        for k, (name, path) in enumerate(zip(names, paths, strict=False))
    ]
    for path in paths[1 : len(names)]:
        (folder / path).mkdir()
    flags = {flag: mode == pooling.mode for flag, mode in _FLAGS.items()}
    sides = dict(pooling.prompts)
    prompts = {
        name: sides[side] for side, name in (("query", "query"), ("document", "document"), ("", "default")) if side in sides
    }
    _write(folder / SENTENCE_MODULES, modules)
    _write(folder / _POOLING / "config.json", {"word_embedding_dimension": width, **flags, "include_prompt": True})
    _write(folder / _LIMIT, {"max_seq_length": longest, "do_lower_case": False})
    _write(
        folder / _PROMPTS,
        {
            "__version__": {},
            "prompts": prompts,
            "default_prompt_name": "default" if "" in sides else None,
            "similarity_fn_name": "cosine",
            **({"truncate_dim": dimensions} if dimensions else {}),
        },
    )


def how_opened(pooling: Pooling, longest: int, dimensions: int | None) -> str:
    """What the folder's card says of sentence-transformers."""
    cut = pooling.normalize and dimensions  # behind the module that normalizes
    given = " if asked to `encode(texts, normalize_embeddings=True)`" if cut else ""
    return (
        f"; `SentenceTransformer` opens the folder and gives the same vectors{given}. Of a text longer than {longest} tokens it "
        "reads the first ones; tasktune gives the mean of the vectors of its windows."
    )


def _write(path: Path, said: Any) -> None:
    path.write_text(json.dumps(said, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
