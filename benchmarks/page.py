"""RESULTS.md out of results.json: nothing in it is written by hand but the reasons in reasons.toml."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Result = Mapping[str, Any]
SURE = 0.05
"""A difference with a p below this is one."""

HOW = """\
Made by `make bench` (`benchmarks/run.py`) from `benchmarks/results.json`. Each row is one run of tasktune's own
commands, as listed below. Where transformers has a model for the framing, and the same is not compared on another row
already, a plain `Trainer` script (`benchmarks/trainer_*.py`) stands beside it, on the same records: same model, epochs,
batch size, learning rate (linear, with warm-up), weight decay, clipping and seed. Both
evaluate on the dev split after each epoch and keep the best: tasktune by the task's score, the scripts by that too
where labels are predicted and by the loss where text is written. The scripts pad each batch to its longest and draw
batches at random, as `Trainer` does unless told otherwise; for models that write they are given tasktune's prompts,
and write labels freely where tasktune chooses among them. Both sides of a row run at the same time, a core and a thread
each, so that whatever else the machine does befalls them alike. Both sides' dev answers are scored by the same tasktune metric.

Data are under `../shared/data`. Where fewer records are used than there are, they are evenly spaced over the file and
written to `runs/bench` in the file's own format: a CPU of two cores is slow. Scores of so small trainings say how the
two sides compare, not how good a model can be.

`p` is that of the difference, by paired bootstrap over dev records; it knows nothing of how much another seed would
change either side. **Baseline** is guessing by frequency, **ceiling** the score of a model that says just what its
framing asks of it, **untuned** that of the model as it comes (decoders; labels are compared by their log p). Layers that a
task adds learn at twenty times the learning rate of a row, which is tasktune's own way; the scripts have one rate for all,
as `Trainer` has. Seconds are of the training steps alone (evaluation and saving apart), tokens/s the tokens read in
them, padding apart; × is how many times as many tasktune reads."""


def page(results: Result, reasons: Mapping[str, str], published: Mapping[str, Result], sections: Iterable[str] = ()) -> str:
    """The whole page; `sections` are what other scripts have measured."""
    rows: Mapping[str, Result] = results["rows"]
    parts = [
        "# Results",
        HOW,
        "## Machine",
        _machine(results["machine"]),
        "## Scores",
        table(_HEAD, (_line(name, row, published.get(name)) for name, row in rows.items())),
        "### Other scores",
        "\n".join(f"- {name}: {said}" for name, row in rows.items() if (said := _others(row))),
        "### What has been published",
        _PUBLISHED,
        "\n".join(f"- {name}: {source(published[name])}" for name in rows if name in published),
        "## Speed and memory",
        table(_SPEED_HEAD, (_speed_line(name, row) for name, row in rows.items())),
        "## Whole commands",
        "Seconds from start to end of each process: reading, tuning, evaluating each epoch, calibrating, saving; then the rest.",
        table(_WALL_HEAD, (_wall_line(name, row) for name, row in rows.items())),
        *sections,
        *_startup(results.get("startup")),
        "## Where tasktune is behind, and why",
        "\n".join(_behind(rows, reasons)) or "Nowhere.",
        "## Commands",
        *(_commands(name, row) for name, row in rows.items()),
    ]
    return "\n\n".join(parts) + "\n"


_HEAD = (
    *("run", "task", "model", "train / dev", "score", "untuned", "tasktune", "Trainer", "p", "verdict", "baseline", "ceiling"),
    "published, base size",
)

_PUBLISHED = """\
The best known of these data by a model of the size of BERT-base: tuned on all of the training data, where a row here takes what
is at hand, and mostly measured on the test split. They say how far one can get, and are not comparable."""


def verdict(row: Result) -> str:
    """`better`, `worse`, or `level` where the difference may be chance."""
    compared = row["comparison"]
    ours, plain = (primary(row, side)["value"] for side in ("tasktune", "trainer"))
    if ours is None or plain is None or not compared["p"] < SURE or ours == plain:
        return "level"
    return "better" if (ours > plain) == compared["higher_is_better"] else "worse"


def primary(row: Result, side: str) -> dict[str, float | None]:
    """A side's primary score: value, low, high."""
    found: dict[str, float | None] = row["comparison"]["scores"][side][row["comparison"]["primary"]]
    return found


def speed(row: Result) -> tuple[float, float]:
    """Tokens a second of tasktune's training and of the script's."""
    ours, plain = row["tasktune"], row["trainer"]
    epochs = ours["training"]["steps"] / ours["steps_per_epoch"]
    return plain["tokens"] * epochs / ours["training"]["seconds"], plain["tokens"] * row["recipe"]["epochs"] / plain["seconds"]


def _line(name: str, row: Result, published: Result | None) -> list[str]:
    main = row["comparison"]["primary"]
    train, dev = row["records"]
    return [
        *(name, row["task"], row["model"], f"{train} / {dev}", main, _untuned(row["tasktune"].get("untuned"), main)),
        *(interval(primary(row, side)) if row[side] else "–" for side in ("tasktune", "trainer")),
        *(figure(row["comparison"]["p"]), verdict(row) if row["trainer"] else "–"),
        *(figure(row["tasktune"]["baseline"].get(main)), figure(row["tasktune"]["evaluation"]["ceiling"].get(main))),
        "–" if published is None else f"{published['score']} {figure(published['value'])}",
    ]


