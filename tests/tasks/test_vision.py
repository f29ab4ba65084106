"""Tasks about pictures: what is asked, of which family, and when an answer is one of a few."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import PIL.Image
import pytest

import tasktune as tt
from rows import read
from tasktune.core import InputError, Lost
from tasktune.heads.choices import Choices
from tasktune.heads.free_text import FreeText
from tasktune.images import ONE_FRAME, Image, plain
from tasktune.tasks import task
from tasktune.tasks.vqa import FEW, VQA

RED = plain("#d02020")
SEEING = ("captioning", "image-classification", "image-text-matching", "nlvr", "vqa")


@pytest.mark.parametrize("name", SEEING)
def test_only_models_that_see_can_do_it(name: str) -> None:
    found = task(name)
    assert set(found.framings()) == {"vision-language"}
    with pytest.raises(InputError, match=f"{name} cannot be done by a model of the decoder family; it can by: vision-language"):
        found.framing("decoder")


@pytest.mark.parametrize("name", SEEING)
def test_the_pictures_are_in_the_prompt_in_their_order(name: str) -> None:
    record = replace(task(name).example[0], images=(RED, plain("#000000"), RED))
    assert task(name).vision_language.prompt(record).images == record.images


def test_few_answers_are_a_closed_set_and_many_are_none() -> None:
    words = task("vqa").vision_language
    few, many = ([str(k) for k in range(n)] for n in (FEW, FEW + 1))
    assert words.inventory(few) == tuple(sorted(few))
    assert words.inventory(many) == ()
    assert words.among(("a", "b")).closed
    assert not words.among(()).closed
    assert not task("captioning").vision_language.among(("a",)).closed
    assert task("nli").decoder.among(()).closed


@pytest.mark.parametrize(("labels", "head"), [(("red", "blue"), Choices), (None, FreeText)])
def test_labels_that_are_named_are_what_there_is_to_choose_from(
    labels: tuple[str, ...] | None, head: type, tiny: Callable[[str], Path]
) -> None:
    shots = [VQA(question="What?", images=(RED,), answer="red")]
    found = tt.untuned("vqa", str(tiny("llava")), shots=shots, labels=labels)
    assert isinstance(found.head, head)  # what one shot shows is not all there is
    assert found.head.labels == tuple(sorted(labels or ()))


@pytest.mark.parametrize(
    ("values", "answer", "answers"),
    [
        ({"answer": "red"}, "red", ()),
        ({"answers": ["red", "blue", "red"]}, "red", ("red", "blue", "red")),
        ({"answers": [{"answer": "no", "answer_id": 1}], "multiple_choice_answer": "yes"}, "yes", ("no",)),
        ({"answer": 2}, "2", ()),
        ({"answer": True}, "true", ()),
        ({}, None, ()),
    ],
)
def test_the_answer_is_that_which_most_gave(values: dict[str, object], answer: str | None, answers: tuple[str, ...]) -> None:
    found = read("vqa", question="?", image=RED, **values)
    assert (found.answer, found.answers) == (answer, answers)


def test_answers_that_are_no_texts_are_refused() -> None:
    with pytest.raises(InputError, match=r"'answers' must be texts or \{answer\}, but one is 3"):
        read("vqa", question="?", image=RED, answers=[3])


@pytest.mark.parametrize(
    ("values", "answer", "references"),
    [
        ({"caption": "a"}, "a", ()),
        ({"captions": ["a", "b"]}, "a", ("a", "b")),
        ({"references": ["a", "b"]}, "a", ("a", "b")),
        ({}, None, ()),
    ],
)
def test_the_first_of_several_captions_is_the_answer(
    values: dict[str, object], answer: str | None, references: tuple[str, ...]
) -> None:
    found = read("captioning", image=RED, **values)
    assert (found.answer, found.references) == (answer, references)


@pytest.mark.parametrize("name", SEEING)
def test_a_sample_is_written_with_its_pictures_and_read_again(name: str, tmp_path: Path) -> None:
    from tasktune.datasets import records
    from tasktune.images import content
    from tasktune.verbs.sample import sample

    again = list(records(task(name), sample(name, tmp_path)))
    for found, written in zip(again, task(name).example, strict=True):
        assert [content(image) for image in found.images] == [content(image) for image in written.images]
        assert replace(found, images=(), id="") == replace(written, images=())
    (tmp_path / f"{name}.jsonl").unlink()
    with pytest.raises(InputError, match=r"images.*\.png is there already"):
        sample(name, tmp_path)


def test_that_one_frame_of_several_is_seen_is_noted_with_the_record(tiny: Callable[[str], Path]) -> None:
    frames, written, lost = [PIL.Image.new("RGB", (40, 40), colour) for colour in ("red", "blue")], BytesIO(), Lost()
    frames[0].save(written, "GIF", save_all=True, append_images=frames[1:])
    model = tt.untuned("vqa", str(tiny("llava")), labels=("red", "blue"))
    asked = [VQA(question="?", images=(image,), id=name) for name, image in (("r1", Image(written.getvalue())), ("r2", RED))]
    assert len(list(model.predict(asked, lost))) == 2
    assert lost.as_json() == {ONE_FRAME: {"count": 1, "records": ["r1"]}}
