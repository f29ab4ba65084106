"""The process in which files are parsed: `python -m tasktune.documents.worker`. It can come to no harm but its own end.

It takes jobs and gives documents as lines of JSON, and may write no file. For each file it has so much memory and so many
seconds of a processor; it ends where it would need more, and is started again for the next.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tasktune.core import Lost
from tasktune.documents.document import UnreadableError
from tasktune.documents.files import opened
from tasktune.documents.formats import detected, parse
from tasktune.documents.opened import Allowance, Opened

MEMORY = 300 << 20
"""Bytes that the process may have, the interpreter included."""
_TEXT = 10
"""How many bytes more a byte of a text may take: it grows to no more than that, so it is no bomb."""
SECONDS = 2.5
"""Seconds of a processor that a file may take, and those for each MiB that it has."""
PER_MEBIBYTE = 10.0


def seconds(size: int) -> float:
    """How long a file of so many bytes may take."""
    return SECONDS + PER_MEBIBYTE * size / (1 << 20)


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


def _read(path: str, source: str) -> Iterator[dict[str, Any]]:
    lost = Lost()
    try:
        with opened(Path(path)) as stream:
            size = os.fstat(stream.fileno()).st_size
            file = Opened(source, Path(path).name, stream, lost, Allowance.of(size), parse)
            _limit(size, size * _TEXT if detected(file).is_text else 0)
            for document in parse(file):
                yield {"document": asdict(document)}
    except UnreadableError as why:
        lost.add(str(why), source)
    except MemoryError:
        lost.add(f"it needs more than {MEMORY >> 20} MiB of memory", source)
    except OSError as error:
        lost.add(error.strerror or str(error), source)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    yield {"lost": lost.as_json()}


def _limit(size: int, more: int) -> None:
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, seconds(size))
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY + more, hard))


if __name__ == "__main__":
    main()
