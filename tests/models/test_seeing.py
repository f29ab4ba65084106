"""Models that see: what they write and how probable they find it is what transformers says, and pictures are looked at once."""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import tasktune as tt
from cases import KNOWING, example, untrained, with_options
from families_seeing import TINY_SEEING
from tasktune.answers import Message
from tasktune.core import InputError, Lost
from tasktune.datasets import records
from tasktune.framings import Prompt
from tasktune.heads.base import Calibration
from tasktune.heads.features import on
from tasktune.heads.free_text import FreeText
from tasktune.heads.templates import PLAIN
from tasktune.heads.tower import Tower
from tasktune.images import opened, plain
from tasktune.models.course import Course, Lesson, Subject
from tasktune.models.frozen import freeze
from tasktune.models.inference import answers
from tasktune.models.model import Model, build
from tasktune.models.quantised import is_quantised
from tasktune.tasks.chat import Chat
from tasktune.tasks.vqa import VQA, words

LIKE_OTHERS = ("idefics3", "qwen2-vl")
"""Of which the next generation (SmolVLM, Qwen2.5-VL) is tested each time."""
KINDS = [pytest.param(kind, marks=pytest.mark.long) if kind in LIKE_OTHERS else kind for kind in TINY_SEEING]
RED, BLUE = plain("#d02020"), plain("#2040d0", (40, 30))
RECORDS = [
    VQA(question="What colour is it?", images=(RED,), answer="red", id="0"),
    VQA(question="Is it blue, or is it of another colour?", images=(BLUE,), answer="blue", id="1"),
    VQA(question="What colour is it?", images=(BLUE,), answer="blue", id="2"),
]

each_kind = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture
def model(kind: str, tiny: Callable[[str], Path]) -> Model:
    """A random model that writes freely."""
    return free(tiny(kind))


def free(folder: Path) -> Model:
    task = replace(tt.task("vqa"), vision_language=replace(words, closed_up_to=0))
    return with_options(untrained(task, folder), max_new_tokens=6)


def processed(model: Model, record: VQA) -> dict[str, Any]:
    """What the model's own processor makes of a record's prompt and pictures."""
    pictures = model.head.writer.pictures  # type: ignore[attr-defined]
    prompt: Prompt = model.head.framing.prompt(record)
    text = pictures.written(str(prompt), record.images)
    pixels = [[opened(image) for image in record.images]]
    begin = pictures.processor.tokenizer.bos_token
    made = pictures.processor(text=[text], images=pixels, return_tensors="np", add_special_tokens=not text.startswith(begin))
    return {name: torch.as_tensor(tensor) for name, tensor in made.items() if name != "labels"}


@each_kind
def test_it_writes_what_generate_writes_and_finds_it_as_probable(kind: str, model: Model) -> None:
    end = model.head.tokenizer.eos_token_id
    assert isinstance(model.head, FreeText)
    for record in RECORDS:
        (features,) = model.head.encode(record, Lost())
        with torch.inference_mode():
            (raw,) = model.head.decode(model.net, [features])
            given = processed(model, record)
            out = model.net.generate(
                **given, max_new_tokens=6, do_sample=False, output_logits=True, return_dict_in_generate=True, pad_token_id=end
            )
        written = out.sequences[0][-len(out.logits) :].tolist()
        log_p = sum(float(step[0].log_softmax(-1)[token]) for step, token in zip(out.logits, written, strict=True))
        text = model.head.tokenizer.decode([token for token in written if token != end], clean_up_tokenization_spaces=False)
        assert raw[0].text == text.removeprefix(" ")
        assert raw[0].mean_log_p * len(written) == pytest.approx(log_p, abs=1e-3)


@each_kind
def test_what_is_made_ready_together_is_what_is_made_of_each(kind: str, tiny: Callable[[str], Path]) -> None:
    asked = [*RECORDS, replace(RECORDS[1], question="Is it?"), replace(RECORDS[0], images=(plain("#305070"),)), RECORDS[0]]
    together, alone = free(tiny(kind)), free(tiny(kind))
    ready, own = (model.head.writer.pictures for model in (together, alone))  # type: ignore[attr-defined]
    found = [together.head.encode(record, Lost()) for record in together.head.foreseen(asked)]
    for record, (features,) in zip(asked, found, strict=True):
        (same,) = alone.head.encode(record, Lost())
        assert features.inputs == same.inputs
        (name,) = ready.named(features.inputs["input_ids"])
        assert ready.pixels(name).keys() == own.pixels(name).keys()
        assert all(torch.equal(tensor, own.pixels(name)[key]) for key, tensor in ready.pixels(name).items())
        made = processed(alone, record)
        assert all(torch.equal(tensor, made[key]) for key, tensor in ready.pixels(name).items())
        assert all(tensor.dtype == made[key].dtype for key, tensor in ready.pixels(name).items())
        assert all(tensor.untyped_storage().nbytes() == tensor.nbytes for tensor in ready.pixels(name).values())


