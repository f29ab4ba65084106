"""The sections of RESULTS.md that other scripts than run.py measure: vectors, search, shots, tasks, adaptation, pictures."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from statistics import median
from typing import Any

from page import figure, interval, source, table
from several import table as together

Result = Mapping[str, Any]


def sections(folder: Path, published: Mapping[str, Result]) -> Iterator[str]:
    """Those whose results lie in `folder`."""
    for name, section in _SECTIONS.items():
        file = folder / f"{name}.json"
        if file.exists():
            yield from section(json.loads(file.read_text(encoding="utf-8")), published)


def _vectors(found: Result, published: Mapping[str, Result]) -> Iterator[str]:
    yield "## Vectors of a model as it comes"
    yield "By `benchmarks/vectors.py`: nothing is tuned. Seconds are of embedding and measuring, on the threads named."
    rows = found["rows"]
    yield table(
        ("data", "model", "what", "records", "scores", "seconds", "threads", "date"),
        (
            [
                *(name, row["model"], row["what"], str(row["records"])),
                "; ".join(f"{score} {interval(value)}" for score, value in row["scores"].items()),
                *(f"{row['seconds']:.0f}", str(row["threads"]), row["date"]),
            ]
            for name, row in rows.items()
        ),
    )
    if known := [f"- {name}: {source(published[name])}" for name in rows if name in published]:
        yield "Published of a model of base size, mostly tuned on these data:"
        yield "\n".join(known)


_GROUNDED = (
    *("ndcg@10", "recall@10", "f1", "exact", "includes", "citation_precision", "citation_recall", "citation_f1"),
    *("rejection", "abstention", "misled", "faithfulness"),
)
"""What is shown of answers from documents, where it was measured."""


def _grounded(found: Result, published: Mapping[str, Result]) -> Iterator[str]:
    yield "## Answers from documents"
    yield (
        "By `benchmarks/grounded.py`: smollm2 writes answers, as it comes where nothing else is said; minilm finds them in "
        "passages, having learnt from some of SQuAD2's questions that have an answer: what it is not sure enough of is withheld "
        "only where it is calibrated. `docs/grounded.md` says what the figures are."
    )
    yield table(
        ("row", *_GROUNDED, "date"),
        (
            [
                *(name, *(interval(row["scores"][each]) if each in row["scores"] else "" for each in _GROUNDED)),
                row["date"],
            ]
            for name, row in found["rows"].items()
        ),
    )


def _guard(found: Result, published: Mapping[str, Result]) -> Iterator[str]:
    yield "## Hostile documents"
    yield (
        f"By `benchmarks/guard.py` on {found['date']}: {found['attacks']} questions, each with a passage that was written "
        f"against the model, answered by {found['model']} as it comes and by a stand-in that obeys whatever it sees "
        "(tests/support/obedient.py). Quoted, passages forge nothing; the whole guard leaves out those that give orders too."
    )
    yield table(
        ("", "attacks that succeed", "right answers", "kinds that succeed"),
        (
            [name, str(row["succeed"]), str(row["right"]), ", ".join(f"{kind} {n}" for kind, n in row["kinds"].items())]
            for name, row in found["rows"].items()
        ),
    )


def _several(found: Result, published: Mapping[str, Result]) -> Iterator[str]:
    sizes = found["sentences"]
    yield "## Several tasks on one encoder"
    yield (
        f"By `benchmarks/several.py` on {found['date']}, {found['model']}, {sizes['train']} sentences of each file to learn from "
        f"and {sizes['dev']} to measure by, one thread: EWT for parts of speech and trees, WikiGold for entities."
    )
    yield together(found["rows"])


def _mixture(found: Result, published: Mapping[str, Result]) -> Iterator[str]:
    sizes = found["records"]
    yield "## Several writing tasks in one fine-tune"
    yield (
        f"By `benchmarks/mixture.py` on {found['date']}: smollm2 learns {sizes['train']} records of each task in one epoch, all "
        f"of them together or each alone, and is measured on {sizes['dev']} of each."
    )
    ways = ("untuned", "together", "alone")
    yield table(
        ("task", "score", *ways),
        ([task, row["together"]["name"], *(interval(row[way]) for way in ways)] for task, row in found["rows"].items()),
    )


def _adaptation(found: Result, published: Mapping[str, Result]) -> Iterator[str]:
    adapted = found["adaptation"]
    yield "## Adaptation to a domain"
    yield (
        f"By `benchmarks/adaptation.py`: minilm learns {adapted['abstracts']} texts of Medical Abstracts by masked words, in "
        f"{adapted['seconds']:.0f} s, to a perplexity of {figure(adapted['perplexity'])} of masked words; then it and the model "
        "as it was learn two tasks from few records, each seed of its own records and new layers."
    )
    tasks = {name: each for name, each in found.items() if isinstance(each, Mapping) and "gain" in each}
    yield table(
        ("task", "records", "score", "as it was", "adapted", "mean gain"),
        (
            [
                *(name, str(each["records"]), each["score"]),
                *(", ".join(figure(scores[each["score"]]) for scores in each[side]) for side in ("without", "with")),
                f"{each['gain']['mean']:+.3f}",
            ]
            for name, each in tasks.items()
        ),
    )


def _shots(found: Result, published: Mapping[str, Result]) -> Iterator[str]:
    yield "## A model asked without tuning"
    yield (
        f"By `benchmarks/shots.py`: {found['model']}, {found['records']} records of each set, examples out of {found['pool']} of "
        "its training records. Labels are compared by log p after the prompt, less that after its last line alone; rows naming "
        "another way compare them so. Seconds are of the whole command, on one thread."
    )
    yield table(
        ("data", "what is shown", "accuracy", "macro-F1", "seconds", "date"),
        (
            [
                *(name, what, interval(row["scores"]["accuracy"]), interval(row["scores"]["macro_f1"])),
                *(f"{row['seconds']:.0f}", row["date"]),
            ]
            for name, rows in found["rows"].items()
            for what, row in rows.items()
        ),
    )


def _retrieval(found: Result, published: Mapping[str, Result]) -> Iterator[str]:
    yield "## Ways to find passages"
    yield (
        "By `benchmarks/retrieval.py`: half of the queries, drawn by a seed, choose the weights of vectors and (fifty of them) "
        "of the reranker's order, and tune the retriever; the other half is measured, a hundred at most. The reranker, a minilm, "
        "has learnt from SQuAD2's training questions alone, and puts the first 20 in order. Every document is one passage; a "
        "query is answered with 100 at most. "
        "Seconds are of finding, for all queries together, on the threads named; intervals are over queries."
    )
    yield table(
        ("data", "way", "documents", "queries", *_RANKED, "seconds", "threads", "date"),
        (
            [
                *(name, way + "".join(f" ({row[key]:g} for {of})" for key, of in _WEIGHED.items() if key in row)),
                *(str(row["documents"]), str(row["queries"])),
                *(interval(row["scores"][score]) for score in _RANKED),
                *(f"{row['seconds']:.1f}", str(row["threads"]), row["date"]),
            ]
            for name, rows in found["rows"].items()
            for way, row in rows.items()
        ),
    )


_RANKED = ("ndcg@10", "recall@10", "mrr", "map")
_WEIGHED = {"weight": "vectors", "trust": "the reranker"}


def _vision(found: Result, published: Mapping[str, Result]) -> Iterator[str]:
    train, dev = found["records"]
    yield "## A model that sees, from nothing"
    yield (
        f"By `benchmarks/vision.py` on {found['date']}, one thread, {found['seconds']['all']:.0f} s in all, of which "
        f"{found['core_seconds']:.0f} s of a core (the bar is 3,600: half an hour of two): a small encoder and decoder are "
        f"made, joined and tuned on {train:,} questions of easy-VQA, and measured on {dev:,} about other "
        "pictures. Majority is the most frequent answer, blind the most frequent to the same question."
    )
    yield table(
        ("score", "the model", "majority", "blind"),
        (
            [name, interval(score), *(figure(found[guess].get(name)) for guess in ("majority", "blind"))]
            for name, score in found["scores"].items()
        ),
    )
    curve = enumerate(found["history"], 1)
    yield table(("epoch", "steps", "dev score"), ([str(epoch), str(step), figure(score)] for epoch, (step, score) in curve))
    yield "\n".join(
        f"- `tasktune {command}` ({found['seconds'][name]:.0f} s)"
        for name, command in zip(found["seconds"], found["commands"], strict=False)
    )


def _seeing(found: Result, published: Mapping[str, Result]) -> Iterator[str]:
    yield "## Learning to see, beside a plain loop"
    yield (
        f"By `benchmarks/seeing.py` on {found['date']}, one thread: the same small LLaVA learns the same questions about "
        f"pictures, {found['batch']} a step, {found['steps']} steps a turn, by tasktune and by a loop over `AutoProcessor`'s "
        "padded batches, in turns. Tokens are those of texts and pictures, padding apart. In the first epoch both open the "
        "pictures and prepare them; in later ones tasktune has kept what it made, and the loop makes it anew. Ratios are of the "
        f"{found['rounds']} rounds: the median, and from the least to the most."
    )
    yield table(
        ("when, and what learns", "tasktune, tokens/s", "plain loop, tokens/s", "×"),
        (
            [
                name,
                *(f"{median(work['tokens_per_second'][side]):.0f}" for side in ("tasktune", "plain loop")),
                f"{median(work['ratios']):.2f} ({min(work['ratios']):.2f}–{max(work['ratios']):.2f})",
            ]
            for name, work in found["works"].items()
        ),
    )


_SECTIONS: dict[str, Callable[[Result, Mapping[str, Result]], Iterator[str]]] = {
    "vectors": _vectors,
    "retrieval": _retrieval,
    "grounded": _grounded,
    "guard": _guard,
    "shots": _shots,
    "several": _several,
    "mixture": _mixture,
    "adaptation": _adaptation,
    "vision": _vision,
    "seeing": _seeing,
}
