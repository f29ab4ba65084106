"""Conversations out of rows."""

import json

import pytest

from rows import read
from tasktune.answers import Message
from tasktune.core import InputError
from tasktune.datasets import questions, records
from tasktune.images import plain
from tasktune.notations.plain import record_as_json
from tasktune.notations.tool_calls import parted
from tasktune.tasks import task
from tasktune.tasks.chat import Chat

HELLO = (Message("user", "Hello"),)


@pytest.mark.parametrize("name", ["messages", "text", "prompt"])
def test_a_text_is_what_the_user_says(name):
    assert read("chat", **{name: "Hello"}) == Chat(messages=HELLO, id="input 1")


@pytest.mark.parametrize("name", ["answer", "completion", "response"])
def test_its_answer_is_kept(name):
    assert read("chat", text="Hello", **{name: "Hi."}) == Chat(messages=HELLO, answer="Hi.", id="input 1")


def test_the_assistants_last_turn_is_the_answer():
    turns = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hi."}]
    assert read("chat", messages=turns) == Chat(messages=HELLO, answer="Hi.", id="input 1")


@pytest.mark.parametrize("messages", [[], 3, [{"role": "user"}], [{"role": "clown", "content": "Hello"}]])
def test_what_is_no_conversation_is_refused(messages):
    with pytest.raises(InputError, match="input 1: "):
        read("chat", messages=messages)


def test_an_answer_must_be_text():
    with pytest.raises(InputError, match="'answer' must be text"):
        read("chat", text="Hello", answer=4)


TOOL = {"name": "add", "parameters": {}}
CALL = {"id": "call00001", "type": "function", "function": {"name": "add", "arguments": {"a": 1}}}


def test_texts_are_turns_one_after_the_other():
    said = read("chat", dialog=["Hello", "Hi.", "Who are you?"])
    assert [message.role for message in said.messages] == ["user", "assistant", "user"]
    assert said.answer is None
    assert read("chat", messages=["Hello", "Hi."]) == Chat(messages=HELLO, answer="Hi.", id="input 1")


def test_a_persona_and_a_system_prompt_are_a_system_turn():
    row = {"personality": ["I sail.", "I am old."], "history": ["Hello"], "candidates": ["No.", "Hi."]}
    assert read("chat", **row) == Chat(messages=(Message("system", "I sail.\nI am old."), *HELLO), answer="Hi.", id="input 1")
    both = read("chat", text="Hello", system="Be brief.", persona="You sail.")
    assert both.messages == (Message("system", "Be brief.\nYou sail."), *HELLO)
    with pytest.raises(InputError, match="has a system turn, and a 'system' or 'persona' of its own"):
        read("chat", messages=[{"role": "system", "content": "S"}, {"role": "user", "content": "Hello"}], persona="P")


def test_questions_without_answers_are_refused_unless_there_is_one():
    assert read("chat", turns=["Hello"]).messages == HELLO
    with pytest.raises(InputError, match="'turns' are questions alone"):
        read("chat", turns=["Hello", "And then?"])
    turns = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hi."}]
    assert read("chat", turns=turns).answer == "Hi."


def test_tools_are_offered_and_a_call_is_spelled_in_the_answer():
    turns = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "", "tool_calls": [CALL["function"]]}]
    record = read("chat", messages=turns, tools=json.dumps([TOOL]))
    assert record.tools == ({"type": "function", "function": TOOL},)
    assert parted(record.answer) == Message("assistant", "", {"tool_calls": [CALL]})
    (first,) = task("chat").decoder.prompt(record)
    assert first == Message("user", "Hello", {"tools": record.tools})
    later = read("chat", messages=[*turns, {"role": "tool", "content": "2"}])
    assert later.messages[1].more == {"tool_calls": [CALL]}


def test_a_prompt_of_ifeval_goes_by_its_key():
    assert read("chat", key=1005, prompt="Hello").id == "1005"
    assert read("chat", key=1005, id="own", prompt="Hello").id == "own"


def test_what_was_thought_is_part_of_the_answer():
    turn = {"role": "assistant", "content": "Hi.", "reasoning_content": "A greeting."}
    assert read("chat", messages=[{"role": "user", "content": "Hello"}, turn]).answer == "<think>\nA greeting.\n</think>\n\nHi."


@pytest.mark.parametrize(
    "row",
    [
        {"text": "Hello", "tools": "add"},
        {"messages": [{"role": "user", "content": "x"}, {"role": "assistant", "content": "", "tool_calls": ["add"]}]},
        {"text": "Hello", "instructions": ["x"], "kwargs": [{}]},
    ],
)
def test_what_are_no_tools_calls_or_instructions_is_refused(row):
    with pytest.raises(InputError, match="input 1: "):
        read("chat", **row)


