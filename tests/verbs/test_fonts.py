"""A font is found for characters that matplotlib's own lacks, and what no font has is told."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from tasktune.verbs.cluster import Cluster, ClusteredText, Clustering
from tasktune.verbs.cluster_map import draw
from tasktune.verbs.fonts import families_for


def made(folder: Path, family: str, characters: str) -> str:
    """A font file with squares for these characters."""
    square = TTGlyphPen(None)
    for k, corner in enumerate([(0, 0), (0, 500), (500, 500), (500, 0)]):
        (square.lineTo if k else square.moveTo)(corner)
    square.closePath()
    names = [".notdef", *(f"uni{ord(c):04X}" for c in characters)]
    font = FontBuilder(1000, isTTF=True)
    font.setupGlyphOrder(names)
    font.setupCharacterMap({ord(c): name for c, name in zip(characters, names[1:], strict=True)})
    font.setupGlyf(dict.fromkeys(names, square.glyph()))
    font.setupHorizontalMetrics(dict.fromkeys(names, (600, 0)))
    font.setupHorizontalHeader(ascent=800, descent=-200)
    font.setupNameTable({"familyName": family, "styleName": "Regular"})
    font.setupOS2(sTypoAscender=800, usWinAscent=800, usWinDescent=200)
    font.setupPost()
    font.save(folder / f"{family}.ttf")
    return str(folder / f"{family}.ttf")


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    fonts = [
        made(tmp_path, "Few", "猫"),
        made(tmp_path, "More", "猫狗"),
        made(tmp_path, "Other", "犬"),
        str(tmp_path / "broken.ttf"),
    ]
    monkeypatch.setattr("matplotlib.font_manager.findSystemFonts", lambda: fonts)
    return tmp_path


def clustered(name: str) -> Clustering:
    return Clustering((ClusteredText("a", 0, name, 0.1, 0.5, 0.5),), (Cluster(name, 1, (name,), "a"),))


def test_no_other_font_is_asked_for_what_the_first_has(installed: Path):
    assert families_for("Żółć, Ελλάδα, Москва\n\t") == (["DejaVu Sans"], set())


def test_fonts_are_taken_until_all_characters_are_there_those_with_most_first(installed: Path):
    assert families_for("a 猫 狗 犬") == (["DejaVu Sans", "More", "Other"], set())


def test_what_no_font_has_is_known(installed: Path):
    assert families_for("猫鳥") == (["DejaVu Sans", "Few"], {"鳥"})


def test_a_picture_has_no_boxes_where_a_font_has_the_characters(
    installed: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        draw(clustered("猫, 犬"), "狗", installed / "map.png")
    assert not capsys.readouterr().err
    assert not caplog.records


def test_boxes_in_a_picture_are_told(installed: Path, capsys: pytest.CaptureFixture[str]):
    draw(clustered("猫, 鳥"), "Birds", installed / "map.png")
    assert "boxes for 1 characters (鳥 …)" in capsys.readouterr().err
