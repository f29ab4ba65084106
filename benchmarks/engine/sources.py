"""The records that the contestants work on: those of the shared data, evenly spaced, in an order that is always the same."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from cut import spaced
from tasktune.answers import Message
from tasktune.core import Record
from tasktune.datasets import records
from tasktune.tasks import task
from tasktune.tasks.chat import Chat

SHARED = Path("../shared/data")
SEED = 13


def wnut(part: str) -> list[Any]:
    """WNUT-17's tweets with their entities."""
    file = {"train": "wnut17train.conll", "dev": "emerging.dev.conll"}[part]
    return list(records(task("ner"), str(SHARED / "ner" / "wnut17" / file)))


def sentiments(part: str) -> list[Any]:
    """SST-2's sentences."""
    file = str(SHARED / "classification" / "sst2" / f"{part}.tsv")
    return list(records(task("classification"), file, {"text": "1", "answer": "2"}))


def conversations() -> list[Any]:
    """Instructions and the answers to them, of very mixed length."""
    return list(records(task("chat"), str(SHARED / "chat" / "llamafactory" / "alpaca_en_demo.json")))


def prompts(count: int) -> list[Record]:
    """Half questions that are answered in a word or a line, half instructions that take a paragraph, shuffled."""
    short = [r.text for r in records(task("classification"), str(SHARED / "classification/trec_qc/dev.txt"), format="labelled")]
    brief = (Chat(messages=(Message("user", f"{text} Answer in one word."),)) for text in spaced(short, count - count // 2))
    long = (Chat(messages=record.messages) for record in spaced(conversations(), count // 2))
    return Random(SEED).sample(found := [*brief, *long], len(found))


def texts(count: int) -> list[str]:
    """Texts of mixed length: six tenths tweets, three tenths news, a tenth dialogues, shuffled."""
    news = (
        r.text + " " + r.pair
        for r in _some("classification", "classification/ag_news/dev.csv", {"text": "2", "pair": "3", "answer": "1"})
    )
    talk = (r.text for r in _some("summarization", "summarization/dialogsum/train.jsonl", {}))
    tweets = (r.text for r in wnut("train"))
    shares = ((tweets, 0.6), (news, 0.3), (talk, 0.1))
    found = [text for source, share in shares for text in spaced([t for t in source if len(t) < LONGEST], round(share * count))]
    return Random(SEED).sample(found, len(found))


LONGEST = 1500
"""Characters: a text that every encoder reads whole, so that neither side cuts or splits."""


def _some(name: str, file: str, mapping: dict[str, str]) -> Iterator[Any]:
    return islice(records(task(name), str(SHARED / file), mapping), 2000)
