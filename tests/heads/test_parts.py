"""Texts longer than the model: parts of whole sentences that all fit, and a summary of the summaries."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tasktune as tt
from cases import untrained, with_options
from tasktune.core import InputError, Lost
from tasktune.heads.features import token_ids
from tasktune.heads.forms import CUT
from tasktune.heads.free_text import FreeText
from tasktune.heads.parts import parted, parts
from tasktune.models import jointly
from tasktune.models.inference import IN_PARTS, answers
from tasktune.models.model import Model
from tasktune.tasks.summarization import Summarization

SENTENCES = [f"Ship {k} left the port of Halden at noon." for k in range(30)]
LONG = Summarization(text=" ".join(SENTENCES), answer="All left.", id="long")
SHORT = Summarization(text="One ship left.", answer="It left.", id="short")

each_kind = pytest.mark.parametrize("kind", ["gpt2", "t5"])


@pytest.fixture
def model(kind: str, tiny: Callable[[str], Path]) -> Model:
    return with_options(untrained(tt.task("summarization"), tiny(kind)), max_length=200, max_new_tokens=24)


@each_kind
def test_the_parts_of_a_long_text_are_whole_sentences_that_fit(kind: str, model: Model) -> None:
    head = model.head
    assert isinstance(head, FreeText)
    found = parted(head, LONG)
    assert len(found) > 2
    assert " ".join(record.text for record in found) == LONG.text
    for record in found:
        assert record.text.endswith("noon.")
        assert head.encode(record, lost := Lost())
        assert not lost.counts
    lengths = [len(token_ids(head.tokenizer, record.text)) for record in found]
    assert max(lengths) < 2 * min(lengths)
    assert parted(head, SHORT) == [SHORT]


@each_kind
@pytest.mark.parametrize("policy", ["truncate", "drop", "error"])
def test_other_policies_part_nothing(kind: str, policy: str, model: Model) -> None:
    head = with_options(model, lossy=policy).head
    assert isinstance(head, FreeText)
    assert parted(head, LONG) == [LONG]
    if policy == "error":
        with pytest.raises(InputError, match="there is room for"):
            head.encode(LONG, Lost())


@each_kind
def test_the_summaries_of_the_parts_are_summed_up(kind: str, model: Model) -> None:
    lost = Lost()
    found = {record.id: scored.answer for record, _, scored in answers(model.net, model.head, [SHORT, LONG, SHORT], lost)}
    assert lost.as_json()[IN_PARTS] == {"count": 1, "records": ["long"]}
    assert lost.counts[CUT] > 3  # those of the parts too
    assert isinstance(model.head, FreeText)
    round_ = parted(model.head, LONG)
    while len(round_) > 1:
        said = [prediction.answer for prediction in model.predict(round_)]
        once_more = parted(model.head, merged := Summarization(text="\n".join(map(str, said)), id="merged"))
        round_ = [merged] if len(once_more) >= len(round_) else once_more
    assert found["long"] == model.predict(round_)[0].answer
    assert "".join(model.write(LONG)) == found["long"]


@each_kind
def test_one_of_several_tasks_sums_up_parts_as_it_does_alone(kind: str, model: Model) -> None:
    lost, asked = Lost(), [{"summarization": LONG}]
    ((_, _, alone),) = answers(model.net, model.head, [LONG], Lost())
    (together,) = jointly.answers(model.net, {"summarization": model.head}, asked, lost)
    assert together["summarization"][1].answer == alone.answer
    assert lost.counts[f"summarization: {IN_PARTS}"] == 1


@each_kind
def test_what_has_no_sentences_or_does_not_grow_shorter_comes_to_an_end(kind: str, model: Model) -> None:
    cramped = with_options(model, max_length=48, min_new_tokens=24)
    for text in ("x" * 400, " " * 400, "a. " * 120, "東京。" * 60):
        lost = Lost()
        ((_, _, scored),) = answers(cramped.net, cramped.head, [Summarization(text=text, id="odd")], lost)
        assert isinstance(scored.answer, str)
        assert lost.counts


@given(st.text(st.sampled_from("ab .!?\n。👍"), max_size=120), st.integers(8, 20))
def test_parts_hold_all_of_a_text_in_order(text: str, room: int) -> None:
    """A character may be of up to four tokens, which are not told apart where a text is cut."""
    found = parts(HEAD, text, room)
    assert "".join("".join(found).split()) == "".join(text.split())
    assert all(len(token_ids(HEAD.tokenizer, part)) <= room + 3 for part in found)


HEAD: FreeText


@pytest.fixture(autouse=True, scope="module")
def _head(tiny: Callable[[str], Path]) -> None:
    global HEAD
    head = untrained(tt.task("summarization"), tiny("gpt2")).head
    assert isinstance(head, FreeText)
    HEAD = head
