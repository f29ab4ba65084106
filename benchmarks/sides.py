"""The two sides of a run: tasktune's own commands, and the plain `Trainer` script that fits the task. Each in fresh processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from shlex import join
from tempfile import TemporaryFile
from time import perf_counter
from typing import Any

from cut import categories, cut
from job import Job
from table import Run
from tasktune import recipe as recipes
from tasktune.core import FamilyName, Record, Task
from tasktune.datasets import records
from tasktune.framings import Extract, Label, Prompt, Tags
from tasktune.models.named import NAMED
from tasktune.models.weights import locate
from tasktune.recipe import Recipe
from tasktune.tasks import task as task_called

HERE = Path(__file__).parent
TASKTUNE = str(Path(sys.executable).parent / "tasktune")
SHARED = Path("../shared/data")


@dataclass(frozen=True, slots=True)
class Plan:
    """A run made ready: its files as they are typed, the recipe that both sides follow, and the folder to work in."""

    run: Run
    train: str
    dev: str
    recipe: Recipe
    folder: Path

    @property
    def task(self) -> Task[Any]:
        """The run's task."""
        return task_called(self.run.task)

    @property
    def family(self) -> FamilyName:
        """The family of the run's model."""
        return NAMED[self.run.model].family

    def records(self, file: str) -> Iterator[Record]:
        """The records of one of its files, read as the commands read it."""
        return records(self.task, file, self.run.mapping, self.run.format)


def plan(run: Run, folder: Path, few: int | None = None) -> Plan:
    """The run with its files cut, to at most `few` records and one epoch where given."""
    ask = [n if few is None else min(few, n or few) for n in run.records]
    parts = ((0.0, 0.8), (0.8, 1.0)) if run.train == run.dev else ((0.0, 1.0), (0.0, 1.0))
    train, dev = (
        ",".join(str(cut(each, folder / name / each.stem, n, part)) for each in _files(run, source, folder))
        for source, name, n, part in zip((run.train, run.dev), ("train", "dev"), ask, parts, strict=True)
    )
    options = dict(run.options) if few is None else {**run.options, "epochs": 1, "max_new_tokens": 8}
    made = Plan(run, train, dev, recipes.of(options), folder)
    learnt = sum(1 for _ in made.records(train))
    return replace(made, recipe=recipes.paced(recipes.settled(made.recipe, made.family), made.family, learnt))


def _files(run: Run, source: str, folder: Path) -> list[Path]:
    """The files of a source: one, or several that go line by line together."""
    files = [SHARED / each for each in source.split(",")]
    return [categories(file, folder) for file in files] if run.task == "multilabel" else files


@dataclass(frozen=True, slots=True)
class Done:
    """What a command said, the seconds that it took from start to end, and the most memory that it held (MiB)."""

    said: str
    seconds: float
    peak: int


def commands(plan: Plan) -> dict[str, list[str]]:
    """What a user types."""
    run, model, reading = plan.run, str(plan.folder / "model"), _reading(plan.run)
    options = [word for name, value in _told(plan).items() for word in (f"--{name.replace('_', '-')}", _typed(value))]
    return {
        "fit": [
            *("tasktune", "fit", run.task, "--model", run.model, "--train", plan.train, "--dev", plan.dev),
            *("--out", model, *reading, *options),
        ],
        "evaluate": ["tasktune", "evaluate", model, plan.dev, "--json", *reading],
        "predict": ["tasktune", "predict", model, plan.dev, "--out", str(plan.folder / "answers.jsonl"), *reading],
    }


def untuned(plan: Plan) -> list[str]:
    """What a user types to measure the model as it comes, on the same records and written as far."""
    run, framing, longest = plan.run, plan.task.framing(plan.family), plan.recipe.decoding.max_new_tokens
    labels = framing.inventory(name for record in plan.records(plan.train) for name in framing.names(record))
    told = ["--labels", ",".join(labels)] if framing.closed else []
    told += [] if longest is None else ["--max-new-tokens", str(longest)]
    return ["tasktune", "evaluate", run.task, plan.dev, "--model", run.model, "--json", *_reading(run), *told]


def _reading(run: Run) -> list[str]:
    """How a run's files are to be read."""
    mapping = [word for field, column in run.mapping.items() for word in ("--map", f"{field}={column}")]
    return [*mapping, "--format", run.format] if run.format else mapping


def _told(plan: Plan) -> dict[str, Any]:
    """The options in which the recipe differs from the defaults of the family, and how long to learn."""
    usual = flat(recipes.settled(Recipe(), plan.family))
    return {name: value for name, value in flat(plan.recipe).items() if value != usual[name]}


def flat(recipe: Recipe) -> dict[str, Any]:
    """All options by name, those of decoding among the others, as they are typed."""
    options = asdict(recipe)
    decoding: dict[str, Any] = options.pop(recipes.DECODING)
    return options | decoding


