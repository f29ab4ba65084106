"""Jupyter notebooks (nbformat 4): the texts and the code of their cells in order. What the code has printed is left out."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tasktune.documents.document import Document, UnreadableError
from tasktune.documents.draft import Draft
from tasktune.documents.encodings import decoded
from tasktune.documents.markdown import put
from tasktune.documents.opened import Opened


def read(file: Opened) -> Iterator[Document]:
    """One document. Its title is its first heading of the first level."""
    try:
        cells = json.loads(decoded(file.data()))["cells"]
        parts = [(cell["cell_type"], "".join(cell["source"]).strip("\n")) for cell in cells]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise UnreadableError("a damaged notebook, or one older than nbformat 4") from None
    draft = Draft()
    for kind, text in parts:
        if text.strip() and kind == "code":
            draft.code(text)
        elif text.strip():
            put(draft, text)
    title = next((heading.title for heading in draft.headings if heading.level == 1), "")
    yield draft.document(file.source, title, {})
