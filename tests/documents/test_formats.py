"""Each format: what is read of a file of it, and where its parts are."""

import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from made_files import docx, epub, paragraph, pdf, zipped
from tasktune.documents import Document, formats
from tasktune.documents.formats import FORMATS


def titles(document: Document) -> list[tuple[int, str]]:
    return [(heading.level, heading.title) for heading in document.headings]


def written(document: Document) -> list[str]:
    return [document.text[heading.start : heading.end] for heading in document.headings]


def test_every_suffix_belongs_to_one_format():
    suffixes = [suffix for format in FORMATS.values() for suffix in format.suffixes]
    assert len(suffixes) == len({*suffixes})
    assert all(suffix == suffix.lower() and suffix.startswith(".") for suffix in suffixes)


def test_plain_text(reading):
    (document,), lost = reading({"a.txt": "One.\n\nTwo\nlines.\n \n  Three.\n"})
    assert document.text == "One.\n\nTwo\nlines.\n \n  Three.\n"
    assert [document.text[start:][:3] for start in document.breaks] == ["One", "Two", "Thr"]
    assert document.source.endswith("a.txt")
    assert (document.title, lost.as_json()) == ("", {})


def test_lines_end_in_one_way(reading):
    (document,), _ = reading({"a.txt": b"a\r\nb\rc\n"})
    assert document.text == "a\nb\nc\n"


def test_markdown(reading):
    text = "---\ntitle: Front\nyear: 2020\n---\n# Top #\n\nText\nof it.\n\nUnder\n-----\n\n"
    text += "```python\n# no heading\n\nx\n```\n- a\n- b\n"
    (document,), _ = reading({"a.md": text})
    assert document.text == text
    assert (document.title, dict(document.metadata)) == ("Front", {"year": "2020"})
    assert titles(document) == [(1, "Top"), (2, "Under")]
    assert written(document) == ["# Top #", "Under\n-----"]
    assert [text[start:end] for start, end in document.verbatim] == ["```python\n# no heading\n\nx\n```"]
    assert [text[start:].split("\n")[0] for start in document.breaks] == [
        "---",
        "# Top #",
        "Text",
        "Under",
        "```python",
        "- a",
        "- b",
    ]


def test_a_fence_that_is_never_closed_lasts_to_the_end(reading):
    (document,), _ = reading({"a.md": "~~~\n# a\n```\n# b"})
    assert document.headings == ()
    assert document.verbatim == ((0, len(document.text)),)


PAGE = """<!DOCTYPE html><html><head><meta name="author" content="Ann"><title>T &amp; t</title><style>p{}</style></head><body>
<nav>menu <a>x</a></nav><main><nav>inner</nav><header>By me</header>
<h1>Head <i>line</i><a class="headerlink">¶</a></h1><p>Some <b>bold</b>   text,<br>next &copy;.</p>
<ul><li>one</li><li>two</li></ul><table><tr><th>a</th><td>b</td></tr><tr><td>c</td><td><p>d</p></td></tr></table>
<pre>x = 1
  y</pre><p style="color:red; display : none">secret</p><div hidden>more <p>secrets</p></div><span aria-hidden="true">no</span>
<p style="font-size:0">tiny</p><p style="font-size:0.9em">fine</p>
<script>evil()</script><!-- unseen --></main><footer>foot</footer></body></html>"""


def test_html(reading):
    (document,), _ = reading({"a.html": PAGE})
    assert document.text == "By me\n\nHead line\n\nSome bold text,\nnext ©.\n- one\n- two\na | b\nc | d\n\nx = 1\n  y\n\nfine"
    assert (document.title, dict(document.metadata)) == ("T & t", {"author": "Ann"})
    assert titles(document) == [(1, "Head line")]
    assert [document.text[start:end] for start, end in document.verbatim] == ["x = 1\n  y"]


def test_a_page_without_a_main_part_is_read_without_what_is_around_it(reading):
    (document,), _ = reading({"a.html": "<html><header>top</header><p>Text.</p><aside>beside</aside></html>"})
    assert document.text == "Text."