def _typed(value: Any) -> str:
    """A value as one types it: 8 for 8.0."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def started(words: list[str]) -> Done:
    """Run a command to its end, on one thread: the two sides of a run go at the same time, a core each.

    Raises `RuntimeError` with what it said on standard error where it fails.
    """
    begun = perf_counter()
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    with TemporaryFile("w+") as said, TemporaryFile("w+") as complained:
        process = subprocess.Popen(words, stdout=said, stderr=complained, text=True, env=environment)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        for spoken in (said, complained):
            spoken.seek(0)
        if process.returncode:
            raise RuntimeError(f"{join(words)}\n{complained.read()[-3000:]}")
        return Done(said.read(), round(perf_counter() - begun, 1), used.ru_maxrss // 1024)


def tasktune_side(plan: Plan) -> dict[str, Any]:
    """Fit, evaluate and predict by the command line; what the folder and the commands tell of it."""
    typed = commands(plan)
    done = {verb: started([TASKTUNE, *words[1:]]) for verb, words in typed.items()}
    facts = json.loads((plan.folder / "model" / "tasktune.json").read_text(encoding="utf-8"))
    return {
        "commands": [join(words) for words in typed.values()],
        "untuned": untuned_side(plan) if plan.family == "decoder" else None,
        "wall": {verb: each.seconds for verb, each in done.items()},
        "peak": max(each.peak for each in done.values()),
        "evaluation": json.loads(done["evaluate"].said),
        "baseline": facts["baseline"],
        "training": facts["training"],
        "lost_in_training": facts["lost_in_training"],
        "records": [facts["made"]["records"], facts["made"]["dev_records"]],
    }


def untuned_side(plan: Plan) -> dict[str, Any]:
    """The model measured as it comes, and the command."""
    typed = untuned(plan)
    evaluation: dict[str, Any] = json.loads(started([TASKTUNE, *typed[1:]]).said)
    return {"command": join(typed), "evaluation": evaluation}


def trainer_side(plan: Plan) -> dict[str, Any]:
    """The plain script's report, with the seconds of its whole process as `wall`."""
    script, kind, spelled = _script(plan)
    out = plan.folder / "trainer"
    out.mkdir(parents=True, exist_ok=True)
    for name, file in (("train", plan.train), ("dev", plan.dev)):
        lines = (json.dumps(spelled(record), ensure_ascii=False) + "\n" for record in plan.records(file))
        (out / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")
    (out / "job.json").write_text(json.dumps(asdict(_job(plan, kind, out))), encoding="utf-8")
    done = started([sys.executable, str(HERE / script), str(out / "job.json")])
    told = json.loads((out / "report.json").read_text(encoding="utf-8"))
    return {**told, "script": script, "wall": done.seconds, "peak": done.peak}


def _job(plan: Plan, kind: str, out: Path) -> Job:
    recipe, framing = plan.recipe, plan.task.framing(plan.family)
    return Job(
        kind=kind,
        model=str(locate(plan.run.model)),
        train=str(out / "train.jsonl"),
        dev=str(out / "dev.jsonl"),
        out=str(out),
        epochs=recipe.epochs or 1,
        batch_size=recipe.batch_size,
        learning_rate=recipe.learning_rate or 0.0,
        warmup=recipe.warmup,
        weight_decay=recipe.weight_decay,
        clip=recipe.clip,
        seed=recipe.seed,
        max_length=2048 if plan.family == "decoder" else 512,
        max_new_tokens=recipe.decoding.max_new_tokens or int(getattr(framing, "max_new_tokens", 0)),
    )


def _script(plan: Plan) -> tuple[str, str, Any]:
    """The script that does a task with a family, the kind of it, and what a record is to it as JSON."""
    framing = plan.task.framing(plan.family)
    if isinstance(framing, Label):
        return "trainer_label.py", framing.kind, lambda r: _labelled(framing, r)
    if isinstance(framing, Tags):
        kind = "f1" if plan.task.metric.primary == "f1" else "accuracy"
        return "trainer_tags.py", kind, lambda r: _tagged(framing, r)
    if isinstance(framing, Extract):
        return "trainer_answers.py", "f1", lambda r: _asked(framing, r)
    kind = "likelihood" if plan.task.metric.of == "likelihood" else "text"
    script = "trainer_causal.py" if plan.family == "decoder" else "trainer_seq2seq.py"
    return script, kind, lambda r: _prompted(framing, r)


def _labelled(framing: Label[Any], record: Any) -> dict[str, Any]:
    text, pair = (*framing.texts(record), "")[:2]
    return {"text": text, "pair": pair, "label": framing.write(record)}


def _tagged(framing: Tags[Any], record: Any) -> dict[str, Any]:
    text = framing.text(record)
    return {"words": [text[start:end] for start, end in framing.words(record)], "tags": framing.write(record)}


def _asked(framing: Extract[Any], record: Any) -> dict[str, Any]:
    return {"question": framing.question(record), "context": framing.text(record), "answer": framing.write(record)}


def _prompted(framing: Any, record: Any) -> dict[str, Any]:
    """The same words as tasktune gives its models, so that what is compared is the training and not the prompt."""
    prompt, answer = framing.prompt(record), framing.write(record)
    if isinstance(prompt, Prompt):
        return {"prompt": str(prompt), "completion": framing.separator + answer}
    return {"messages": [*(asdict(m) for m in prompt), {"role": "assistant", "content": answer}]}
