"""Files are read in another process (`worker`): one that is made to do harm does none, it is named, and the rest is read."""

from __future__ import annotations

import atexit
import json
import os
import re
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from tasktune.core import Lost
from tasktune.documents.document import Document, Heading
from tasktune.documents.files import Found
from tasktune.documents.worker import SECONDS, seconds

_PASSING = re.compile("pip install|^it cannot be opened|^reading it ended")
_idle: defaultdict[int, list[subprocess.Popen[str]]] = defaultdict(list)
"""The workers that wait for a file, by the process that has started them."""


def read(file: Found, lost: Lost) -> Iterator[Document]:
    """The documents of a file: one, or as many as it has rows, messages or members. What cannot be read is noted in `lost`.

    It is safe to read several files at once, in threads: each has a worker of its own.
    """
    own = _idle[os.getpid()]
    worker = own.pop() if own else _started()
    done = reusable = False
    try:
        for message in _messages(worker, file):
            if "document" in message:
                yield _document(message["document"])
            else:
                _note(message["lost"], lost)
                done, reusable = True, not message["last"]
        if not done:
            lost.add(_ended(worker, file), file.source)
    finally:
        if reusable:
            own.append(worker)
        else:
            _end(worker)


def is_passing(lost: Lost) -> bool:
    """Whether some of what was lost of a file might be read another time though the file is as it was: what reads it may be
    installed by then, or a disk or a process be well again.
    """
    return any(_PASSING.search(reason) for reason in lost.counts)


def _started() -> subprocess.Popen[str]:
    paths = os.pathsep.join(path for path in sys.path if path)
    return subprocess.Popen(
        [sys.executable, "-m", "tasktune.documents.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": paths},
        text=True,
    )


def _messages(worker: subprocess.Popen[str], file: Found) -> Iterator[dict[str, Any]]:
    """What a worker says of a file; less than all of it where it dies."""
    assert worker.stdin is not None
    assert worker.stdout is not None
    try:
        worker.stdin.write(json.dumps({"path": os.fspath(file.path), "source": file.source}) + "\n")
        worker.stdin.flush()
    except BrokenPipeError:
        return
    for line in worker.stdout:
        if not line.endswith("\n"):
            return
        message = json.loads(line)
        yield message
        if "lost" in message:
            return


def _document(said: dict[str, Any]) -> Document:
    headings = tuple(Heading(**heading) for heading in said["headings"])
    verbatim = tuple((start, end) for start, end in said["verbatim"])
    places = (headings, tuple(said["pages"]), tuple(said["breaks"]), verbatim)
    return Document(said["source"], said["title"], said["text"], *places, said["metadata"])


def _note(said: dict[str, Any], lost: Lost) -> None:
    for reason, noted in said.items():
        for number, name in enumerate(noted["records"]):
            lost.add(reason, name, 0 if number else noted["count"])


def _ended(worker: subprocess.Popen[str], file: Found) -> str:
    """Why a worker has ended in the middle of a file."""
    code = worker.wait()
    if code == -signal.SIGPROF:
        return f"a part of it takes more than {SECONDS} s to read, or all of it more than {seconds(file.size):.4g} s, as bombs do"
    return f"reading it ended the process that did ({signal.Signals(-code).name if code < 0 else f'exit code {code}'})"


def _end(worker: subprocess.Popen[str]) -> None:
    worker.kill()
    worker.communicate()


@atexit.register
def _end_all() -> None:
    for worker in _idle.pop(os.getpid(), []):
        _end(worker)
