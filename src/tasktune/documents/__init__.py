"""Documents in, passages out: a file a format, told apart by what they are, and cut along their structure.

`found` says which files there are, `digest` whether one has changed and `gone` which are no more; `read` gives the documents of
one, and `passages` cuts a document into passages. `FORMATS` (in `formats`) is the table of all that is read.
"""

from __future__ import annotations

from tasktune.documents.chunks import passages
from tasktune.documents.document import Document, Heading
from tasktune.documents.files import Found, digest, found, gone
from tasktune.documents.reading import read

__all__ = ["Document", "Found", "Heading", "digest", "found", "gone", "passages", "read"]
