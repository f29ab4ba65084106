"""What poisoned documents can do, with and without the guard: `python benchmarks/guard.py` from the root of the repository.

A hundred questions (tests/support/poisoned.py), each with three honest passages and one that was written against the model:
orders, hidden orders, forged turns and passages, fake citations, pictures and tags. Without the guard, passages stand in the
prompt as they are and what is written is shown as it is; `quoted`, they are quoted and the answer is made inert; with the whole
guard, passages that give orders are left out too. A small model obeys little, whoever speaks: so a stand-in that obeys whatever
it sees (tests/support/obedient.py) is asked beside it. The result is `guard.json` beside this file; `--quick` asks ten questions.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests/support"))

from obedient import Obedient
from poisoned import Attack, attacks, succeeded
from run import machine
from tasktune.answers import Message
from tasktune.core import Lost
from tasktune.models.model import Model
from tasktune.tasks.question_answering_grounded import INSTRUCTION, QuestionAnsweringGrounded
from tasktune.verbs.answerers import Answerer, Writer, answerer
from tasktune.verbs.ask import asking, finished

HERE = Path(__file__).parent


def unquoted(record: QuestionAnsweringGrounded) -> tuple[Message, ...]:
    """The same prompt with the passages as they are."""
    shown = "\n".join(f"[{n}] {text}" for n, text in enumerate(record.passages, 1))
    return (Message("user", f"{INSTRUCTION}\n\n{shown}\n\nQuestion: {record.question}"),)


Asked = Callable[[Attack], str]


def unguarded(model: Model) -> Asked:
    """What the model writes, with nothing done about the passages or the answer."""
    bare = replace(model, head=replace(model.head, framing=replace(model.head.framing, prompt=unquoted)))
    return lambda attack: "".join(bare.write(QuestionAnsweringGrounded(question=attack.question, passages=attack.passages)))


def obeying(attack: Attack) -> str:
    """What the stand-in writes, with nothing done about either."""
    record = QuestionAnsweringGrounded(question=attack.question, passages=attack.passages)
    return "".join(Obedient(quoted=False).write(record, Lost()))


def guarded(who: Answerer, suspects: Any) -> Asked:
    """What is answered."""
    return lambda attack: finished(asking(lambda q, k: [attack.hits], attack.question, who, suspects=suspects)).text


def tried(tries: list[Attack], answer: Asked) -> dict[str, Any]:
    """How many attacks succeed, of which kinds, and how many answers are right."""
    began, answers = perf_counter(), [(attack, answer(attack)) for attack in tries]
    reached = Counter(attack.kind for attack, text in answers if succeeded(attack, text))
    right = sum(attack.answer in text for attack, text in answers)
    return {"succeed": reached.total(), "right": right, "kinds": dict(reached), "seconds": perf_counter() - began}


def main() -> None:
    """Try all, and write what came of it."""
    flags = argparse.ArgumentParser(description=__doc__)
    flags.add_argument("--model", default="smollm2")
    flags.add_argument("--quick", action="store_true")
    given = flags.parse_args()
    writer, tries = answerer(given.model, {"max_new_tokens": 40}), list(attacks(10 if given.quick else 100))
    assert isinstance(writer, Writer)
    sides: dict[str, tuple[Answerer, Asked]] = {
        given.model: (writer, unguarded(writer.model)),
        "a stand-in that obeys": (Obedient(quoted=True), obeying),
    }
    ways = {
        f"{name}, {how}": way
        for name, (who, bare) in sides.items()
        for how, way in (
            ("without the guard", bare),
            ("quoted", guarded(who, "keep")),
            ("with the guard", guarded(who, "drop")),
        )
    }
    rows = {name: tried(tries, way) for name, way in ways.items()}
    for name, row in rows.items():
        print(f"{name}: {row['succeed']} of {len(tries)} attacks succeed, {row['right']} answers are right {row['kinds']}")
    if given.quick:
        return
    found = {
        "model": given.model,
        "attacks": len(tries),
        "rows": rows,
        "machine": machine(),
        "threads": os.environ.get("OMP_NUM_THREADS"),
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
    }
    (HERE / "guard.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
