"""Damaged files of every format: each is read or named, and whatever is read has its places inside its text."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from made_files import docx, epub, paragraph, pdf, zipped
from tasktune.core import Lost
from tasktune.documents import found, passages, read

WHOLE = {
    "a.pdf": pdf(["Introduction\nx y", "z"], "t", [("Introduction", 0)]),
    "a.docx": docx(paragraph("a b c", "H1") + paragraph("d")),
    "a.epub": epub({"a.xhtml": "<p>x</p>"}),
    "a.zip": zipped({"a.md": "x"}),
    "a.html": b"<!doctype html><html><main><h1>a</h1><p>b</p><table><tr><td>c</table></html>",
    "a.csv": b'a,b\n"x",y\n',
    "a.jsonl": b'{"text":"a"}\n',
    "a.eml": b"From: a\nTo: b\nSubject: c\n\nx",
    "a.md": "# ä\n\n```\nx\n```\n- a".encode(),
    "a.py": b"def f():\n  pass\n",
}


def damaged(data: bytes, chance: random.Random) -> bytes:
    broken = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(len(broken) or 1)
        broken[place : place + chance.choice((0, 1, 9))] = chance.randbytes(chance.choice((0, 1, 4)))
    return bytes(broken) or b"x"


@pytest.mark.parametrize("name", WHOLE)
def test_damaged_files_are_read_or_named(tmp_path: Path, name: str):
    chance = random.Random(name)
    for _ in range(25):
        (tmp_path / name).write_bytes(damaged(WHOLE[name], chance))
        lost = Lost()
        documents = [document for file in found(tmp_path, lost) for document in read(file, lost)]
        assert documents or lost.counts
        assert not [reason for reason in lost.counts if "ended the process" in reason]
        for document in documents:
            starts = [heading.start for heading in document.headings]
            assert starts == sorted(starts)
            assert all(0 <= h.start <= h.end <= len(document.text) for h in document.headings)
            for passage in passages(document, lambda texts: [len(text) for text in texts], 20):
                assert document.text[passage.start : passage.end] == passage.text
