"""What a model that writes is given: the prompt of a record, and for learning the answer behind it, as tokens.

What differs between decoders and encoder-decoders is their `Writer`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from typing import Any, Final

from transformers import PreTrainedTokenizerBase

from tasktune.core import InputError, Lost, Record
from tasktune.framings import Asked, Labels, Prompt, Text, shown_in
from tasktune.heads.base import Head, by_policy
from tasktune.heads.conventions import Tokens
from tasktune.heads.features import Features, written_ids
from tasktune.heads.texts import shortened
from tasktune.heads.turns import asked_ids, ending, latest, stretches
from tasktune.heads.writers import Said, Writer
from tasktune.images import ONE_FRAME, moves
from tasktune.notations.tool_calls import parted, spelled

_AHEAD: Final = 32
"""Records whose pictures are made ready together."""


def end_id(tokenizer: PreTrainedTokenizerBase) -> int:
    """The token that ends an answer: end of sequence, or BERT's separator."""
    for token in (tokenizer.eos_token_id, tokenizer.sep_token_id):
        if token is not None:
            return int(token)
    raise InputError("the model's tokenizer has no end-of-sequence and no separator token, so that answers would never end")


def longest_answer(head: Head, writer: Writer) -> int:
    """How many tokens an answer may have: as the recipe says, else as the task says, as far as the model reaches."""
    return writer.longest_answer(head.max_length, head.recipe.decoding.max_new_tokens or head.framing.max_new_tokens)


def asked(head: Head, record: Record) -> Asked:
    """What the framing has the model read about a record, completed by what all that was learnt from had in common."""
    prompt: Asked = head.framing.prompt(head.framing.complete(record, head.labels))
    return prompt


def foreseen(head: Head, writer: Writer, records: Iterable[Record]) -> Iterator[Record]:
    """The records in their order; a writer that sees is told ahead what some of them ask."""
    coming = iter(records)
    while some := [*islice(coming, _AHEAD if writer.signs else 1)]:
        if writer.signs:
            writer.foresee([_worded(head, writer, asked(head, record)) for record in some])
        yield from some


def _worded(head: Head, writer: Writer, prompt: Asked) -> Asked:
    return writer.convention(head.tokenizer).worded(prompt) if isinstance(prompt, Prompt) else prompt


def prompt_ids(head: Head, writer: Writer, record: Record, lost: Lost) -> list[Features]:
    """What the model is given to read, as one feature; none where the policy drops a record that is too long.

    A prompt cannot be answered in windows, so that the policy `split` shortens it too: of a `Prompt` the body, of a
    conversation the oldest turns.
    """
    record = fitting(head, writer, record, lost)
    prompt, room = asked(head, record), writer.room(head.max_length, longest_answer(head, writer))
    opening: Tokens = []
    with about(record):
        if isinstance(prompt, Prompt):
            convention = writer.convention(head.tokenizer)
            worded, opening = convention.worded(prompt), convention.opened(prompt.languages)
            whole = writer.tokens(head.tokenizer, worded)
            short, length = whole, len(whole)
            if length > room:
                short = _with_less_body(head, writer, worded, room)
        else:
            short, length = latest(head.tokenizer, prompt, room, writer)
        features = [writer.asked(short, opening)]
        if moving := sum(map(moves, shown_in(prompt))):
            lost.add(ONE_FRAME, record.id, moving)
    if length <= room:
        return features
    return by_policy(head, record, length, room, features, lost, split="prompts shortened")


def fitting(head: Head, writer: Writer, record: Record, lost: Lost) -> Record:
    """The record with as much to read as there is room for, where its framing knows what to leave out and the policy lets it."""
    if head.recipe.lossy in ("error", "drop"):
        return record
    room = writer.room(head.max_length, longest_answer(head, writer))
    less, left_out = record, 0
    while (fewer := head.framing.fewer(less)) is not None and _length(head, writer, less) > room:
        less, left_out = fewer, left_out + 1
    if left_out:
        lost.add("passages left out for want of room", record.id, left_out)
    return less


def _length(head: Head, writer: Writer, record: Record) -> int:
    """How many tokens the whole prompt takes."""
    prompt = asked(head, record)
    with about(record):
        if isinstance(prompt, Prompt):
            return len(writer.tokens(head.tokenizer, prompt))
        return len(asked_ids(writer, head.tokenizer, prompt))


def room_for_body(head: Head, writer: Writer, prompt: Prompt) -> int:
    """How many tokens of a prompt may be its body."""
    around = writer.tokens(head.tokenizer, replace(prompt, body=""))
    return writer.room(head.max_length, longest_answer(head, writer)) - len(around)


def _with_less_body(head: Head, writer: Writer, prompt: Prompt, room: int) -> Tokens:
    """The prompt with as much of its body as there is room for. What follows the body, the cue for the answer, is kept."""
    body = shortened(head.tokenizer, prompt.body, room_for_body(head, writer, prompt), prompt.keep)
    return ending(writer.tokens(head.tokenizer, replace(prompt, body=body)), room)


@contextmanager
def about(record: Record) -> Iterator[None]:
    """Name the record in what goes wrong with it."""
    try:
        yield
    except InputError as wrong:
        named = str(wrong).startswith(f"{record.id}: ")  # as pictures are, by the place of their row
        raise InputError(str(wrong) if named else f"record {record.id or record!r:.120}: {wrong}") from None


def answer_ids(head: Head, written: str) -> Tokens:
    """An answer as the tokens to say after a prompt, with the one that ends it."""
    return [*written_ids(head.tokenizer, head.framing.separator + written), end_id(head.tokenizer)]


@lru_cache(maxsize=8)  # asked for with every record
def name_ids(tokenizer: PreTrainedTokenizerBase, separator: str, names: Labels) -> list[Tokens]:
    """Label names as tokens to say after a prompt, each with the one that ends it."""
    return [[*written_ids(tokenizer, separator + name), end_id(tokenizer)] for name in names]


def lessons(head: Head, writer: Writer, record: Record, lost: Lost) -> list[Features]:
    """Prompt and answer with the answer's tokens as targets; for a conversation, every turn of the assistant's."""
    return [f for stretches in _stretches(head, writer, record, lost) for f in _windows(head, writer, record, stretches, lost)]


def _stretches(head: Head, writer: Writer, record: Record, lost: Lost) -> list[list[Said]]:
    framing: Text[Any] = head.framing
    record = fitting(head, writer, record, lost)
    prompt, written = asked(head, record), framing.write(record)
    if isinstance(prompt, Prompt):
        given = prompt_ids(head, writer, record, lost)
        return [[*((tokens, False) for tokens in f.inputs.values()), (answer_ids(head, written), True)] for f in given]
    if prompt[0].role == "assistant":
        lost.add("assistant turns with nothing before them", record.id)
    with about(record):
        return stretches(head.tokenizer, [*prompt, parted(written)], writer)


def _windows(head: Head, writer: Writer, record: Record, stretches: Sequence[Said], lost: Lost) -> list[Features]:
    with about(record):
        features = writer.lessons(stretches, head.max_length)
    length = sum(len(tokens) for tokens, _ in stretches)
    return features if len(features) <= 1 else by_policy(head, record, length, head.max_length, features, lost)


def characters(framing: Text[Any], record: Record) -> int:
    """How many characters a record gives the model to say: its answer and, in a conversation, the assistant's earlier turns."""
    prompt = framing.prompt(record)
    earlier = () if isinstance(prompt, Prompt) else [m for m in prompt if m.role == "assistant"]
    return len(framing.write(record)) + sum(len(spelled(m)) for m in earlier)
