"""How text is written: the running options of decoding, which `Recipe` holds under `decoding`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from tasktune.core import InputError

Backend = Literal["tasktune", "llama.cpp", "vllm"]


@dataclass(frozen=True, slots=True)
class Decoding:
    """How to choose the next word, how many texts to write and when to stop. By default the most probable word is taken."""

    max_new_tokens: Annotated[int | None, "longest text to write, in tokens; the task's own if not given"] = None
    min_new_tokens: Annotated[int, "shortest text to write, in tokens"] = 0
    stop: Annotated[tuple[str, ...], "a text before which to stop; may be repeated"] = ()
    beams: Annotated[int, "beams of the search for the best text; 1 is greedy"] = 1
    length_penalty: Annotated[float, "exponent of the length by which a beam's log p is divided; above 0 favours long texts"] = (
        1.0
    )
    temperature: Annotated[float | None, "how freely to sample; 0 never; 1 if not given and --top-p or --top-k is"] = None
    top_p: Annotated[float, "nucleus to sample from: the fewest words that are together as probable as this"] = 1.0
    top_k: Annotated[int, "how many of the most probable words to sample from; 0 for all"] = 0
    repetition_penalty: Annotated[float, "above 1 makes words less probable that occurred already (Keskar et al. 2019)"] = 1.0
    no_repeat_ngram: Annotated[int, "length of token sequences that may not occur twice; 0 to let them"] = 0
    backend: Annotated[Backend, "what writes: tasktune itself, or llama.cpp or vllm where they are installed"] = "tasktune"
    regex: Annotated[str | None, "an expression that the whole text must match, where the task leaves its form open"] = None
    json_schema: Annotated[str | None, "a file with a JSON schema that the text must fit, where the task leaves it open"] = None
    chat_template: Annotated[
        str | None, "a file with the Jinja template in which conversations are written; the model's own if not given"
    ] = None
    n_best: Annotated[int, "answers to give to each record, best first; of written ones, needs as many beams, or sampling"] = 1

    def __post_init__(self) -> None:
        """Refuse values that could only fail later, and those that could not both be meant."""
        for name in ("max_new_tokens", "beams", "top_p", "repetition_penalty", "n_best"):
            if (value := getattr(self, name)) is not None and value <= 0:
                raise InputError(f"{name} must be more than 0, but is {value}")
        for name in ("min_new_tokens", "temperature", "top_k", "no_repeat_ngram"):
            if (getattr(self, name) or 0) < 0:
                raise InputError(f"{name} must be 0 or more, but is {getattr(self, name)}")
        if self.top_p > 1:
            raise InputError(f"top_p is a share, at most 1, but is {self.top_p}")
        if self.max_new_tokens is not None and self.min_new_tokens > self.max_new_tokens:
            raise InputError(f"min_new_tokens, {self.min_new_tokens}, is more than max_new_tokens, {self.max_new_tokens}")
        if "" in self.stop:
            raise InputError("a text to stop before must not be empty")
        if self.backend not in get_args(Backend):
            raise InputError(f"backend must be one of {', '.join(get_args(Backend))}, but is {self.backend!r}")
        if self.regex is not None and self.json_schema is not None:
            raise InputError("a text can be held to a regex or to a json_schema; give one of them")
        if self.beams > 1 and self.sampling:
            raise InputError(
                "beams search for the best text, and sampling draws one; give either beams, or temperature, top_p, top_k"
            )

    @property
    def sampling(self) -> float:
        """The temperature to sample at; 0 where the best is searched for instead."""
        if self.temperature is not None:
            return self.temperature
        return 1.0 if self.top_p < 1 or self.top_k else 0.0
