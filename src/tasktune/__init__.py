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
    from tasktune.core import InputError, Score, Scores
    from tasktune.decoding import Decoding
    from tasktune.models.evaluation import Evaluation, MultiTaskEvaluation
    from tasktune.models.model import Model
    from tasktune.models.multitask import MultiTaskModel, load
    from tasktune.models.prediction import MultiTaskPrediction, Prediction
    from tasktune.recipe import Recipe
    from tasktune.tasks import task
    from tasktune.verbs.cluster import Clustering, cluster
    from tasktune.verbs.evaluate import evaluate
    from tasktune.verbs.fit import fit
    from tasktune.verbs.new_model import new_model
    from tasktune.verbs.predict import predict
    from tasktune.verbs.untuned import untuned

_HOME = {
    "Clustering": "tasktune.verbs.cluster",
    "Decoding": "tasktune.decoding",
    "Dependency": "tasktune.answers",
    "Evaluation": "tasktune.models.evaluation",
    "InputError": "tasktune.core",
    "Link": "tasktune.answers",
    "Message": "tasktune.answers",
    "Model": "tasktune.models.model",
    "MultiTaskEvaluation": "tasktune.models.evaluation",
    "MultiTaskModel": "tasktune.models.multitask",
    "MultiTaskPrediction": "tasktune.models.prediction",
    "Prediction": "tasktune.models.prediction",
    "Recipe": "tasktune.recipe",
    "Score": "tasktune.core",
    "Scores": "tasktune.core",
    "Span": "tasktune.answers",
    "WordTag": "tasktune.answers",
    "cluster": "tasktune.verbs.cluster",
    "evaluate": "tasktune.verbs.evaluate",
    "fit": "tasktune.verbs.fit",
    "load": "tasktune.models.multitask",
    "new_model": "tasktune.verbs.new_model",
    "predict": "tasktune.verbs.predict",
    "task": "tasktune.tasks",
    "untuned": "tasktune.verbs.untuned",
}

__all__ = [
    "Clustering",
    "Decoding",
    "Dependency",
    "Evaluation",
    "InputError",
    "Link",
    "Message",
    "Model",
    "MultiTaskEvaluation",
    "MultiTaskModel",
    "MultiTaskPrediction",
    "Prediction",
    "Recipe",
    "Score",
    "Scores",
    "Span",
    "WordTag",
    "cluster",
    "evaluate",
    "fit",
    "load",
    "new_model",
    "predict",
    "task",
    "untuned",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"tasktune has no {name!r}; it has: {', '.join(__all__)}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return __all__
