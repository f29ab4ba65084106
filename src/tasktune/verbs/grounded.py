"""Measure how well questions are answered from documents: what is found for them, what is said, and whether that is borne out.

A question's row has `question`, what is accepted as `answer` or `answers` ("" or an empty list where the documents do not say),
and where the answer stands as `sources`: names of documents, or `{source, start, end}` for a place in one. Each may be missing,
and what it is needed for is not measured then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from math import log
from pathlib import Path
from typing import Any, final

from tasktune.answers import Cited, Mark
from tasktune.core import Counts, InputError, Lost, Metric, Row
from tasktune.datasets import Data, called
from tasktune.metrics.bootstrap import Tally
from tasktune.metrics.grounding import Entails, borne_out, faithfulness, grounded
from tasktune.metrics.retrieval import averaged, measured
from tasktune.metrics.threshold import best_threshold
from tasktune.models.model import Model, load
from tasktune.notations.amounts import amount
from tasktune.notations.plain import as_json
from tasktune.passages import Hit
from tasktune.readers import rows
from tasktune.readers.mapping import known_names, mapped
from tasktune.recipe import Recipe
from tasktune.retrieval.search import Search, finding, said_of
from tasktune.retrieval.ways import Find
from tasktune.scores import Score
from tasktune.stores.base import Store
from tasktune.stores.opening import open_store
from tasktune.tasks.question_answering_grounded import QuestionAnsweringGrounded
from tasktune.verbs.answerers import Answerer, answerer
from tasktune.verbs.ask import K, Suspects, asking, finished
from tasktune.verbs.confidence import Confidence, best_score, fitted
from tasktune.verbs.grounded_answer import GroundedAnswer

DEPTH = 100
"""Passages that are looked for to measure what is found."""
_AT_ONCE = 1000
_ENTAILED = ("entailment", "entails", "0")


@final
@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the answers that are accepted (none: the documents do not say; `None`: not known), and where they stand."""

    question: str
    answers: tuple[str, ...] | None
    sources: tuple[tuple[str, int, int | None], ...]
    id: str


@dataclass(frozen=True, slots=True)
class GroundedEvaluation:
    """The figures of what was found (`found`) and of what was answered (`answered`), each with its 95 % interval."""

    questions: int
    found: dict[str, Score]
    answered: dict[str, Score]
    lost: Lost

    def as_json(self) -> dict[str, Any]:
        """As `tasktune evaluate STORE … --json` prints it; `null` where there is no number."""
        shown: dict[str, Any] = as_json(
            {
                "questions": self.questions,
                "found": {name: asdict(score) for name, score in self.found.items()},
                "answered": {name: asdict(score) for name, score in self.answered.items()},
                "lost": self.lost.as_json(),
            }
        )
        return shown


def asked_in(data: Data, format: str | None = None) -> Iterator[Asked]:
    """The questions of a file, or of rows. Raises `InputError` at a row that holds none."""
    given = rows(data, format, known_names(_FIELDS, _ALIASES, {})) if isinstance(data, str | Path) else data
    for number, row in enumerate(given, 1):
        named = row if isinstance(row, Row) else Row(dict(row), f"question {number}")
        yield _asked(mapped(named, _FIELDS, _ALIASES, {}))


_FIELDS = ("question", "answers", "answer", "sources")
_ALIASES = {"question": ("query", "text"), "sources": ("source", "documents", "relevant")}


def _asked(row: Row) -> Asked:
    row.string("question")  # a column that is missing is told beside those that are there
    record = QuestionAnsweringGrounded.from_row(Row({n: v for n, v in row.values.items() if n in _OF_ANSWERS}, row.where))
    golds = None if record.answer is None else record.answers or ((record.answer.text,) if record.answer.text else ())
    return Asked(record.question, golds, tuple(_source(row, one) for one in _listed(row.get("sources"))), row.id)


_OF_ANSWERS = ("question", "answer", "answers", "is_impossible", "answerable")


def _listed(given: Any) -> list[Any]:
    return [] if given is None else list(given) if isinstance(given, list | tuple) else [given]


