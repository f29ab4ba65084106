"""`Text` that is open: generated, and read back by the framing."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import final

import numpy as np
from torch import Tensor
from transformers import PreTrainedModel

from tasktune.answers import Answer
from tasktune.core import Lost, Record
from tasktune.forms import Form
from tasktune.generation.choosing import Manner
from tasktune.generation.constraint import Constraint
from tasktune.generation.engines import Engine
from tasktune.generation.held import held_to
from tasktune.generation.loop import write
from tasktune.generation.searches import Beams, Line, Search, Written
from tasktune.heads.base import UNSAYABLE, Head, Raw, Scored
from tasktune.heads.features import Batch, Features, log_p_of
from tasktune.heads.forms import CUT, form_of, whole_parts
from tasktune.heads.prompts import answer_ids, characters, end_id, foreseen, lessons, longest_answer, prompt_ids
from tasktune.heads.shots import Shots, behind
from tasktune.heads.writers import Causal, Writer

_CAUSAL = Causal()


@final
@dataclass(frozen=True, slots=True)
class Told:
    """A text that was written, the mean log p of its tokens, and whether it was `cut` for being too long."""

    text: str
    mean_log_p: float
    cut: bool

    @property
    def probability(self) -> float:
        """The geometric mean of its tokens' probabilities."""
        return float(np.exp(self.mean_log_p))


