"""From the form that a text is held to, as a framing or a user says it, to what may be decoded."""

from __future__ import annotations

from functools import lru_cache

from transformers import PreTrainedTokenizerBase

from tasktune.forms import Automaton, Form, JsonSchema, Regex
from tasktune.generation.automaton import AutomatonConstraint
from tasktune.generation.constraint import Constraint
from tasktune.generation.grammar import GrammarConstraint
from tasktune.generation.vocabulary import vocabulary


def held_to(form: Form, tokenizer: PreTrainedTokenizerBase, separator: str, end_id: int) -> Constraint:
    """Texts of a form behind `separator`, ended by the token `end_id`. Raises `InputError` where the form cannot be used."""
    if isinstance(form, Automaton):
        return AutomatonConstraint(form, vocabulary(tokenizer), separator, end_id)
    return _grammar(form, tokenizer, separator, end_id)


@lru_cache(maxsize=4)  # the same for every record
def _grammar(form: Regex | JsonSchema, tokenizer: PreTrainedTokenizerBase, separator: str, end_id: int) -> GrammarConstraint:
    return GrammarConstraint(form, tokenizer, separator, end_id)
