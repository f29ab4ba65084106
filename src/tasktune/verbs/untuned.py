"""Ask a pre-trained model as it comes, without tuning: by the task's prompt alone, or behind a few examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, get_args

from tasktune.core import InputError, Lost, Record, Task
from tasktune.datasets import Data, called, records
from tasktune.framings import Framing, Label, Labels, Prompt, Tags, Text
from tasktune.framings.names import no_names
from tasktune.heads.choices import Choices
from tasktune.heads.free_text import FreeText
from tasktune.heads.shots import Shots
from tasktune.models.evaluation import answered
from tasktune.models.model import Model, as_it_comes
from tasktune.models.network import read_config
from tasktune.models.shots import at_random, by_similarity
from tasktune.models.weights import locate
from tasktune.recipe import Recipe
from tasktune.tasks import task as task_called
from tasktune.verbs.slips import can_be_read_again

By = Literal["random", "similar"]
SHOTS = 8
"""Examples before a record, where nothing is said."""


def untuned(
    task: str,
    model: str,
    labels: Sequence[str] | Mapping[str, str] | None = None,
    shots: Data | None = None,
    count: int = SHOTS,
    by: By = "random",
    recipe: Recipe | None = None,
    mapping: Mapping[str, str] | None = None,
    format: str | None = None,
) -> Model:
    """A pre-trained model for a task, to `predict` and to `evaluate` like a tuned one.

    A decoder or encoder-decoder is asked by the task's prompt, behind as many of the `shots` (data with answers) as there is room
    for, `count` at most: chosen at random by the recipe's seed, labels in turn, or for each record those most `similar` to it,
    the most similar last. `labels` are what it chooses from, by default those of the shots; a mapping says what the model is told
    in the place of each name in the data (`{"0": "negative", "1": "positive"}`).

    An encoder answers where its checkpoint has all the layers that the task takes; `labels` then map the names in the data to
    the checkpoint's. Raises `InputError` where an answer would be at random.
    """
    kind, recipe = task_called(task), recipe or Recipe()
    examples = _examples(kind, shots, recipe, mapping, format)
    words = dict(labels) if isinstance(labels, Mapping) else {name: name for name in labels or ()}
    made = as_it_comes(kind, model, lambda framing: _labels(kind, framing, model, words, examples), recipe)
    told = {"model": model, "labels": {name: words.get(name, name) for name in made.head.labels}}
    if isinstance(made.head, Choices | FreeText):
        made.head = _shown(made.head, words, examples, count, by)
        told |= {"shots": {"from": called(shots), "count": count, "by": by, "seed": recipe.seed}} if shots is not None else {}
    elif examples:
        raise InputError(f"{model} is shown no examples: it is an encoder, which answers in no words. Leave --shots out")
    made.facts = {"asked": told}
    return made


def as_asked(model: Model) -> dict[str, Any]:
    """How a model that was not tuned is asked, with the shots that it has been shown and how often; of a tuned one nothing."""
    told, head = model.facts.get("asked", {}), model.head
    if not (isinstance(head, Choices | FreeText) and head.shots is not None and "shots" in told):
        return dict(told)
    return {**told, "shots": {**told["shots"], "used": dict(head.shots.used.most_common())}}


def refuse_other_labels(model: Model, data: Data, mapping: Mapping[str, str] | None, format: str | None) -> None:
    """Raise `InputError` where none of the labels that a model which was not tuned may give is in the data.

    What can be read but once is not looked at before it is measured.
    """
    framing, known = model.head.framing, set(model.head.labels)
    is_choice = not isinstance(framing, Text) or framing.closed or framing.form is not None
    if not (known and is_choice and can_be_read_again(data)):
        return
    shown = set[str]()
    for record in records(model.task, data, mapping, format):
        names = set() if record.answer is None else set(framing.names(record))
        if names & known:
            return
        shown |= names
    if shown:
        raise InputError(
            f"{called(data)}: none of the labels {_few(known)} is in it, but {_few(shown)}. "
            f"Name these, and the words to tell the model for them if need be: --labels {min(shown)}=WORD,…"
        )


def _few(labels: set[str]) -> str:
    return f"{', '.join(sorted(labels)[:6])}{' …' if len(labels) > 6 else ''}"


def _examples(
    task: Task[Any], shots: Data | None, recipe: Recipe, mapping: Mapping[str, str] | None, format: str | None
) -> list[Record]:
    if shots is None:
        return []
    found = list(answered(records(task, shots, None, format, mapping), recipe, Lost()))
    if not found:
        raise InputError(f"{called(shots)}: there is no example in it; leave --shots out to ask by the prompt alone")
    return found


def _labels(task: Task[Any], framing: Framing, model: str, words: Mapping[str, str], examples: Sequence[Record]) -> Labels:
    """What there is to choose from: what is given, what the examples show, or of an encoder what its own layers are for."""
    if isinstance(framing, Label | Tags):
        own = (read_config(locate(model)).id2label or {}).values()
        names = {word: name for name, word in words.items()}
        return tuple(names.get(label, label) for label in own)
    if not isinstance(framing, Text) or framing.names is no_names:
        if words:
            raise InputError(f"{task.name} has no labels to choose from; leave --labels out")
        return ()
    if framing.closed_up_to and not words:  # what examples happen to show is not all there is
        return ()
    if not words and not examples:
        if not framing.closed and framing.form is None:  # names tell something of the records, and are no choice (languages)
            return ()
        raise InputError(
            f"what are the labels? Say so with --labels a,b, or give examples that show them with --shots FILE: without either, "
            f"a model that was not tuned for {task.name} does not know what there is to choose from"
        )
    shown = {name for example in examples for name in framing.names(example)}
    if words and (others := sorted(shown - words.keys())):
        raise InputError(f"the examples show {', '.join(others)}, which --labels has not; name all there is to choose from")
    labels = framing.inventory(words or shown)
    if framing.closed and len(labels) < 2:
        raise InputError(f"there is one label, {labels[0]}, and it takes two to choose between; name all with --labels a,b")
    return labels


def _shown(
    head: Choices | FreeText, words: Mapping[str, str], examples: Sequence[Record], count: int, by: By
) -> Choices | FreeText:
    """The head with the shots that stand before its prompts, and what it calls its labels."""
    if by not in get_args(By):
        raise InputError(f"shots are chosen {' or '.join(get_args(By))}, and not {by!r}")
    if count < 0:
        raise InputError(f"--shot-count must be 0 or more, but is {count}")
    if examples and not isinstance(head.framing.prompt(examples[0]), Prompt):
        raise InputError("a conversation is asked in its own turns, and shown no examples; write them as its first turns")
    head = _called(head, words)
    ranked = at_random(head.framing, examples, head.recipe.seed) if by == "random" else by_similarity(head.framing, examples)
    return replace(head, shots=Shots(ranked, count) if examples else Shots())


def _called(head: Choices | FreeText, words: Mapping[str, str]) -> Choices | FreeText:
    """The head with other words for its labels, where there are any."""
    if all(name == word for name, word in words.items()):
        return head
    if isinstance(head, FreeText):
        raise InputError(
            "only labels that are chosen go by other words, and here they are written into the answer; say --labels a,b"
        )
    told = tuple(words[label] for label in head.labels)
    framing = replace(head.framing, write=lambda record: words.get(record.answer, record.answer))
    return replace(head, framing=framing, words=told)
