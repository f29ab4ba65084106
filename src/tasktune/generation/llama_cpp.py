"""Writing with llama.cpp (https://github.com/abetlen/llama-cpp-python): it foretells, and tasktune chooses.

So every option and every form means there what it means here. One text is written at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, final

import numpy as np
import torch
from torch import Tensor

from tasktune.core import InputError
from tasktune.generation.engines import Engine
from tasktune.generation.searches import Search


@final
class LlamaCpp(Engine):
    """The GGUF file in a tuned model's folder. Raises `InputError` where there is none, several, or no llama.cpp."""

    def __init__(self, folder: Path, longest: int) -> None:
        try:
            import llama_cpp
        except ImportError:
            raise InputError("--backend llama.cpp needs llama-cpp-python: pip install 'tasktune[llama-cpp]'") from None
        self._library: Any = llama_cpp
        self._model: Any = llama_cpp.Llama(model_path=str(_gguf(folder)), n_ctx=longest, verbose=False)

    def write(self, searches: Sequence[Search]) -> Iterator[None]:
        """One after the other."""
        for search in searches:
            self._model.reset()
            going = search.advance(self._logits(search.prompt))
            while going:
                yield
                going = search.advance(self._logits(search.tokens))

    def _logits(self, tokens: Sequence[int]) -> Tensor:
        """What comes next once these tokens have been read too, (1, V)."""
        self._model.eval([*tokens])
        last = self._library.llama_get_logits_ith(self._model.ctx, -1)
        return torch.from_numpy(np.ctypeslib.as_array(last, shape=(1, self._model.n_vocab())).copy())


def _gguf(folder: Path) -> Path:
    found = sorted(folder.glob("*.gguf"))
    if len(found) != 1:
        raise InputError(
            f"--backend llama.cpp needs one GGUF file in {folder}, and there are {len(found)}; make one with llama.cpp's own "
            f"tool: python convert_hf_to_gguf.py {folder} --outfile {folder / 'model.gguf'}"
        )
    return found[0]
