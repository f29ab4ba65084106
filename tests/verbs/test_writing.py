"""What predict writes: lines of text, and files with translations put in."""

from types import SimpleNamespace

import pytest

from tasktune.core import InputError, Lost
from tasktune.readers import rows
from tasktune.tasks.generation import Generation
from tasktune.tasks.translation import Translation
from tasktune.verbs.fill import EMPTY
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