@each_kind
def test_choices_are_as_likely_as_each_told_whole_in_any_company(kind: str, tiny: Callable[[str], Path]) -> None:
    task = replace(tt.task("vqa"), vision_language=replace(words, closed=True))
    model = build(task, str(tiny(kind)), lambda _: ("blue", "red", "rust red"), tt.Recipe(), lambda _: Calibration())
    compared = [model.head.units(r, raws).log_p[0] for r, raws, _ in answers(model.net, model.head, RECORDS, Lost())]
    for record, found in zip(RECORDS, compared, strict=True):
        told = [_log_p(model, replace(record, answer=label)) for label in model.head.labels]
        np.testing.assert_allclose(found, torch.tensor(told).log_softmax(-1).numpy(), atol=1e-4)


TALK = (
    Message("user", "What colour is it?", images=(RED,)),
    Message("assistant", "red"),
    Message("user", "And  here?", images=(BLUE,), places=(4,)),
)


@pytest.mark.parametrize("kind", ["llava", "smolvlm", "qwen2.5-vl"])
def test_a_conversation_with_pictures_is_answered_as_transformers_does(kind: str, tiny: Callable[[str], Path]) -> None:
    model = with_options(untrained(tt.task("chat"), tiny(kind)), max_new_tokens=6)
    shown, second = ({"type": "image", "image": opened(image)} for image in (RED, BLUE))
    texts = [{"type": "text", "text": text} for text in ("What colour is it?", "And ", " here?")]
    turns = [("user", [shown, texts[0]]), ("assistant", "red"), ("user", [texts[1], second, texts[2]])]
    processor = model.head.writer.pictures.processor  # type: ignore[attr-defined]
    asked = [{"role": role, "content": content} for role, content in turns]
    text = processor.tokenizer.apply_chat_template(asked, tokenize=False, add_generation_prompt=True)
    made = processor(text=[text], images=[[shown["image"], second["image"]]], return_tensors="np", add_special_tokens=False)
    given = {name: torch.as_tensor(tensor) for name, tensor in made.items()}
    with torch.inference_mode():
        written = model.net.generate(**given, max_new_tokens=6, do_sample=False)[0][given["input_ids"].size(1) :]
    expected = model.head.tokenizer.decode(written, skip_special_tokens=True, clean_up_tokenization_spaces=False)
    assert model.predict([Chat(messages=TALK)])[0].answer == expected


def test_of_a_conversation_with_pictures_the_assistants_turns_are_learnt(tiny: Callable[[str], Path]) -> None:
    head = untrained(tt.task("chat"), tiny("llava")).head
    (whole,) = head.supervise(Chat(messages=(*TALK[:2], Message("user", "Sure?")), answer="yes"), Lost())
    assert head.tokenizer.decode(whole.targets) == "red<|im_end|>yes<|im_end|>"
    assert sum(token < 0 for token in whole.inputs["input_ids"]) == 9
    told = [head.tokenizer.decode(f.targets) for f in head.supervise(Chat(messages=TALK, answer="blue"), Lost())]
    assert told == ["red<|im_end|>", "blue<|im_end|>"]  # each behind the pictures shown so far


def test_pictures_of_a_conversation_are_never_left_out_unsaid(tiny: Callable[[str], Path]) -> None:
    blind = untrained(tt.task("chat"), tiny("llama"))
    with pytest.raises(InputError, match="record 'r': it has pictures, and this model reads text alone; take one that sees"):
        blind.predict([Chat(messages=TALK, id="r")])
    model = untrained(tt.task("chat"), tiny("llava"))
    with pytest.raises(InputError, match=r"record 'r': its pictures take \d+ tokens more than there is room for"):
        with_options(model, max_length=8).predict([Chat(messages=TALK[:1], id="r")])
    model.head.tokenizer.chat_template = "{% for m in messages %}{{ m.role }}{% endfor %}"
    with pytest.raises(InputError, match="leaves pictures of this conversation out"):
        model.predict([Chat(messages=TALK)])
    first = untrained(tt.task("chat"), tiny("blip2"))
    with pytest.raises(InputError, match="it has 2 pictures, and this model takes one, before all text"):
        first.predict([Chat(messages=TALK)])
    assert len(first.predict([Chat(messages=TALK[:1])])) == 1


