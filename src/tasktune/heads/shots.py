"""Shots: records with their answers that stand before what is asked, to show how it is answered (Brown et al. 2020).

Each is read as it would be learnt: its prompt, its answer and the token that ends it. So a shot asks for nothing that the answer
itself does not: it ends where the shots ended, and is held to the form that they have.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import final

from tasktune.core import Lost, Record
from tasktune.framings import Prompt
from tasktune.heads.base import Head
from tasktune.heads.conventions import Tokens
from tasktune.heads.features import Features, token_ids
from tasktune.heads.prompts import answer_ids, asked, longest_answer, prompt_ids
from tasktune.heads.texts import frame
from tasktune.heads.writers import Writer

LEFT_OUT = "shots left out for want of room"


def _none(record: Record) -> Iterable[Record]:
    return ()


@final
@dataclass(frozen=True, slots=True)
class Shots:
    """Before each record the `count` shots that are best for it, the best of them last; none is the record itself.

    `ranked` names all there are, the best for a record first. `used` is how often each was shown, by id. A model that was not
    tuned has shots, be they none; one that was tuned has learnt what they would show.
    """

    ranked: Callable[[Record], Iterable[Record]] = _none
    count: int = 0
    used: Counter[str] = field(default_factory=Counter)

    def before(self, head: Head, writer: Writer, record: Record, features: Sequence[Features], lost: Lost) -> Tokens:
        """The shots for a record as tokens, as many as there is room for beside its own prompt and an answer.

        There is no more than its `features` leave: an answer that is given may be longer than one that would be written.
        """
        prompt, own = asked(head, record), sum(f.length for f in prompt_ids(head, writer, record, Lost()))
        left = head.max_length - max(f.length for f in features)
        room = min(left, writer.room(head.max_length, longest_answer(head, writer)) - own)
        chosen: list[Tokens] = []
        for shot in islice((shot for shot in self.ranked(record) if asked(head, shot) != prompt), self.count):
            told = _told(head, writer, shot)
            if len(told) > room:
                lost.add(LEFT_OUT, record.id)
                continue
            chosen.append(told)
            room -= len(told)
            self.used[shot.id] += 1
        return [token for told in reversed(chosen) for token in told]


def _told(head: Head, writer: Writer, shot: Record) -> Tokens:
    prompt = asked(head, shot)
    assert isinstance(prompt, Prompt)
    if prompt.images:
        given = writer.tokens(head.tokenizer, prompt)[len(frame(head.tokenizer)[0]) :]
    else:
        given = token_ids(head.tokenizer, str(writer.convention(head.tokenizer).worded(prompt)))
    return [*given, *answer_ids(head, head.framing.write(shot))]


def cue(head: Head, writer: Writer, record: Record) -> Features:
    """What asks for an answer, without what it is asked about: the last line behind a prompt's body."""
    prompt, convention = asked(head, record), writer.convention(head.tokenizer)
    line = convention.worded(prompt).after.rpartition("\n")[2] if isinstance(prompt, Prompt) else ""
    return writer.asked(convention.framed(token_ids(head.tokenizer, line), None), convention.opened(None))


def behind(
    shots: Shots | None, head: Head, writer: Writer, record: Record, features: Sequence[Features], lost: Lost
) -> list[Features]:
    """Features that begin with what is asked of a record, behind the shots for it where there are any.

    These come after what the tokenizer puts first.
    """
    if shots is None or not features:
        return [*features]
    shown = shots.before(head, writer, record, features, lost)
    return [writer.preceded(each, len(frame(head.tokenizer)[0]), shown) for each in features]
