"""Files that are made to do harm to who reads them: bombs, lies, mazes. Small themselves, made here."""

from __future__ import annotations

import gzip
import io
import json
import os
import tarfile
import zipfile
import zlib
from collections.abc import Callable

from made_files import CONTAINER, W, docx, epub, paragraph, pdf, pdf_of, stream, zipped

_LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 20}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
_LAUGHS += "]>"
_FETCH = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def _zeros(mebibytes: int) -> bytes:
    """A gzip'd file of so many MiB of zeros, made without having them."""
    held = io.BytesIO()
    with gzip.open(held, "wb", compresslevel=9) as out:
        for _ in range(mebibytes):
            out.write(bytes(1 << 20))
    return held.getvalue()


def _flate(mebibytes: int) -> bytes:
    press = zlib.compressobj(9)
    return b"".join([press.compress(bytes(1 << 20)) for _ in range(mebibytes)] + [press.flush()])


def _flat_zip(mebibytes: int) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.txt", "w", force_zip64=True) as out:
        for _ in range(mebibytes):
            out.write(b"a" * (1 << 20))
    return held.getvalue()


def _many_zip() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(20):
            archive.writestr(f"{number}.txt", b"b" * (6 << 20))
    return held.getvalue()


def _nested_zip() -> bytes:
    data = b"c" * (1 << 20)
    held = zipped({"bottom.txt": data})
    for _ in range(5):
        held = zipped({f"{k}.zip": held for k in range(3)})
    return held


def _lying_zip() -> bytes:
    """A ZIP whose directory says that a part has three bytes."""
    data = zipped({"a.txt": b"d" * (20 << 20)})
    return data.replace((20 << 20).to_bytes(4, "little"), (3).to_bytes(4, "little"))


