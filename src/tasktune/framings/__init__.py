"""The framings: the ways in which a task's answer can be asked of a model.

A framing is a pair. `write(record)` spells the record's answer as the model is to give it; `read(record, output, labels)` makes
an answer of what the model gave. The law `read(r, write(r), labels) == r.answer` is tested for every task and family, with no
model at all. Which head runs a framing is the business of `tasktune.heads`.

The framings: `Label`, `Tags`, `Arcs`, `Links`, `Extract`, `Select`, `Mask`, `MaskedPair`, `Embed`, `Text`. Each is a frozen
dataclass here, a head in `heads/` and a line in `heads.HEADS`.
"""

from __future__ import annotations

from typing import Any

from tasktune.framings.graphs import RELATION, TAG, Arc, Arcs, Graph, Links, relations_and_tags
from tasktune.framings.label import Label
from tasktune.framings.masks import FOLLOWS, Mask, MaskedPair
from tasktune.framings.names import Labels, sorted_names
from tasktune.framings.places import Extract, Place, Select
from tasktune.framings.tags import Tags
from tasktune.framings.text import Asked, Prompt, Text, prompt_of, shown_in, texts_of
from tasktune.framings.vectors import Embed, Lesson, Side

Framing = (
    Label[Any]
    | Tags[Any]
    | Arcs[Any]
    | Links[Any]
    | Extract[Any]
    | Select[Any]
    | Mask[Any]
    | MaskedPair[Any]
    | Embed[Any]
    | Text[Any]
)

__all__ = [
    "FOLLOWS",
    "RELATION",
    "TAG",
    "Arc",
    "Arcs",
    "Asked",
    "Embed",
    "Extract",
    "Framing",
    "Graph",
    "Label",
    "Labels",
    "Lesson",
    "Links",
    "Mask",
    "MaskedPair",
    "Place",
    "Prompt",
    "Select",
    "Side",
    "Tags",
    "Text",
    "prompt_of",
    "relations_and_tags",
    "shown_in",
    "sorted_names",
    "texts_of",
]
