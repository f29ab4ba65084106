"""gettext's catalogues."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktune.core import InputError
from tasktune.readers import po
from tasktune.readers.source import Source
from tasktune.readers.units import translated

HEADER = 'msgid ""\nmsgstr ""\n"Language: de\\n"\n'


def filled(path, translate):
    with Source(path) as source:
        units = [*po.units(source)]
    data = path.read_bytes()
    return translated(
        data, (edit for unit in units if unit.fill for edit in unit.fill(data, translate(unit.row.string("text")), ""))
    )


def test_messages_contexts_and_plurals(values):
    content = HEADER + (
        '\n#: a.c:1\nmsgid "Open"\nmsgstr "Öffnen"\n\nmsgctxt "menu"\nmsgid "Open"\nmsgstr ""\n'
        '\nmsgid "%d file"\nmsgid_plural "%d files"\nmsgstr[0] "%d Datei"\nmsgstr[1] "%d Dateien"\n'
        '#~ msgid "old"\n#~ msgstr "alt"\n'
    )
    assert values(content, "po") == [
        {"text": "Open", "answer": "Öffnen", "target_language": "de"},
        {"text": "Open", "target_language": "de", "context": "menu"},
        {"text": "%d file", "answer": "%d Datei", "target_language": "de"},
        {"text": "%d files", "answer": "%d Dateien", "target_language": "de"},
    ]


def test_escapes_and_strings_of_several_lines(values):
    content = 'msgid ""\n"a\\tb\\n"\n"\\"c\\" \\\\ \\101\\x42"\nmsgstr "d"\n'
    assert values(content, "po") == [{"text": 'a\tb\n"c" \\ AB', "answer": "d"}]


def test_numbers_are_bytes_of_which_several_make_a_character(values):
    content = 'msgid "caf\\303\\251 \\xe2\\x82\\xac"\nmsgstr "\\346\\226\\207\\345\\255\\227\\n"\n'
    assert values(content, "po") == [{"text": "café €", "answer": "文字\n"}]


def test_bytes_that_are_no_text_are_refused_with_their_line(file):
    with (
        pytest.raises(InputError, match=r":2: the bytes \\303 are no text in UTF-8"),
        Source(file('msgid "a"\nmsgstr "caf\\303"\n')) as source,
    ):
        list(po.read(source))


def in_latin_1(folder, body="", charset="ISO-8859-1"):
    path = folder / "latin.po"
    path.write_text(f'msgid ""\nmsgstr "Content-Type: text/plain; charset={charset}\\n"\n\n{body}', encoding="latin-1")
    return path


def test_the_header_names_the_encoding(tmp_path):
    body = 'msgid "coffee"\nmsgstr "café"\n\nmsgid "cake"\nmsgstr "g\\342teau"\n'
    for charset in ("ISO-8859-1", "latin1", "windows-1252"):
        with Source(in_latin_1(tmp_path, body, charset)) as source:
            assert [row.values["answer"] for row in po.read(source)] == ["café", "gâteau"]


@pytest.mark.parametrize(
    ("charset", "why"), [("CHARSET", "0xe9 is not UTF-8"), ("rot13", "is not UTF-8"), ("GB2312", "is not GB2312, which the file")]
)
def test_another_encoding_than_the_header_names_is_refused(tmp_path, charset, why):
    with pytest.raises(InputError, match=why), Source(in_latin_1(tmp_path, 'msgid "coffee"\nmsgstr "é"\n', charset)) as source:
        list(po.read(source))


NAMED = '"Content-Type: text/plain; charset={}\\n"\n'


@pytest.mark.parametrize(
    ("before", "header", "message", "encoding"),
    [
        ("# Content-Type: text/plain; charset=ISO-8859-1 was before\n", NAMED.format("UTF-8"), "a", "utf-8"),
        ("", '"Language: de\\n"\n', "Content-Type: text/html; charset=iso-8859-1", "utf-8"),
        ("\ufeff", '"Content-Type: text/plain\\n"\n"X-Was: charset=latin1\\n"\n', "a", "utf-8"),
        ("", '"Content-Type: text/plain; "\n"charset=ISO-8859-1\\n"\n', "a", "latin-1"),
        ("# by Zoé\n\n", '"Last-Translator: Zoé\\n"\n' + NAMED.format("latin1"), "a", "latin-1"),
    ],
)
def test_only_the_header_names_the_encoding(tmp_path, before, header, message, encoding):
    path = tmp_path / "a.po"
    path.write_text(f'{before}msgid ""\nmsgstr ""\n{header}msgid "{message}"\nmsgstr "é"\n', encoding=encoding)
    with Source(path) as source:
        assert [row.values["answer"] for row in po.read(source)] == ["é"]


@pytest.mark.parametrize("first", ['msgid "b"', 'msgctxt "c"\nmsgid ""', 'msgid ""\n"b"'])
def test_a_first_message_is_no_header(tmp_path, first):
    path = tmp_path / "a.po"
    path.write_text(f'{first}\nmsgstr ""\n{NAMED.format("ISO-8859-1")}\nmsgid "a"\nmsgstr "é"\n', encoding="utf-8")
    with Source(path) as source:
        assert [row.values["answer"] for row in po.read(source)][-1] == "é"


def test_a_language_of_one_form_takes_the_plural(values):
    content = 'msgid "%d file"\nmsgid_plural "%d files"\nmsgstr[0] "%d 个文件"\n'
    assert values(content, "po") == [{"text": "%d files", "answer": "%d 个文件"}]


def test_a_fuzzy_translation_is_none(values):
    assert values('#, c-format, fuzzy\nmsgid "a"\nmsgstr "b"\n', "po") == [{"text": "a"}]


@pytest.mark.parametrize(
    ("content", "line", "why"),
    [
        ('msgid "a"\nmsgid "b"\n', 2, "a second msgid"),
        ('msgstr "a"\n', 1, "without a msgid"),
        ('msgid "a"\n', 1, "ends before the msgstr"),
        ('msgid "a"\nmsgstr "b\n', 2, "a keyword"),
        ('"a"\n', 1, "a keyword"),
        ("hello\n", 1, "a keyword"),
    ],
)
def test_what_is_no_po_is_refused_with_its_line(file, content, line, why):
    path = file(content)
    with pytest.raises(InputError, match=why) as refused, Source(path) as source:
        list(po.read(source))
    assert f"{path}:{line}: " in str(refused.value)


def test_what_is_open_is_filled_marked_and_all_else_kept(file):
    path = file(
        HEADER + '\n# kept\n#, c-format\nmsgid "%d\\n"\nmsgstr ""\n\nmsgid "b"\nmsgstr "B"\n\n#, fuzzy\nmsgid "c"\nmsgstr "?"\n'
        '\nmsgid "f"\nmsgid_plural "fs"\nmsgstr[0] ""\nmsgstr[1] ""\nmsgstr[2] ""\n#~ msgid "o"\n#~ msgstr "p"\n'
    )
    assert filled(path, lambda text: f'<"{text.strip()}">\nx') == HEADER + (
        '\n# kept\n#, fuzzy, c-format\nmsgid "%d\\n"\nmsgstr ""\n"<\\"%d\\">\\n"\n"x\\n"\n'
        '\nmsgid "b"\nmsgstr "B"\n\n#, fuzzy\nmsgid "c"\nmsgstr "?"\n'
        '\n#, fuzzy\nmsgid "f"\nmsgid_plural "fs"\nmsgstr[0] ""\n"<\\"f\\">\\n"\n"x"\n'
        'msgstr[1] ""\n"<\\"fs\\">\\n"\n"x"\nmsgstr[2] ""\n"<\\"fs\\">\\n"\n"x"\n#~ msgid "o"\n#~ msgstr "p"\n'
    )


TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0\r"), min_size=1, max_size=12)


@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=3))
def test_what_is_put_in_reads_back(pairs):
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.po"
        open_ = "\n".join(f'msgctxt "{k}"\nmsgid "x"\nmsgstr ""\n' for k, _ in enumerate(pairs))
        path.write_text(HEADER + "\n" + open_, encoding="utf-8", newline="")
        said = iter([translation for _, translation in pairs])
        written = filled(path, lambda text: next(said)).replace("#, fuzzy\n", "")
        path.write_text(written, encoding="utf-8", newline="")
        with Source(path) as source:
            found = [row.optional("answer") for row in po.read(source)]
        assert found == [translation.strip("\n") or None for _, translation in pairs]
