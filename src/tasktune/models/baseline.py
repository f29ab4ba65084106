"""What can be scored with no model at all, to see what a model's score is worth: by guessing what was most frequent.

Of a text's parts the first are taken, as many as usual: LEAD, which is hard to beat on news. What is asked about pictures can be
guessed blind, too: by the words alone, with the answer that these most often had.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from statistics import fmean
from typing import Any

from tasktune.answers import Answer
from tasktune.core import Record, Task
from tasktune.framings import Label, Select, Tags
from tasktune.metrics.bootstrap import Tally
from tasktune.scores import Scores

Guess = Callable[[Any], Answer]


def baseline(task: Task[Any], train: Sequence[Record], dev: Sequence[Record]) -> Scores | None:
    """The scores on `dev` of guessing by frequency in `train`; `None` where answers are open."""
    guess = _most_frequent(train) if task.vision_language is not None else _guess(task.encoder, train)
    return None if guess is None else _scored(task, guess, dev)


def blind(task: Task[Any], train: Sequence[Record], dev: Sequence[Record]) -> Scores | None:
    """The scores on `dev` of the answer that was most frequent in `train` for the same words; `None` where there are no pictures.

    Words that are new there get the answer that is most frequent of all.
    """
    if task.vision_language is None:
        return None
    by_words: defaultdict[str, list[Record]] = defaultdict(list)
    for record in train:
        by_words[str(task.vision_language.prompt(record))].append(record)
    usual, known = _most_frequent(train), {words: _most_frequent(asked) for words, asked in by_words.items()}
    return _scored(task, lambda record: known.get(str(task.vision_language.prompt(record)), usual)(record), dev)


def _scored(task: Task[Any], guess: Guess, records: Sequence[Record]) -> Scores:
    tally = Tally(task.metric)
    for record in records:
        tally.add(record, guess(record))
    return tally.scores()


def _most_frequent(train: Sequence[Record]) -> Guess:
    (most, _), *_ = Counter(record.answer for record in train).most_common(1)
    return lambda record: most


def _guess(framing: Any, train: Sequence[Record]) -> Guess | None:
    match framing:
        case Label(kind="number"):
            mean = fmean(record.answer for record in train)
            return lambda record: mean
        case Label(kind="many"):
            often = Counter(label for record in train for label in record.answer)
            usual = tuple(sorted(label for label, n in often.items() if 2 * n > len(train)))
            return lambda record: usual
        case Label():
            return _most_frequent(train)
        case Tags():
            return _usual_tags(framing, train)
        case Select():
            count = round(framing.usual(train))
            return lambda record: framing.read(record, [k < count for k in range(len(framing.parts(record)))], ())
        case _:
            return None


def _usual_tags(framing: Tags[Any], train: Sequence[Record]) -> Guess:
    """The tag that each word bore most often, and for a new word the tag that is most frequent of all."""
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for record in train:
        for (start, end), tag in zip(framing.words(record), framing.write(record), strict=True):
            seen[framing.text(record)[start:end]][tag] += 1
    (default, _), *_ = sum(seen.values(), Counter[str]()).most_common(1)
    usual = {word: tags.most_common(1)[0][0] for word, tags in seen.items()}

    def guess(record: Any) -> Answer:
        text = framing.text(record)
        return framing.read(record, tuple(usual.get(text[start:end], default) for start, end in framing.words(record)), ())

    return guess
