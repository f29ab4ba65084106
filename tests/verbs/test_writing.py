"""What predict writes: lines of text, and files with translations put in."""

from types import SimpleNamespace

import pytest

from tasktune.core import InputError, Lost
from tasktune.readers import rows
from tasktune.tasks.generation import Generation
from tasktune.tasks.translation import Translation
from tasktune.verbs.fill import EMPTY, OTHER, UNLIKE, UNMARKED, UNWRITABLE
from tasktune.verbs.writing import write_answers

PO = '# kept\nmsgid "a"\nmsgstr ""\n\nmsgid "b"\nmsgstr "B"\n\nmsgid "c"\nmsgstr ""\n'


def answering(translate, format=None):
    """Stands for a model."""

    def answers(given):
        asked = rows(given, format) if isinstance(given, str) else given
        for record in map(Translation.from_row, asked):
            yield SimpleNamespace(record=record, answer=translate(record.text))

    return answers


def test_a_file_is_filled_where_it_is_open(tmp_path):
    (tmp_path / "in.po").write_text(PO)
    asked, lost = [], Lost()
    translate = lambda text: asked.append(text) or text.upper()  # noqa: E731
    write_answers(str(tmp_path / "in.po"), str(tmp_path / "out.po"), answering(translate), None, lost)
    assert asked == ["a", "c"]
    assert (tmp_path / "out.po").read_text() == PO.replace('msgid "a"\nmsgstr ""', '#, fuzzy\nmsgid "a"\nmsgstr "A"').replace(
        'msgid "c"\nmsgstr ""', '#, fuzzy\nmsgid "c"\nmsgstr "C"'
    )
    assert not lost.counts


def test_what_is_not_translated_is_left_and_counted(tmp_path):
    (tmp_path / "in.po").write_text(PO)
    lost = Lost()
    write_answers(str(tmp_path / "in.po"), str(tmp_path / "out.po"), answering({"a": "A", "c": " "}.get), None, lost)
    assert (tmp_path / "out.po").read_text() == PO.replace('msgid "a"\nmsgstr ""', '#, fuzzy\nmsgid "a"\nmsgstr "A"')
    assert lost.as_json() == {EMPTY: {"count": 1, "records": [f"{tmp_path}/in.po:8"]}}


def test_a_file_keeps_its_encoding_and_what_that_cannot_write_is_left(tmp_path):
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=ISO-8859-1\\n"\n\n# é\n'
    (tmp_path / "in.po").write_text(head + PO, encoding="latin-1")
    lost = Lost()
    write_answers(str(tmp_path / "in.po"), str(tmp_path / "out.po"), answering({"a": "ä", "c": "文"}.get), None, lost)
    expected = head + PO.replace('# kept\nmsgid "a"\nmsgstr ""', '# kept\n#, fuzzy\nmsgid "a"\nmsgstr "ä"')
    assert (tmp_path / "out.po").read_text(encoding="latin-1") == expected
    assert lost.counts == {UNWRITABLE: 1}


def test_a_file_in_another_language_is_left(tmp_path):
    """Of a memory with an empty variant each in two languages, the one is filled that was asked for."""
    variants = "".join(
        f'<tuv xml:lang="{name}"><seg>{name if name == "en" else ""}</seg></tuv>' for name in ("en", "de-AT", "fr")
    )
    (tmp_path / "in.tmx").write_text(f'<tmx><header srclang="en"/><tu>{variants}</tu></tmx>')
    lost = Lost()

    def german(given):
        for row in given:
            yield SimpleNamespace(record=Translation(text="en", target_language="de", id=row.id), answer="auf Deutsch")

    write_answers(str(tmp_path / "in.tmx"), str(tmp_path / "out.tmx"), german, None, lost)
    assert [row.values.get("answer") for row in rows(tmp_path / "out.tmx")] == ["auf Deutsch", None]
    assert lost.counts == {OTHER: 1}


