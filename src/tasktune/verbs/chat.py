"""Talk with a model, turn by turn: the conversation so far, and what the user can do beside talking.

Nothing here knows a terminal: lines come in, words go out.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, final

from tasktune import recipe as recipes
from tasktune.answers import Message
from tasktune.core import InputError, Lost
from tasktune.heads.forms import CUT
from tasktune.heads.writers import BLIND
from tasktune.images import Image, opened
from tasktune.models.folder import FACTS
from tasktune.models.model import Model, as_it_comes
from tasktune.models.multitask import load
from tasktune.notations.amounts import amount
from tasktune.readers import write
from tasktune.tasks import task
from tasktune.tasks.chat import Chat

Say = Callable[[str], None]

SHORTENED = "(the oldest turns have no place left in what the model reads at once, and were left out)"
CUT_OFF = "(the answer is longer than --max-new-tokens, and was cut there)"
BROKEN_OFF = "(broken off)"


@final
@dataclass(slots=True)
class Conversation:
    """A model, what it was told to be, the turns that were said, and the images that are shown with the next."""

    model: Model
    system: str = ""
    turns: list[Message] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)

    @property
    def messages(self) -> tuple[Message, ...]:
        """All turns, that of the system first where it is told anything."""
        return (*([Message("system", self.system)] if self.system else []), *self.turns)

    def ask(self, said: str, lost: Lost) -> Generator[str, None, None]:
        """What the model answers, piece by piece. Both turns are said from then on, also where the answer is broken off.

        An answer without any words is none. Raises `InputError` where the chat template refuses the conversation.
        """
        asked, answer = Message("user", said, images=tuple(self.images)), ""
        try:
            for piece in self.model.write(Chat(messages=(*self.messages, asked)), lost):
                answer += piece
                yield piece
        finally:
            if answer:
                self.turns += [asked, Message("assistant", answer)]
                self.images.clear()

    def reset(self, given: str) -> str:
        """Forget what was said; what the model was told to be stays."""
        self.turns.clear()
        self.images.clear()
        return "(forgotten)"

    def undo(self, given: str) -> str:
        """Take back the pictures that wait for a question; where none do, the last question and its answer."""
        if waiting := len(self.images):
            self.images.clear()
            return f"({amount(waiting, 'picture')} taken back)"
        del self.turns[-2:]
        return f"({len(self.turns) // 2} questions and answers are left)"

    def tell(self, given: str) -> str:
        """Tell the model what it is to be, from now on."""
        self.system = given
        return "(told)" if given else "(told nothing)"

    def show(self, given: str) -> str:
        """Show the picture in a file with the next question. Raises `InputError` where it is none, or the model cannot see."""
        if not given:
            return "(say which: /image FILE)"
        if self.model.family != "vision-language":
            raise InputError(BLIND)
        image = Image(Path(given).expanduser().absolute(), given)
        seen = opened(image)
        self.images.append(image)
        return f"({given}, {seen.width} x {seen.height}: shown with what you ask next)"

    def save(self, given: str) -> str:
        """Write the conversation to a file, as one that can be learnt from."""
        if not given:
            return "(say where to: /save FILE)"
        write(Path(given).expanduser(), [{"messages": [message.as_json() for message in self.messages]}], "chat")
        return f"(written to {given})"


COMMANDS: Mapping[str, tuple[str, Callable[[Conversation, str], str]]] = {
    "/reset": ("forget what was said", Conversation.reset),
    "/undo": ("take back the pictures that wait for a question, or the last question and its answer", Conversation.undo),
    "/system": ("TEXT: what the model is to be, from now on", Conversation.tell),
    "/image": ("FILE: show a picture with the next question, to a model that sees", Conversation.show),
    "/save": ("FILE: write the conversation, as JSON lines", Conversation.save),
}
LEAVE = "/exit"
HELP = "\n".join([*(f"{name}  {what}" for name, (what, _) in COMMANDS.items()), f"{LEAVE}  leave"])


def talk(conversation: Conversation, lines: Iterable[str], say: Say, note: Say) -> None:
    """Answer line after line until there are no more, or one is `/exit`.

    `say` is given what the model says, as it comes; `note` what there is to be said about it, in lines. A line that begins with a
    slash is a command. Ctrl-C breaks an answer off, and not the conversation.
    """
    for line in map(str.strip, lines):
        name, _, given = line.partition(" ")
        if name == LEAVE:
            return
        try:
            if name in COMMANDS:
                note(COMMANDS[name][1](conversation, given.strip()))
            elif name.startswith("/"):
                note(HELP)
            elif line:
                _answer(conversation, line, say, note)
        except InputError as wrong:
            note(f"({wrong})")


def _answer(conversation: Conversation, line: str, say: Say, note: Say) -> None:
    lost = Lost()
    pieces = conversation.ask(line, lost)
    try:
        for piece in pieces:
            say(piece)
        say("\n")
    except KeyboardInterrupt:
        pieces.close()
        say("\n")
        note(BROKEN_OFF)
    for what in lost.counts:
        note(CUT_OFF if what == CUT else SHORTENED)


def conversation_with(model: str, system: str, changes: Mapping[str, Any]) -> Conversation:
    """A conversation with a model tuned for it, or with any decoder as it comes; `changes` are to its recipe.

    Raises `InputError` where `model` is tuned for something else, or is no decoder.
    """
    if not (Path(model) / FACTS).is_file():
        recipe = recipes.of(changes, "the options")
        return Conversation(as_it_comes(task("chat"), model, lambda _: (), recipe), system)
    tuned = load(model, changes)
    if not isinstance(tuned, Model) or tuned.task.name != "chat":
        does = "+".join(tuned.models)
        raise InputError(
            f"{model} is tuned for {does}; talk with one tuned for chat (tasktune fit chat), or with one as it comes"
        )
    return Conversation(tuned, system)
