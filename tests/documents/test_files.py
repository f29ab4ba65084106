"""Which files are found, in which order, and what they are called."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasktune.core import InputError, Lost
from tasktune.documents import digest, found, gone


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("docs/b.md", "docs/a.txt", "docs/sub/c.md", "docs/sub/deep/d.md", "docs/.git/e.md", "docs/.f", "other/a.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ("docs", ["docs/a.txt", "docs/b.md", "docs/sub/c.md", "docs/sub/deep/d.md"]),
        ("docs/*.md", ["docs/b.md"]),
        ("docs/**/*.md", ["docs/b.md", "docs/sub/c.md", "docs/sub/deep/d.md"]),
        ("docs/[!b]*", ["docs/a.txt"]),
        ("docs/*/?.md", ["docs/sub/c.md"]),
        ("docs/a.txt", ["docs/a.txt"]),
        (["docs/sub", "other", "docs/sub/c.md"], ["docs/sub/c.md", "docs/sub/deep/d.md", "other/a.txt"]),
        ("docs/.f", ["docs/.f"]),
    ],
)
def test_files_are_found_in_order(folder: Path, places: str | list[str], expected: list[str]):
    assert [file.source for file in found(places, Lost())] == expected


def test_what_is_hidden_is_told(folder: Path):
    lost = Lost()
    list(found(folder / "docs", lost))
    assert [Path(name).name for name in lost.examples["hidden, by a name that begins with a dot"]] == [".f", ".git"]


@pytest.mark.parametrize("place", ["nowhere", "docs/*.pdf", "nowhere/*.md", "docs/[z-a].md", "", []])
def test_what_is_not_there_is_refused(folder: Path, place: str | list[str]):
    with pytest.raises(InputError):
        list(found(place, Lost()))


def test_an_address_is_refused_with_the_command_that_fetches_it(folder: Path):
    with pytest.raises(InputError, match=r"curl -O http://x\.org/a\?b"):
        list(found("http://x.org/a?b", Lost()))


def test_a_name_with_wild_characters_is_a_name_where_there_is_such_a_file(folder: Path):
    (folder / "docs/[1].txt").write_text("x")
    assert [file.source for file in found("docs/[1].txt", Lost())] == ["docs/[1].txt"]


def test_the_digest_follows_what_a_file_holds(folder: Path):
    (file,) = found("docs/a.txt", Lost())
    before = digest(file)
    assert digest(file) == before
    (folder / "docs/a.txt").write_text("changed")
    assert digest(file) != before


def test_what_a_place_named_and_has_no_more_is_gone(folder: Path, monkeypatch: pytest.MonkeyPatch):
    known = ["docs/z.md", "docs/sub/z.md", "docs/z.txt", "other/z.txt", "docs/a.txt"]
    assert gone(known, {"docs/a.txt"}, "docs") == ["docs/z.md", "docs/sub/z.md", "docs/z.txt"]
    assert gone(known, {"docs/a.txt"}, ["docs/*.md", "docs/a.txt"]) == ["docs/z.md"]
    lstat = Path.lstat

    def refusing(path: Path) -> object:
        if "sub" in path.parts:
            raise PermissionError
        return lstat(path)

    monkeypatch.setattr(Path, "lstat", refusing)
    assert gone(known, {"docs/a.txt"}, "docs") == ["docs/z.md", "docs/z.txt"]


@pytest.mark.parametrize("place", ["docs/z.md", "old", "old/*.md", "docs/*.pdf"])
def test_a_place_that_is_no_more_is_told_where_something_of_it_is_known(folder: Path, place: str):
    known = ["docs/z.md", "old/a.md", "docs/x.pdf"]
    lost = Lost()
    assert [file.source for file in found([place, "docs/b.md"], lost, known)] == ["docs/b.md"]
    assert lost.examples["nothing is called so any more"] == [place]
    assert len(gone(known, {"docs/b.md"}, [place, "docs/b.md"])) == 1
    with pytest.raises(InputError, match="there is no such file"):
        [*found(place, Lost(), ["older/a.md", "docs/b.md"])]


@pytest.mark.parametrize("place", ["old", "old/sub", "old/a.md", "old/*.md"])
@pytest.mark.parametrize("target", ["/nowhere/docs", "../elsewhere"])
def test_of_a_place_that_is_a_link_elsewhere_now_nothing_is_gone(folder: Path, place: str, target: str):
    (folder.parent / "elsewhere").mkdir(exist_ok=True)
    (folder / "old").symlink_to(target)
    lost, known = Lost(), ["old/a.md", "old/sub/b.md"]
    assert ([*found(place, lost, known)], gone(known, set(), place)) == ([], [])
    assert [*lost.examples.values()] == [["old"]]


@pytest.mark.parametrize(
    "place", ["docs/cur", "docs/cur/c.md", "docs/cur/*.md", "docs/cur/../new/c.md", "./docs/sub/../cur/c.md"]
)
def test_what_lies_in_a_link_of_its_folder_has_one_name(folder: Path, place: str):
    (folder / "docs/new").symlink_to("sub")
    (folder / "docs/cur").symlink_to("new")
    assert "docs/sub/c.md" in [file.source for file in found(place, Lost())]
    assert all(file.source.startswith("docs/sub/") for file in found(place, Lost()))


@pytest.mark.parametrize("place", ["docs/[1].txt", "./docs/[1].txt", "docs/[2]", "docs/[2]/"])
def test_what_has_wild_characters_is_gone_by_its_name(folder: Path, place: str):
    known, lost = ["docs/[1].txt", "docs/[2]/a.md", "docs/b.md"], Lost()
    assert [*found(place, lost, known)] == []
    assert gone(known, set(), place) == [known["2" in place]]


def test_a_file_that_goes_while_it_is_looked_for_is_told(folder: Path):
    lost = Lost()
    files = found(["docs/a.txt", "docs/b.md"], lost)
    next(files)
    Path("docs/b.md").unlink()
    assert [*files] == []
    assert lost.as_json() == {"No such file or directory": {"count": 1, "records": ["docs/b.md"]}}
