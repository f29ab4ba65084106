"""Several tasks and one network that does them all: an encoder that reads a text once and has a head for each task, or a network
that writes, and is asked for each task by a prompt of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, final

from transformers import PreTrainedModel

from tasktune import recipe as recipes
from tasktune.core import InputError, Lost, Task
from tasktune.datasets import questions_of_several
from tasktune.framings import Framing, Labels, Text
from tasktune.heads import head_for
from tasktune.heads.base import Calibration
from tasktune.heads.eyes import let_see
from tasktune.heads.several import SharedEncoder, joint_config
from tasktune.models import model as single
from tasktune.models import network
from tasktune.models.card import card_of_several
from tasktune.models.family import family_of
from tasktune.models.folder import RECIPE, read_facts, refuse_untrained
from tasktune.models.jointly import Questions, answers
from tasktune.models.model import Model, saved, templated, write_facts, write_weights
from tasktune.models.prediction import MultiTaskPrediction, Prediction
from tasktune.models.processor import read_pictures
from tasktune.models.weights import locate
from tasktune.recipe import Recipe
from tasktune.tasks import own_name
from tasktune.tasks import task as task_called

LabelsOf = Callable[[str, Framing], Labels]
ScaleOf = Callable[[str, Framing], Calibration]


@final
@dataclass(slots=True)
class MultiTaskModel:
    """A model tuned for several tasks. `model["ner"]` is the one for `ner`, like any other, with what they share of the network.

    `facts` are what is known of how they came about together; each has its own beside. `new` are the names of the weights that
    its checkpoint had not, and that begin at random therefore.
    """

    net: PreTrainedModel
    models: dict[str, Model]
    facts: dict[str, Any] = field(default_factory=dict)
    new: tuple[str, ...] = ()

    def __getitem__(self, task: str) -> Model:
        """The model for one of the tasks. Raises `InputError` with the names there are."""
        if (name := own_name(task)) not in self.models:
            raise InputError(f"this model does not do {task!r}, but {', '.join(self.models)}")
        return self.models[name]

    @property
    def tasks(self) -> dict[str, Task[Any]]:
        """The tasks by name."""
        return {name: model.task for name, model in self.models.items()}

    def predict(self, inputs: Iterable[Any], lost: Lost | None = None) -> list[MultiTaskPrediction]:
        """The answers of all tasks to texts or mappings of field to value, in their order.

        `lost` gathers what could not be used, by task. A task that needs more than is there (a second text) is not asked.
        """
        if isinstance(inputs, str | Mapping):
            raise InputError(f"predict takes a list; for this one, say predict([{str(inputs)[:40]!r}])")
        found = Lost() if lost is None else lost
        return [*self.stream(questions_of_several(self.tasks, inputs, found), found)]

    def stream(self, questions: Iterable[Questions], lost: Lost) -> Iterator[MultiTaskPrediction]:
        """The answers to what is asked about each text, one after the other, in constant memory."""
        heads = {name: model.head for name, model in self.models.items()}
        for found in answers(self.net, heads, questions, lost):
            yield MultiTaskPrediction({name: Prediction(record, scored) for name, (record, scored) in found.items()})

    def save(self, folder: Path | str) -> Path:
        """Write the model as a folder that `AutoModel` opens. Appears whole or not at all; refuses a path that is taken."""
        return saved(Path(folder), self._write)

    def _write(self, folder: Path) -> None:
        first = next(iter(self.models.values()))
        write_weights(folder, self.net, first.head)
        told = {name: model.told for name, model in self.models.items()}
        facts = {"task": "+".join(self.models), "family": first.family, "tasks": told, **self.facts}
        write_facts(folder, facts)
        (folder / "README.md").write_text(card_of_several(facts), encoding="utf-8")


def build(tasks: Mapping[str, Task[Any]], name: str, labels: LabelsOf, recipe: Recipe, scale: ScaleOf) -> MultiTaskModel:
    """Several tasks on a pre-trained model, not yet tuned. `name` is anything that `locate` finds.

    `labels` and `scale` say what the training data of a task show. Raises `InputError` where tasks cannot be joined.
    """
    folder = locate(name)
    for task in tasks.values():
        refuse_untrained(folder, task)
    family = family_of(network.read_config(folder))
    framings = {name: task.framing(family) for name, task in tasks.items()}
    known = {name: labels(name, framing) for name, framing in framings.items()}
    scales = {name: scale(name, framing) for name, framing in framings.items()}
    model = _opened(tasks, folder, known, recipe, scales)
    network.refuse_noise(folder, model.net, family, model.new)
    return model


def refuse_apart(tasks: Mapping[str, Task[Any]], folder: Path, recipe: Recipe) -> None:
    """Raise `InputError` where these tasks cannot be learnt together by this model and recipe."""
    config = network.read_config(folder)
    family = family_of(config)
    framings = {name: task.framing(family) for name, task in tasks.items()}
    backend = recipe.decoding.backend
    for option, given in (
        ("--lora", recipe.lora),
        ("--precision int8", recipe.precision == "int8"),
        (f"--backend {backend}", backend != "tasktune"),
    ):
        if given:
            raise InputError(f"{option} is not there for several tasks at once; leave it out, or tune a model for each task")
    if family == "encoder":
        joint_config(config, {name: (framing, ()) for name, framing in framings.items()})
    elif others := [name for name, framing in framings.items() if not isinstance(framing, Text)]:
        raise InputError(f"{', '.join(others)} cannot be learnt together with tasks that are answered in words; tune it alone")


def open_several(folder: Path | str, changes: Mapping[str, Any] | None = None) -> MultiTaskModel:
    """A model of several tasks from its folder, to run by its own recipe with `changes`.

    Raises `InputError` where the folder is none that `MultiTaskModel.save` made, or no longer whole.
    """
    path = Path(folder)
    facts = read_facts(path)
    told: dict[str, dict[str, Any]] = facts.pop("tasks")
    labels = {name: tuple(of.pop("labels")) for name, of in told.items()}
    scales = {name: Calibration.from_json(of.pop("calibration")) for name, of in told.items()}
    tasks, recipe = {name: task_called(name) for name in told}, recipes.read(path / RECIPE, changes)
    refuse_apart(tasks, locate(path), recipe)
    opened = _opened(tasks, locate(path), labels, recipe, scales)
    if opened.new:
        raise InputError(f"{folder} lacks weights that a tuned model has ({', '.join(opened.new[:3])} …); tune the model anew")
    opened.facts = {name: fact for name, fact in facts.items() if name not in ("task", "family")}
    for name, model in opened.models.items():
        model.facts = told[name]
    return opened


def load(folder: Path | str, changes: Mapping[str, Any] | None = None) -> Model | Any:
    """A tuned model from its folder, to run by its own recipe with `changes` (`{"max_new_tokens": 20}`).

    A `Model`, or a `MultiTaskModel` where the folder holds several tasks. Raises `InputError` where it is none, or not whole.
    """
    return open_several(folder, changes) if "tasks" in read_facts(Path(folder)) else single.load(folder, changes)


def _opened(
    tasks: Mapping[str, Task[Any]],
    folder: Path,
    labels: Mapping[str, Labels],
    recipe: Recipe,
    scales: Mapping[str, Calibration],
) -> MultiTaskModel:
    config, tokenizer = network.read_config(folder), network.read_tokenizer(folder)
    family = family_of(config)
    pictures = read_pictures(folder, config, tokenizer) if family == "vision-language" else None
    recipe = recipes.settled(recipe, family)
    framings = {name: task.framing(family) for name, task in tasks.items()}
    net: Any
    if family == "encoder":
        joint = joint_config(config, {name: (framings[name], labels[name]) for name in tasks})
        net, missing = network.weighted(SharedEncoder, folder, joint)
    else:
        recipe = templated(tasks.values(), family, tokenizer, recipe)
        net, missing = network.read_network(folder, config, next(iter(framings.values())), family, ())
        network.keep_newlines(net, tokenizer)
        network.end_alike(net, tokenizer)
    network.place(net, recipe)
    if pictures is not None:
        let_see(net, pictures)
    longest = network.longest_input(net, tokenizer, recipe)
    recipe = replace(recipe, max_length=longest)
    models = {}
    for name, task in tasks.items():
        own = net.networks[name] if isinstance(net, SharedEncoder) else net
        head = head_for(framings[name], family, tokenizer, labels[name], recipe, longest, own, scales[name], pictures)
        models[name] = Model(task, family, own, head)
    return MultiTaskModel(net, models, new=missing)
