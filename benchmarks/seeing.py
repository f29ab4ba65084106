"""Tokens a second of a model that learns to see, beside a plain loop: `python benchmarks/seeing.py` from the repository's root.

Both sides train the same LLaVA, of the size that `benchmarks/vision.py` makes and at random, on the same questions of easy-VQA
in the same order, on one core, in turns (`engine.pairs`). The plain loop is what a user of transformers writes: `AutoProcessor`
makes a padded batch of texts and opened pictures, `AutoModelForImageTextToText` has labels on the answers, AdamW steps. A turn of
the first epoch is all that is done with new records: opening pictures, making tokens of them, and the steps. Later epochs have
the records of the turn before: tasktune has kept what it made of them, as `fit` does, and the loop makes each batch anew. The
result is `seeing.json` beside this file; `--quick` tries it in `runs/`.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import torch
import transformers as hf
from PIL import Image

import tasktune as tt
from engine.pairs import Asked, Baton, Facts, Outcome, Side, interleaved
from run import machine
from sides import SHARED
from tasktune.core import Lost
from tasktune.datasets import records
from tasktune.heads.base import Calibration
from tasktune.models.course import Course, Lesson, Subject
from tasktune.models.folder import FACTS
from tasktune.models.model import build
from tasktune.recipe import Recipe
from tasktune.tasks.vqa import TASK, VQA
from tasktune.verbs.new_model import new_model

HERE = Path(__file__).parent
WORK = Path("runs/bench-seeing")
QUESTIONS = SHARED / "vision_language/easy_vqa/train/questions.json"
WORKS: dict[str, dict[str, bool]] = {
    f"{epoch}, {what}": {"frozen": frozen, "later": later}
    for what, frozen in (("all of it", False), ("the language model alone", True))
    for epoch, later in (("first epoch", False), ("later epochs", True))
}
OURS, PLAIN = "tasktune", "plain loop"
BATCH, RATE, SEED, IGNORED = 32, 1e-4, 13, -100


def main() -> int:
    """Make the model, let both sides have their turns, and save what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args()
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    rounds, steps = (2, 2) if asked.quick else (asked.rounds, 20)
    turns = Asked(str(_model()), steps, rounds + 1, 1, WORK)
    works = {name: _measured(interleaved(_sides(options), turns)) for name, options in WORKS.items()}
    result = {"machine": machine(), "batch": BATCH, "steps": steps, "rounds": rounds, "works": works}
    result["date"] = datetime.now(UTC).strftime("%Y-%m-%d %H:%M")
    place = (WORK if asked.quick else HERE) / "seeing.json"
    place.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for name, work in works.items():
        print(f"{name}: {median(work['ratios']):.2f} × ({min(work['ratios']):.2f} to {max(work['ratios']):.2f})", work["losses"])
    return 0


def _sides(options: dict[str, bool]) -> dict[str, Side]:
    return {OURS: Side("seeing:ours", options), PLAIN: Side("seeing:plain", options)}


def _measured(outcome: Outcome) -> dict[str, Any]:
    """Real tokens a second of each turn, their ratios, and the losses. Raises `RuntimeError` where a side failed."""
    for name, why in outcome.failed.items():
        raise RuntimeError(f"{name} failed:\n{why}")
    speeds = {name: [turn.amount / turn.seconds for turn in turns] for name, turns in outcome.turns.items()}
    return {
        "tokens_per_second": speeds,
        "ratios": [a / b for a, b in zip(speeds[OURS], speeds[PLAIN], strict=True)],
        "peak": {name: max(turn.peak for turn in turns) for name, turns in outcome.turns.items()},
        "losses": {name: facts["losses"] for name, facts in outcome.facts.items()},
    }


def _model() -> Path:
    """A LLaVA at random: a ViT of two layers, 8 by 8 patches and 128 units, a Llama of as many, a projector."""
    texts = WORK / "texts.jsonl"
    texts.write_text("".join(json.dumps({"text": f"{r.question} {r.answer}"}) + "\n" for r in records(TASK, QUESTIONS)))
    words, eyes = WORK / "words", WORK / "vit"
    new_model(words, texts, "decoder", "tiny")
    (words / FACTS).unlink()  # that it has learnt nothing does not matter here
    size = {"hidden_size": 128, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 512}
    hf.set_seed(SEED)
    hf.ViTModel(hf.ViTConfig(**size, image_size=64, patch_size=8)).save_pretrained(eyes)
    hf.ViTImageProcessorPil(size={"height": 64, "width": 64}).save_pretrained(eyes)
    tt.assemble(str(eyes), str(words), WORK / "vlm", SEED)
    return WORK / "vlm"


