"""Records of every task that are hard to write and to read back: chosen by hand, and made by hypothesis."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from tasktune.answers import Cited, Dependency, Instruction, Link, Mark, Message, Reasoned, Span, Words, WordTag
from tasktune.core import Record
from tasktune.images import Image, plain
from tasktune.notations.code import clean
from tasktune.notations.conclusions import KINDS, canonical
from tasktune.notations.linked import ends_of, ordered
from tasktune.notations.sentences import sentences
from tasktune.notations.tool_calls import calls_of, tools_of
from tasktune.notations.trees import mended
from tasktune.notations.words import words
from tasktune.tasks.aspect_polarity import AspectPolarity
from tasktune.tasks.aspect_sentiment import AspectSentiment
from tasktune.tasks.captioning import Captioning
from tasktune.tasks.chat import Chat
from tasktune.tasks.classification import Classification
from tasktune.tasks.code import Code
from tasktune.tasks.code_completion import CodeCompletion
from tasktune.tasks.code_docstring import CodeDocstring
from tasktune.tasks.dependency_parsing import DependencyParsing
from tasktune.tasks.embedding import Embedding
from tasktune.tasks.generation import Generation
from tasktune.tasks.image_classification import ImageClassification
from tasktune.tasks.image_text_matching import ImageTextMatching
from tasktune.tasks.instruction_following import InstructionFollowing
from tasktune.tasks.mask import MaskedText
from tasktune.tasks.multilabel import MultiLabel
from tasktune.tasks.ner import NER
from tasktune.tasks.nli import NLI
from tasktune.tasks.nlvr import NLVR
from tasktune.tasks.opinion_quadruples import OpinionQuadruples
from tasktune.tasks.opinion_triplets import OpinionTriplets
from tasktune.tasks.paraphrase import Paraphrase
from tasktune.tasks.pos import POS
from tasktune.tasks.pretraining import Pretraining
from tasktune.tasks.question_answering import QuestionAnswering
from tasktune.tasks.question_answering_generative import QuestionAnsweringGenerative
from tasktune.tasks.question_answering_grounded import QuestionAnsweringGrounded
from tasktune.tasks.reasoning import Reasoning
from tasktune.tasks.regression import Regression
from tasktune.tasks.relation import Relation
from tasktune.tasks.relation_extraction import RelationExtraction
from tasktune.tasks.reranking import Reranking
from tasktune.tasks.summarization import Summarization
from tasktune.tasks.summarization_extractive import LABEL, SummarizationExtractive
from tasktune.tasks.translation import Translation
from tasktune.tasks.vqa import VQA

HARD_TEXTS = (
    "",
    " ",
    "two\nlines\r\nand\ta tab",
    "👩‍👩‍👧 in 北京, カフェ",
    "Zu\u0308rich\u00a0and\u2028cafe\u0301",
    "none",
    "a, b: c / d \\ e (2) | {f} <g>",
    "x" * 300,
    "\ufeffmark, \u200bzero width, \u0000 nil",
    "لندن שלום",
)
HARD_CODE = (
    *map(clean, HARD_TEXTS),
    "    return 1\n\n\ndef g():\n    pass\n",
    " + 1\nprint(2)",
    "```",
    "```python\nx\n```",
    "`````\n```\n",
    "\n\n    a\n\nb",
    "```\n",
    "  x\n}\n]\ny",
)
HARD_LABELS = (
    "work of art",
    "A:B",
    "x, y",
    "none",
    " blank ",
    "I-PER",
    "O",
    "not/a/slash",
    "back\\slash",
    "日本",
    "PER",
    "per",
    "1.0",
)
_PICTURES = ((), (Image(b""),), (plain("#ffffff", (1, 1)), Image(b"no picture")))


def _tagged(text: str, labels: tuple[str, ...]) -> POS:
    places = words(text)
    tags = (WordTag(*place, labels[k % len(labels)]) for k, place in enumerate(places))
    return POS(text=text, words=places, answer=tuple(tags))


def _all_words(text: str, labels: tuple[str, ...]) -> NER:
    """Every word an entity of its own, so that all of them are adjacent."""
    return NER(text=text, answer=tuple(Span(*place, labels[k % len(labels)]) for k, place in enumerate(words(text))))


def _tree(text: str, places: Words, heads: list[int | None], labels: tuple[str, ...]) -> DependencyParsing:
    """Words under these heads, where they form a tree, and else under such as are nearest to them."""
    names = [(labels[k % len(labels)], (*labels, "")[k % (len(labels) + 1)]) for k in range(len(places))]
    parts = zip(places, mended(heads), names, strict=True)
    return DependencyParsing(text=text, words=places, answer=tuple(Dependency(*word, head, *said) for word, head, said in parts))


def _answered(text: str, start: int, end: int, answers: tuple[str, ...] = ()) -> QuestionAnswering:
    return QuestionAnswering(text=text, question="which?", answer=(Span(start, end, "answer"),), answers=answers)


def _aspects(record: NER) -> AspectSentiment:
    return AspectSentiment(text=record.text, words=record.words, answer=record.answer)


def _chained(text: str, kinds: tuple[str, ...], labels: tuple[str, ...], nowhere: bool) -> tuple[Link, ...]:
    """Every word linked to the next, or a source of one and a target of the other kind, and where it may be, nowhere to all."""
    spans = [Span(*place, kinds[k % len(kinds)]) for k, place in enumerate(words(text))]
    links = [Link(*pair, labels[k % len(labels)]) for k, pair in enumerate(pairwise(spans)) if len(kinds) != 2 or k % 2 == 0]
    sources = [span for span in spans if span.label == kinds[0]]
    return tuple(links) + tuple(Link(source, None, labels[-1]) for source in sources if nowhere)


_OPINION = ("aspect", "opinion")


def _summed_up(text: str, places: Words, taken: set[int], references: tuple[str, ...] = ()) -> SummarizationExtractive:
    """These of the sentences that the data state, or else of those that the text has."""
    spans = tuple(Span(*place, LABEL) for k, place in enumerate(places or sentences(text)) if k in taken)
    return SummarizationExtractive(text=text, sentences=places, answer=spans, references=references)


def _reasoned(question: str, answer: str, kind: str, rationale: str, choices: tuple[str, ...] = ()) -> Reasoning:
    """A final answer of a kind as it is always spelled; 7, A or yes, where it is none of that kind."""
    final = canonical(answer, kind, choices) or {"number": "7", "choice": "A", "yes-no": "yes"}.get(kind, "a")
    return Reasoning(question=question, kind=kind, choices=choices, answer=Reasoned(final, rationale.strip()))


def _cited(text: str, places: tuple[int, ...]) -> Cited:
    """The text with marks at these places of it, of the first and the second passage in turn."""
    return Cited(text, tuple(Mark(place, 1 + k % 2) for k, place in enumerate(sorted(places))) if text else ())


HARD: dict[str, list[Record]] = {
    "aspect-polarity": [
        *(
            AspectPolarity(text=text, aspect=aspect, answer=label)
            for text in HARD_TEXTS
            for aspect in ("", "price", text)
            for label in HARD_LABELS
        ),
        AspectPolarity(text="wine $T$ wine", aspect="wine", place=(9, 13), answer="positive"),
    ],
    "aspect-sentiment": [
        *(_aspects(_all_words(text, ("POS", "NEG", "NEU"))) for text in HARD_TEXTS),
        AspectSentiment(text="the food, the food", answer=(Span(4, 8, "POS"), Span(14, 18, "NEG"))),
        AspectSentiment(text="none", answer=()),
    ],
    "captioning": [Captioning(images=images, answer=text, references=("b", text)) for text in HARD_TEXTS for images in _PICTURES],
    "chat": [
        *(Chat(messages=(Message("user", text), Message("tool", text)), answer=text) for text in HARD_TEXTS),
        *(
            Chat(
                messages=(Message("user", text), Message("assistant", "", {"tool_calls": calls_of({"name": "f", "a": text})})),
                tools=tools_of([{"name": "f", "description": text, "parameters": {}}]),
                instructions=(Instruction("detectable_format:title"),),
                answer=f'<tool_call>{{"name": "{text}"}}</tool_call>',
            )
            for text in HARD_TEXTS
        ),
    ],
    "classification": [
        Classification(text=text, pair=pair, answer=label) for text in HARD_TEXTS for pair in ("", "b") for label in HARD_LABELS
    ],
    "code": [
        *(
            Code(text=text, answer=code, tests=tests)
            for text in HARD_TEXTS
            for code in HARD_CODE
            for tests in ((), ("assert 1",))
        ),
        Code(text="x", language="Rust", setup="import math", tests=("a", "b"), answer=""),
    ],
    "code-completion": [
        CodeCompletion(prompt=prompt, suffix=suffix, answer=code)
        for prompt in ("", "def f():\n", *HARD_CODE)
        for suffix in ("", "\n", "```")
        for code in HARD_CODE
    ],
    "code-docstring": [CodeDocstring(code=text, answer=text[::-1], references=("b", text)) for text in HARD_TEXTS],
    "dependency-parsing": [
        *(_tree(text, places, list(range(len(places))), HARD_LABELS) for text in HARD_TEXTS for places in [words(text)]),
        _tree("a a b a a", words("a a b a a"), [3, 3, 0, 5, 3], ("X", "Y")),
        _tree("a b c d", words("a b c d"), [3, 4, 0, 3], ("X",)),  # arcs that cross
        _tree("1 2 0 3", words("1 2 0 3"), [0, 1, 1, 1], ("1", "0 2", "_", "a:b")),
    ],
    "embedding": [
        *(Embedding(text=text) for text in HARD_TEXTS),
        *(Embedding(text=text, pair="b", answer=-0.5) for text in HARD_TEXTS),
        *(Embedding(text=text, answer="1", negatives=(text, "3.5")) for text in HARD_TEXTS),
        *(Embedding(text=text, answer=(), id="d1") for text in HARD_TEXTS),
        *(Embedding(text=text, answer=(("d1", 2), ("d 2", -1)), passages=(("d1", text), ("d 2", "b"))) for text in HARD_TEXTS),
    ],
    "generation": [Generation(prompt=prompt, answer=text) for text in HARD_TEXTS for prompt in ("", "\n", "Once")],
    "mask": [
        *(MaskedText(text=text, answer=()) for text in HARD_TEXTS),
        *(MaskedText(text=f"{text}[MASK]{text}<mask>", answer=(text, "a b")) for text in HARD_TEXTS),
        MaskedText(text="使用语言模型", words=((0, 2), (2, 4), (4, 6)), answer=()),
        MaskedText(text="[MASK", answer=()),
        MaskedText(text="[MASK][MASK]<|mask|>", answer=("", "[MASK]", "<mask>")),
    ],
    "image-classification": [ImageClassification(images=images, answer=label) for images in _PICTURES for label in HARD_LABELS],
    "image-text-matching": [
        ImageTextMatching(text=text, images=images, answer=said)
        for text in HARD_TEXTS
        for images in _PICTURES
        for said in ("yes", "no")
    ],
    "instruction-following": [
        InstructionFollowing(prompt=text, instructions=(Instruction("startend:quotation"),), answer=text[::-1])
        for text in HARD_TEXTS
    ],
    "multilabel": [
        MultiLabel(text="a", answer=()),
        *(MultiLabel(text="a", answer=(label,)) for label in HARD_LABELS),
        MultiLabel(text="", answer=tuple(sorted(HARD_LABELS))),
    ],
    "ner": [
        *(_all_words(text, HARD_LABELS) for text in HARD_TEXTS),
        NER(text="New York New York", answer=(Span(0, 8, "LOC"), Span(9, 17, "LOC"))),
        NER(text="US and RUSSIA and US", answer=(Span(18, 20, "LOC"),)),
        NER(text="Ada met Ada", words=((0, 3), (4, 7), (8, 11)), answer=(Span(8, 11, "PER"),)),
        NER(text="a b", words=((0, 3),), answer=(Span(0, 3, "one word"),)),
        NER(text="nothing", answer=()),
    ],
    "nli": [NLI(premise=text, hypothesis=text[::-1], answer=label) for text in HARD_TEXTS for label in HARD_LABELS],
    "nlvr": [
        NLVR(sentence=text, images=images, answer=said)
        for text in HARD_TEXTS
        for images in _PICTURES
        for said in ("true", "false")
    ],
    "paraphrase": [Paraphrase(text=text, pair=text[::-1], answer=said) for text in HARD_TEXTS for said in ("yes", "no")],
    "opinion-quadruples": [
        *(OpinionQuadruples(text=text, answer=ordered(_chained(text, _OPINION, HARD_LABELS, True))) for text in HARD_TEXTS),
        *(OpinionQuadruples(text=text, answer=(Link(None, None, "A b"),)) for text in HARD_TEXTS),
        OpinionQuadruples(text="- | - (1)", answer=(Link(Span(0, 1, "aspect"), Span(4, 5, "opinion"), "-"),)),
    ],
    "opinion-triplets": [
        *(OpinionTriplets(text=text, answer=ordered(_chained(text, _OPINION, HARD_LABELS, False))) for text in HARD_TEXTS),
        OpinionTriplets(text="a a b", answer=(Link(Span(2, 3, "aspect"), Span(0, 1, "opinion"), "POS"),)),
    ],
    "pos": [
        *(_tagged(text, HARD_LABELS) for text in HARD_TEXTS),
        _tagged("a a b a a", ("X", "Y", "Z")),
        POS(text="a b/c", words=((0, 5),), answer=(WordTag(0, 5, "X"),)),
    ],
    "pretraining": [Pretraining(text=text, pair=text[::-1], answer=label) for text in HARD_TEXTS for label in ("next", "random")],
    "question-answering": [
        *(
            QuestionAnswering(text=text, question=text, answer=(), answers=given)
            for text in HARD_TEXTS
            for given in ((), ("x y",))
        ),
        *(_answered(text, start, end, ("b", "c")) for text in HARD_TEXTS for start, end in words(text)),
        *(_answered(text, 0, len(text)) for text in HARD_TEXTS if text),
        _answered("none, or none", 9, 13),
        _answered("a a b a a", 6, 7, ("a", "A")),
        _answered("see (2) and (2)", 4, 7),
        _answered("answer: answer: b", 8, 15),
    ],
    "question-answering-generative": [
        *(
            QuestionAnsweringGenerative(question="which?", context=context, answer=text, answers=answers)
            for text in (*HARD_TEXTS, "unanswerable", "\\unanswerable")
            for context, answers in (("", ()), (text, (text, "b")))
        ),
        QuestionAnsweringGenerative(question="", answer=""),
    ],
    "question-answering-grounded": [
        *(
            QuestionAnsweringGrounded(question=text, passages=(text, "b"), titles=titles, answer=cited, answers=(text, "c"))
            for text in HARD_TEXTS
            for titles in ((), (text, "t"))
            for cited in (Cited(text), _cited(text, (0, len(text) // 2, len(text), len(text))))
        ),
        *(
            QuestionAnsweringGrounded(question="which?", passages=("a",), answer=_cited(text, places))
            for text in ("[1]", "a [1] b", "[1, 2", "a[", "not in the documents", " Not in the documents.", "\\5b;1]", "[2019]")
            for places in ((), (len(text),), (1, 2))
        ),
        QuestionAnsweringGrounded(question="", answer=Cited(""), misleading=("b",)),
    ],
    "reasoning": [
        *(_reasoned(text, text, kind, text) for text in HARD_TEXTS for kind in KINDS),
        *(_reasoned(text, "B", "choice", "", (text, text[::-1])) for text in HARD_TEXTS),
        *(_reasoned("a", number, "number", "") for number in ("-1,234.50", "1/3", "0", "\u2212.5", "9" * 400)),
        _reasoned("a", "the answer is #### 3.", "text", "The answer is 4.\nThe answer is 5."),
    ],
    "regression": [
        Regression(text="a", answer=float(x)) for x in (0, -0.5, 1e-12, 1e21, 3.8, 5, -273.15, 0.1 + 0.2, 123456789.25)
    ],
    "relation": [
        *(Relation(text="ab c", pair=(Span(0, 2, "A"), Span(3, 4, "")), answer=label) for label in HARD_LABELS),
        *(Relation(text=text, pair=(Span(0, len(text), ""), Span(0, 1, "x")), answer="A(e1,e2)") for text in HARD_TEXTS if text),
    ],
    "relation-extraction": [
        *(
            RelationExtraction(text=text, answer=ordered([*links, *ends_of(links)]))
            for text in HARD_TEXTS
            for links in [_chained(text, ("A", *HARD_LABELS), HARD_LABELS, False)]
        ),
        RelationExtraction(text="a a", answer=(Span(0, 1, "X"), Span(2, 3, "X"), Link(Span(2, 3, "X"), Span(0, 1, "X"), "X"))),
        RelationExtraction(text="alone", answer=(Span(0, 5, "X"),)),
    ],
    "reranking": [
        *(Reranking(query=text, passage=text[::-1], query_id="q 1", answer=2.0) for text in HARD_TEXTS),
        *(Reranking(query="a", passage="b", answer=grade) for grade in (0.0, -1.0, 0.5, 1e9)),
    ],
    "summarization": [Summarization(text="a", answer=text, references=("b", text)) for text in HARD_TEXTS],
    "summarization-extractive": [
        *(_summed_up(text, (), {0, 2}, (text, "b")) for text in HARD_TEXTS),
        *(_summed_up(text, words(text), {1}, ("",)) for text in HARD_TEXTS),
        _summed_up("One. Two! 三。四？", (), {1, 2, 3}),
        _summed_up("One. Two.", (), set(), ("none",)),
    ],
    "translation": [
        Translation(text=text, answer=text[::-1], source_language=source, target_language=target)
        for text in HARD_TEXTS
        for source, target in (("en", "de"), ("", "zho_Hant"), ("German → ", "xx"), ("", ""))
    ],
    "vqa": [
        VQA(question=text, images=images, answer=label, answers=answers)
        for text in HARD_TEXTS
        for images in _PICTURES
        for label in HARD_LABELS
        for answers in ((), ("", "a", "a"))
    ],
}

_SIGNS = st.sampled_from("ab \n\t,:;/\\()|2-\u00a0é人\u0301👍O")
TEXTS = st.text(_SIGNS, max_size=30) | st.text(max_size=30)
LABELS = st.text(_SIGNS, min_size=1, max_size=6) | st.sampled_from(HARD_LABELS)
_CODE = (st.text(st.sampled_from("a` \n\t\r}#"), max_size=30) | TEXTS).map(clean)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def _words(draw: Any) -> tuple[str, tuple[tuple[int, int], ...]]:
    """A text and words in it: its own, or such as data may state (with blanks inside, in the midst of others)."""
    text = draw(TEXTS)
    if draw(st.booleans()) or not text:
        return text, words(text)
    edges = sorted(draw(st.sets(st.integers(0, len(text)), min_size=2, max_size=8)))
    return text, tuple(zip(edges[::2], edges[1::2], strict=False))


@st.composite
def _ner(draw: Any) -> NER:
    """Entities of whole words, none on top of another."""
    text, places = draw(_words())
    edges = sorted(draw(st.sets(st.integers(0, len(places)), max_size=6)))
    runs = pairwise(edges)
    spans = [Span(places[a][0], places[b - 1][1], draw(LABELS)) for a, b in runs if draw(st.booleans())]
    return NER(text=text, words=places, answer=tuple(spans))


@st.composite
def _pos(draw: Any) -> POS:
    text, places = draw(_words())
    return POS(text=text, words=places, answer=tuple(WordTag(*place, draw(LABELS)) for place in places))


@st.composite
def _parsed(draw: Any) -> DependencyParsing:
    text, places = draw(_words())
    heads = [draw(st.integers(0, len(places))) for _ in places]
    return _tree(text, places, list(heads), tuple(draw(st.lists(LABELS, min_size=1, max_size=3))))


@st.composite
def _with_masks(draw: Any) -> MaskedText:
    """A text with masks between its parts, or without any."""
    parts = draw(st.lists(TEXTS.filter(lambda text: "<" not in text and "[" not in text), min_size=1, max_size=4))
    words = tuple(draw(TEXTS) for _ in parts[1:])
    return MaskedText(text=draw(st.sampled_from(("[MASK]", "<mask>"))).join(parts), answer=words)


@st.composite
def _relation(draw: Any) -> Relation:
    """Any two places, on top of each other or not."""
    text = draw(TEXTS.filter(bool))
    edges = st.integers(0, len(text))
    places = st.tuples(edges, edges).filter(lambda place: place[0] < place[1])
    kinds = st.just("") | LABELS
    first, second = (Span(*draw(places), draw(kinds)) for _ in range(2))
    return Relation(text=text, pair=(first, second), answer=draw(LABELS))


@st.composite
def _links(draw: Any, kinds: tuple[str, ...], nowhere: bool) -> tuple[str, Words, tuple[Span, ...], tuple[Link, ...]]:
    """Spans of whole words, none on top of another, and at most one link from each of the first kind to each of the last."""
    text, places = draw(_words())
    runs = pairwise(sorted(draw(st.sets(st.integers(0, len(places)), max_size=6))))
    spans = [Span(places[a][0], places[b - 1][1], draw(st.sampled_from(kinds) if kinds else LABELS)) for a, b in runs]
    ends = [*spans, *([None] if nowhere else [])]
    pairs = [(a, b) for a in ends for b in ends if not kinds or (_of(a, kinds[0]) and _of(b, kinds[-1]))]
    chosen = draw(st.sets(st.sampled_from(pairs), max_size=4)) if pairs else set()
    return text, places, tuple(spans), tuple(Link(*pair, draw(LABELS)) for pair in chosen)


def _of(end: Span | None, kind: str) -> bool:
    return end is None or end.label == kind


_TRIPLETS, _QUADRUPLES, _RELATIONS = _links(_OPINION, False), _links(_OPINION, True), _links((), False)


@st.composite
def _asked(draw: Any) -> QuestionAnswering:
    """An answer anywhere in the text, or none, or one that stands nowhere in it."""
    text, others = draw(TEXTS), tuple(draw(st.lists(TEXTS.filter(bool), max_size=2, unique=True)))
    edges = sorted(draw(st.sets(st.integers(0, len(text)), max_size=2)))
    answer = (Span(*edges, "answer"),) if len(edges) == 2 else ()
    alone = answer and others == (text[edges[0] : edges[1]],)
    return QuestionAnswering(text=text, question=draw(TEXTS), answer=answer, answers=() if alone else others)


@st.composite
def _polarity(draw: Any) -> AspectPolarity:
    """An aspect anywhere in the text, or a category that stands nowhere in it."""
    text, label = draw(TEXTS), draw(LABELS)
    edges = sorted(draw(st.sets(st.integers(0, len(text)), max_size=2)))
    if len(edges) == 2:
        return AspectPolarity(text=text, aspect=text[edges[0] : edges[1]], place=(edges[0], edges[1]), answer=label)
    return AspectPolarity(text=text, aspect=draw(TEXTS), answer=label)


_NEGATIVES = st.lists(TEXTS, max_size=2).map(tuple)
_JUDGED = st.lists(st.tuples(TEXTS, st.integers(-1, 4)), max_size=3, unique_by=lambda judged: judged[0]).map(tuple)


@st.composite
def _grounded(draw: Any) -> QuestionAnsweringGrounded:
    """Any answer, with marks anywhere in it."""
    text = draw(TEXTS | st.text(st.sampled_from("[]12, \\a;"), max_size=12))
    places = tuple(draw(st.lists(st.integers(0, len(text)), max_size=4)))
    passages = tuple(draw(st.lists(TEXTS, max_size=3)))
    return QuestionAnsweringGrounded(question=draw(TEXTS), passages=passages, answer=_cited(text, places))


@st.composite
def _summed(draw: Any) -> SummarizationExtractive:
    """Any sentences of a text, its own or such as data may state."""
    text, places = draw(st.tuples(TEXTS, st.just(())) | _words())
    references = tuple(draw(st.lists(TEXTS, max_size=2)))
    return _summed_up(text, places, draw(st.sets(st.integers(0, 5))), references)


_TURNS = st.lists(st.builds(Message, st.sampled_from(["system", "user", "tool"]), TEXTS), min_size=1, max_size=3)

_INSTRUCTIONS = st.lists(
    st.builds(Instruction, st.sampled_from(["punctuation:no_comma", "detectable_format:title"]))
    | st.builds(Instruction, st.just("keywords:existence"), st.fixed_dictionaries({"keywords": st.just(["a", "("])}))
    | st.builds(
        Instruction, st.just("length_constraints:number_paragraphs"), st.fixed_dictionaries({"num_paragraphs": st.integers()})
    ),
    max_size=3,
).map(tuple)

_SEEN = st.lists(st.builds(Image, st.binary(max_size=9)), max_size=2).map(tuple)

MADE: dict[str, st.SearchStrategy[Any]] = {
    "aspect-polarity": _polarity(),
    "aspect-sentiment": _ner().map(_aspects),
    "captioning": st.builds(Captioning, images=_SEEN, answer=TEXTS, references=st.lists(TEXTS, max_size=2).map(tuple)),
    "chat": st.builds(Chat, messages=_TURNS.map(tuple), answer=TEXTS),
    "classification": st.builds(Classification, text=TEXTS, pair=TEXTS, answer=LABELS),
    "code": st.builds(
        Code, text=TEXTS.filter(bool), language=TEXTS, tests=st.lists(_CODE, max_size=2).map(tuple), setup=_CODE, answer=_CODE
    ),
    "code-completion": st.builds(
        CodeCompletion, prompt=_CODE, suffix=_CODE, language=_CODE, tests=_CODE, entry_point=_CODE, answer=_CODE
    ),
    "code-docstring": st.builds(CodeDocstring, code=TEXTS, answer=TEXTS),
    "dependency-parsing": _parsed(),
    "embedding": st.builds(Embedding, text=TEXTS, pair=TEXTS.filter(bool), answer=NUMBERS)
    | st.builds(Embedding, text=TEXTS, answer=TEXTS.filter(bool), negatives=_NEGATIVES)
    | st.builds(Embedding, text=TEXTS, answer=_JUDGED, side=st.sampled_from(["", "query", "document"])),
    "generation": st.builds(Generation, prompt=TEXTS, answer=TEXTS),
    "image-classification": st.builds(ImageClassification, images=_SEEN, answer=LABELS),
    "image-text-matching": st.builds(ImageTextMatching, text=TEXTS, images=_SEEN, answer=st.sampled_from(["yes", "no"])),
    "instruction-following": st.builds(InstructionFollowing, prompt=TEXTS, instructions=_INSTRUCTIONS, answer=TEXTS),
    "mask": _with_masks(),
    "multilabel": st.builds(MultiLabel, text=TEXTS, answer=st.sets(LABELS).map(lambda names: tuple(sorted(names)))),
    "ner": _ner(),
    "nli": st.builds(NLI, premise=TEXTS, hypothesis=TEXTS, answer=LABELS.filter(lambda label: label != "-")),
    "nlvr": st.builds(NLVR, sentence=TEXTS, images=_SEEN, answer=st.sampled_from(["true", "false"])),
    "paraphrase": st.builds(Paraphrase, text=TEXTS, pair=TEXTS, answer=st.sampled_from(["yes", "no"])),
    "opinion-quadruples": _QUADRUPLES.map(lambda it: OpinionQuadruples(text=it[0], words=it[1], answer=ordered(it[3]))),
    "opinion-triplets": _TRIPLETS.map(lambda it: OpinionTriplets(text=it[0], words=it[1], answer=ordered(it[3]))),
    "pos": _pos(),
    "pretraining": st.builds(Pretraining, text=TEXTS, pair=TEXTS, answer=st.sampled_from(("next", "random"))),
    "question-answering": _asked(),
    "question-answering-generative": st.builds(
        QuestionAnsweringGenerative,
        question=TEXTS,
        context=TEXTS,
        answer=TEXTS | st.sampled_from(["unanswerable", "\\\\unanswerable"]),
    ),
    "question-answering-grounded": _grounded(),
    "reasoning": st.builds(_reasoned, TEXTS, TEXTS, st.sampled_from(KINDS), TEXTS)
    | st.builds(
        _reasoned, TEXTS, st.sampled_from("ABC"), st.just("choice"), TEXTS, st.lists(TEXTS, min_size=2, max_size=4).map(tuple)
    ),
    "regression": st.builds(Regression, text=TEXTS, pair=TEXTS, answer=NUMBERS),
    "relation": _relation(),
    "relation-extraction": _RELATIONS.map(
        lambda it: RelationExtraction(text=it[0], words=it[1], answer=ordered((*it[2], *it[3])))
    ),
    "reranking": st.builds(Reranking, query=TEXTS, passage=TEXTS, query_id=TEXTS, answer=NUMBERS),
    "summarization": st.builds(Summarization, text=TEXTS, answer=TEXTS, references=st.lists(TEXTS, max_size=2).map(tuple)),
    "summarization-extractive": _summed(),
    "translation": st.builds(Translation, text=TEXTS, answer=TEXTS, source_language=TEXTS, target_language=TEXTS),
    "vqa": st.builds(VQA, question=TEXTS, images=_SEEN, answer=LABELS, answers=st.lists(TEXTS, max_size=3).map(tuple)),
}


def reading_on(tree: DependencyParsing, times: int) -> DependencyParsing:
    """The tree with its words said over and over, all of them under the first root."""
    (root,) = (k for k, word in enumerate(tree.answer, 1) if word.head == 0)
    far, count = len(tree.text) + 1, len(tree.answer)
    said = [
        replace(word, start=word.start + k * far, end=word.end + k * far, head=word.head + k * count if word.head else k and root)
        for k in range(times)
        for word in tree.answer
    ]
    words = tuple((word.start, word.end) for word in said)
    return DependencyParsing(text=" ".join([tree.text] * times), words=words, answer=tuple(said), id=tree.id)
