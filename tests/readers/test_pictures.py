"""Folders of pictures, JSON lists of lists, and pictures in the rows of other formats."""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path

import pytest

from tasktune.core import InputError, Row
from tasktune.datasets import records
from tasktune.images import Image, content, opened, plain
from tasktune.notations.pictures import images_of
from tasktune.readers import rows
from tasktune.tasks import task

RED, BLUE = plain("#ff0000"), plain("#0000ff")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two red and one blue picture in a folder each."""
    for name in ("rose/1.png", "rose/2.PNG", "iris/1.jpg"):
        path = tmp_path / "flowers" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content(BLUE if "iris" in name else RED))
    (tmp_path / "flowers" / "README.txt").write_text("no picture")
    return tmp_path / "flowers"


def test_the_label_of_a_picture_is_its_folder(folder):
    found = list(records(task("image-classification"), folder))
    assert [record.answer for record in found] == ["iris", "rose", "rose"]
    assert found[0].id == str(folder / "iris/1.jpg")
    assert opened(found[1].images[0]).getpixel((3, 3)) == (255, 0, 0)


def test_pictures_in_the_folder_itself_have_no_label(folder):
    assert [record.answer for record in records(task("image-classification"), folder / "rose")] == [None, None]


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("metadata.jsonl", '{"file_name": "rose/1.png", "text": "A rose."}\n{"file_name": "1.jpg", "text": "An iris."}\n'),
        ("metadata.csv", "file_name,text\nrose/1.png,A rose.\n1.jpg,An iris.\n"),
        ("captions.txt", "image,caption\nrose/1.png,A rose.\n1.jpg,An iris.\n"),
    ],
)
def test_a_table_says_what_there_is_to_say_of_pictures(folder, name, table):
    (folder / "iris").rename(folder / "images")
    (folder / name).write_text(table)
    found = list(records(task("captioning"), folder))
    assert [record.answer for record in found] == ["A rose.", "An iris."]
    assert content(found[1].images[0]) == content(BLUE)
    assert found[1].id == f"{folder / name}:{3 if 'jsonl' not in name else 2}"


def test_a_folder_without_pictures_is_none_of_them(tmp_path):
    with pytest.raises(InputError, match="no folder of pictures"):
        list(rows(tmp_path, "pictures"))
    (tmp_path / "corpus.jsonl").write_text('{"_id": "1", "text": "a"}\n')
    (tmp_path / "cover.png").write_bytes(content(RED))
    with pytest.raises(InputError, match=r"queries\.jsonl: No such file"):  # a collection, though a picture lies in it
        list(rows(tmp_path))


def test_lists_in_a_json_list_are_rows_without_names(file):
    path = file('[["what?", "red", 7],\n ["and?", "blue", 8]]', "questions.json")
    (path.parent / "images").mkdir()
    for name, picture in (("7.png", RED), ("8.jpg", BLUE)):
        (path.parent / "images" / name).write_bytes(content(picture))
    assert [dict(row.values) for row in rows(path)] == [{"1": "what?", "2": "red", "3": 7}, {"1": "and?", "2": "blue", "3": 8}]
    first, second = records(task("vqa"), path)
    assert (first.question, first.answer, first.id) == ("what?", "red", f"{path}[0]")
    assert content(second.images[0]) == content(BLUE)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[1, 2], [3]]", r"\[1\]: a list must stand here, as long as the first, but there is \[3\]"),
        ("[[1], 2]", "but there is 2"),
        ("[[1]", ":1: not JSON at column"),
        ("{}", "a list of lists must stand here"),
        ("[[1e999]]", "too large"),
    ],
)
def test_lists_that_are_none_are_refused_with_their_place(file, text, told):
    with pytest.raises(InputError, match=told):
        list(rows(file(text, "x.json"), "json-lists"))


def test_pictures_in_parquet_are_bytes(tmp_path):
    import pyarrow
    import pyarrow.parquet

    held = [{"bytes": content(RED), "path": "a.png"}, {"bytes": content(BLUE), "path": None}]
    table = pyarrow.table({"image": held, "question": ["a?", "b?"], "answers": [["x", "y", "y"], ["z"]]})
    pyarrow.parquet.write_table(table, tmp_path / "x.parquet")
    first, second = records(task("vqa"), tmp_path / "x.parquet")
    assert (first.answer, first.answers, second.answer) == ("y", ("x", "y", "y"), "z")
    assert str(first.images[0]) == f"{tmp_path / 'x.parquet'}:1: a.png"
    assert opened(second.images[0]).getpixel((0, 0)) == (0, 0, 255)


def test_a_picture_is_named_in_any_of_these_ways(tmp_path):
    (tmp_path / "a.png").write_bytes(content(RED))
    url = f"data:image/png;base64,{b64encode(content(RED)).decode()}"
    for given in (
        "a.png",
        str(tmp_path / "a.png"),
        tmp_path / "a.png",
        content(RED),
        RED,
        url,
        {"path": "a.png", "bytes": None},
        {"type": "image_url", "image_url": {"url": url}},
        {"type": "image_url", "image_url": url},
        {"url": url},
        opened(RED),
        ["a.png"],
    ):
        (found,) = images_of(Row({"images": given}, "x:1", tmp_path))
        assert opened(found).getpixel((0, 0)) == (255, 0, 0), given
    assert images_of(Row({"images": ["a.png", RED]}, "x:1", tmp_path))[1] is RED
    assert [images_of(Row({"images": nothing})) for nothing in (None, "", [])] == [(), (), ()]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("https://example.org/a.png", r"x:1: https://example\.org/a\.png is not read: only files .* fetch it \(curl -O"),
        ("FTP://example.org/a.png", "is not read"),
        ("file:///etc/passwd", "give the path alone"),
        ("data:image/png;base64,###", "this data: URL is not base64"),
        ("nowhere.png", r"there is no picture 'nowhere\.png' in .* a path begins in the folder of the file that names it"),
        ("a\0b", "there is no picture"),
        ("x" * 5000, "there is no picture"),
        (3, r"there is no picture '3\.png'"),
        (True, "a picture must be a path"),
        (1.5, "a picture must be a path"),
        ({"a": 1}, r"Name its column: --map images="),
    ],
)
def test_what_names_no_picture_here_is_refused_with_its_place(given, told, tmp_path):
    with pytest.raises(InputError, match=told):
        images_of(Row({"images": given}, "x:1", tmp_path))


def test_a_picture_is_written_as_its_path_or_its_bytes(tmp_path):
    assert Image(Path("a/b.png")).as_text() == "a/b.png"
    (again,) = images_of(Row({"images": RED.as_text()}))
    assert again == RED


@pytest.mark.parametrize(
    ("name", "path", "count"),
    [
        ("vqa", "easy_vqa/dev/questions.json", 978),
        ("captioning", "emoji/dev", 60),
        ("captioning", "emoji/train/metadata.jsonl", 420),
        ("nlvr", "nlvr/dev/dev.json", 450),
    ],
)
def test_the_shared_pictures_are_all_read(shared, name, path, count):
    found = list(records(task(name), shared / "vision_language" / path))
    assert len(found) == count
    assert all(record.answer and len(record.images) == 1 for record in found)
    assert opened(found[-1].images[0]).mode == "RGB"


def test_a_line_of_json_names_pictures_beside_it(file):
    path = file(json.dumps({"id": "q1", "image": "p.png", "question": "what?", "answer": 2}), "x.jsonl")
    (path.parent / "p.png").write_bytes(content(RED))
    (found,) = records(task("vqa"), path)
    assert (found.id, found.answer, found.images[0].source) == ("q1", "2", path.parent / "p.png")


@pytest.mark.parametrize(
    ("values", "answer", "count"),
    [
        ({"sentence": "a", "left_image": RED, "right_image": BLUE, "label": "True"}, "true", 2),
        ({"sentence": "a", "images": [RED], "label": 0}, "false", 1),
        ({"sentence": "a", "image": RED}, None, 1),
    ],
)
def test_sentences_are_about_one_picture_or_two(values, answer, count):
    (found,) = records(task("nlvr"), [values])
    assert (found.answer, len(found.images)) == (answer, count)


def test_a_verdict_that_is_none_is_refused():
    with pytest.raises(InputError, match="'answer' must be one of yes, no, 1, 0, true, false, but is 'maybe'"):
        list(records(task("image-text-matching"), [{"text": "a", "image": RED, "label": "maybe"}]))


URL = f"data:image/png;base64,{b64encode(content(BLUE)).decode()}"


def _openai(*texts: str) -> list[dict[str, object]]:
    shown = {"type": "image_url", "image_url": {"url": URL}}
    first, *others = [{"type": "text", "text": text} for text in texts]
    return [{"role": "user", "content": [shown, first, *others]}, {"role": "assistant", "content": "blue"}]


def test_questions_are_read_out_of_conversations(file):
    again = [{"role": "user", "content": "And now?"}, {"role": "assistant", "content": "still blue"}]
    path = file(json.dumps({"messages": [{"role": "system", "content": "Look."}, *_openai("What", "is it?"), *again]}), "x.jsonl")
    first, second = records(task("vqa"), path)
    assert (first.question, first.answer, second.question, second.answer) == ("What\nis it?", "blue", "And now?", "still blue")
    assert [opened(each.images[0]).getpixel((0, 0)) for each in (first, second)] == [(0, 0, 255)] * 2
    assert len({first.id, second.id}) == 2


def test_llavas_conversations_name_their_picture_once():
    turns = [
        {"from": "human", "value": "<image>\nWhat colour?"},
        {"from": "gpt", "value": "red"},
        {"from": "human", "value": "Sure?"},
    ]
    first, second = records(task("vqa"), [{"id": "a", "image": RED, "conversations": turns}])
    assert (first.question, first.answer, second.answer, second.id) == ("What colour?", "red", None, "a#2")
    assert first.images == second.images == (RED,)


@pytest.mark.parametrize(
    "turn", ["text", {"role": "user"}, {"role": "user", "content": [{"type": "audio"}]}, {"role": "user", "content": 3}]
)
def test_a_turn_that_is_none_is_refused(turn):
    with pytest.raises(InputError, match="a turn must be"):
        list(records(task("vqa"), [{"messages": [turn]}]))