def _batches(asked: Asked, *, later: bool) -> Iterator[list[VQA]]:
    """The batches of all turns, in the order in which both sides have them; of later epochs the same in each turn."""
    found: list[Any] = [*records(TASK, QUESTIONS)]
    steps = asked.amount * asked.turns
    drawn = Random(SEED).sample(found, (asked.amount if later else steps) * BATCH)
    return islice(cycle([drawn[k : k + BATCH] for k in range(0, len(drawn), BATCH)]), steps)


def _freeze(weights: Iterable[tuple[str, torch.nn.Parameter]]) -> None:
    """Let only the language model learn."""
    for name, weight in weights:
        weight.requires_grad_("vision_tower" not in name and "projector" not in name)


def ours(baton: Baton, asked: Asked, *, frozen: bool, later: bool) -> Facts:
    """tasktune: records become lessons, and these steps of the optimizer."""
    recipe = Recipe(epochs=1, batch_size=BATCH, learning_rate=RATE, warmup=0.0, seed=SEED)
    names = tuple(sorted({record.answer for record in records(TASK, QUESTIONS)}))
    model = build(TASK, asked.model, lambda _: names, recipe, lambda _: Calibration())
    if frozen:
        _freeze(model.net.named_parameters())

    def lessons(some: Iterable[VQA]) -> list[Lesson]:
        return [
            Lesson(record.id, features)
            for record in model.head.foreseen(some)
            for features in model.head.supervise(record, Lost())
        ]

    first = lessons(next(_batches(asked, later=later)))
    course = Course(model.net, [Subject(model.net, model.head, first)], asked.amount * asked.turns)
    losses: list[float] = []
    kept: dict[int, list[Lesson]] = {}
    tokens = 0
    baton.take()
    for number, batch in enumerate(_batches(asked, later=later), 1):
        told = kept.pop((number - 1) % asked.amount, None) or lessons(batch)
        if later:
            kept[(number - 1) % asked.amount] = told
        losses.append(course.step(number, told))
        tokens += sum(lesson.features.length for lesson in told)
        if number % asked.amount == 0:
            baton.hand_over(tokens)
            tokens = 0
    return {"losses": [losses[0], losses[-1]]}


def plain(baton: Baton, asked: Asked, *, frozen: bool, later: bool) -> Facts:
    """transformers alone: batches as they come, padded."""
    hf.set_seed(SEED)
    net = hf.AutoModelForImageTextToText.from_pretrained(asked.model).train()
    processor = hf.AutoProcessor.from_pretrained(asked.model)
    processor.tokenizer.padding_side = "right"
    if frozen:
        _freeze(net.named_parameters())
    trained = [weight for weight in net.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=RATE, fused=True)
    schedule = hf.get_linear_schedule_with_warmup(optimizer, 0, asked.amount * asked.turns)
    losses: list[float] = []
    tokens = 0
    baton.take()
    for number, records_ in enumerate(_batches(asked, later=later), 1):
        batch = _collated(processor, records_)
        loss = net(**batch).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        losses.append(float(loss.detach()))
        tokens += int(batch["attention_mask"].sum())
        if number % asked.amount == 0:
            baton.hand_over(tokens)
            tokens = 0
    return {"losses": [losses[0], losses[-1]]}


def _collated(processor: Any, batch: list[VQA]) -> Any:
    """Question and answer behind the picture, with labels on the answer."""
    end = processor.tokenizer.eos_token
    answers = [f" {record.answer}{end}" for record in batch]
    texts = [f"<image>\n{record.question}\nAnswer:{answer}" for record, answer in zip(batch, answers, strict=True)]
    pictures = [Image.open(str(record.images[0].source)).convert("RGB") for record in batch]
    made = processor(text=texts, images=pictures, padding=True, return_tensors="pt")
    labels = torch.full_like(made["input_ids"], IGNORED)
    for row, answer in enumerate(answers):
        last = int(made["attention_mask"][row].sum())
        first = last - len(processor.tokenizer(answer, add_special_tokens=False)["input_ids"])
        labels[row, first:last] = made["input_ids"][row, first:last]
    return {**made, "labels": labels}


if __name__ == "__main__":
    sys.exit(main())
