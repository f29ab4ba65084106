"""A task and a network that does it: what `fit` returns, a folder holds, and every other verb works on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, final

import numpy as np
from numpy.typing import NDArray
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from tasktune import recipe as recipes
from tasktune.core import FamilyName, InputError, Lost, Task
from tasktune.datasets import questions
from tasktune.framings import Arcs, Embed, Framing, Labels, Links, Prompt, Side, Text
from tasktune.heads import head_for
from tasktune.heads.backends import written_by_backend
from tasktune.heads.base import Calibration, Head, Scored
from tasktune.heads.embed import Embedder
from tasktune.heads.eyes import let_see
from tasktune.heads.free_text import FreeText
from tasktune.heads.templates import with_template
from tasktune.models import network
from tasktune.models.assembled import new_weights
from tasktune.models.card import card
from tasktune.models.durable import renamed, synced
from tasktune.models.family import family_of
from tasktune.models.folder import FACTS, RECIPE, columns, read_facts, read_recipe, refuse_taken, refuse_untrained
from tasktune.models.inference import answers, pieces
from tasktune.models.named import NAMED
from tasktune.models.prediction import Prediction, Predictions
from tasktune.models.processor import read_pictures
from tasktune.models.quantised import is_quantised, quantise
from tasktune.models.sentence_modules import filled_in, how_opened, read_pooling, write_modules
from tasktune.models.warmstart import warm_start
from tasktune.models.weights import locate
from tasktune.recipe import Recipe
from tasktune.tasks import task as task_called


@final
@dataclass(slots=True)
class Model:
    """A tuned model. `facts` are what is known of how it came about: data, scores, versions.

    `new` are the names of the weights that its checkpoint had not, and that begin at random therefore.
    """

    task: Task[Any]
    family: FamilyName
    net: PreTrainedModel
    head: Head
    facts: dict[str, Any] = field(default_factory=dict)
    new: tuple[str, ...] = ()

    def predict(self, inputs: Iterable[Any], lost: Lost | None = None) -> Predictions:
        """Answers to texts, mappings of field to value, or records, in their order. `lost` gathers what could not be used."""
        if isinstance(inputs, str | Mapping):
            raise InputError(f"predict takes a list; for this one, say predict([{str(inputs)[:40]!r}])")
        return Predictions(self.stream(inputs, lost))

    def stream(self, inputs: Iterable[Any], lost: Lost | None = None) -> Iterator[Prediction]:
        """Like `predict`, one after the other, in constant memory."""
        asked = questions(self.task, inputs)
        for record, _, scored in answers(self.net, self.head, asked, Lost() if lost is None else lost):
            yield Prediction(record, scored)

    def write(self, asked: Any, lost: Lost | None = None) -> Generator[str, None, Scored]:
        """The text that answers one text, mapping or record, piece by piece as it is written. Returns the answer, read.

        Raises `InputError` where the model chooses its answers and does not write them.
        """
        if not isinstance(self.head, FreeText):
            raise InputError(f"this model for {self.task.name} writes no text: it chooses its answers; ask it with predict")
        (record,) = questions(self.task, [asked])
        return pieces(self.net, self.head, record, Lost() if lost is None else lost)

    def embed(self, texts: Iterable[str], side: Side = "", lost: Lost | None = None) -> NDArray[np.float32]:
        """Vectors (N, D) of N texts. `side` says whether they are queries or documents, for a model with prompts for these.

        A text that the policy drops has a vector of nan. Raises `InputError` where the model is none for embedding.
        """
        if not isinstance(self.head, Embedder):
            raise InputError(f"this model for {self.task.name} gives no vectors; tune one: tasktune fit embedding")
        asked = questions(self.task, ({"text": text, "side": side} for text in texts))
        found = [raws[0][0] if raws else None for _, raws, _ in answers(self.net, self.head, asked, lost or Lost())]
        width = next((len(vector) for vector in found if vector is not None), 0)
        rows = [np.full(width, np.nan) if vector is None else vector for vector in found]
        return np.array(rows, np.float32).reshape(len(rows), width)

    @property
    def models(self) -> dict[str, Model]:
        """The model by the name of its task, as a model of several tasks has them."""
        return {self.task.name: self}

    @property
    def columns(self) -> Mapping[str, str]:
        """Which column held which field of the data that it was tuned on, where names did not tell."""
        return columns(self.facts)

    def calibrated(self, calibration: Calibration) -> Model:
        """The model with other knowledge of its confidence."""
        return replace(self, head=replace(self.head, calibration=calibration))

    def save(self, folder: Path | str) -> Path:
        """Write the model as a folder that transformers opens too. Appears whole or not at all; refuses a path that is taken."""
        if is_quantised(self.net):
            raise InputError(
                "a model is saved with its own weights; load it without precision int8, which may be given again to answer"
            )
        if "asked" in self.facts:
            raise InputError("this model was not tuned, and there is nothing of it to save; make it anew with tt.untuned")
        return saved(Path(folder), self._write)

    def _write(self, folder: Path) -> None:
        write_weights(folder, self.net, self.head)
        head, opened = self.head, "; the rest is plain transformers."
        if isinstance(head, Embedder):
            write_modules(folder, head.pooling, self.net.config.hidden_size, head.max_length, head.recipe.dimensions)
            opened = how_opened(head.pooling, head.max_length, head.recipe.dimensions)
        facts = {"task": self.task.name, "family": self.family, **self.told}
        write_facts(folder, facts)
        (folder / "README.md").write_text(card(facts, opened), encoding="utf-8")

    @property
    def told(self) -> dict[str, Any]:
        """What a folder tells of the model beside its task and family."""
        return {"labels": self.head.labels, "calibration": asdict(self.head.calibration), **self.facts}


def saved(out: Path, write: Callable[[Path], None]) -> Path:
    """The folder `out` with what `write` writes in it, whole or not at all. Refuses a path that is taken."""
    refuse_taken(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    work = Path(mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        write(work)
        work.chmod(0o755)
        synced(work)
        put(work, out)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return out


def write_weights(folder: Path, net: PreTrainedModel, head: Head) -> None:
    """Write a network, its tokenizer and its recipe."""
    with network.quiet():
        net.save_pretrained(folder)
        head.tokenizer.save_pretrained(folder)
    for name, content in head.kept_files.items():
        (folder / name).write_bytes(content)
    (folder / RECIPE).write_text(recipes.written(replace(head.recipe, device="auto")), encoding="utf-8")


def write_facts(folder: Path, facts: Mapping[str, Any]) -> None:
    """Write what is known of a model."""
    (folder / FACTS).write_text(json.dumps(facts, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def put(work: Path, out: Path) -> None:
    """Give the finished folder its name; where something has taken that by now, another beside it, and say so."""
    try:
        renamed(work, out)
    except OSError:
        beside = out.with_name(f"{out.name}{work.name.removeprefix('.' + out.name)}")
        work.rename(beside)
        raise InputError(f"{out} was made by something else meanwhile; the model is saved in {beside} instead") from None


LabelsOf = Callable[[Framing], Labels]
ScaleOf = Callable[[Framing], Calibration]


def build(task: Task[Any], name: str, labels: LabelsOf, recipe: Recipe, scale: ScaleOf) -> Model:
    """A task on a pre-trained model, not yet tuned. `name` is anything that `locate` finds.

    `labels` and `scale` say what the training data show once the model's family, and so the framing, is known.
    """
    folder = locate(name)
    refuse_untrained(folder, task)
    model = _opened(task, folder, labels, recipe, scale)
    network.refuse_noise(folder, model.net, model.family, model.new)
    model.new += new_weights(folder)
    return model


def as_it_comes(task: Task[Any], name: str, labels: LabelsOf, recipe: Recipe) -> Model:
    """A task on a pre-trained model that is asked without being tuned. `name` is anything that `locate` finds.

    Raises `InputError` where the task takes layers that the model has not, whose answers would be at random.
    """
    if name in NAMED and NAMED[name].make is warm_start:
        raise InputError(f"{name} writes only once it is tuned; tune it, or name another model (smollm2)")
    folder = locate(name)
    refuse_untrained(folder, task)
    if isinstance(task.framing(family_of(network.read_config(folder))), Arcs | Links):  # whose layers are tasktune's own
        raise _at_random(task, name)
    opened = _opened(task, folder, labels, recipe, lambda _: Calibration())
    if _lacking(opened) or new_weights(folder):
        raise _at_random(task, name)
    opened.head = written_by_backend(opened.head, folder)
    return opened


def _at_random(task: Task[Any], name: str) -> InputError:
    words = ", or ask a model that answers in words (--model smollm2)" if task.decoder is not None else ""
    return InputError(
        f"{name} has no layers for {task.name}: its answers would be at random. "
        f"Tune it (tasktune fit {task.name} --model {name}){words}"
    )


def _lacking(opened: Model) -> tuple[str, ...]:
    """The weights that a model begins with at random and has a use for."""
    if isinstance(opened.head, Embedder):  # has none for what BERT puts on its first token, which not all checkpoints keep
        return tuple(name for name in opened.new if "pooler." not in name)
    return opened.new


def load(folder: Path | str, changes: Mapping[str, Any] | None = None) -> Model:
    """A tuned model from its folder, to run by its own recipe with `changes` (`{"max_new_tokens": 20}`).

    A folder that sentence-transformers made is a model for embedding. Raises `InputError` where the folder is neither that nor
    one that `Model.save` made, or no longer whole.
    """
    path = Path(folder)
    facts = read_facts(path)
    if several := facts.get("tasks"):
        raise InputError(f"{folder} does several tasks; for one of them, say tt.load({str(folder)!r})[{next(iter(several))!r}]")
    try:
        task, labels = task_called(facts.pop("task")), tuple(facts.pop("labels"))
        calibration = Calibration.from_json(facts.pop("calibration"))
    except (KeyError, TypeError) as wrong:
        raise InputError(f"{path / FACTS} is not as tasktune writes it ({wrong}); tune the model anew") from None
    recipe = read_recipe(path, changes)
    opened = _opened(task, locate(path), lambda _: labels, recipe, lambda _: calibration)
    if missing := _lacking(opened):
        raise InputError(f"{folder} lacks weights that a tuned model has ({', '.join(missing[:3])} …); tune the model anew")
    opened.facts = {name: fact for name, fact in facts.items() if name != "family"}
    opened.head = written_by_backend(opened.head, path)
    return opened


def _opened(task: Task[Any], folder: Path, labels: LabelsOf, recipe: Recipe, scale: ScaleOf) -> Model:
    config = network.read_config(folder)
    family = family_of(config)
    framing, recipe = task.framing(family), recipes.settled(recipe, family)
    names = labels(framing)
    tokenizer = network.read_tokenizer(folder)
    pictures = read_pictures(folder, config, tokenizer) if family == "vision-language" else None
    recipe = templated([task], family, tokenizer, recipe)
    net, missing = network.read_network(folder, config, framing, family, names)
    if family != "encoder":
        network.keep_newlines(net, tokenizer)
        network.end_alike(net, tokenizer)
    network.place(net, recipe)
    if pictures is not None:
        let_see(net, pictures)
    if isinstance(framing, Embed):
        recipe = filled_in(folder, recipe)
    longest = network.longest_input(net, tokenizer, recipe)
    recipe = replace(recipe, max_length=longest)
    head = head_for(framing, family, tokenizer, names, recipe, longest, net, scale(framing), pictures)
    if isinstance(head, Embedder):
        head = replace(head, pooling=read_pooling(folder, family, recipe))
    if recipe.precision == "int8":
        quantise(net, head, task.example)
    return Model(task, family, net, head, new=missing)


def templated(tasks: Iterable[Task[Any]], family: FamilyName, tokenizer: PreTrainedTokenizerBase, recipe: Recipe) -> Recipe:
    """The recipe, with a chat template for the tokenizer where one of the tasks has conversations."""
    for task in tasks:
        framing = task.framing(family)
        if isinstance(framing, Text) and not isinstance(framing.prompt(task.example[0]), Prompt):
            return with_template(tokenizer, recipe)
    return recipe
