"""What a file can be: `FORMATS`, the table of them all, and how they are told apart.

What a file begins with says more than its name: a PDF is one though it is called `.txt`. Among texts the name decides, and what
has no name that is known is plain text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from tasktune.documents import archive, code, docx, epub, html, mail, markdown, notebook, packed, pdf, plain, table
from tasktune.documents.document import Document, UnreadableError
from tasktune.documents.encodings import is_text
from tasktune.documents.opened import Opened


def _never(head: bytes) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Format:
    """A format: the suffixes it goes by, what it is in a line, how it is read, and what a file of it begins with for certain.

    `is_text` says whether a file of it is text. `read` raises `UnreadableError`, and notes in `Opened.lost` what of a file it
    must leave out.
    """

    name: str
    suffixes: tuple[str, ...]
    what: str
    read: Callable[[Opened], Iterator[Document]]
    begins: Callable[[bytes], bool] = _never
    is_text: bool = True


_LANGUAGES = """
    .py .pyi .js .mjs .cjs .ts .tsx .jsx .java .c .h .cc .cpp .cxx .hpp .cs .go .rs .rb .php .swift .kt .kts .scala .sh .bash .zsh
    .sql .r .lua .pl .pm .m .jl .hs .ml .ex .exs .erl .clj .dart .vue .css .scss .toml .yaml .yml .ini
"""
_TABLE = (  # Of those that a file may begin as, the more special stand first.
    Format("pdf", (".pdf",), "PDF: pages, title, outline", pdf.read, pdf.begins, is_text=False),
    Format("docx", (".docx", ".docm", ".dotx"), "Word: headings, tables, notes", docx.read, is_text=False),
    Format("epub", (".epub",), "EPUB: chapters and their titles", epub.read, is_text=False),
    Format("zip", (".zip",), "an archive of any of these, which may be archives too", archive.zipped, is_text=False),
    Format("tar", (".tar",), "an archive of any of these", archive.tarred, archive.begins_tar, is_text=False),
    Format(
        "compressed",
        (".gz", ".tgz", ".bz2", ".tbz2", ".xz", ".txz"),
        "one of these, or a tar, compressed",
        archive.squeezed,
        archive.begins_squeezed,
        is_text=False,
    ),
    Format("html", (".html", ".htm", ".xhtml"), "HTML: the main text, headings, tables", html.read, html.begins),
    Format("mbox", (".mbox", ".mbx"), "a mailbox: a document a message", mail.box, mail.begins_box),
    Format("mail", (".eml",), "a message, and what is attached to it", mail.read, mail.begins),
    Format("csv", (".csv",), "a table: a document a row", table.commas),
    Format("tsv", (".tsv", ".tab"), "a table: a document a row", table.tabs),
    Format("jsonl", (".jsonl", ".ndjson"), "JSON lines: a document a line", table.lines),
    Format("json", (".json",), "a JSON list: a document an object; else a text", table.whole),
    Format("notebook", (".ipynb",), "Jupyter notebooks: texts and code, not what it printed", notebook.read),
    Format("markdown", (".md", ".markdown", ".mdown", ".qmd", ".rmd"), "Markdown: headings, code, lists", markdown.read),
    Format("code", tuple(_LANGUAGES.split()), "source code: functions and classes", code.read),
    Format("plain", (".txt", ".text", ".log", ".rst", ".org", ".adoc", ".tex"), "plain text: paragraphs", plain.read),
)
FORMATS: dict[str, Format] = {format.name: format for format in _TABLE}


def parse(file: Opened) -> Iterator[Document]:
    """The documents of a file, whatever it is. Raises `UnreadableError` where it is nothing that can be read."""
    try:
        yield from detected(file).read(file)
    except UnicodeDecodeError as error:
        raise UnreadableError(f"it begins as {error.encoding} and goes on as something else: convert it to UTF-8") from None


def detected(file: Opened) -> Format:
    """The format of a file. Raises `UnreadableError` where it is none of them."""
    head, name = file.head(), file.name.lower()
    if not head:
        raise UnreadableError("an empty file")
    if packed.begins(head):
        return _of_parts(file)
    named = [format for format in _TABLE if name.endswith(format.suffixes)]
    certain = [format for format in _TABLE if format.begins(head)]
    if certain and not (certain[0].is_text and named and named[0].is_text):
        return certain[0]
    if is_text(head):
        return next((format for format in (*named, *certain) if format.is_text), FORMATS["plain"])
    if named and not named[0].is_text:
        return named[0]
    raise UnreadableError(f"no format that is read ({PurePosixPath(name).suffix or 'no suffix'}, not text)")


def _of_parts(file: Opened) -> Format:
    """The format of a ZIP. Raises `UnreadableError` for spreadsheets, slides and the like, which are no archives."""
    parts = packed.Packed.of(file).names()
    file.stream.seek(0)
    if docx.is_one(parts):
        return FORMATS["docx"]
    if epub.is_one(parts):
        return FORMATS["epub"]
    if "[Content_Types].xml" in parts or parts[:1] == ["mimetype"]:
        raise UnreadableError("an office file that is no DOCX: save it as DOCX or PDF")
    return FORMATS["zip"]
