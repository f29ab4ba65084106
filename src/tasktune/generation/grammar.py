"""Holding a text to a regular expression or a JSON schema, by llguidance (https://github.com/guidance-ai/llguidance).

Both are given by users, and may come from strangers: what a grammar may take of time and memory is bounded, and nothing that a
schema refers to is fetched.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any, final

import llguidance
import llguidance.hf
import numpy as np
import torch
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from tasktune.core import InputError
from tasktune.forms import JsonSchema, Regex
from tasktune.generation.constraint import Constraint, Walk
from tasktune.generation.vocabulary import vocabulary

_LIMITS = llguidance.LLParserLimits(max_lexer_states=50_000, max_grammar_size=100_000, verbose_errors=False)
"""States of 1 to 2 kB each, and symbols; the other limits are llguidance's own, some tens of milliseconds a token."""

_WHITE_SPACE = r"[ \t\n]{0,20}"
"""Between the parts of JSON: enough to indent by, and not so much that a model could lose itself in it."""


_SAID = {"NoExtensionBias": "it allows no text at all", "NoExtension": "it allows no text at all"}


@final
class GrammarConstraint(Constraint):
    """Texts that begin with `separator` and go on as a grammar says, up to the token `end_id`.

    Raises `InputError` where the grammar is none, says nothing, or is beyond the limits, and where the tokenizer cannot write
    any text.
    """

    def __init__(self, form: Regex | JsonSchema, tokenizer: PreTrainedTokenizerBase, separator: str, end_id: int) -> None:
        self.form = form
        begins = f"{json.dumps(begun)}?" if (begun := vocabulary(tokenizer).begins) else ""
        lark = f"start: {begins} {json.dumps(separator) if separator else ''} body\nbody: {_body(form)}"
        tokens = _tokens(tokenizer, end_id)
        self._first = llguidance.LLMatcher(tokens, llguidance.LLMatcher.grammar_from_lark(lark), log_level=0, limits=_LIMITS)
        self.size = len(tokenizer)
        self.refuse_error(self._first)
        self.start().mask()

    def start(self) -> GrammarWalk:
        """A walk before the separator."""
        return GrammarWalk(self, self._first.deep_copy())

    def refuse_error(self, matcher: llguidance.LLMatcher) -> None:
        """Raise `InputError` where the grammar cannot be followed (any more)."""
        if matcher.is_error():
            said = matcher.get_error().splitlines()
            why = next((line for line in said if line.startswith("error: ")), said[0])
            raise InputError(f"{_name(self.form)} cannot be used: {_SAID.get(why, why.removeprefix('error: '))}")


@final
class GrammarWalk(Walk):
    """A place in a grammar."""

    def __init__(self, constraint: GrammarConstraint, matcher: llguidance.LLMatcher) -> None:
        self._constraint = constraint
        self._matcher = matcher

    def mask(self) -> Tensor:
        """The tokens that go on."""
        bits = np.frombuffer(self._matcher.compute_bitmask(), dtype=np.uint8)
        self._constraint.refuse_error(self._matcher)
        return torch.from_numpy(np.unpackbits(bits, bitorder="little")[: self._constraint.size].astype(bool))

    def advance(self, token: int) -> None:
        """Take the token."""
        self._matcher.consume_token(token)
        self._constraint.refuse_error(self._matcher)

    def fork(self) -> GrammarWalk:
        """Another walk at the same place."""
        return GrammarWalk(self._constraint, self._matcher.deep_copy())


def _name(form: Regex | JsonSchema) -> str:
    return f"the regular expression {form.pattern!r}" if isinstance(form, Regex) else "the JSON schema"


def _body(form: Regex | JsonSchema) -> str:
    """The form as llguidance's own Lark has it."""
    if isinstance(form, Regex):
        return f"/{llguidance.regex_to_lark(form.pattern, 'd')}/"
    try:
        schema: Any = json.loads(form.schema)
    except (ValueError, RecursionError) as wrong:
        raise InputError(f"the JSON schema is not JSON: {wrong}") from None
    if not isinstance(schema, dict):
        raise InputError(f"the JSON schema must be an object, but is {schema!r:.80}")
    return "%json " + json.dumps(schema | {"x-guidance": {"whitespace_pattern": _WHITE_SPACE}})


@lru_cache(maxsize=4)
def _tokens(tokenizer: PreTrainedTokenizerBase, end_id: int) -> llguidance.LLTokenizer:
    """The tokenizer as llguidance knows it. Takes up to seconds; kept."""
    fast: Any = tokenizer
    try:
        return llguidance.hf.from_tokenizer(fast, n_vocab=len(tokenizer), eos_token=end_id)
    except ValueError:
        raise InputError(
            "a grammar needs a tokenizer that can write any text, byte by byte where it must (GPT-2's, Llama's, BART's and their "
            f"heirs), and that of {tokenizer.name_or_path or 'this model'} cannot; take another model, such as smollm2"
        ) from None
