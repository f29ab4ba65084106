"""What a question is answered from, out of rows: passages with their titles, the answers, and which passages bear them out.

    {passages: [text, …] or [{title, text}, …], answer, answers, citations: [number, …]}     one's own
    {context: [[title, [sentence, …]], …], supporting_facts: [[title, sentence], …]}         HotpotQA
    {paragraphs: [{title, paragraph_text, is_supporting}, …]}                                MuSiQue
    {context: text, answers: {text, answer_start}, is_impossible}                            SQuAD
    {docs: [{title, text}, …]}, {ctxs: …}                                                    ALCE, DPR
    {positive, negative, positive_wrong, fakeanswer}                                         RGB

RGB (Chen et al. 2024) asks in three settings about `count` passages (5): `noise`, of which a share says nothing of the answer;
`rejection`, where none does; `counterfactual`, where those that do say something wrong. As its own script does it, a share is
rounded up, and where one kind runs short the other fills its place; the order is by chance, but for a question always the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from random import Random
from typing import Any, Final

from tasktune.answers import Cited, Mark
from tasktune.core import Row
from tasktune.notations import citations
from tasktune.passages import Passage

SETTINGS: Final = ("noise", "rejection", "counterfactual")
COUNT: Final = 5

_Found = tuple[str, str, bool]
"""The title of a passage, its text, and whether it is known to bear the answer out."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a row has to answer from, and the answer, if it has one."""

    passages: tuple[str, ...]
    titles: tuple[str, ...]
    answer: Cited | None
    answers: tuple[str, ...]


def grounds_of(row: Row) -> Ground:
    """The passages and the answer of a row. Raises `InputError`, with its place, where they are none."""
    chosen = _chosen(row) if row.get("positive") is not None else None
    found = [*_passages(row)] if chosen is None else chosen
    answer, answers = _answers(row)
    if chosen is not None and answer is not None and not any(borne for _, _, borne in found) and _setting(row) != SETTINGS[2]:
        answer, answers = Cited(""), ()
    if answer is not None and answer.text and not answer.marks and not isinstance(row.get("answer"), dict):
        supporting = _supporting(row, found)
        answer = Cited(answer.text, tuple(Mark(len(answer.text), number) for number in supporting))
    titles = tuple(title for title, _, _ in found)
    return Ground(tuple(text for _, text, _ in found), titles if any(titles) else (), answer, answers)


def _passages(row: Row) -> Iterable[_Found]:
    given, titles = row.get("passages"), row.strings("titles") or ()
    match given:
        case str():
            given = [given]
        case {"title": [*names], "sentences": [*texts]}:
            given = list(zip(names, texts, strict=True))
        case None:
            given = []
    if not isinstance(given, list | tuple):
        raise row.refuse(f"'passages' must be a list of texts or of {{title, text}}, but is {given!r:.80}")
    if titles and len(titles) != len(given):
        raise row.refuse(f"{len(given)} passages but {len(titles)} titles; each passage has one, or none has")
    for one, title in zip(given, titles or [""] * len(given), strict=True):
        yield _passage(row, one, title)


def _passage(row: Row, given: Any, title: str) -> _Found:
    match given:
        case str():
            return title, given, False
        case Passage():
            return " › ".join(given.titles), given.text, False
        case (str(title), [*sentences]) if all(isinstance(sentence, str) for sentence in sentences):
            return title, " ".join(" ".join(sentences).split()), False
        case {"text": str(text)} | {"paragraph_text": str(text)} | {"contents": str(text)}:
            name = given.get("title")
            return name if isinstance(name, str) else title, text, given.get("is_supporting") is True
    raise row.refuse(f"a passage must be a text or {{title, text}}, but is {given!r:.80}")