PARTS_ALONE = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{% for c in m.content %}{% if c.type == 'image' %}<image>{% endif %}"
    "{{ c.text if c.type == 'text' }}{% endfor %}<|im_end|>{% endfor %}{% if add_generation_prompt %}<|im_start|>a\n{% endif %}"
)


@pytest.mark.parametrize("template", [PARTS_ALONE, PLAIN])
def test_templates_that_take_parts_alone_or_texts_alone_are_given_them(template: str, tiny: Callable[[str], Path]) -> None:
    head = untrained(tt.task("chat"), tiny("llava")).head
    head.tokenizer.chat_template = template
    for turns in (TALK, (Message("user", "a <image> b"),)):
        (asked,) = head.encode(Chat(messages=turns), Lost())
        text = head.tokenizer.decode([token for token in asked.inputs["input_ids"] if token >= 0])
        assert all(word in text for turn in turns for word in turn.content.replace("<image>", "< image>").split())
        assert sum(token < 0 for token in asked.inputs["input_ids"]) == 9 * sum(len(turn.images) for turn in turns)


def _log_p(model: Model, record: VQA) -> float:
    with torch.inference_mode():
        batch = on(model.net, model.head.collate(model.head.supervise(record, Lost())))
        return float(model.head.log_p(model.net, batch))


def test_a_text_that_looks_like_a_picture_is_a_text(tiny: Callable[[str], Path]) -> None:
    model = free(tiny("llava"))
    record = replace(RECORDS[0], question="What does <image> mean?")
    (features,) = model.head.encode(record, Lost())
    assert sum(token < 0 for token in features.inputs["input_ids"]) == 9
    assert model.predict([record])[0].scored.score is not None
    with pytest.raises(InputError, match=r"0'?: its text has this model's own sign for a picture"):
        model.head.supervise(replace(record, answer="an <image>"), Lost())


def test_pictures_for_which_there_is_no_room_are_refused_by_name(tiny: Callable[[str], Path]) -> None:
    model = with_options(free(tiny("llava")), max_length=12)
    with pytest.raises(InputError, match=r"0'?: its pictures take \d+ tokens more than there is room for; raise --max-length"):
        model.head.encode(RECORDS[0], Lost())


def test_a_picture_that_is_broken_is_refused_with_its_place_once(tiny: Callable[[str], Path], tmp_path: Path) -> None:
    (tmp_path / "cat.png").write_bytes(b"no picture")
    (tmp_path / "q.jsonl").write_text('{"question": "?", "image": "cat.png"}\n{"id": "x", "question": "?", "image": "cat.png"}\n')
    model, (first, second) = free(tiny("llava")), records(tt.task("vqa"), tmp_path / "q.jsonl")
    with pytest.raises(InputError, match=rf"^{tmp_path}/q\.jsonl:1: cat\.png: this is no picture"):
        model.predict([first])
    with pytest.raises(InputError, match=rf"^record 'x': {tmp_path}/q\.jsonl:2: cat\.png: this is no picture"):
        model.predict([second])


def test_a_task_of_text_alone_is_done_as_by_a_decoder(tiny: Callable[[str], Path]) -> None:
    records = [replace(record, id=str(k)) for k, record in enumerate(tt.task("nli").example)]
    model = untrained(tt.task("nli"), tiny("llava"))
    alone = [prediction.score for prediction in with_options(model, token_budget=1).predict(records)]
    assert [prediction.score for prediction in model.predict(records)] == pytest.approx(alone, abs=1e-5)


