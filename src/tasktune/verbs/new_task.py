"""Write the file of a new task, ready to be filled in, and its name among the tasks."""

from __future__ import annotations

import re
from keyword import iskeyword
from pathlib import Path

from tasktune import tasks
from tasktune.core import InputError

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

_TEMPLATE = '''"""{title}: say in one line what the task is.

Record            `text`; the answer is a label
Encoder           one label for the pooled text
Decoder, enc-dec  the label's name, chosen by comparing log p of all names
Metric            accuracy, macro-F1, MCC
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from tasktune.core import Record, Row, Task
from tasktune.framings import Label, Prompt, Text
from tasktune.metrics.labels import single_label


@dataclass(frozen=True, slots=True, kw_only=True)
class {kind}(Record):
    """A text and its label."""

    text: str
    aliases: ClassVar = {{"text": ("sentence",), "answer": ("label",)}}

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """The record that a row holds."""
        return cls(text=row.string("text"), answer=row.name("answer"), id=row.id)


words = Text[{kind}](
    prompt=lambda record: Prompt(record.text, after="\\nLabel:"),
    names=lambda record: (record.answer,),
    closed=True,
)

TASK = Task(
    name="{name}",
    record={kind},
    encoder=Label[{kind}](texts=lambda record: (record.text,)),
    decoder=words,
    encoder_decoder=words,
    metric=single_label,
    example=(
        {kind}(text="first text", answer="this"),
        {kind}(text="second text", answer="that"),
        {kind}(text="third text", answer="this"),
        {kind}(text="fourth text", answer="that"),
    ),
)
'''


def new_task(name: str, package: Path = Path(tasks.__file__).parent) -> Path:
    """Write `package/NAME.py` and add the name to the table in `package/__init__.py`. Gives back the path of the new file.

    Raises `InputError` for a name that is taken or is not words with hyphens.
    """
    if not _NAME.fullmatch(name) or iskeyword(name):
        raise InputError(
            f"a task's name is lower-case words with hyphens (relation-extraction), none of Python's own, but this is {name!r}"
        )
    path, table = package / f"{name.replace('-', '_')}.py", package / "__init__.py"
    if path.exists():
        raise InputError(f"{path} is there already")
    names = sorted([*tasks.NAMES, name])
    spelled = "NAMES = (\n" + "".join(f'    "{each}",\n' for each in names) + ")\n"
    index = re.sub(r"NAMES = \(\n.*?\n\)\n", spelled, table.read_text(encoding="utf-8"), count=1, flags=re.DOTALL)
    words = name.split("-")
    kind = "".join(word.capitalize() for word in words)
    path.write_text(_TEMPLATE.format(title=" ".join(words).capitalize(), kind=kind, name=name), encoding="utf-8")
    table.write_text(index, encoding="utf-8")
    return path
