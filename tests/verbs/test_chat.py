"""A conversation in lines: what is asked and answered, what commands do, an answer that is broken off, turns that do not fit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import tasktune as tt
from cases import untrained, with_options
from tasktune.answers import Message
from tasktune.core import Lost
from tasktune.datasets import records
from tasktune.images import content, plain
from tasktune.models.model import Model
from tasktune.tasks.chat import Chat
from tasktune.verbs.chat import BROKEN_OFF, COMMANDS, CUT_OFF, LEAVE, SHORTENED, Conversation, conversation_with, talk


@pytest.fixture
def model(tiny: Callable[[str], Path]) -> Model:
    return with_options(untrained(tt.task("chat"), tiny("llama")), max_new_tokens=6)


def talked(conversation: Conversation, *lines: str) -> tuple[str, list[str]]:
    """What the model says to these lines, and what is noted."""
    said: list[str] = []
    noted: list[str] = []
    talk(conversation, lines, said.append, noted.append)
    return "".join(said), noted


def test_a_question_is_answered_as_predict_does_and_both_are_said(model: Model) -> None:
    conversation = Conversation(model, "Be brief.")
    said, noted = talked(conversation, "Hello", "And now?")
    first = (Message("system", "Be brief."), Message("user", "Hello"))
    answer = model.predict([Chat(messages=first)])[0].answer
    second = (*first, Message("assistant", answer), Message("user", "And now?"))
    assert conversation.messages[:-1] == second
    assert said == f"{answer}\n{model.predict([Chat(messages=second)])[0].answer}\n"
    assert noted == [CUT_OFF, CUT_OFF]


def test_empty_lines_say_nothing_and_exit_ends(model: Model) -> None:
    assert talked(Conversation(model), "", "   ", LEAVE, "Hello") == ("", [])


def test_undo_and_reset_forget(model: Model) -> None:
    conversation = Conversation(model, "Be brief.")
    talked(conversation, "One", "Two", "/undo")
    assert [message.content for message in conversation.messages[:2]] == ["Be brief.", "One"]
    assert len(conversation.turns) == 2
    talked(conversation, "/reset", "/undo")
    assert conversation.messages == (Message("system", "Be brief."),)


def test_the_system_prompt_can_be_another(model: Model) -> None:
    conversation = Conversation(model)
    talked(conversation, "/system You are a pirate.")
    assert conversation.messages == (Message("system", "You are a pirate."),)
    talked(conversation, "/system")
    assert conversation.messages == ()


def test_what_is_saved_can_be_learnt_from(model: Model, tmp_path: Path) -> None:
    conversation = Conversation(model)
    talked(conversation, "Hello", f"/save {tmp_path / 'said.jsonl'}")
    (record,) = records(tt.task("chat"), tmp_path / "said.jsonl")
    assert (*record.messages, Message("assistant", record.answer)) == conversation.messages  # type: ignore[attr-defined]
    assert talked(conversation, "/save", f"/save {tmp_path / 'no' / 'folder.jsonl'}")[1][0].startswith("(say where to")


def test_another_slash_shows_the_commands(model: Model) -> None:
    (noted,) = talked(Conversation(model), "/what")[1]
    assert all(name in noted for name in (*COMMANDS, LEAVE))


def test_ctrl_c_breaks_an_answer_off_and_keeps_what_was_said(model: Model) -> None:
    conversation, said, noted = Conversation(model), list[str](), list[str]()

    def say(piece: str) -> None:
        said.append(piece)
        if len(said) == 1:
            raise KeyboardInterrupt

    talk(conversation, ["Hello", "Again"], say, noted.append)
    assert noted == [BROKEN_OFF, CUT_OFF]
    assert conversation.turns[1] == Message("assistant", said[0])
    assert len(conversation.turns) == 4


def test_what_the_template_refuses_is_noted_and_not_said(model: Model) -> None:
    model.head.tokenizer.chat_template = "{{ raise_exception('no system here') if messages[0].role == 'system' else 'x' }}"
    conversation = Conversation(model, "Be brief.")
    said, (noted,) = talked(conversation, "Hello")
    assert said == ""
    assert "no system here" in noted
    assert conversation.turns == []


def test_old_turns_leave_when_all_do_not_fit(model: Model) -> None:
    short = with_options(model, max_length=96)
    conversation = Conversation(short, "Be brief.")
    conversation.turns = [Message("user", "word " * 30), Message("assistant", "yes")] * 3
    _, noted = talked(conversation, "Hello")
    assert noted == [SHORTENED, CUT_OFF]
    few = (Message("system", "Be brief."), Message("user", "Hello"))
    features = short.head.encode(Chat(messages=(*conversation.messages[:-2], few[1])), lost := Lost())
    assert features[0].inputs == short.head.encode(Chat(messages=few), Lost())[0].inputs
    assert lost.counts == {"prompts shortened": 1}


def test_a_model_is_taken_as_it_comes_or_tuned_for_chat(tiny: Callable[[str], Path], tmp_path: Path) -> None:
    plain = conversation_with(str(tiny("gpt2")), "", {"max_new_tokens": 3})
    assert plain.model.head.recipe.decoding.max_new_tokens == 3
    assert talked(plain, "Hello")[0].endswith("\n")
    plain.model.save(tmp_path / "chat")
    assert conversation_with(str(tmp_path / "chat"), "", {}).model.task.name == "chat"
    other = untrained(tt.task("generation"), tiny("gpt2"))
    other.save(tmp_path / "other")
    with pytest.raises(tt.InputError, match="is tuned for generation; talk with one tuned for chat"):
        conversation_with(str(tmp_path / "other"), "", {})


def test_a_model_as_it_comes_is_written_with_by_the_backend_too(
    tiny: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr("tasktune.models.model.written_by_backend", lambda head, folder: asked.append(folder) or head)
    folder = tiny("gpt2")
    conversation_with(str(folder), "", {"backend": "llama.cpp"})
    assert asked == [folder]


def test_pieces_stop_where_they_are_no_longer_wanted(model: Model) -> None:
    """Closing an answer keeps what was given of it."""
    conversation = Conversation(model)
    pieces = conversation.ask("Hello", Lost())
    first = next(pieces)
    pieces.close()
    assert conversation.turns[1].content == first


def test_a_picture_is_shown_with_the_next_question(tiny: Callable[[str], Path], tmp_path: Path, model: Model) -> None:
    (tmp_path / "red.png").write_bytes(content(plain("#d02020")))
    seeing = Conversation(with_options(untrained(tt.task("chat"), tiny("llava")), max_new_tokens=6))
    _, noted = talked(seeing, f"/image {tmp_path / 'red.png'}", "What is it?", "Sure?", "/image", "/image none.png")
    assert "red.png, 32 x 32: shown with" in noted[0]
    assert "/image FILE" in noted[-2]
    assert "none.png: cannot be read" in noted[-1]
    assert [len(turn.images) for turn in seeing.turns] == [1, 0, 0, 0]
    talked(seeing, f"/save {tmp_path / 'said.jsonl'}")
    (record,) = records(tt.task("chat"), tmp_path / "said.jsonl")
    assert (*record.messages, Message("assistant", record.answer)) == seeing.messages  # type: ignore[attr-defined]
    assert talked(seeing, f"/image {tmp_path / 'red.png'}", "/undo")[1][1] == "(1 picture taken back)"
    assert not seeing.images
    assert len(seeing.turns) == 4
    assert "reads text alone" in talked(Conversation(model), f"/image {tmp_path / 'red.png'}")[1][0]