def test_what_was_seen_is_old_after_a_step_in_which_another_process_alone_looked(
    tiny: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = free(tiny("llava"))
    model = replace(model, head=replace(model.head, recipe=replace(model.head.recipe, learning_rate=0.1, warmup=0.0)))
    blind = replace(RECORDS[0], images=())
    lessons = [Lesson(blind.id, f) for f in model.head.supervise(blind, Lost())]
    course = Course(model.net, [Subject(model.net, model.head, lessons)], total=2)
    before = _log_p(model, RECORDS[0])

    def summed(loss: float) -> float:
        for name, weight in model.net.named_parameters():
            weight.grad = torch.rand_like(weight) if "vision_tower" in name else None
        return loss

    monkeypatch.setattr(course, "sum", summed)
    course.step(1, lessons)
    model.net.eval()
    assert abs(_log_p(model, RECORDS[0]) - before) > 1e-4


def test_what_is_kept_while_words_learn_was_seen_without_dropout(tiny: Callable[[str], Path]) -> None:
    model = free(tiny("blip2"))
    whole, other = _log_p(model, RECORDS[0]), free(tiny("blip2"))
    other.net.requires_grad_(False)
    other.net.train()
    _log_p(other, RECORDS[0])  # looks, for the first time
    assert all(part.training for part in other.net.modules())
    other.net.eval()
    assert _log_p(other, RECORDS[0]) == pytest.approx(whole)


@pytest.mark.parametrize("kind", ["llava", "smolvlm"])
def test_a_frozen_tower_looks_once_while_what_is_behind_it_learns(
    kind: str, tiny: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[int] = []

    def learnt() -> tuple[list[float], dict[str, torch.Tensor]]:
        model = free(tiny(kind))
        head = replace(model.head, recipe=replace(model.head.recipe, learning_rate=0.01, warmup=0.0, frozen="vision"))
        freeze(model.net, head.recipe)
        looked.clear()
        model.net.get_encoder(modality="image").embeddings.register_forward_hook(lambda *_: looked.append(1))
        lessons = [Lesson(record.id, f) for record in RECORDS for f in head.supervise(record, Lost())]
        course = Course(model.net, [Subject(model.net, head, lessons)], total=3)
        losses = [course.step(number, lessons) for number in (1, 2, 3)]
        return losses, {name: weight.detach() for name, weight in model.net.named_parameters()}

    before = dict(free(tiny(kind)).net.named_parameters())
    losses, weights = learnt()
    assert len(looked) == 2  # at each picture of the three records
    moved = {name for name, weight in weights.items() if not torch.equal(weight, before[name])}
    assert not any("vision" in name for name in moved)
    assert any("projector" in name or "connector" in name for name in moved)
    monkeypatch.setattr(Tower, "rests", False)
    others, same = learnt()
    assert len(looked) > 2
    assert losses == pytest.approx(others, abs=1e-5)
    assert all(torch.allclose(weights[name], same[name], atol=1e-4) for name in weights)


def test_with_8_bit_weights_it_sees_nearly_the_same(tiny: Callable[[str], Path]) -> None:
    whole = untrained(tt.task("vqa"), tiny("llava"))
    small = untrained(tt.task("vqa"), tiny("llava"), replace(KNOWING, precision="int8"))
    assert is_quantised(small.net)
    for one, other in zip(whole.predict(RECORDS), small.predict(RECORDS), strict=True):
        assert other.score == pytest.approx(one.score, abs=0.02)
        assert other.score != one.score


def test_several_tasks_about_pictures_are_learnt_and_loaded_together(tiny: Callable[[str], Path], tmp_path: Path) -> None:
    data = {name: example(name) for name in ("vqa", "chat")}
    recipe = replace(KNOWING, epochs=1, evaluations=1.0)
    made = tt.fit("vqa+chat", train=data, dev=data, model=str(tiny("llava")), recipe=recipe, out=tmp_path / "both")
    asked = [{"question": "What colour is it?", "messages": [{"role": "user", "content": "Which?"}], "image": RED}]
    (first,), (again,) = made.predict(asked), tt.load(tmp_path / "both").predict(asked)
    assert first.answers == again.answers
    assert first["chat"].record.messages[0].images == (RED,)  # type: ignore[attr-defined]


def test_only_what_sees_has_something_to_freeze(tiny: Callable[[str], Path]) -> None:
    with pytest.raises(InputError, match="--frozen vision is for a model that sees, and a llama does not"):
        freeze(untrained(tt.task("chat"), tiny("llama")).net, tt.Recipe(frozen="vision"))
    net = free(tiny("qwen2.5-vl")).net
    freeze(net, tt.Recipe(frozen="vision"))
    learns = {name for name, weight in net.named_parameters() if "visual" in name and weight.requires_grad}
    assert learns == {name for name, _ in net.named_parameters() if "merger" in name}


def test_no_more_pictures_are_held_than_are_asked_about(tiny: Callable[[str], Path]) -> None:
    model = free(tiny("llava"))
    pictures = model.head.writer.pictures  # type: ignore[attr-defined]
    pictures._latest = deque(maxlen=2)
    asked = (VQA(question="What colour is it?", images=(plain(f"#{k:02x}2020"),), id=str(k)) for k in range(40))
    features = model.head.encode(RECORDS[0], Lost())
    assert len([*model.stream(asked)]) == 40
    gc.collect()
    assert features[0].inputs["input_ids"].count(next(iter(pictures._views))) == 9
    assert len(pictures._views) == 3  # those of `features`, and of the last two prompts
