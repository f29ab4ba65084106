"""Tune a pre-trained language model to a task on your data, measure it and use it.

    import tasktune as tt

    model = tt.fit("ner", train="train.conll", dev="dev.conll", model="minilm")
    model.predict(["Ada Lovelace was born in London."])
    tt.evaluate(model, "dev.conll")

The names below are loaded when they are first asked for, so that importing tasktune costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tasktune.answers import Dependency, Link, Message, Span, WordTag
    from tasktune.core import InputError
    from tasktune.decoding import Decoding
    from tasktune.models.evaluation import Evaluation, MultiTaskEvaluation
    from tasktune.models.model import Model
    from tasktune.models.multitask import MultiTaskModel, load
    from tasktune.models.prediction import MultiTaskPrediction, Prediction
    from tasktune.passages import Hit, Passage
    from tasktune.recipe import Recipe
    from tasktune.retrieval.search import Search
    from tasktune.scores import Score, Scores
    from tasktune.tasks import task
    from tasktune.verbs.ask import ask
    from tasktune.verbs.assemble import assemble, new_vision
    from tasktune.verbs.cluster import Clustering, cluster
    from tasktune.verbs.evaluate import evaluate
    from tasktune.verbs.explain import Explanation, explain
    from tasktune.verbs.fit import fit
    from tasktune.verbs.grounded_answer import GroundedAnswer
    from tasktune.verbs.index import Indexed, index
    from tasktune.verbs.new_model import new_model
    from tasktune.verbs.predict import predict
    from tasktune.verbs.queries import queries
    from tasktune.verbs.search import search, search_all
    from tasktune.verbs.untuned import untuned

_HOME = {
    "Clustering": "tasktune.verbs.cluster",
    "Decoding": "tasktune.decoding",
    "Dependency": "tasktune.answers",
    "Evaluation": "tasktune.models.evaluation",
    "Explanation": "tasktune.verbs.explain",
    "GroundedAnswer": "tasktune.verbs.grounded_answer",
    "Hit": "tasktune.passages",
    "Indexed": "tasktune.verbs.index",
    "InputError": "tasktune.core",
    "Link": "tasktune.answers",
    "Message": "tasktune.answers",
    "Model": "tasktune.models.model",
    "MultiTaskEvaluation": "tasktune.models.evaluation",
    "MultiTaskModel": "tasktune.models.multitask",
    "MultiTaskPrediction": "tasktune.models.prediction",
    "Passage": "tasktune.passages",
    "Prediction": "tasktune.models.prediction",
    "Recipe": "tasktune.recipe",
    "Score": "tasktune.scores",
    "Scores": "tasktune.scores",
    "Search": "tasktune.retrieval.search",
    "Span": "tasktune.answers",
    "WordTag": "tasktune.answers",
    "ask": "tasktune.verbs.ask",
    "assemble": "tasktune.verbs.assemble",
    "cluster": "tasktune.verbs.cluster",
    "evaluate": "tasktune.verbs.evaluate",
    "explain": "tasktune.verbs.explain",
    "fit": "tasktune.verbs.fit",
    "index": "tasktune.verbs.index",
    "load": "tasktune.models.multitask",
    "new_model": "tasktune.verbs.new_model",
    "new_vision": "tasktune.verbs.assemble",
    "predict": "tasktune.verbs.predict",
    "queries": "tasktune.verbs.queries",
    "search": "tasktune.verbs.search",
    "search_all": "tasktune.verbs.search",
    "task": "tasktune.tasks",
    "untuned": "tasktune.verbs.untuned",
}

__all__ = [
    "Clustering",
    "Decoding",
    "Dependency",
    "Evaluation",
    "Explanation",
    "GroundedAnswer",
    "Hit",
    "Indexed",
    "InputError",
    "Link",
    "Message",
    "Model",
    "MultiTaskEvaluation",
    "MultiTaskModel",
    "MultiTaskPrediction",
    "Passage",
    "Prediction",
    "Recipe",
    "Score",
    "Scores",
    "Search",
    "Span",
    "WordTag",
    "ask",
    "assemble",
    "cluster",
    "evaluate",
    "explain",
    "fit",
    "index",
    "load",
    "new_model",
    "new_vision",
    "predict",
    "queries",
    "search",
    "search_all",
    "task",
    "untuned",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"tasktune has no {name!r}; it has: {', '.join(__all__)}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return __all__
