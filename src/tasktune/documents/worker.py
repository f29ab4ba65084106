"""The process in which files are parsed: `python -m tasktune.documents.worker`. It can come to no harm but its own end.

It takes jobs and gives documents as lines of JSON, and may write no file. For each file it has so much memory and so many
seconds of a processor; it ends where it would need more, and is started again for the next.
"""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from math import inf
from pathlib import Path
from typing import Any

from tasktune.core import Lost
from tasktune.documents.document import Document, UnreadableError
from tasktune.documents.files import opened
from tasktune.documents.formats import detected, parse
from tasktune.documents.opened import Allowance, Opened

MEMORY = 300 << 20
"""Bytes that the process may have, the interpreter included."""
_TEXT = 10
"""How many bytes more a byte of a text may take: it grows to no more than that, so it is no bomb."""
SECONDS = 2.5
"""Seconds of a processor that a page, a chapter or another part of a packed file may take, and that any file may."""
_PER_MEBIBYTE = 20.0
"""Those that a whole file may take for each MiB that it has: twice what pypdf takes for a book of nothing but text."""
_HALF = re.compile("[\ud800-\udfff]")


def seconds(size: int) -> float:
    """How long a file of so many bytes may take."""
    return max(SECONDS, _PER_MEBIBYTE * size / (1 << 20))


def main() -> None:
    """Read a file a line of standard input, until there are no more."""
    out = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)  # what a library prints is no message
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends it
    for kind, most in ((resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(kind, (most, most))
    for line in sys.stdin:
        job = json.loads(line)
        for message in _read(job["path"], job["source"]):
            out.write(json.dumps(message) + "\n")
        out.flush()
        if message["last"]:
            return  # memory that was full may not be whole again


def _read(path: str, source: str) -> Iterator[dict[str, Any]]:
    lost, last = Lost(), False
    _allow(0)
    try:
        with opened(Path(path)) as stream:
            size = os.fstat(stream.fileno()).st_size
            clock = _Clock(seconds(size))
            file = Opened(source, Path(path).name, stream, lost, Allowance.of(size), parse, clock.step)
            clock.step()
            if detected(file).is_text:
                clock.part = inf
                _allow(size * _TEXT)
            for document in parse(file):
                clock.step()
                yield {"document": _storable(document, lost)}
    except UnreadableError as why:
        lost.add(str(why), source)
    except MemoryError:
        last = True
        lost.add(f"it needs more than {MEMORY >> 20} MiB of memory", source)
    except OSError as error:
        lost.add(f"it cannot be opened: {error.strerror or error}", source)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    yield {"lost": lost.as_json(), "last": last}


def _storable(document: Document, lost: Lost) -> dict[str, Any]:
    """The document without halves of surrogate pairs, which JSON and broken fonts can make, and which are no characters."""
    said = asdict(document)
    titles = (heading.title for heading in document.headings)
    texts = (document.title, document.text, *titles, *document.metadata, *document.metadata.values())
    if not any(isinstance(text, str) and _HALF.search(text) for text in texts):
        return said
    lost.add("half of a surrogate pair, which is no character (U+FFFD is in its place)", document.source)
    whole: dict[str, Any] = json.loads(_HALF.sub("\ufffd", json.dumps(said, ensure_ascii=False)))
    return whole


class _Clock:
    """Ends the process where a part takes too long, or all of them do."""

    def __init__(self, most: float) -> None:
        self.part, self.until = SECONDS, time.process_time() + most
        signal.signal(signal.SIGPROF, signal.SIG_DFL)

    def step(self) -> None:
        """A part is done: the next begins."""
        left = self.until - time.process_time()
        signal.setitimer(signal.ITIMER_PROF, max(1e-3, min(self.part, left)))


def _allow(more: int) -> None:
    """Let the process have so many bytes more than it usually may."""
    if sys.platform == "linux":  # macOS has no such limit
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        most = MEMORY + more if hard == resource.RLIM_INFINITY else min(hard, MEMORY + more)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))


if __name__ == "__main__":
    main()