@final
@dataclass(frozen=True, slots=True)
class FreeText(Head):
    """Any text: generated greedily, by beams or from the nucleus, and read back by the framing.

    `engine` is what writes in the place of the network, if anything. `shots` has a model that was not tuned.
    """

    writer: Writer = _CAUSAL
    engine: Engine | None = None
    shots: Shots | None = None

    @property
    def closed(self) -> bool:
        """Text is open: there is no set of answers to be confident over."""
        return False

    @property
    def kept_files(self) -> Mapping[str, bytes]:
        """Those of the processor of a model that sees."""
        return self.writer.files

    @property
    def insertable(self) -> Sequence[int]:
        """The token that stands where pictures are."""
        return self.writer.placeholders

    @property
    def in_place(self) -> bool:
        """A token is foretold by the one before it."""
        return True

    def cost(self, features: Features) -> int:
        """The prompt, and as much as may be written after it, by each beam."""
        return (features.length + longest_answer(self, self.writer)) * self.recipe.decoding.beams

    def foreseen(self, records: Iterable[Record]) -> Iterable[Record]:
        """By a writer that sees, with the pictures of some made ready together."""
        return foreseen(self, self.writer, records)

    def encode(self, record: Record, lost: Lost) -> list[Features]:
        """The prompt, and the form that the answer has."""
        form = form_of(self.framing, record, self.labels, self.recipe.decoding)
        prompts = prompt_ids(self, self.writer, record, lost)
        return [replace(each, form=form) for each in behind(self.shots, self, self.writer, record, prompts, lost)]

    def supervise(self, record: Record, lost: Lost) -> list[Features]:
        """Prompt and answer; only the answer is supervised. Nothing where a part of it cannot be said."""
        if unsaid := self.unsayable(record):
            lost.add(UNSAYABLE, record.id, unsaid)
            return []
        return behind(self.shots, self, self.writer, record, lessons(self, self.writer, record, lost), lost)

    def characters(self, record: Record) -> int:
        """Those of the answer and, in a conversation, of the assistant's earlier turns."""
        return characters(self.framing, record)

    def unsayable(self, record: Record) -> int:
        """Parts of the answer that its words have no place for."""
        return int(self.framing.lost(record))

    def token_log_p(self, net: PreTrainedModel, batch: Batch) -> Tensor:
        """log softmax at each token of the answer, (B, S)."""
        return log_p_of(self.writer.logits(net, batch), batch["targets"])

    @property
    def paces_itself(self) -> bool:
        """As texts end, others take their places."""
        return True

    def decode(self, net: PreTrainedModel, features: Sequence[Features]) -> list[Raw]:
        """For each prompt what was written after it, best first."""
        asked = [self._searches(f) for f in features]
        for _ in self._writing(net, [search for searches in asked for search in searches]):
            pass
        return [self._told(f.form, searches) for f, searches in zip(features, asked, strict=True)]

    def pieces(self, net: PreTrainedModel, features: Features) -> Generator[str, None, list[Raw]]:
        """The text after one prompt, piece by piece as it is written; what beams find comes in one piece, at the end.

        Returns what `decode` would have given.
        """
        (search,), told = self._searches(features)[:1], ""
        for _ in self._writing(net, [search]):
            text = self._text(search.best) if not search.found and isinstance(search, Line) else ""
            settled = text[: len(text) - self._unsettled(text)]
            if settled.startswith(told) and settled != told:
                yield settled[len(told) :]
                told = settled
        raw = self._told(features.form, [search])
        text = raw[0].text
        if text.startswith(told) and text != told:
            yield text[len(told) :]
        return [raw]

    def _unsettled(self, text: str) -> int:
        """Characters at the end that what comes may change: half a character, the beginning of a text to stop before."""
        halves = len(text) - len(text.rstrip("\N{REPLACEMENT CHARACTER}"))
        stops = (n for stop in self.recipe.decoding.stop for n in range(1, len(stop)) if text.endswith(stop[:n]))
        return max(halves, *stops, 0)

    def _writing(self, net: PreTrainedModel, searches: Sequence[Search]) -> Iterator[None]:
        if self.engine is not None:
            return self.engine.write(searches)
        return write(self.writer.lanes(net), searches, self.recipe.token_budget)

    def _searches(self, features: Features) -> list[Search]:
        """One for the best texts, or one for each that is drawn: by the prompt alone, so that it is the same in any company."""
        prompt, decoding = features.inputs["input_ids"], self.recipe.decoding
        context, manner, form = self.writer.context(features), self._manner(), self._constraint(features.form)
        if decoding.sampling:
            chances = [Random(f"{self.recipe.seed} {k} {prompt}") for k in range(decoding.n_best)]
            return [Line(prompt, context, manner, form, chance) for chance in chances]
        return [Beams(prompt, context, manner, form) if decoding.beams > 1 else Line(prompt, context, manner, form)]

    def _constraint(self, form: Form | None) -> Constraint | None:
        return None if form is None else held_to(form, self.tokenizer, self.framing.separator, end_id(self.tokenizer))

    def _manner(self) -> Manner:
        barred = self.writer.convention(self.tokenizer).barred
        return Manner(self.recipe.decoding, longest_answer(self, self.writer), end_id(self.tokenizer), self._text, barred)

    def _told(self, form: Form | None, searches: Sequence[Search]) -> list[Told]:
        told = [self._as_told(form, written) for search in searches for written in search.found]
        return told if len(searches) == 1 else sorted(told, key=lambda one: -one.mean_log_p)

    def _as_told(self, form: Form | None, written: Written) -> Told:
        whole, stop = self._text(written.tokens), self.recipe.decoding.stop
        text = min((whole.split(stop)[0] for stop in stop), key=len, default=whole)
        cut = written.tokens[-1] != end_id(self.tokenizer) and text == whole
        return Told(whole_parts(form, text) if cut else text, written.log_p / len(written.tokens), cut)

    def _text(self, ids: Sequence[int]) -> str:
        text = self.tokenizer.decode([*ids], skip_special_tokens=True, clean_up_tokenization_spaces=False)
        return str(text).removeprefix(self.framing.separator)

    def answer(self, record: Record, raws: Sequence[Raw]) -> Scored:
        """The text read back. `score` is the geometric mean of its tokens' probabilities."""
        told = [(self.framing.read(record, told.text, self.labels), told.probability) for told in raws[0]]
        elected = self.framing.elect([answer for answer, _ in told])
        (best, score), others = told[elected], (*told[:elected], *told[elected + 1 :])
        return Scored(best, score, others=others, lost=CUT if raws[0][elected].cut else "")

    def ceiling(self, record: Record) -> Answer:
        """The answer read back from its own tokens, as many as may be written."""
        ids, longest = answer_ids(self, self.framing.write(record)), longest_answer(self, self.writer)
        text = self._text(ids[:longest])
        if len(ids) > longest:
            text = whole_parts(form_of(self.framing, record, self.labels, self.recipe.decoding), text)
        answer: Answer = self.framing.read(record, text, self.labels)
        return answer