def test_lost_placeholders_and_inline_codes_are_counted(tmp_path):
    (tmp_path / "in.po").write_text('msgid "%d files in {place}"\nmsgstr ""\n\nmsgid "%d of %s"\nmsgstr ""\n')
    lost, said = Lost(), {"%d files in {place}": "Dateien in {place}", "%d of %s": "%2$s: %1$d"}
    write_answers(str(tmp_path / "in.po"), str(tmp_path / "out.po"), answering(said.get), None, lost)
    assert lost.as_json() == {UNLIKE: {"count": 1, "records": [f"{tmp_path}/in.po:1"]}}
    marked, plain = (
        "<trans-unit id='{}'><source>{}</source></trans-unit>".format(*unit) for unit in (("m", "a<x/>b"), ("p", "a"))
    )
    (tmp_path / "in.xlf").write_text(f"<xliff>{marked}{plain}</xliff>")
    write_answers(str(tmp_path / "in.xlf"), str(tmp_path / "out.xlf"), answering(str.upper), None, lost := Lost())
    assert lost.as_json() == {UNMARKED: {"count": 1, "records": ["m"]}}


def test_a_file_is_filled_from_one_of_its_kind(tmp_path):
    (tmp_path / "in.txt").write_text("a\n")
    with pytest.raises(InputError, match=r"out\.tmx is written as a file of the same kind .* is of the format text"):
        write_answers(str(tmp_path / "in.txt"), str(tmp_path / "out.tmx"), answering(str), None, Lost())
    assert not (tmp_path / "out.tmx").exists()


def test_standard_input_which_is_read_once_is_filled_nowhere(tmp_path):
    with pytest.raises(InputError, match="give that by name and not as -"):
        write_answers("-", str(tmp_path / "out.po"), answering(str), "po", Lost())
    assert not (tmp_path / "out.po").exists()


def test_a_format_that_is_named_comes_first(tmp_path):
    (tmp_path / "in").write_text(PO)
    write_answers(str(tmp_path / "in"), str(tmp_path / "out.po"), answering(str.upper), "po", Lost())
    assert '"A"' in (tmp_path / "out.po").read_text()


def test_a_language_for_a_suffix_means_lines_of_text(tmp_path):
    (tmp_path / "in.txt").write_text("a\n\nb\n")
    said = {"a": "x\ny", "": None, "b": "z"}
    write_answers(str(tmp_path / "in.txt"), str(tmp_path / "out.de"), answering(said.get, "text"), None, Lost())
    assert (tmp_path / "out.de").read_text() == "x y\n\nz\n"


@pytest.mark.parametrize("said", [SimpleNamespace(record=Generation(prompt="a"), answer="b"), SimpleNamespace(answers={})])
def test_what_is_no_translation_is_put_in_no_file(tmp_path, said):
    (tmp_path / "in.po").write_text(PO)
    with pytest.raises(InputError, match="filled with translations, and here something else"):
        write_answers(str(tmp_path / "in.po"), str(tmp_path / "out.po"), lambda _: iter([said]), None, Lost())
    assert not (tmp_path / "out.po").exists()


def test_what_names_no_language_has_that_of_all_others(tmp_path):
    de = '<tuv xml:lang="de"><seg>A</seg></tuv>'
    unit = '<tu><tuv xml:lang="en"><seg>a</seg></tuv>@</tu>'
    (tmp_path / "in.tmx").write_text(f"<tmx>{unit.replace('@', de)}{unit.replace('@', '')}</tmx>")
    write_answers(str(tmp_path / "in.tmx"), str(tmp_path / "out.tmx"), answering(str.upper), None, Lost())
    assert [row.values.get("target_language") for row in rows(tmp_path / "out.tmx")] == ["de", "de"]
    (tmp_path / "in.tmx").write_text(f"<tmx>{unit.replace('@', '')}</tmx>")
    with pytest.raises(InputError, match="--map target_language==de"):
        write_answers(str(tmp_path / "in.tmx"), str(tmp_path / "out.tmx"), answering(str.upper), None, Lost())