def _huge_stream_pdf() -> bytes:
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 5 0 R/Resources<</Font<</F1 3 0 R>>>>>>"
    return pdf_of([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[4 0 R]>>", font, page, stream(b"", _flate(80))])


def _doubly_packed_pdf() -> bytes:
    packed = zlib.compress(_flate(80), 9)
    body = b"<</Length %d/Filter[/FlateDecode/FlateDecode]>>stream\n" % len(packed) + packed + b"\nendstream"
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>"
    return pdf_of([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[3 0 R]>>", page, body])


def busy_pdf() -> bytes:
    """A small page of millions of operators."""
    press = zlib.compressobj(9)
    packed = b"".join([press.compress(b"BT (a) Tj ET q Q " * (1 << 16)) for _ in range(12)] + [press.flush()])
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>"
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    return pdf_of([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[3 0 R]>>", page, stream(b"", packed), font])


def _circular_pdf() -> bytes:
    """Pages whose child is their parent."""
    return pdf_of(
        [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 3/Kids[3 0 R]>>", b"<</Type/Pages/Count 3/Kids[2 0 R]>>"]
    )


def _deep_pdf() -> bytes:
    """An object in ten thousand lists."""
    return pdf_of([b"<</Type/Catalog/Pages 2 0 R/X " + b"[" * 10_000 + b"]" * 10_000 + b">>", b"<</Type/Pages/Count 0/Kids[]>>"])


def _deep_tree_pdf(depth: int = 1000) -> bytes:
    """A page below thousands of others."""
    nodes = [b"<</Type/Pages/Count 1/Kids[%d 0 R]>>" % (k + 3) for k in range(depth)]
    return pdf_of([b"<</Type/Catalog/Pages 2 0 R>>", *nodes, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"])


def repeated_page_pdf(count: int) -> bytes:
    """One page, a great many times."""
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 5 0 R/Resources<</Font<</F1 3 0 R>>>>>>"
    kids = b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, b"4 0 R " * count)
    return pdf_of([b"<</Type/Catalog/Pages 2 0 R>>", kids, font, page, stream(b"BT /F1 9 Tf (word) Tj ET")])


def _circular_outline_pdf() -> bytes:
    """An outline whose entry is followed by itself."""
    entry = b"<</Title(a)/Parent 3 0 R/Next 4 0 R/First 4 0 R>>"
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 6 0 R/Resources<</Font<</F1 7 0 R>>>>>>"
    return pdf_of(
        [
            b"<</Type/Catalog/Pages 2 0 R/Outlines 3 0 R>>",
            b"<</Type/Pages/Count 1/Kids[5 0 R]>>",
            b"<</Type/Outlines/First 4 0 R/Last 4 0 R>>",
            entry,
            page,
            stream(b"BT /F1 9 Tf (word) Tj ET"),
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        ]
    )


def _locked_pdf() -> bytes:
    import pypdf

    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf(["secret"])))
    writer.encrypt("password", algorithm="AES-256")
    held = io.BytesIO()
    writer.write(held)
    return held.getvalue()


def _laughing_epub() -> bytes:
    return zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": _LAUGHS + CONTAINER.replace("<rootfiles>", "<rootfiles>&i;"),
        }
    )


def _utf16_laughing_docx() -> bytes:
    document = f'<?xml version="1.0" encoding="UTF-16"?>{_LAUGHS}<w:document {W}><w:t>&i;</w:t></w:document>'
    return zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": document.encode("utf-16")})


def _deep_mail() -> bytes:
    parts = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (k, k) for k in range(1200))
    return b"From: a@b\nTo: c@d\nSubject: s\n" + parts + b"\nwords"


def _named_tar(name: str, link: str = "") -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as archive:
        part = tarfile.TarInfo(name)
        if link:
            part.type, part.linkname = tarfile.SYMTYPE, link
            archive.addfile(part)
        else:
            part.size = 5
            archive.addfile(part, io.BytesIO(b"words"))
    return held.getvalue()


def _locked_zip() -> bytes:
    data = bytearray(zipped({"a.txt": b"words"}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + at] |= 1
    return bytes(data)


LOST: dict[str, Callable[[], bytes]] = {
    "flat.zip": lambda: _flat_zip(20),
    "many.zip": _many_zip,
    "nested.zip": _nested_zip,
    "lying.zip": _lying_zip,
    "zeros.txt.gz": lambda: _zeros(20),
    "locked.zip": _locked_zip,
    "out.zip": lambda: zipped({"../../out.txt": "words"}),
    "absolute.zip": lambda: zipped({"/etc/out.txt": "words"}),
    "windows.zip": lambda: zipped({"C:\\out.txt": "words"}),
    "out.tar": lambda: _named_tar("q/../../out.txt"),
    "link.tar": lambda: _named_tar("a.txt", "/etc/passwd"),
    "huge.pdf": _huge_stream_pdf,
    "doubly.pdf": _doubly_packed_pdf,
    "circular.pdf": _circular_pdf,
    "deep.pdf": _deep_pdf,
    "deep-tree.pdf": _deep_tree_pdf,
    "repeated.pdf": lambda: repeated_page_pdf(101_000),
    "quotes.csv": lambda: b'a,b\n"' + b"words\n" * 100_000,
    "locked.pdf": _locked_pdf,
    "truncated.pdf": lambda: pdf(["words"])[:300],
    "noise.pdf": lambda: b"%PDF-1.7\n" + bytes(range(256)) * 40,
    "laughs.docx": lambda: docx(paragraph("&i;"), _LAUGHS),
    "utf16.docx": _utf16_laughing_docx,
    "fetch.docx": lambda: docx(paragraph("&a;"), _FETCH),
    "bomb.docx": lambda: zipped({"word/document.xml": f"<w:document {W}>" + "<w:p>" * (4 << 20), "[Content_Types].xml": "x"}),
    "truncated.docx": lambda: docx(paragraph("words"))[:400],
    "laughs.epub": _laughing_epub,
    "truncated.epub": lambda: epub({"a.xhtml": "<p>words</p>"})[:300],
    "deep.eml": _deep_mail,
    "empty.txt": lambda: b"",
    "empty.pdf": lambda: b"",
    "noise.bin": lambda: os.urandom(5000),
}
"""Those of which nothing can be read, by name."""

READ: dict[str, Callable[[], bytes]] = {
    "outline.pdf": _circular_outline_pdf,
    "lying.pdf": lambda: pdf(["words"], count=1 << 30),
    "deep.html": lambda: b"<html><body>" + b"<div>" * 10_000 + b"words" + b"</div>" * 10_000 + b"</body></html>",
    "open.html": lambda: b"<html>" + b"<b><table><tr><td>" * 5_000 + b"words",
    "long.html": lambda: b"<html><p>" + b"words " * 2_000_000,
    "deep.json": lambda: b"[" * 100_000 + b"]" * 100_000,
    "deep.docx": lambda: docx("<w:x>" * 200 + paragraph("words") + "</w:x>" * 200),
    "deep.py": lambda: b"x = " + b"(" * 10_000 + b")" * 10_000,
    "deeper.py": lambda: b"-" * 1_000_000 + b"x",
    "fences.md": lambda: b"```\n~~~\n" * 10_000,
    "keys.json": lambda: json.dumps([{str(k): k for k in range(20_000)}]).encode(),
    "spaces.c": lambda: b"int" + b" a" * 200 + b" " * 100_000 + b"(\n" + b"static a b c d e f g h i j k l m n" * 10_000,
}
"""Those that only take care to read."""
