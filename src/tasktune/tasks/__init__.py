"""The tasks, a file each. Adding one is a file here and its name in `NAMES`."""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module
from typing import Any

from tasktune.core import InputError, Task

NAMES = (
    "aspect-polarity",
    "aspect-sentiment",
    "captioning",
    "chat",
    "classification",
    "code",
    "code-completion",
    "code-docstring",
    "dependency-parsing",
    "embedding",
    "generation",
    "image-classification",
    "image-text-matching",
    "instruction-following",
    "mask",
    "multilabel",
    "ner",
    "nli",
    "nlvr",
    "opinion-quadruples",
    "opinion-triplets",
    "paraphrase",
    "pos",
    "pretraining",
    "question-answering",
    "question-answering-generative",
    "question-answering-grounded",
    "reasoning",
    "regression",
    "relation",
    "relation-extraction",
    "reranking",
    "summarization",
    "summarization-extractive",
    "translation",
    "vqa",
)


ALIASES: dict[str, tuple[str, ...]] = {
    "aspect-polarity": ("atsc", "alsc"),
    "aspect-sentiment": ("absa", "e2e-absa"),
    "captioning": ("image-captioning", "image-to-text"),
    "chat": ("instruct", "sft"),
    "classification": ("sentiment", "topic", "spam", "intent", "text-classification"),
    "code": ("code-generation", "text-to-code", "code-translation", "nl2bash"),
    "code-completion": ("fill-in-the-middle", "fim", "infilling"),
    "code-docstring": ("docstring", "code-summarization", "code-to-text"),
    "dependency-parsing": ("parsing", "dependencies"),
    "embedding": ("embeddings", "sentence-embedding"),
    "generation": ("text-generation", "causal-lm"),
    "image-classification": ("picture-classification",),
    "image-text-matching": ("itm",),
    "instruction-following": ("ifeval",),
    "mask": ("mlm", "masked-lm", "fill-mask"),
    "multilabel": ("multi-label", "multilabel-classification"),
    "ner": ("named-entities", "named-entity-recognition", "token-classification"),
    "nli": ("entailment", "rte", "textual-entailment"),
    "nlvr": ("nlvr2", "visual-reasoning"),
    "opinion-quadruples": ("acos",),
    "opinion-triplets": ("aste",),
    "paraphrase": ("paraphrasing", "duplicates", "text-matching"),
    "pos": ("tagging", "pos-tagging", "part-of-speech"),
    "question-answering": ("qa", "extractive-qa", "reading-comprehension"),
    "question-answering-generative": ("qa-generative", "generative-qa", "open-qa", "closed-book-qa"),
    "question-answering-grounded": ("qa-grounded", "grounded-qa", "rag", "cited-answers"),
    "reasoning": ("chain-of-thought", "cot", "math", "multiple-choice"),
    "regression": ("sts", "similarity", "rating"),
    "relation": ("relation-classification",),
    "relation-extraction": ("joint-relations",),
    "reranking": ("rerank", "cross-encoder"),
    "summarization": ("summarisation", "summary"),
    "summarization-extractive": ("extractive-summarization",),
    "translation": ("mt", "machine-translation"),
    "vqa": ("visual-question-answering", "image-question-answering"),
}
"""Other names of the same tasks: one definition serves them all."""


def task(name: str) -> Task[Any]:
    """The task called `name`, or by another name of it. Raises `InputError` with the names there are."""
    found = own_name(name)
    if found not in NAMES:
        known = [*NAMES, *(other for others in ALIASES.values() for other in others)]
        near = "".join(f"; did you mean {each}?" for each in get_close_matches(name, known, 1))
        raise InputError(f"there is no task {name!r}; there are: {', '.join(NAMES)} (other names: `tasktune tasks`){near}")
    made: Task[Any] = import_module(f"{__name__}.{found.replace('-', '_')}").TASK
    return made


def own_name(name: str) -> str:
    """The name of the task that is called `name`, where that is another name of one; else as it is."""
    return next((own for own, others in ALIASES.items() if name in others), name)


def tasks_called(names: str) -> dict[str, Task[Any]]:
    """The tasks of `pos+ner`, or the one of `ner`, by name. Raises `InputError` as `task` does, or where one is named twice."""
    found = [task(name) for name in names.split("+")]
    by_name = {each.name: each for each in found}
    if len(by_name) < len(found):
        raise InputError(f"{names} names a task twice; each can be learnt once")
    return by_name