@pytest.mark.parametrize("charset", ["windows-1252", "gb18030", "shift_jis"])
def test_html_says_its_encoding(reading, charset: str):
    said = {"windows-1252": "déjà vu “x”", "gb18030": "汉字测试", "shift_jis": "日本語"}[charset]
    (document,), _ = reading({"a.html": f'<html><meta charset="{charset}"><p>{said}</p></html>'.encode(charset)})
    assert document.text == said


def test_pdf(reading):
    data = pdf(
        ["1. Introduction\nPage one.", "The methods\nMethods\nPage two.", "Page three."],
        "A paper",
        [("Introduction", 0), ("Methods", 1), ("Rest", 2)],
    )
    (document,), lost = reading({"a.pdf": data})
    assert document.text == "1. Introduction\nPage one.\nThe methods\nMethods\nPage two.\nPage three."
    assert [document.text[start:][:7] for start in document.pages] == ["1. Intr", "The met", "Page th"]
    assert titles(document) == [(1, "Introduction"), (1, "Methods"), (1, "Rest")]
    assert written(document) == ["1. Introduction", "Methods", ""]
    assert (document.title, document.metadata["author"], document.metadata["pages"]) == ("A paper", "Ann", 3)
    assert lost.as_json() == {}


def test_a_pdf_without_text_is_told(reading):
    documents, lost = reading({"a.pdf": pdf(["", ""])})
    assert not documents
    assert [reason for reason in lost.counts if "scanned" in reason]


def test_docx(reading):
    table = f"<w:tbl><w:tr><w:tc>{paragraph('a')}</w:tc><w:tc>{paragraph('b')}{paragraph('c')}</w:tc></w:tr></w:tbl>"
    body = (
        paragraph("My title", "T") + paragraph("One", "H1") + paragraph("Text &amp; more.") + paragraph("Under", "H2") + table
        + paragraph("unseen", more="<w:rPr><w:vanish/></w:rPr>") + paragraph("Two", "Mine")
    )  # fmt: skip
    (document,), lost = reading({"a.docx": docx(body)})
    assert document.text == "My title\n\nOne\n\nText & more.\n\nUnder\na | b c\n\nTwo"
    assert titles(document) == [(1, "One"), (2, "Under"), (1, "Two")]
    assert document.title == "My title"
    assert lost.as_json() == {}


def test_epub(reading):
    nav = '<li><a href="b.xhtml">First</a></li><li><a href="a.xhtml#q">Second</a></li>'
    (document,), lost = reading(
        {"a.epub": epub({"b.xhtml": "<p>Hello&nbsp;there.</p>", "a.xhtml": "<h1>Own</h1><p>Bye.</p>"}, nav)}
    )
    assert document.text == "Hello\xa0there.\n\nOwn\n\nBye."
    assert titles(document) == [(1, "First"), (1, "Own")]
    assert (document.title, dict(document.metadata)) == ("Book", {"author": "Ann"})
    assert lost.as_json() == {}


def test_a_notebook(reading):
    cells = [
        {"cell_type": "markdown", "source": ["# Title\n", "\n", "Text."]},
        {"cell_type": "code", "source": "x = 1", "outputs": [{"text": "printed"}]},
        {"cell_type": "markdown", "source": "## Under"},
    ]
    documents, lost = reading({"a.ipynb": json.dumps({"cells": cells}), "b.ipynb": "{}"})
    (document,) = documents
    assert document.text == "# Title\n\nText.\n\nx = 1\n\n## Under"
    assert written(document) == ["# Title", "## Under"]
    assert [document.text[start:end] for start, end in document.verbatim] == ["x = 1"]
    assert document.title == "Title"
    assert sum(lost.counts.values()) == 1


def test_csv(reading):
    documents, lost = reading({"a.csv": 'id,Text,year,code\n1,"Hello, there",1999,007\n2,"Two\nlines",2000.5,\n3,x,1,2,3\n'})
    assert [document.source.rpartition("#")[2] for document in documents] == ["1", "2"]
    assert [document.text for document in documents] == ["Hello, there", "Two\nlines"]
    assert [dict(document.metadata) for document in documents] == [
        {"id": 1, "year": 1999, "code": "007"},
        {"id": 2, "year": 2000.5},
    ]
    assert sum(lost.counts.values()) == 1


