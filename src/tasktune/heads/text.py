"""`Text`: words, on any model that writes; what differs between decoders and encoder-decoders is their `Writer`.

`FreeText` generates and reads the answer back. `Choices` compares log p of each label's name after the prompt: every answer is
one of the names, and has a probability.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, final

import numpy as np
from torch import Tensor
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from tasktune.core import Answer, InputError, Lost, Message, Record
from tasktune.framings import Labels, Prompt, Text
from tasktune.heads.base import (
    Batch,
    Features,
    Head,
    Raw,
    Scored,
    Units,
    by_policy,
    choose,
    in_closed_set,
    log_p_of,
    on,
    places,
    shortened,
    token_ids,
)
from tasktune.heads.turns import rendered, stretches
from tasktune.heads.writers import Causal, Said, Tokens, Writer, choice_batch

_CAUSAL = Causal()


def end_id(tokenizer: PreTrainedTokenizerBase) -> int:
    """The token that ends an answer: end of sequence, or BERT's separator."""
    for token in (tokenizer.eos_token_id, tokenizer.sep_token_id):
        if token is not None:
            return int(token)
    raise InputError("the model's tokenizer has no end-of-sequence and no separator token, so that answers would never end")


def longest_answer(head: Head, writer: Writer) -> int:
    """How many tokens an answer may have: as the recipe says, else as the task says, as far as the model reaches."""
    return writer.longest_answer(head.max_length, head.recipe.max_new_tokens or head.framing.max_new_tokens)


def prompt_ids(head: Head, writer: Writer, record: Record, lost: Lost) -> list[Features]:
    """What the model is given to read, as one feature; none where the policy drops a record that is too long.

    A prompt cannot be answered in windows, so that the policy `split` shortens it too: of a `Prompt` the body, of a
    conversation the oldest turns.
    """
    prompt, room = head.framing.prompt(record), writer.room(head.max_length, longest_answer(head, writer))
    if isinstance(prompt, Prompt):
        whole = writer.framed(head.tokenizer, token_ids(head.tokenizer, str(prompt)))
        short = whole if len(whole) <= room else _with_less_body(head, writer, prompt, room)
    else:
        with about(record):
            whole = token_ids(head.tokenizer, rendered(head.tokenizer, prompt, ask=True))
        short = whole[-room:]
    features = [Features({"input_ids": short})]
    if len(whole) <= room:
        return features
    return by_policy(head, record, len(whole), room, features, lost, split="prompts shortened")


def _with_less_body(head: Head, writer: Writer, prompt: Prompt, room: int) -> Tokens:
    """The prompt with as much of its body as there is room for. What follows the body, the cue for the answer, is kept."""
    around = writer.framed(head.tokenizer, token_ids(head.tokenizer, prompt.before + prompt.after))
    body = shortened(head.tokenizer, prompt.body, room - len(around), prompt.keep)
    return writer.framed(head.tokenizer, token_ids(head.tokenizer, prompt.before + body + prompt.after))[-room:]


@contextmanager
def about(record: Record) -> Iterator[None]:
    """Name the record in what goes wrong with it."""
    try:
        yield
    except InputError as wrong:
        raise InputError(f"record {record.id or record!r}: {wrong}") from None


def answer_ids(head: Head, written: str) -> Tokens:
    """An answer as the tokens to say after a prompt, with the one that ends it."""
    return [*token_ids(head.tokenizer, head.framing.separator + written), end_id(head.tokenizer)]


@lru_cache(maxsize=8)  # asked for with every record
def name_ids(tokenizer: PreTrainedTokenizerBase, separator: str, names: Labels) -> list[Tokens]:
    """Label names as tokens to say after a prompt, each with the one that ends it."""
    return [[*token_ids(tokenizer, separator + name), end_id(tokenizer)] for name in names]


def lessons(head: Head, writer: Writer, record: Record, lost: Lost) -> list[Features]:
    """Prompt and answer with the answer's tokens as targets; for a conversation, every turn of the assistant's."""
    return [f for stretches in _stretches(head, writer, record, lost) for f in _windows(head, writer, record, stretches, lost)]


def _stretches(head: Head, writer: Writer, record: Record, lost: Lost) -> list[list[Said]]:
    framing: Text[Any] = head.framing
    prompt, written = framing.prompt(record), framing.write(record)
    if isinstance(prompt, Prompt):
        given = prompt_ids(head, writer, record, lost)
        return [[(f.inputs["input_ids"], False), (answer_ids(head, written), True)] for f in given]
    if prompt[0].role == "assistant":
        lost.add("assistant turns with nothing before them", record.id)
    with about(record):
        return stretches(head.tokenizer, [*prompt, Message("assistant", written)])


def _windows(head: Head, writer: Writer, record: Record, stretches: Sequence[Said], lost: Lost) -> list[Features]:
    features = writer.lessons(stretches, head.max_length)
    length = sum(len(tokens) for tokens, _ in stretches)
    return features if len(features) <= 1 else by_policy(head, record, length, head.max_length, features, lost)


def characters(framing: Text[Any], record: Record) -> int:
    """How many characters a record gives the model to say: its answer and, in a conversation, the assistant's earlier turns."""
    prompt = framing.prompt(record)
    earlier = () if isinstance(prompt, Prompt) else [m for m in prompt if m.role == "assistant"]
    return len(framing.write(record)) + sum(len(m.content) for m in earlier)


