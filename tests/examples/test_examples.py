"""Every example runs, from its first line to its last, on a tiny model of the family that it is written for."""

import importlib.util
from collections.abc import Callable
from pathlib import Path

import pytest

from tasktune.tasks import NAMES

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
TINY = {
    "summarization": "t5",
    "translation": "t5",
    "generation": "gpt2",
    "chat": "llama",
    "instruction-following": "gpt2",
    "reasoning": "gpt2",
    "question-answering-generative": "t5",
    "question-answering-grounded": "llama",
    "code": "gpt2",
    "code-completion": "gpt2",
    "code-docstring": "t5",
    "few-shot": "llama",
    "instruct": "llama",
    "ask": "llama",
    **dict.fromkeys(("captioning", "image-classification", "image-text-matching", "nlvr", "vqa"), "llava"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", [*NAMES, "ask", "cluster", "few-shot", "instruct", "several"])
def test_an_example_runs(name: str, tiny: Callable[[str], Path], capsys: pytest.CaptureFixture[str]):
    spec = importlib.util.spec_from_file_location(f"example_{name}", EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    example.main(str(tiny(TINY.get(name, "bert"))))
    assert capsys.readouterr().out.strip()
