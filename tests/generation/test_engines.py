"""Writing with llama.cpp and vLLM, in whose places stand-ins with the same functions run a tiny network of ours."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
import transformers

import tasktune as tt
from cases import untrained, with_options
from tasktune.core import InputError
from tasktune.models.model import Model
from tasktune.models.prediction import Prediction

PROMPTS = ["Once upon a time", "", "The recipe needs", "👍"]


@pytest.fixture
def folder(tiny: Callable[[str], Path], tmp_path: Path) -> Path:
    return untrained(tt.task("generation"), tiny("llama")).save(tmp_path / "model")


def network(folder: Path) -> Any:
    return transformers.AutoModelForCausalLM.from_pretrained(folder).eval()


class Llama:
    """llama-cpp-python's `Llama`, as far as it is used."""

    def __init__(self, model_path: str, n_ctx: int, verbose: bool) -> None:
        assert n_ctx > 0
        assert not verbose
        self.net = network(Path(model_path).parent)
        self.reset()

    def reset(self) -> None:
        self.read: list[int] = []

    def eval(self, tokens: list[int]) -> None:
        self.read += tokens
        with torch.inference_mode():
            logits = self.net(torch.tensor([self.read])).logits[0, -1]
        self.ctx = np.ascontiguousarray(logits.numpy())

    def n_vocab(self) -> int:
        return len(self.ctx)


@pytest.fixture
def llama_cpp(monkeypatch: pytest.MonkeyPatch) -> None:
    module: Any = ModuleType("llama_cpp")
    module.Llama = Llama
    module.llama_get_logits_ith = lambda context, place: context.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
    monkeypatch.setitem(sys.modules, "llama_cpp", module)


@pytest.fixture
def vllm(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """vLLM: greedy only. What it was asked for is kept in the list."""
    asked: list[Any] = []

    class LLM:
        def __init__(self, model: str, max_model_len: int) -> None:
            self.net = network(Path(model))

        def generate(self, prompts: list[Any], options: list[Any], use_tqdm: bool) -> list[Any]:
            asked.extend(options)
            return [self.request(p["prompt_token_ids"], o) for p, o in zip(prompts, options, strict=True)]

        def request(self, prompt: list[int], options: Any) -> Any:
            tokens, log_p = [*prompt], 0.0
            while len(tokens) - len(prompt) < options.max_tokens and tokens[-1] not in options.stop_token_ids:
                with torch.inference_mode():
                    found = self.net(torch.tensor([tokens])).logits[0, -1].log_softmax(-1).max(-1)
                tokens.append(int(found.indices))
                log_p += float(found.values)
            ended = tokens[-1] in options.stop_token_ids
            said = tokens[len(prompt) :]
            return SimpleNamespace(
                outputs=[
                    SimpleNamespace(
                        token_ids=said[:-1] if ended else said,
                        cumulative_logprob=log_p,
                        finish_reason="stop" if ended else "length",
                        stop_reason=options.stop_token_ids[0] if ended else None,
                    )
                ]
            )

    module: Any = ModuleType("vllm")
    module.sampling_params: Any = ModuleType("vllm.sampling_params")
    module.LLM, module.SamplingParams = LLM, SimpleNamespace
    module.sampling_params.StructuredOutputsParams = SimpleNamespace
    monkeypatch.setitem(sys.modules, "vllm", module)
    monkeypatch.setitem(sys.modules, "vllm.sampling_params", module.sampling_params)
    return asked


def said(predictions: list[Prediction]) -> list[tuple[Any, float]]:
    return [(p.answer, pytest.approx(p.score, rel=1e-4)) for p in predictions]


def opened(folder: Path, backend: str, **changes: Any) -> Model:
    return tt.load(folder, {"backend": backend, "max_new_tokens": 12, "precision": "fp32", **changes})


@pytest.mark.parametrize(
    "options", [{}, {"temperature": 1.0, "n_best": 2}, {"regex": "(yes|no), .{3}"}, {"repetition_penalty": 1.5}]
)
def test_llama_cpp_writes_what_tasktune_writes(folder: Path, llama_cpp: None, options: dict[str, Any]) -> None:
    (folder / "model.gguf").touch()
    theirs = opened(folder, "llama.cpp", **options).predict(PROMPTS)
    assert said(theirs) == said(opened(folder, "tasktune", **options).predict(PROMPTS))


def test_vllm_writes_what_tasktune_writes(folder: Path, vllm: list[Any]) -> None:
    assert said(opened(folder, "vllm").predict(PROMPTS)) == said(opened(folder, "tasktune").predict(PROMPTS))


def test_vllm_is_told_the_options_and_the_form(folder: Path, vllm: list[Any]) -> None:
    opened(folder, "vllm", temperature=0.5, top_p=0.9, top_k=7, stop=("\n",), min_new_tokens=2, n_best=2, regex="a+").predict(
        ["a"]
    )
    one, other = vllm
    assert (one.temperature, one.top_p, one.top_k, one.stop, one.min_tokens, one.max_tokens) == (0.5, 0.9, 7, ["\n"], 2, 12)
    assert one.structured_outputs.regex == "a+"
    assert one.seed != other.seed


def test_what_vllm_cannot_do_is_refused(folder: Path, tiny: Callable[[str], Path], tmp_path: Path, vllm: list[Any]) -> None:
    with pytest.raises(InputError, match="no-repeat-ngram"):
        opened(folder, "vllm", no_repeat_ngram=2).predict(["a"])
    entities = untrained(tt.task("ner"), tiny("llama")).save(tmp_path / "ner")
    with pytest.raises(InputError, match="their form"):
        opened(entities, "vllm").predict(["a"])


def test_llama_cpp_holds_entities_to_their_form(tiny: Callable[[str], Path], tmp_path: Path, llama_cpp: None) -> None:
    folder = untrained(tt.task("ner"), tiny("gpt2")).save(tmp_path / "ner")
    (folder / "model.gguf").touch()
    for text in ("Ada met Ada", "👍"):
        theirs, ours = (with_options(opened(folder, name)).predict([text]) for name in ("llama.cpp", "tasktune"))
        assert said(theirs) == said(ours)


def test_what_is_missing_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, module, install in (("llama.cpp", "llama_cpp", "llama-cpp"), ("vllm", "vllm", "vllm")):
        monkeypatch.setitem(sys.modules, module, None)
        with pytest.raises(InputError, match=rf"pip install 'tasktune\[{install}\]'"):
            opened(folder, name)
    with pytest.raises(InputError, match=r"'tasktune', 'llama\.cpp' or 'vllm'"):
        opened(folder, "mlx")


def test_a_gguf_file_is_asked_for(folder: Path, llama_cpp: None) -> None:
    with pytest.raises(InputError, match=r"convert_hf_to_gguf\.py"):
        opened(folder, "llama.cpp")


def test_beams_and_answers_that_are_chosen_are_refused(
    folder: Path, tiny: Callable[[str], Path], tmp_path: Path, llama_cpp: None
) -> None:
    with pytest.raises(InputError, match="--beams"):
        opened(folder, "llama.cpp", beams=2)
    chosen = untrained(tt.task("nli"), tiny("llama")).save(tmp_path / "nli")
    with pytest.raises(InputError, match="here none is"):
        opened(chosen, "llama.cpp")