def test_rows_without_a_text_say_all_their_columns(reading):
    documents, _ = reading({"a.csv": "name;price\nfoo;12\n", "b.tsv": "title\tk\nT, t\tv\n"})
    assert [document.text for document in documents] == ["name: foo\nprice: 12", "title: T, t\nk: v"]
    assert [document.title for document in documents] == ["", "T, t"]


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.csv", "id,text\n", "no rows below its header"),
        ("a.csv", b"id,text\n" * 10_000 + b"1,\xff\xfe\n", "goes on as something else"),
        ("a.jsonl", b'{"a": 1}\n' * 10_000 + b"\xff\n", "goes on as something else"),
    ],
)
def test_tables_that_hold_nothing_or_break_off_are_told(reading, name: str, data: bytes | str, why: str):
    _, lost = reading({name: data})
    assert [reason for reason in lost.counts if why in reason]


def test_jsonl_and_json(reading):
    lines = (
        '\ufeff{"text": "abc", "k": [1], "n": null, "b": true}\n\nno json\n[1]\n{"a": 1, "title": "two"}\n' + "[" * 100_000 + "\n"
    )
    documents, lost = reading({"a.jsonl": lines, "b.json": json.dumps([{"body": "x"}, {"body": "y"}]), "c.json": '{"a": [1, 2]}'})
    assert [document.text for document in documents] == ["abc", "a: 1\ntitle: two", "x", "y", '{"a": [1, 2]}']
    assert dict(documents[0].metadata) == {"k": "[1]", "b": True}
    assert sum(lost.counts.values()) == 3


PYTHON = '"""Doc."""\nimport os\n\n\n# about A\n@dec\nclass A:\n    x = 1\n\n    def f(self):\n        return 1\n\n\n'
PYTHON += "def g():\n    pass\n\nprint(1)\n"
RUST = "use x;\n\n/// doc\npub fn foo(a: i32) -> i32 {\n    if a { 1 }\n}\n\nimpl Bar for Foo {\n    fn m(&self) {\n    }\n}\n"
C = "#include <x>\n\nstatic int foo(int a)\n{\n  return bar(a);\n}\n\nint g(void) {\n  if (x) {\n  }\n}\n"
JS = "import x from 'y'\n\nexport default async function run(a) {\n  while (a) {}\n}\n\nclass K extends L {\n  m() {}\n}\nrun()\n"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.py", PYTHON, [(1, "A"), (2, "A.f"), (1, ""), (1, "g"), (1, "")]),
        ("a.rs", RUST, [(1, "foo"), (1, "Bar"), (2, "Bar.m")]),
        ("a.c", C, [(1, "foo"), (1, "g")]),
        ("a.js", JS, [(1, "run"), (1, "K"), (1, "")]),
        ("unended.py", "def f():\n    x", [(1, "f")]),
        ("broken.py", "def f(:\n    x\n\nclass A:\n    def g(self):\n        y\n", [(1, "f"), (1, "A"), (2, "A.g")]),
    ],
)
def test_code(reading, name: str, text: str, expected: list):
    (document,), _ = reading({name: text})
    assert document.text == text
    assert titles(document) == expected
    assert document.verbatim == ((0, len(text)),)


def test_comments_and_decorators_belong_to_what_they_stand_above(reading):
    (document,), _ = reading({"a.py": PYTHON})
    assert document.text[document.headings[0].start :].startswith("# about A\n@dec\nclass A")


MAIL = (
    b"From: Ann <a@b.c>\r\nTo: d@e.f\r\nSubject: =?utf-8?q?H=C3=A9llo?=\r\nDate: Mon, 1 Jan 2024 10:00:00 +0000\r\n"
    b"Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\nCaf\xe9 text\r\n\r\n> quoted\r\n"
)


@pytest.mark.parametrize("name", ["a.eml", "a.txt.of.mail"])
def test_mail(reading, name: str):
    (document,), _ = reading({name: MAIL})
    assert (document.title, document.text) == ("Héllo", "Café text\n\n> quoted")
    assert dict(document.metadata) == {"from": "Ann <a@b.c>", "to": "d@e.f", "date": "2024-01-01T10:00:00+00:00"}