def _source(row: Row, given: Any) -> tuple[str, int, int | None]:
    match given:
        case str():
            return given, 0, None
        case {"source": str(name)}:
            match given.get("start") or 0, given.get("end"):
                case (int(start), int() | None as end):
                    return name, start, end
    raise row.refuse(f"'sources' are names of documents, or {{source, start, end}}, but one is {given!r:.80}")


def evaluate_grounded(
    knowledge: Path | str | Find,
    questions: Data,
    generator: Answerer | Model | Path | str | None = None,
    k: int = K,
    how: Search | None = None,
    suspects: Suspects = "drop",
    confidence: Confidence | Path | str | None = None,
    judge: Model | Path | str | None = None,
    format: str | None = None,
    recipe: Recipe | None = None,
) -> GroundedEvaluation:
    """Figures of what is found in a store where questions name sources, and of what `generator` says where they have answers.

    All is as `ask` takes it. With a `judge`, a model tuned for `nli`, also of how much of what is said is borne out by what it
    cites. Raises `InputError` where the questions hold nothing to measure by.
    """
    who, lost, asked = None if generator is None else answerer(generator), Lost(), list(asked_in(questions, format))
    if not asked:
        raise InputError(f"{called(questions)}: there is no question in it")
    entails = None if judge is None else by_nli(judge, lost)
    if isinstance(knowledge, str | Path):
        with open_store(knowledge) as store:
            note_missing(asked, store, (how or Search()).collection, lost)
    sure = confidence if isinstance(confidence, Confidence | None) else Confidence.load(confidence)
    with finding(knowledge, how, recipe) as find:
        found = _found(find, [one for one in asked if one.sources])
        said = [one for one in asked if one.answers is not None] if who else []
        answers = [finished(asking(find, one.question, who, k, suspects, sure, lost=lost)) for one in said if who]
    scored = _scored(said, answers) if answers else {}
    if entails is not None and answers:
        scored |= _judged(answers, entails)
    if not found and not scored:
        raise InputError("the questions have neither sources, to measure what is found, nor answers, to measure what is said")
    return GroundedEvaluation(len(asked), found, scored, lost)


def note_missing(asked: Sequence[Asked], store: Store, collection: str, lost: Lost) -> None:
    """Note in `lost` the sources that questions name and a store has not: what stands there cannot be found.

    Raises `InputError` where it has none of them.
    """
    names = sorted({name for one in asked for name, *_ in one.sources})
    there = set[str]()
    for start in range(0, len(names), _AT_ONCE):
        there |= {passage.source for passage in store.passages(collection, {"source": names[start : start + _AT_ONCE]})}
    if names and not there and store.count(collection):
        has = next(passage.source for passage in store.passages(collection))
        raise InputError(
            f"none of the {amount(len(names), 'source')} that the questions name (first: {names[0]!r}) is in the collection "
            f"{collection!r}, which has {has!r}, for one; name documents as they were indexed, or index those that are meant"
        )
    for name in names:
        if name not in there:
            lost.add("a source that is not in the store", name)


def _scored(asked: Sequence[Asked], answers: Sequence[GroundedAnswer]) -> dict[str, Score]:
    tally = Tally(grounded)
    for one, answer in zip(asked, answers, strict=True):
        tally.add(_record(one, answer), answer.answer)
    return dict(tally.scores().values)


def _found(find: Find, asked: Sequence[Asked]) -> dict[str, Score]:
    if not asked:
        return {}
    tally = Tally(_RANKED)
    for one, hits in zip(asked, find([each.question for each in asked], DEPTH), strict=True):
        tally.add(None, {"query": _figures(one, hits)})
    return dict(tally.scores().values)


def ndcg(asked: Asked, hits: Sequence[Hit]) -> float:
    """nDCG@10 of what was found for a question, by the sources that it names."""
    return _figures(asked, hits)["ndcg@10"]


def _figures(asked: Asked, hits: Sequence[Hit]) -> dict[str, float]:
    return measured({_name(source): 1 for source in asked.sources}, _ranking(asked, hits))


def _count_ranked(record: Any, counts: Any) -> Counts:
    given: Counts = counts
    return given


