"""Writing with vLLM (https://docs.vllm.ai), which does all of it by itself, many texts at a time.

Of the options it knows all but `no_repeat_ngram`, and of the forms regular expressions and JSON schemas.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, final

from tasktune.core import InputError
from tasktune.forms import Regex
from tasktune.generation.constraint import Constraint
from tasktune.generation.engines import Engine
from tasktune.generation.grammar import GrammarConstraint
from tasktune.generation.searches import Line, Search, Written


@final
class VLLM(Engine):
    """A tuned model's folder. Raises `InputError` where there is no vLLM."""

    def __init__(self, folder: Path, longest: int) -> None:
        try:
            import vllm
            import vllm.sampling_params
        except ImportError:
            raise InputError("--backend vllm needs vLLM: pip install 'tasktune[vllm]'") from None
        self._library: Any = vllm
        self._model: Any = vllm.LLM(model=str(folder), max_model_len=longest)

    def write(self, searches: Sequence[Search]) -> Iterator[None]:
        """All at once."""
        prompts = [{"prompt_token_ids": [*search.prompt]} for search in searches]
        done = self._model.generate(prompts, [self._options(search) for search in searches], use_tqdm=False)
        for search, request in zip(searches, done, strict=True):
            search.found = [_written(search, request.outputs[0])]
            search.rows = 0
            yield

    def _options(self, search: Search) -> Any:
        decoding, manner = search.manner.decoding, search.manner
        if decoding.no_repeat_ngram:
            raise InputError("vLLM knows no --no-repeat-ngram; leave it out, or the backend")
        chance = search.chance if isinstance(search, Line) else None
        return self._library.SamplingParams(
            max_tokens=manner.longest,
            min_tokens=decoding.min_new_tokens,
            stop=[*decoding.stop],
            stop_token_ids=[manner.end_id],
            include_stop_str_in_output=True,
            temperature=decoding.sampling,
            top_p=decoding.top_p,
            top_k=decoding.top_k,
            repetition_penalty=decoding.repetition_penalty,
            seed=None if chance is None else chance.getrandbits(31),
            logprobs=0,
            structured_outputs=None if search.form is None else self._held(search.form),
        )

    def _held(self, constraint: Constraint) -> Any:
        if not isinstance(constraint, GrammarConstraint):
            raise InputError("vLLM cannot hold this task's answers to their form; leave --backend out, or take llama.cpp")
        params, form = self._library.sampling_params.StructuredOutputsParams, constraint.form
        return params(regex=form.pattern) if isinstance(form, Regex) else params(json=form.schema)


def _written(search: Search, said: Any) -> Written:
    """What vLLM said; the end token, where it came, is the last."""
    tokens, end = tuple(said.token_ids), search.manner.end_id
    ended = said.finish_reason == "stop" and said.stop_reason in (None, end)
    return Written((*tokens, end) if ended and tokens[-1:] != (end,) else tokens, float(said.cumulative_logprob))