def test_a_mailbox(reading):
    box = b"From a@b Mon Jan  1 00:00:00 2024\nSubject: one\n\nbody one\n\nFrom c@d Mon Jan  1 00:00:00 2024\nSubject: two\n"
    documents, _ = reading({"a.mbox": box + b"Content-Type: text/html\n\n<p>body <b>two</b></p>\n>From here\n"})
    assert [(document.title, document.text) for document in documents] == [("one", "body one"), ("two", "body two\n\nFrom here")]
    assert [document.source.rpartition("#")[2] for document in documents] == ["1", "2"]


def test_what_is_attached_is_read_too(reading):
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "s", "a@b", "c@d"
    message.set_content("see there")
    message.add_attachment(pdf(["On a page."]), maintype="application", subtype="pdf", filename="r.pdf")
    message.add_attachment(message_from_bytes(MAIL, policy=policy.default))
    box = b"From a@b Mon Jan  1 00:00:00 2024\n" + message.as_bytes()
    documents, lost = reading({"a.eml": message.as_bytes(), "b.mbox": box})
    assert [document.text.strip() for document in documents] == ["see there", "On a page.", "Café text\n\n> quoted"] * 2
    assert documents[1].source.endswith("a.eml#r.pdf")
    assert documents[4].source.endswith("b.mbox#1#r.pdf")
    assert lost.as_json() == {}


def tar(mode: str) -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode=mode) as archive:
        part = tarfile.TarInfo("./q/a.md")
        part.size = 4
        archive.addfile(part, io.BytesIO(b"# Hi"))
    return held.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "source"),
    [
        ("a.zip", zipped({"q/a.md": "# Hi"}), "a.zip#q/a.md"),
        ("a.tar", tar("w"), "a.tar#q/a.md"),
        ("a.tgz", tar("w:gz"), "a.tgz#q/a.md"),
        ("a.tar.xz", tar("w:xz"), "a.tar.xz#q/a.md"),
        ("a.md.gz", gzip.compress(b"# Hi"), "a.md.gz"),
        ("a.md.bz2", bz2.compress(b"# Hi"), "a.md.bz2"),
        ("a.md.xz", lzma.compress(b"# Hi"), "a.md.xz"),
        ("b.zip", zipped({"in.zip": zipped({"q/a.md": "# Hi"})}), "b.zip#in.zip#q/a.md"),
        ("stored.zip", zipped({"q/a.md": "# Hi"}, zipfile.ZIP_STORED), "stored.zip#q/a.md"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",  # archives hold the time at which they were made
)
def test_archives(reading, name: str, data: bytes, source: str):
    (document,), lost = reading({name: data})
    assert (document.source.rpartition("in/")[2], document.title) == (source, "Hi")
    assert lost.as_json() == {}


@pytest.mark.parametrize(
    ("name", "data", "text"),
    [
        ("paper.txt", pdf(["In disguise."]), "In disguise."),
        ("page.txt", "<!doctype html><html><p>Text.</p></html>", "<!doctype html><html><p>Text.</p></html>"),
        ("page", "<!doctype html><html><p>Text.</p></html>", "Text."),
        ("page.pdf", "<html><p>Not found</p></html>", "Not found"),
        ("letter.bin", docx(paragraph("Dear all")), "Dear all"),
        ("README", "Just words.", "Just words."),
        ("upper.MD", "# Hi", "# Hi"),
    ],
)
def test_what_a_file_is_says_more_than_its_name(reading, name: str, data: bytes | str, text: str):
    (document,), _ = reading({name: data})
    assert document.text == text


def test_missing_packages_are_named(monkeypatch):
    from tasktune.documents import html
    from tasktune.documents.document import UnreadableError

    monkeypatch.setitem(__import__("sys").modules, "lxml", None)
    with pytest.raises(UnreadableError, match=r"pip install 'tasktune\[rag\]'"):
        html.parsed("<p>x</p>")
    assert formats.FORMATS["html"].read is html.read