def _supporting(row: Row, found: Sequence[_Found]) -> list[int]:
    """The numbers of the passages that bear the answer out, where the row says so: by number, or by title."""
    given = row.get("citations")
    if isinstance(given, dict):
        given = given.get("title")
    names = [one[0] if isinstance(one, list | tuple) and one else one for one in given or ()]
    numbers = {one for one in names if isinstance(one, int) and not isinstance(one, bool)}
    if wrong := sorted(number for number in numbers if not 1 <= number <= len(found)):
        raise row.refuse(f"'citations' counts passages from 1 to {len(found)}, but has {wrong[0]}")
    if len(found) == 1 and not row.get("citations"):  # what else would it be answered from?
        return [1]
    return [n for n, (title, _, borne) in enumerate(found, 1) if borne or n in numbers or (title and title in names)]


def _answers(row: Row) -> tuple[Cited | None, tuple[str, ...]]:
    """The answer, and all that are accepted where that is more; `Cited("")` where the row says that there is none."""
    given = row.get("answer")
    if isinstance(given, dict) and isinstance(given.get("text"), str) and "citations" in given:
        return _cited(row, given["text"], given["citations"]), row.texts("answers")
    if row.get("is_impossible") is True or row.get("answerable") is False:
        return Cited(""), ()
    said = [*_texts(row, given), *_texts(row, row.get("answers"))]
    said = [*dict.fromkeys(text for text in said if text)]
    if not said:
        return (None if given is None and row.get("answers") is None else Cited("")), ()
    cited = citations.read(said[0])
    return cited, (cited.text, *said[1:]) if said[1:] else ()


def _texts(row: Row, given: Any) -> list[str]:
    """A text, a list of texts (or of lists of them, RGB's), SQuAD's {text, answer_start}, or a list of those."""
    match given:
        case None:
            return []
        case str():
            return [given]
        case {"text": inner}:
            return _texts(row, inner)
        case [*parts]:
            return [text for part in parts for text in _texts(row, part)]
    raise row.refuse(f"an answer must be a text or a list of texts, but is {given!r:.80}")


def _cited(row: Row, text: str, given: Any) -> Cited:
    """What `predict` wrote: the text, and its marks as {place, passage}; or as numbers of passages, for all of it."""
    marks = []
    for one in given or ():
        match one:
            case {"place": int(place), "passage": int(passage)} if 0 <= place <= len(text) and passage > 0:
                marks.append(Mark(place, passage))
            case int(passage) if passage > 0:
                marks.append(Mark(len(text), passage))
            case _:
                raise row.refuse(f"a citation must be {{place, passage}} with a place in the answer, but is {one!r:.80}")
    return Cited(text, tuple(sorted(marks, key=lambda mark: mark.place))) if text else Cited("")


def _setting(row: Row) -> str:
    setting = row.optional("setting") or SETTINGS[0]
    if setting not in SETTINGS:
        raise row.refuse(f"'setting' must be one of {', '.join(SETTINGS)}, but is {setting!r}")
    return setting


def _chosen(row: Row) -> list[_Found]:
    """The passages that a setting of RGB's asks about. Those that say something wrong bear out no answer."""
    setting, count = _setting(row), int(_number(row, "count", COUNT))
    noise = 1.0 if setting == "rejection" else _number(row, "noise", 0.0)
    wrong = setting == "counterfactual"
    saying = [("", text, not wrong) for text in _flat(row, "positive_wrong" if wrong else "positive")]
    others = [("", text, False) for text in _flat(row, "negative")]
    beside = min(ceil(count * noise), count)
    if noise < 1 and beside > len(others):
        beside = len(others)
    elif noise < 1 and count - beside > len(saying):
        beside = count - len(saying)
    made = saying[: count - beside] + others[:beside]
    Random(row.id).shuffle(made)
    return made


def _flat(row: Row, name: str) -> list[str]:
    """RGB's texts; where a question has several parts, a list of texts for each, the first of each part first."""
    given = row.get(name)
    if isinstance(given, list) and all(isinstance(part, list) for part in given):
        longest = max(map(len, given), default=0)
        return [str(part[k]) for k in range(longest) for part in given if k < len(part)]
    return [*row.texts(name)]


def _number(row: Row, name: str, usual: float) -> float:
    given = row.get(name)
    try:
        number = usual if given is None else float(given)
    except (TypeError, ValueError):
        number = -1.0
    if number < 0:
        raise row.refuse(f"{name!r} must be a number of 0 or more, but is {given!r}")
    return number