def test_ifevals_rows_are_prompts_with_instructions(shared):
    read_all = list(questions(task("chat"), shared / "chat/ifeval/input_data.jsonl"))
    assert len(read_all) == 181
    assert all(record.instructions and record.messages[0].role == "user" for record in read_all)
    alone = list(questions(task("ifeval"), shared / "chat/ifeval/input_data.jsonl"))
    assert [record.instructions for record in alone] == [record.instructions for record in read_all]
    assert alone[0].id == "1000"


RED, BLUE = plain("#d02020"), plain("#2040d0")
URL = RED.as_text()


@pytest.mark.parametrize(
    "part",
    [
        {"type": "image_url", "image_url": {"url": URL, "detail": "low"}},
        {"type": "input_image", "image_url": URL},
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": URL.partition(",")[2]}},
        {"type": "image", "image": URL},
        {"type": "image", "image": RED},
        {"type": "image", "base64": URL.partition(",")[2]},
        {"type": "image", "bytes": RED.source, "text": None},
        {"type": "image", "image": URL, "text": ""},
        {"image": URL, "text": ""},
    ],
)
def test_pictures_are_parts_of_a_turn_in_every_usual_form(part):
    turn = {"role": "user", "content": [{"type": "text", "text": "See "}, part, {"type": "input_text", "text": "here"}]}
    assert read("chat", messages=[turn]).messages == (Message("user", "See here", images=(RED,), places=(4,)),)


def test_what_is_said_of_a_picture_in_its_part_stands_behind_it_and_a_column_of_the_same_is_not_shown_again():
    turn = {"role": "user", "content": [{"type": "image", "image": URL, "text": "A wall"}]}
    expected = (Message("user", "A wall", images=(RED,)),)
    assert read("chat", messages=[turn]).messages == read("chat", messages=[turn], images=[RED]).messages == expected


def test_a_rows_own_pictures_stand_at_their_marks():
    turns = [{"role": "user", "content": "<image>\nOne <image>"}, {"role": "assistant", "content": "Hi."}]
    found = read("chat", messages=turns, images=[RED, BLUE])
    assert found.messages == (Message("user", "One ", images=(RED, BLUE), places=(0, 4)),)
    trl = [{"role": "user", "content": [{"type": "image", "index": 0}, {"type": "text", "text": "Hello"}]}]
    expected = (Message("user", "Hello", images=(RED,)),)
    assert read("chat", messages=trl, images=[RED]).messages == expected
    assert read("chat", text="Hello", image=RED).messages == expected  # where no mark is, first of all
    assert read("chat", text="a <image> b").messages == (Message("user", "a <image> b"),)  # without any, a text
    with pytest.raises(InputError, match=r"has 2 places for pictures \(<image>\), and the row has 1 pictures"):
        read("chat", messages=turns, image=RED)
    with pytest.raises(InputError, match="the assistant's shows a picture"):
        read("chat", messages=[*trl, {"role": "assistant", "content": [{"type": "image", "image": RED}]}], images=[RED])
    with pytest.raises(InputError, match="parts of text and image_url, but one is"):
        read("chat", messages=[{"role": "user", "content": [{"type": "input_audio", "input_audio": {}}]}])


def test_a_conversation_with_pictures_is_written_and_read_again():
    record = Chat(messages=(Message("user", "See  here", images=(RED,), places=(4,)),), answer="Red.", id="1")
    assert read("chat", **record_as_json(record)) == record


def test_llava_files_name_a_picture_beside_the_conversation(tmp_path):
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "a.png").write_bytes(RED.source)
    turns = [{"from": "human", "value": "<image>\nWhat is it?"}, {"from": "gpt", "value": "Red."}]
    (tmp_path / "llava.json").write_text(json.dumps([{"id": "1", "image": "a.png", "conversations": turns}]))
    (found,) = records(task("chat"), tmp_path / "llava.json")
    assert (found.messages[0].content, found.answer) == ("What is it?", "Red.")
    assert str(found.messages[0].images[0].source).endswith("images/a.png")


def test_instructions_may_be_about_pictures():
    found = read("instruction-following", prompt="Say it in one word.", image=RED, instruction_id_list=[], kwargs=[])
    assert task("instruction-following").decoder.prompt(found) == (Message("user", "Say it in one word.", images=(RED,)),)
