"""What an answer costs on one thread, in CPU time, beside the matrix products that it cannot do without.

    OMP_NUM_THREADS=1 python benchmarks/profile_prediction.py ner minilm ../shared/data/ner/wnut17/emerging.dev.conll

The network is not tuned: what it costs does not hang on what it says. The peak is that of products of the network's own shapes,
measured in the same run. `--operators` shows where the network's time goes.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from itertools import islice
from time import process_time
from typing import Any

import torch
from torch.profiler import ProfilerActivity, profile
from torch.utils.flop_counter import FlopCounterMode

from profile_training import peak
from tasktune import recipe as recipes
from tasktune.core import Lost
from tasktune.datasets import records
from tasktune.heads.base import Calibration, Raw
from tasktune.heads.features import Features
from tasktune.models.batching import batches
from tasktune.models.model import build
from tasktune.tasks import task as task_called


def timed(work: Callable[[], Any], times: int) -> tuple[Any, float]:
    """What some work gives, and the CPU seconds that it takes at best."""
    seconds = []
    for _ in range(times):
        started = process_time()
        given = work()
        seconds.append(process_time() - started)
    return given, min(seconds)


def main() -> None:
    """Time the parts and print what they cost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("task", "model", "data"):
        parser.add_argument(name)
    parser.add_argument("--records", type=int, default=512)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--operators", action="store_true")
    parser.add_argument("--map", nargs="*", default=[], metavar="FIELD=COLUMN")
    parser.add_argument("--set", nargs="*", default=[], metavar="OPTION=VALUE", help="options of the recipe")
    given = parser.parse_args()
    task, mapping = task_called(given.task), dict(pair.split("=") for pair in given.map)
    asked = list(islice(records(task, given.data, mapping), given.records))
    made = build(
        task,
        given.model,
        lambda f: f.inventory(n for r in asked for n in f.names(r)),
        recipes.of(dict(pair.split("=") for pair in given.set)),
        lambda _: Calibration(),
    )
    net, head = made.net, made.head
    encoded, reading = timed(lambda: [head.encode(record, Lost()) for record in asked], given.times)
    features = [f for several in encoded for f in several]
    costs = [head.cost(f) for f in features]
    passes, cutting = timed(lambda: batches(costs, head.recipe.token_budget), given.times)

    @torch.inference_mode()
    def said() -> dict[int, Raw]:
        return {k: raw for part in passes for k, raw in zip(part, head.decode(net, [features[k] for k in part]), strict=True)}

    with FlopCounterMode(display=False) as counter:
        said()
    raws, running = timed(said, given.times)
    each = iter(raws[k] for k in range(len(features)))
    heard = [(record, list(islice(each, len(several)))) for record, several in zip(asked, encoded, strict=True)]
    _, answering = timed(lambda: [head.answer(record, found) for record, found in heard], given.times)
    whole, best, flops = reading + cutting + running + answering, peak(512, net.config.hidden_size), counter.get_total_flops()
    tokens = sum(map(length, features))
    print(f"{len(asked)} records, {tokens / len(asked):.1f} tokens a record; {len(asked) / whole:.1f} records/s of CPU time")
    for name, seconds in (("encode", reading), ("batches", cutting), ("network", running), ("answer", answering)):
        print(f"  {name:8} {seconds / len(asked) * 1e3:7.3f} ms a record, {seconds / whole:.1%}")
    padded = sum(len(part) * max(costs[k] for k in part) for part in passes)
    print(f"{len(passes)} passes, {padded / sum(costs) - 1:.1%} padding; {tokens / running:.0f} real tokens/s in the network")
    print(f"{flops / running / 1e9:.1f} of {best / 1e9:.1f} GFLOP/s, {flops / running / best:.0%} of the peak")
    if given.operators:
        with profile(activities=[ProfilerActivity.CPU]) as seen:
            said()
        print(seen.key_averages().table(sort_by="self_cpu_time_total", row_limit=20, max_name_column_width=45))


def length(features: Features) -> int:
    """Tokens of a feature."""
    return features.length


if __name__ == "__main__":
    main()