_RANKED: Metric[Any] = Metric(
    "found", "ndcg@10", _count_ranked, lambda sums: averaged(list(sums["query"]), sums["times"]), kept=("query",)
)


def _ranking(asked: Asked, hits: Sequence[Hit]) -> list[str]:
    """What was found, best first: the sources by name, the first passage of each; other passages by their own."""
    names = []
    for hit in hits:
        within = [source for source in asked.sources if _is_in(hit, source)]
        names += [_name(source) for source in within] or [hit.passage.id]
    return list(dict.fromkeys(names))


def _is_in(hit: Hit, source: tuple[str, int, int | None]) -> bool:
    name, start, end = source
    return hit.passage.source == name and hit.passage.end > start and (end is None or hit.passage.start < end)


def _name(source: tuple[str, int, int | None]) -> str:
    return "\n".join(map(str, source))


def _record(asked: Asked, answer: GroundedAnswer) -> QuestionAnsweringGrounded:
    """The question as it was answered: with the hits as its passages, of which those bear it out that are in its sources."""
    golds = asked.answers or ()
    numbers = [n for n, hit in enumerate(answer.hits, 1) if any(_is_in(hit, source) for source in asked.sources)]
    gold = Cited(golds[0], tuple(Mark(len(golds[0]), n) for n in numbers)) if golds else Cited("")
    return QuestionAnsweringGrounded(question=asked.question, answer=gold, answers=golds, id=asked.id)


def by_nli(model: Model | Path | str, lost: Lost | None = None) -> Entails:
    """Whether one text entails another, as a model tuned for `nli` has it. Raises `InputError` where it is none."""
    with said_of("judge"):
        judge = model if isinstance(model, Model) else load(model)
    labels = {label.casefold(): label for label in judge.head.labels}
    entailed = next((labels[name] for name in _ENTAILED if name in labels), None)
    if judge.task.name != "nli" or entailed is None:
        has = ", ".join(judge.head.labels) or "no labels"
        raise InputError(f"the judge must be tuned for nli with a label 'entailment'; this one does {judge.task.name} ({has})")
    return lambda premise, claim: next(judge.stream([{"premise": premise, "hypothesis": claim}], lost)).answer == entailed


def _judged(answers: Iterable[GroundedAnswer], entails: Entails) -> dict[str, Score]:
    tally = Tally(faithfulness)
    for answer in answers:
        claims = [
            (answer.text[each.start : each.end], [answer.hits[one.hit - 1].passage.text for one in each.citations])
            for each in answer.sentences
        ]
        tally.add(None, borne_out(claims, entails))
    return dict(tally.scores().values)


def calibrate(
    knowledge: Path | str | Find,
    questions: Data,
    generator: Answerer | Model | Path | str,
    k: int = K,
    how: Search | None = None,
    suspects: Suspects = "drop",
    format: str | None = None,
    recipe: Recipe | None = None,
    lost: Lost | None = None,
) -> Confidence:
    """How sure answers of this generator from these documents are, and from where on they had better be given.

    Learnt on questions with answers, some of which the documents should not answer. It holds for the same way of finding, whose
    scores it goes by. All is as `ask` takes it.
    """
    asked, who = [one for one in asked_in(questions, format) if one.answers is not None], answerer(generator)
    with finding(knowledge, how, recipe) as find:
        answers = [(one, finished(asking(find, one.question, who, k, suspects, lost=lost))) for one in asked]
    given = [(one, answer) for one, answer in answers if not answer.abstained]
    if len(given) < 2:
        raise InputError(f"of {len(asked)} questions {len(given)} were answered; it takes more to know how sure answers are")
    known = [(best_score(answer.hits), 0.0 if answer.score is None else log(answer.score)) for _, answer in given]
    counts = [(grounded.count(_record(*each), each[1].answer), grounded.count(_record(*each), Cited(""))) for each in given]
    right = [float(said["f1"]) if one.answers else 0.0 for (one, _), (said, _) in zip(given, counts, strict=True)]
    confidence = fitted(known, right)
    alternatives = [(confidence.odds(*each), *both) for each, both in zip(known, counts, strict=True)]
    return replace(confidence, threshold=best_threshold(grounded, alternatives)[0])
