"""Small files of every format, made here: no byte of them comes from elsewhere."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="o/c.opf"/></rootfiles>'
    "</container>"
)


def zipped(parts: Mapping[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return held.getvalue()


def pdf_of(objects: list[bytes], trailer: bytes = b"") -> bytes:
    """A PDF of these objects, numbered from 1; the first is its catalogue."""
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj" % number + body + b"endobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n" % size
        + table
        + b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF" % (size, trailer, len(out))
    )


def stream(data: bytes, packed: bytes | None = None) -> bytes:
    """A stream of a PDF; `packed` where it is not to be what it says it is."""
    packed = zlib.compress(data) if packed is None else packed
    return b"<</Length %d/Filter/FlateDecode>>stream\n" % len(packed) + packed + b"\nendstream"


def pdf(pages: list[str], title: str = "", outline: list[tuple[str, int]] | None = None, count: int | None = None) -> bytes:
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    objects, kids = [b"", b"", font], []
    for page in pages:
        lines = b" ".join(b"(" + line.encode("latin-1") + b") Tj T*" for line in page.split("\n"))
        objects.append(stream(b"BT /F1 12 Tf 72 720 Td 14 TL " + lines + b" ET"))
        kids.append(len(objects) + 1)
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents %d 0 R/Resources<</Font<</F1 3 0 R>>>>>>" % len(objects)
        )
    objects[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (
        len(kids) if count is None else count,
        b" ".join(b"%d 0 R" % kid for kid in kids),
    )
    extra = b""
    if outline:
        root = len(objects) + 1
        ids = [root + 1 + k for k in range(len(outline))]
        objects.append(b"<</Type/Outlines/First %d 0 R/Last %d 0 R/Count %d>>" % (ids[0], ids[-1], len(ids)))
        for k, (said, page) in enumerate(outline):
            following = b"/Next %d 0 R" % ids[k + 1] if k + 1 < len(ids) else b""
            objects.append(b"<</Title(%s)/Parent %d 0 R%s/Dest[%d 0 R/Fit]>>" % (said.encode(), root, following, kids[page]))
        extra = b"/Outlines %d 0 R" % root
    objects[0] = b"<</Type/Catalog/Pages 2 0 R%s>>" % extra
    objects.append(b"<</Title(%s)/Author(Ann)>>" % title.encode())
    return pdf_of(objects, b"/Info %d 0 R" % len(objects))


def paragraph(text: str, style: str = "", more: str = "") -> str:
    styled = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{styled}<w:r>{more}<w:t>{text}</w:t></w:r></w:p>"


def docx(body: str, before: str = "") -> bytes:
    styles = (
        f'<w:styles {W}><w:style w:styleId="H1"><w:name w:val="heading 1"/></w:style><w:style w:styleId="Mine"><w:basedOn '
        'w:val="H1"/><w:name w:val="mine"/></w:style><w:style w:styleId="H2"><w:name w:val="x"/><w:pPr><w:outlineLvl w:val="1"/>'
        '</w:pPr></w:style><w:style w:styleId="T"><w:name w:val="Title"/></w:style></w:styles>'
    )
    document = f'<?xml version="1.0"?>{before}<w:document {W}><w:body>{body}</w:body></w:document>'
    return zipped({"[Content_Types].xml": "<Types/>", "word/styles.xml": styles, "word/document.xml": document})


def epub(chapters: Mapping[str, str], nav: str = "") -> bytes:
    items = "".join(f'<item id="i{k}" href="{name}" media-type="application/xhtml+xml"/>' for k, name in enumerate(chapters))
    spine = "".join(f'<itemref idref="i{k}"/>' for k in range(len(chapters)))
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>Book'
        "</dc:title><dc:creator>Ann</dc:creator></metadata><manifest><item id='nav' href='nav.xhtml' properties='nav' "
        f"media-type='application/xhtml+xml'/>{items}</manifest><spine>{spine}</spine></package>"
    )
    head = '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/><script src="x"/></head>'
    page = head + "<body>{}</body></html>"
    parts = {f"o/{name}": page.format(body) for name, body in chapters.items()}
    listed = f"<nav><ol>{nav}</ol></nav>"
    return zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": CONTAINER,
            "o/c.opf": package,
            "o/nav.xhtml": page.format(listed),
            **parts,
        }
    )