@final
@dataclass(frozen=True, slots=True)
class FreeText(Head):
    """Any text: generated greedily, by beams or from the nucleus, and read back by the framing."""

    writer: Writer = _CAUSAL

    @property
    def closed(self) -> bool:
        """Text is open: there is no set of answers to be confident over."""
        return False

    def cost(self, features: Features) -> int:
        """The prompt, and as much as may be written after it, by each beam."""
        return (features.length + longest_answer(self, self.writer)) * self.recipe.beams

    def encode(self, record: Record, lost: Lost) -> list[Features]:
        """The prompt."""
        return prompt_ids(self, self.writer, record, lost)

    def supervise(self, record: Record, lost: Lost) -> list[Features]:
        """Prompt and answer; only the answer is supervised."""
        return lessons(self, self.writer, record, lost)

    def token_log_p(self, net: PreTrainedModel, batch: Batch) -> Tensor:
        """log softmax at each token of the answer, (B, S)."""
        return log_p_of(self.writer.logits(net, batch), batch["targets"])

    def decode(self, net: PreTrainedModel, features: Sequence[Features]) -> list[Raw]:
        """(text, mean log p of its tokens) for each prompt."""
        batch = on(net, self.writer.collate_prompts(features, self.tokenizer.pad_token_id))
        generate: Any = net.generate
        generated = self.writer.written(generate(**batch, **self._decoding()), batch["input_ids"].size(1))
        said = [self._until_end(row) for row in generated.tolist()]
        return list(zip([self._text(ids) for ids in said], self._mean_log_p(net, features, said), strict=True))

    def _decoding(self) -> dict[str, Any]:
        sample = self.recipe.top_p > 0
        return {
            "max_new_tokens": longest_answer(self, self.writer),
            "num_beams": self.recipe.beams,
            "do_sample": sample,
            "top_p": self.recipe.top_p if sample else 1.0,
            "top_k": 0 if sample else 50,
            "temperature": self.recipe.sampling_temperature if sample else 1.0,
            "pad_token_id": self.tokenizer.pad_token_id,
            "eos_token_id": end_id(self.tokenizer),
        }

    def _until_end(self, ids: Tokens) -> Tokens:
        end = end_id(self.tokenizer)
        return ids[: ids.index(end) + 1] if end in ids else ids

    def _text(self, ids: Tokens) -> str:
        text = self.tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        return str(text).removeprefix(self.framing.separator)

    def _mean_log_p(self, net: PreTrainedModel, prompts: Sequence[Features], said: Sequence[Tokens]) -> list[float]:
        unbounded = self.max_length + longest_answer(self, self.writer)
        pairs = zip([f.inputs["input_ids"] for f in prompts], said, strict=True)
        told = [self.writer.lessons([(given, False), (ids, True)], unbounded)[0] for given, ids in pairs]
        batch = on(net, self.collate(told))
        return [float(x) for x in self.log_p(net, batch) / batch["mask"].sum(1)]

    def answer(self, record: Record, raws: Sequence[Raw]) -> Scored:
        """The text read back. `score` is the geometric mean of its tokens' probabilities."""
        text, mean_log_p = raws[0]
        return Scored(self.framing.read(record, text, self.labels), float(np.exp(mean_log_p)))

    def ceiling(self, record: Record) -> Answer:
        """The answer read back from its own tokens, as many as may be written."""
        ids = answer_ids(self, self.framing.write(record))[: longest_answer(self, self.writer)]
        answer: Answer = self.framing.read(record, self._text(ids), self.labels)
        return answer


@final
@dataclass(frozen=True, slots=True)
class Choices(Head):
    """One of the label names, by log p of each after the prompt, normalised over them. Learns as `FreeText` does."""

    writer: Writer = _CAUSAL

    def cost(self, features: Features) -> int:
        """The prompt, and every name after it."""
        return features.length + sum(map(len, name_ids(self.tokenizer, self.framing.separator, self.labels)))

    def encode(self, record: Record, lost: Lost) -> list[Features]:
        """The prompt."""
        return prompt_ids(self, self.writer, record, lost)

    def supervise(self, record: Record, lost: Lost) -> list[Features]:
        """Prompt and label name; only the name is supervised."""
        return lessons(self, self.writer, record, lost)

    def token_log_p(self, net: PreTrainedModel, batch: Batch) -> Tensor:
        """log softmax over the vocabulary at each token of the name, (B, S)."""
        return log_p_of(self.writer.logits(net, batch), batch["targets"])

    def decode(self, net: PreTrainedModel, features: Sequence[Features]) -> list[Raw]:
        """log-probabilities (1, K) of the label names after each prompt, normalised over the K names."""
        batch = on(net, self.writer.collate_prompts(features, self.tokenizer.pad_token_id))
        choices = choice_batch(net, name_ids(self.tokenizer, self.framing.separator, self.labels))
        return list(self.writer.compare(net, batch, choices).log_softmax(-1).unsqueeze(1).cpu().numpy())

    def answer(self, record: Record, raws: Sequence[Raw]) -> Scored:
        """The most probable name."""
        return choose(self, record, raws[0])

    def units(self, record: Record, raws: Sequence[Raw]) -> Units:
        """The one choice among K names."""
        return Units(raws[0], places(self.labels, [record.answer]))

    def ceiling(self, record: Record) -> Answer:
        """The label, if training data showed it."""
        return in_closed_set(self, record)
