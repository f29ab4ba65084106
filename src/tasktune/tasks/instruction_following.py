"""Instruction following: do just what a prompt asks for, where rules can tell whether it was done (IFEval, Zhou et al. 2023).

Record            `prompt` and the `instructions` in it, by kind and arguments; `images` that it is about, for models that see;
                  the answer, a response that follows them, is learnt from, and not needed to measure by
Encoder, enc-dec  cannot
Decoder           the prompt as a user's turn in the model's chat template
Metric            the shares of prompts and of instructions that are followed, strictly and loosely
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from tasktune.answers import Instruction, Message
from tasktune.core import Record, Row, Task
from tasktune.framings import Text
from tasktune.images import Image
from tasktune.metrics.following import following
from tasktune.metrics.instructions import instructions_of
from tasktune.notations.pictures import images_of


@dataclass(frozen=True, slots=True, kw_only=True)
class InstructionFollowing(Record):
    """A prompt, the instructions in it, and a response that follows them."""

    prompt: str
    instructions: tuple[Instruction, ...] = ()
    images: tuple[Image, ...] = ()
    aliases: ClassVar = {
        "prompt": ("text", "question"),
        "instructions": ("instruction_id_list",),
        "kwargs": (),
        "images": ("image", "image_path"),
        "answer": ("response", "completion", "output"),
        "id": ("key",),
    }

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """The record that a row holds: a prompt, kinds of instruction and their arguments, in IFEval's own columns."""
        return cls(
            prompt=row.string("prompt"),
            instructions=instructions_of(row),
            images=images_of(row),
            answer=row.optional("answer"),
            id=row.id,
        )


def _turns(record: InstructionFollowing) -> tuple[Message, ...]:
    return (Message("user", record.prompt, images=record.images),)


response = Text[InstructionFollowing](prompt=_turns, separator="", max_new_tokens=1024)

TASK = Task(
    name="instruction-following",
    record=InstructionFollowing,
    encoder=None,
    decoder=response,
    encoder_decoder=None,
    metric=following,
    example=(
        InstructionFollowing(
            prompt="Greet the crew without a comma.", instructions=(Instruction("punctuation:no_comma"),), answer="Ahoy crew!"
        ),
        InstructionFollowing(
            prompt="Name two fruits in two bullet points and give the list a title in <<double angular brackets>>.",
            instructions=(
                Instruction("detectable_format:number_bullet_lists", {"num_bullets": 2}),
                Instruction("detectable_format:title"),
            ),
            answer="<<Fruits>>\n* apple\n* pear",
        ),
        InstructionFollowing(
            prompt="Is it raining? Answer in less than 4 words.",
            instructions=(Instruction("length_constraints:number_words", {"num_words": 4, "relation": "less than"}),),
            answer="Not today.",
        ),
        InstructionFollowing(
            prompt="Say in JSON how old the ship is.",
            instructions=(Instruction("detectable_format:json_format"),),
            answer='{"age": 12}',
        ),
    ),
)
