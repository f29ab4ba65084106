"""Other programs that can write with a tuned model: llama.cpp and vLLM. Searches are carried out there as they are here.

Neither comes with tasktune. Their adaptors are tested against stand-ins that have the same functions and run a network of ours.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tasktune.core import InputError
from tasktune.decoding import Decoding
from tasktune.generation.searches import Search


class Engine(ABC):
    """A program that has loaded a model."""

    @abstractmethod
    def write(self, searches: Sequence[Search]) -> Iterator[None]:
        """Carry out searches; what they found is in them. Yields now and then."""


def engine(folder: Path, longest: int, decoding: Decoding) -> Engine:
    """The program that `decoding.backend` names, with the model in `folder` and room for `longest` tokens.

    Raises `InputError` where it is not there, or cannot do what `decoding` says.
    """
    if decoding.beams > 1:
        raise InputError(f"--backend {decoding.backend} writes one text at a time; leave --beams out, or the backend")
    opened: dict[str, Callable[[Path, int], Engine]] = {"llama.cpp": _llama_cpp, "vllm": _vllm}
    return opened[decoding.backend](folder, longest)


def _llama_cpp(folder: Path, longest: int) -> Engine:
    from tasktune.generation.llama_cpp import LlamaCpp

    return LlamaCpp(folder, longest)


def _vllm(folder: Path, longest: int) -> Engine:
    from tasktune.generation.vllm import VLLM

    return VLLM(folder, longest)
