"""A model that sees, made from nothing and measured on easy-VQA: `python benchmarks/vision.py` from the root of the repository.

By the commands that a user types: a small encoder learns to name the pictures (their colour and shape, as the questions of train
tell them), a small decoder learns the questions, `assemble` joins the two, and `fit vqa` teaches both to answer. The figures are
of the 978 questions about the 100 pictures of dev, beside what is guessed blind; the curve is dev accuracy after each pass over
the 8,678 questions of train. One thread does all of it. The result is `vision.json` beside this file. `--quick` makes half a pass
over a few questions; `--epochs N` says how many there are of all.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from time import perf_counter
from typing import Any

from run import machine
from sides import SHARED, TASKTUNE, started

HERE = Path(__file__).parent
WORK = Path("runs/bench-vision")
DATA = SHARED / "vision_language/easy_vqa"
EPOCHS = 9


def main() -> int:
    """Make the model, measure it and save what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=float, default=EPOCHS)
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args()
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    began = perf_counter()
    commands = _commands(_few() if asked.quick else DATA / "train/questions.json", 0.5 if asked.quick else asked.epochs)
    seconds = {name: _run(command) for name, command in commands.items()}
    facts = json.loads((WORK / "vqa/tasktune.json").read_text(encoding="utf-8"))
    spent = getrusage(RUSAGE_CHILDREN)
    result = {
        "machine": machine(),
        "records": [facts["made"]["records"], facts["made"]["dev_records"]],
        "seconds": seconds | {"all": round(perf_counter() - began, 1)},
        "core_seconds": round(spent.ru_utime + spent.ru_stime, 1),
        "history": facts["training"]["history"],
        "scores": facts["evaluation"]["scores"],
        "majority": facts["baseline"],
        "blind": facts["blind"],
        "commands": [" ".join(command) for command in commands.values()],
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M"),
    }
    place = (WORK if asked.quick else HERE) / "vision.json"
    place.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result["scores"]), seconds)
    return 0


def _commands(train: Path, epochs: float) -> dict[str, list[str]]:
    """What is typed, by what it makes."""
    texts, names = _texts(train), _names(train)
    parts = {name: str(WORK / name) for name in ("vit", "untaught", "words", "vlm", "vqa")}
    fit = ["fit", "vqa", "--train", str(train), "--dev", str(DATA / "dev/questions.json"), "--model", parts["vlm"]]
    options = ["--epochs", f"{epochs:g}", "--learning-rate", "2e-4", "--batch-size", "32", "--patience", "0"]
    return {
        "encoder": ["models", "new", parts["vit"], "--family", "vision", "--size", "tiny", "--train", str(names), *_SEEN],
        "tokenizer": ["models", "new", parts["untaught"], "--family", "decoder", "--size", "tiny", "--train", str(texts)],
        "decoder": [
            *("fit", "generation", "--train", str(texts), "--model", parts["untaught"], "--out", parts["words"]),
            *("--epochs", "1", "--learning-rate", "1e-3", "--max-length", "64"),
        ],
        "joined": ["assemble", "--vision", parts["vit"], "--language", parts["words"], "--into", parts["vlm"]],
        "tuned": [*fit, "--out", parts["vqa"], *options],
    }


_SEEN = ("--epochs", "80")


def _run(command: list[str]) -> float:
    """The seconds that a command takes."""
    began = perf_counter()
    print("tasktune", *command, flush=True)
    started([TASKTUNE, *command])
    return round(perf_counter() - began, 1)


def _texts(questions: Path) -> Path:
    """The questions with their answers, a text each, for a decoder to learn words from."""
    texts = [f"{question} {answer}" for question, answer, _ in json.loads(questions.read_text(encoding="utf-8"))]
    place = WORK / "texts.jsonl"
    place.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8")
    return place


def _names(questions: Path) -> Path:
    """The pictures with their names: "blue circle", where the questions about one and their answers tell both."""
    told: defaultdict[int, dict[str, str]] = defaultdict(dict)
    for question, answer, picture in json.loads(questions.read_text(encoding="utf-8")):
        affirmed = answer not in ("yes", "no") or (answer == "yes") is _NEGATIONS.isdisjoint(question.split())
        words = {*question.rstrip("?").split(), answer} if affirmed else {answer}
        for kind, known in (("colour", _COLOURS), ("shape", _SHAPES)):
            for word in words & known:
                told[picture][kind] = word
    rows = [
        {"image": str((questions.parent / "images" / f"{picture}.png").resolve()), "label": f"{of['colour']} {of['shape']}"}
        for picture, of in sorted(told.items())
        if len(of) == len(("colour", "shape"))
    ]
    place = WORK / "names.jsonl"
    place.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return place


_NEGATIONS = frozenset(("no", "not"))
_SHAPES = frozenset(("circle", "rectangle", "triangle"))
_COLOURS = frozenset((DATA / "answers.txt").read_text(encoding="utf-8").split()) - _SHAPES - {"yes", "no"}


def _few() -> Path:
    """The first questions, beside the same pictures."""
    folder = WORK / "few"
    folder.mkdir()
    (folder / "images").symlink_to((DATA / "train/images").resolve())
    rows: list[Any] = json.loads((DATA / "train/questions.json").read_text(encoding="utf-8"))
    (folder / "questions.json").write_text(json.dumps(rows[:64]), encoding="utf-8")
    return folder / "questions.json"


if __name__ == "__main__":
    sys.exit(main())