def _others(row: Result) -> str:
    """What else the task's metric says of tasktune's answers, those of single labels apart."""
    compared = row["comparison"]
    scores = compared["scores"]["tasktune"]
    return ", ".join(f"{name} {interval(scores[name])}" for name in scores if name != compared["primary"] and "/" not in name)


def _untuned(measured: Result | None, score: str) -> str:
    """The score of the model as it comes, which those have that can answer without new layers."""
    return "–" if measured is None else interval(measured["evaluation"]["scores"][score])


def source(published: Result) -> str:
    """A published figure and where it is from."""
    said = [f"{published['score']} {figure(published['value'])}", published["model"], published["split"], published["source"]]
    return ", ".join(said if published["confirmed"] else [*said, "not looked up again"])


_SPEED_HEAD = ("run", "seconds", "Trainer", "tokens/s", "Trainer", "×", "peak MiB", "Trainer")


def _speed_line(name: str, row: Result) -> list[str]:
    sides = [row[side] for side in ("tasktune", "trainer")]
    peaks = ["–" if side is None or "peak" not in side else str(side["peak"]) for side in sides]
    seconds = f"{row['tasktune']['training']['seconds']:.0f}"
    if row["trainer"] is None:
        return [name, seconds, "–", "–", "–", "–", *peaks]
    ours, plain = speed(row)
    return [name, seconds, f"{row['trainer']['seconds']:.0f}", f"{ours:.0f}", f"{plain:.0f}", f"{ours / plain:.2f}", *peaks]


_WALL_HEAD = ("run", "fit", "evaluate", "predict", "Trainer script, all of it")


def _wall_line(name: str, row: Result) -> list[str]:
    wall = row["tasktune"]["wall"]
    plain = "–" if row["trainer"] is None else f"{row['trainer']['wall']:.0f}"
    return [name, *(f"{wall[verb]:.0f}" for verb in ("fit", "evaluate", "predict")), plain]


def _machine(machine: Result) -> str:
    return "\n".join(f"- {name}: {value}" for name, value in machine.items())


def _startup(found: Result | None) -> Iterator[str]:
    if found:
        yield "## Start-up"
        yield table(
            ("what", "seconds at best", "median", "of"),
            ([what, f"{each['best']:.2f}", f"{each['median']:.2f}", str(each["times"])] for what, each in found.items()),
        )


def _behind(rows: Mapping[str, Result], reasons: Mapping[str, str]) -> Iterator[str]:
    """A line for each way in which a row is behind, with the reason that was found."""
    for name, row in rows.items():
        for how in _shortcomings(row):
            yield f"- **{name}**: {how}. {reasons.get(name, 'The reason is not found yet.')}"


def _shortcomings(row: Result) -> Iterator[str]:
    if row["trainer"] is None:
        return
    ours, plain = speed(row)
    if verdict(row) == "worse":
        values = (figure(primary(row, side)["value"]) for side in ("tasktune", "trainer"))
        yield "{} {} against {}".format(row["comparison"]["primary"], *values)
    if ours < 0.95 * plain:
        yield f"{ours:.0f} tokens a second against {plain:.0f}"
    if not row["comparison"]["predict_scores_as_evaluate"]:
        yield "what `predict` wrote scores otherwise than what `evaluate` says"


def _commands(name: str, row: Result) -> str:
    recipe = row["recipe"]
    settings = ", ".join(f"{key.replace('_', ' ')} {recipe[key]:g}" for key in ("epochs", "learning_rate", "batch_size", "seed"))
    typed = "\n".join(row["tasktune"]["commands"])
    when = f"{row['date']} at {row['commit']}"
    beside = "alone" if row["trainer"] is None else f"beside `benchmarks/{row['trainer']['script']}`"
    said = f"{row['train']}, {row['dev']}; {settings}; {when}; {beside}"
    lost = {reason: found["count"] for reason, found in row["tasktune"]["lost_in_training"].items()}
    lost_there = "nothing" if not lost else ", ".join(f"{reason} {count}" for reason, count in lost.items())
    measured = row["tasktune"].get("untuned")
    first = f"{measured['command']}\n" if measured else ""
    return f"### {name}\n\n{said}; lost in training: {lost_there}\n\n```sh\n{first}{typed}\n```"


def table(head: Iterable[str], lines: Iterable[list[str]]) -> str:
    """A table in Markdown."""
    names = list(head)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (names, ["---"] * len(names), *lines))


def interval(score: Mapping[str, float | None]) -> str:
    """A figure and its 95 % interval."""
    return f"{figure(score['value'])} ({figure(score['low'])}–{figure(score['high'])})"


def figure(x: float | None) -> str:
    """A number as the page shows it."""
    if x is None or x != x:
        return "–"
    return f"{x:.3f}" if abs(x) < 100 else f"{x:.0f}"
