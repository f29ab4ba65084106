"""What a step of training costs on one thread, in CPU time, beside the matrix products that it cannot do without.

    OMP_NUM_THREADS=1 python benchmarks/profile_training.py ner minilm ../shared/data/ner/wnut17/wnut17train.conll

The peak is that of products as wide as the network's, measured in the same run; the share of it is the step's products (forward
and backward, as torch counts them) over its CPU time. `--without` names what a second course lacks, whose steps are run in
turn with the first's on the same batches; `--operators` shows where the time goes.
"""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from random import Random
from resource import RUSAGE_SELF, getrusage
from statistics import median
from time import process_time
from typing import Any

import torch
from torch.profiler import ProfilerActivity, profile
from torch.utils.flop_counter import FlopCounterMode

from tasktune import recipe as recipes
from tasktune.core import Lost
from tasktune.datasets import records
from tasktune.heads.base import Calibration
from tasktune.models.adapters import adapted
from tasktune.models.course import Course, Lesson, Subject
from tasktune.models.dropout import cheap_dropout
from tasktune.models.model import Model, build
from tasktune.models.packing import Padded
from tasktune.models.vocabulary import occurring_rows
from tasktune.tasks import task as task_called


def opened(name: str, model: str, data: str, count: int, options: dict[str, Any]) -> tuple[Model, list[Lesson]]:
    """A model to be tuned and `count` of the data's records to tune it on, drawn at random."""
    task = task_called(name)
    learnt = Random(1).sample(found := list(records(task, data)), min(count, len(found)))
    torch.manual_seed(1)
    made = build(
        task, model, lambda f: f.inventory(n for r in learnt for n in f.names(r)), recipes.of(options), lambda _: Calibration()
    )
    lessons = [Lesson(r.id, f) for r in learnt for f in made.head.supervise(r, Lost()) if f.targets]
    if made.head.recipe.lora:
        made.net = adapted(made.net, made.head.framing, made.family, made.head.recipe)
    return made, lessons


def peak(rows: int, width: int) -> float:
    """FLOP/s of the best of a few products of (rows, width) and (width, 4 width)."""
    a, b = torch.randn(rows, width), torch.randn(4 * width, width)
    rates = []
    for _ in range(9):
        started = process_time()
        for _ in range(10):
            torch.nn.functional.linear(a, b)
        rates.append(10 * 8 * rows * width * width / (process_time() - started))
    return max(rates)


def prepared(model: Model, lessons: list[Lesson], without: str, left: ExitStack) -> Course:
    """The network as `train` prepares it, but for one thing."""
    words = {model.head.tokenizer.pad_token_id, *(token for x in lessons for token in x.features.inputs["input_ids"])}
    if without != "rows":
        left.enter_context(occurring_rows(model.net, words))
    if without != "dropout":
        left.enter_context(cheap_dropout(model.net))
    course = Course(model.net, [Subject(model.net, model.head, lessons)], 1000)
    if without == "chunks":
        course.taught[0].loss = model.head.loss
    if without == "packing":
        course.taught[0].layout = Padded()
    return course


def main() -> None:
    """Time the steps of a course, and of one that lacks something, in turn; print what they cost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("task", "model", "data"):
        parser.add_argument(name)
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--operators", action="store_true")
    parser.add_argument("--without", choices=("packing", "chunks", "rows", "dropout"))
    parser.add_argument("--set", nargs="*", default=[], metavar="OPTION=VALUE", help="options of the recipe")
    given = parser.parse_args()
    options = dict(pair.split("=") for pair in given.set)
    size = int(options.get("batch_size", 16))
    with ExitStack() as left:
        courses = []
        for without in ("", given.without)[: 1 + bool(given.without)]:
            model, lessons = opened(given.task, given.model, given.data, size * given.steps, options)
            courses.append(prepared(model, lessons, without, left))
        batches = [lessons[k : k + size] for k in range(0, len(lessons) - size + 1, size)]
        report(courses, batches, given)


def tokens(batch: list[Lesson]) -> int:
    """The tokens that a batch reads, padding apart."""
    return sum(lesson.features.length for lesson in batch)


def report(courses: list[Course], batches: list[list[Lesson]], given: argparse.Namespace) -> None:
    """Run the courses and print what their steps took."""
    course = courses[0]
    with FlopCounterMode(display=False) as counter:
        course.step(1, batches[0])
    flops, best = counter.get_total_flops() / tokens(batches[0]), peak(512, course.net.config.hidden_size)
    spent: list[list[float]] = [[] for _ in courses]
    for number, batch in enumerate(batches, 2):
        for seconds, each in zip(spent, courses, strict=True):
            started = process_time()
            each.step(number, batch)
            seconds.append(process_time() - started)
    rates = [tokens(batch) / seconds for batch, seconds in zip(batches, spent[0], strict=True)]
    done = median(rates) * flops
    print(f"{course.taught[0].layout}; {sum(map(tokens, batches)) / sum(map(len, batches)):.0f} tokens a feature")
    print(f"{median(rates):.0f} real tokens/s of CPU time, median of {len(rates)} steps ({min(rates):.0f} to {max(rates):.0f})")
    print(f"{flops / 1e9:.3f} GFLOP a token; {done / 1e9:.1f} of {best / 1e9:.1f} GFLOP/s, {done / best:.0%} of the peak")
    print(f"peak memory {getrusage(RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")
    if given.without:
        ratios = sorted(other / ours for ours, other in zip(*spent, strict=True))
        print(f"without {given.without}: {median(ratios):.3f} times the CPU time ({ratios[0]:.3f} to {ratios[-1]:.3f})")
    if given.operators:
        with profile(activities=[ProfilerActivity.CPU]) as seen:
            for number, batch in enumerate(batches[:5]):
                course.step(number, batch)
        print(seen.key_averages().table(sort_by="self_cpu_time_total", row_limit=25, max_name_column_width=45))


if __name__ == "__main__":
    main()
