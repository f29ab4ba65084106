"""Instructions whose following can be verified by rule, not by taste: IFEval's 25 kinds (Zhou et al. 2023).

A kind is a function of a response and of the arguments that its instructions come with, under the names that IFEval's files
give both; `KINDS` is the table of them. They decide as google-research/instruction_following_eval does, with its quirks: a
keyword is a regular expression and counts inside of other words too, a bullet is a line that begins with `*` or `-`.

Two things are other than there. Sentences are counted by the same algorithm (Punkt) with a list of abbreviations of our own,
where NLTK downloads what it learnt from a newspaper. And an argument that is missing is an error, where theirs is drawn by lot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from inspect import signature
from types import MappingProxyType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from tasktune.answers import Instruction
from tasktune.core import InputError, Row
from tasktune.metrics.instructions import languages, layout, phrases, words

Check = Callable[..., bool]

KINDS: Mapping[str, Check] = MappingProxyType(
    {
        "change_case:capital_word_frequency": words.capital_words,
        "change_case:english_capital": languages.english_in_capitals,
        "change_case:english_lowercase": languages.english_in_small_letters,
        "combination:repeat_prompt": phrases.prompt_repeated,
        "combination:two_responses": layout.two_responses,
        "detectable_content:number_placeholders": layout.placeholders,
        "detectable_content:postscript": phrases.postscript,
        "detectable_format:constrained_response": phrases.one_of_the_options,
        "detectable_format:json_format": layout.json_format,
        "detectable_format:multiple_sections": layout.sections,
        "detectable_format:number_bullet_lists": layout.bullets,
        "detectable_format:number_highlighted_sections": layout.highlights,
        "detectable_format:title": layout.title,
        "keywords:existence": phrases.keywords,
        "keywords:forbidden_words": phrases.no_forbidden_words,
        "keywords:frequency": phrases.keyword_frequency,
        "keywords:letter_frequency": words.letter_frequency,
        "language:response_language": languages.response_language,
        "length_constraints:nth_paragraph_first_word": layout.paragraph_first_word,
        "length_constraints:number_paragraphs": layout.paragraphs,
        "length_constraints:number_sentences": words.number_of_sentences,
        "length_constraints:number_words": words.number_of_words,
        "punctuation:no_comma": words.no_comma,
        "startend:end_checker": phrases.end_phrase,
        "startend:quotation": layout.quotation,
    }
)
"""The kinds of instruction by the names that IFEval's files give them."""


def instruction(kind: str, arguments: Mapping[str, Any]) -> Instruction:
    """An instruction of a kind, its arguments checked; those that are `None` count as not given.

    Raises `InputError` for a kind that is not known, and for arguments that the kind does not take or that are missing.
    """
    if kind not in KINDS:
        raise InputError(f"there is no kind of instruction called {kind!r}; there are: {', '.join(KINDS)}")
    given = {name: value for name, value in arguments.items() if value is not None}
    taken = {name: _TYPES[kind][name] for name in [*signature(KINDS[kind]).parameters][1:]}
    if given.keys() != taken.keys():
        raise InputError(f"{kind} takes {', '.join(taken) or 'nothing'}, but is given {', '.join(given) or 'nothing'}")
    return Instruction(kind, {name: _argument(kind, name, given[name], wanted) for name, wanted in taken.items()})


_TYPES = {kind: get_type_hints(check) for kind, check in KINDS.items()}


def _argument(kind: str, name: str, given: Any, wanted: Any) -> Any:
    """The argument as its kind has it: a whole number (`3.0` is one), a text, one of a few, or texts."""
    if wanted is int and isinstance(given, int | float) and given == int(given):
        return int(given)
    if get_origin(wanted) is Literal:
        if given in get_args(wanted):
            return given
        raise InputError(f"{name} of {kind} must be {' or '.join(map(repr, get_args(wanted)))}, but is {given!r}")
    texts = get_origin(wanted) is list
    if texts and isinstance(given, list | tuple) and given and all(isinstance(text, str) and text for text in given):
        return [*given]
    if wanted is str and isinstance(given, str) and given.strip():
        return given
    what = {int: "a whole number", str: "a text"}.get(wanted, "a list of texts")
    raise InputError(f"{name} of {kind} must be {what}, but is {given!r}")


def instructions_of(row: Row) -> tuple[Instruction, ...]:
    """The instructions that a row holds, if any: kinds under `instructions` and the arguments of each under `kwargs`, or objects.

    IFEval calls the kinds `instruction_id_list`; an object is {kind, arguments}. Raises `InputError`, with the row's place, for
    what is none.
    """
    given, arguments = row.get("instructions"), row.get("kwargs")
    if given is None:
        return ()
    if not isinstance(given, list | tuple):
        raise row.refuse(f"'instructions' must be a list, but is {given!r:.80}")
    if all(isinstance(each, str) for each in given):
        if not isinstance(arguments, list | tuple) or len(arguments) != len(given):
            raise row.refuse(f"'kwargs' must be a list with the arguments of {len(given)} instructions, but is {arguments!r:.80}")
        given = [{"kind": kind, "arguments": own} for kind, own in zip(given, arguments, strict=True)]
    return tuple(_instruction(row, each) for each in given)


def _instruction(row: Row, given: Any) -> Instruction:
    match given:
        case {"kind": str(kind), "arguments": Mapping() as arguments}:
            try:
                return instruction(kind, arguments)
            except InputError as wrong:
                raise row.refuse(str(wrong)) from None
    raise row.refuse(f"an instruction must be {{kind, arguments}}, but is {given!r:.80}")


_OF_LANGUAGE = frozenset(kind for kind, check in KINDS.items() if check.__module__ == languages.__name__)
"""The kinds that take a package to tell."""


def refuse_missing(asked: Iterable[Instruction]) -> None:
    """Raise `InputError` where it takes a package that is not there to tell whether one of these is followed."""
    if any(each.kind in _OF_LANGUAGE for each in asked):
        languages.langdetect()


def follows(response: str, asked: Instruction) -> bool:
    """Whether a response follows an instruction. One without words follows none.

    Raises `InputError` where that takes to tell languages apart, and the package that does is not there.
    """
    return bool(response.strip()) and KINDS[asked.kind](response, **asked.arguments)


def follows_loosely(response: str, asked: Instruction) -> bool:
    """Whether it does once asterisks, its first line, its last line or several of these are taken away: an upper bound.

    What is taken away is often an introduction ("Sure, here it is:"), a closing line, or Markdown's fonts.
    """
    lines = response.split("\n")
    parts = [response, *("\n".join(part).strip() for part in (lines[1:], lines[:-1], lines[1:-1]))]
    return any(follows(part, asked) or follows(part.replace("*", ""), asked) for part in parts)
