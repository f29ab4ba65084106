"""Plain text: paragraphs between empty lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tasktune.documents.document import Document
from tasktune.documents.encodings import decoded
from tasktune.documents.opened import Opened

PARAGRAPH = re.compile(r"(?:\A|\n[^\S\n]*\n)\s*(?=\S)")


def read(file: Opened) -> Iterator[Document]:
    """One document, the file as it stands. It has no title: nobody can say which line would be one."""
    text = decoded(file.data())
    yield Document(file.source, "", text, breaks=tuple(found.end() for found in PARAGRAPH.finditer(text)))
