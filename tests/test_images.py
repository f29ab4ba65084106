"""Pictures: whatever a file may be, it is opened right or refused by name."""

from __future__ import annotations

import os
import resource
import struct
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasktune.core import InputError, Row
from tasktune.images import LARGEST, SLIMMEST, SMALLEST, Image, content, digest, moves, opened, plain
from tasktune.notations.pictures import images_of


def written(picture: PIL.Image.Image, format: str = "PNG", **options: Any) -> Image:
    held = BytesIO()
    picture.save(held, format, **options)
    return Image(held.getvalue(), f"a.{format.lower()}")


def flat(colour: Any, mode: str = "RGB", size: tuple[int, int] = (40, 40)) -> PIL.Image.Image:
    return PIL.Image.new(mode, size, colour)


def png(width: int, height: int, data: bytes = b"", depth: int = 8, kind: int = 2) -> bytes:
    """A PNG that claims a size, whatever its data are."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


def middle(image: Image) -> tuple[int, ...]:
    found = opened(image)
    assert found.mode == "RGB"
    colour = found.getpixel((found.width // 2, found.height // 2))
    assert isinstance(colour, tuple)
    return colour


def near(found: tuple[int, ...], expected: tuple[int, ...], by: int = 3) -> bool:
    return all(abs(a - b) <= by for a, b in zip(found, expected, strict=True))


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_each_format_is_opened(format):
    assert near(middle(written(flat((200, 30, 40)), format, **({"quality": 95} if format == "WEBP" else {}))), (200, 30, 40), 5)


@pytest.mark.parametrize(
    ("picture", "format", "expected"),
    [
        (flat((255, 0, 0, 0), "RGBA"), "PNG", (255, 255, 255)),
        (flat((255, 0, 0, 128), "RGBA"), "PNG", (255, 127, 127)),
        (flat((0, 128), "LA"), "PNG", (127, 127, 127)),
        (flat(90, "L"), "PNG", (90, 90, 90)),
        (flat(1, "1"), "PNG", (255, 255, 255)),
        (flat((0, 255, 255, 0), "CMYK"), "JPEG", (254, 0, 0)),
        (flat((0, 255, 255, 0), "CMYK"), "TIFF", (255, 0, 0)),
        (PIL.Image.fromarray(np.full((40, 40), 32768, np.uint16)), "PNG", (128, 128, 128)),
        (PIL.Image.fromarray(np.full((40, 40), 257 * 200, np.uint16)), "TIFF", (200, 200, 200)),
        (PIL.Image.fromarray(np.tile(np.float32([0, 0.5, 1]).repeat(20), (40, 1))), "TIFF", (128, 128, 128)),
        (flat((10, 200, 30)).quantize(4), "GIF", (10, 200, 30)),
    ],
    ids=["clear", "half", "grey-alpha", "grey", "bits", "cmyk", "cmyk-tiff", "16-bit", "16-bit-tiff", "fractions", "palette"],
)
def test_each_kind_of_colour_is_right(picture, format, expected):
    assert near(middle(written(picture, format)), expected)


def test_a_palette_with_a_clear_colour_shows_white_there():
    picture = PIL.Image.new("P", (40, 40), 1)
    picture.putpalette([0, 0, 0, 255, 0, 0])
    assert middle(written(picture, "PNG", transparency=1)) == (255, 255, 255)
    assert middle(written(picture, "PNG", transparency=0)) == (255, 0, 0)


@pytest.mark.parametrize(("turn", "corner"), [(1, (0, 0)), (3, (39, 59)), (6, (59, 0)), (8, (0, 39))])
def test_a_picture_stands_upright_as_its_exif_says(turn, corner):
    picture = flat("white", size=(40, 60))
    picture.paste("black", (0, 0, 12, 12))
    exif = PIL.Image.Exif()
    exif[0x0112] = turn
    found = opened(written(picture, "JPEG", exif=exif, quality=95))
    assert found.size == ((40, 60) if turn in (1, 3) else (60, 40))
    assert near(found.getpixel(corner), (0, 0, 0), 40)


@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG"])
def test_of_a_moving_picture_the_first_frame_is_seen(format):
    frames = [flat("red"), flat("blue"), flat("lime")]
    options = {"lossless": True} if format == "WEBP" else {}
    moving = written(frames[0], format, save_all=True, append_images=frames[1:], duration=50, **options)
    assert near(opened(moving).getpixel((9, 9)), (255, 0, 0))
    assert moves(moving)
    assert not moves(written(frames[0], format))


@pytest.mark.parametrize("size", [(1, 1), (2, 31), (3, 1), (1, 5000), (30_000, 1), (30_000, 40), (4000, 10), (33, 33)])
def test_sides_are_such_as_models_take(size):
    found = opened(written(flat("red", size=size)))
    assert min(found.size) >= SMALLEST
    assert max(found.size) <= max(LARGEST, SMALLEST * SLIMMEST)
    assert max(found.size) <= (SLIMMEST + 1) * min(found.size)
    assert near(found.getpixel((found.width // 2, found.height // 2)), (255, 0, 0), 8)
    assert size != (33, 33) or found.size == size


def test_a_wide_jpeg_is_decoded_small():
    found = opened(written(flat((0, 90, 200), size=(30_000, 3000)), "JPEG"))
    assert found.width <= LARGEST
    assert found.width / found.height == pytest.approx(10, rel=0.02)


@pytest.mark.parametrize(
    ("bomb", "told"),
    [
        (png(30_000, 30_000), r"a\.png: it has more than 64,000,000 pixels; make it smaller"),
        (png(12_000, 12_000, bytes(12_000 * 100)), r"a\.png: it has more than 64,000,000 pixels"),
        (png(2**31 - 1, 2**31 - 1), r"a\.png: (it has more|a picture that is broken)"),
    ],
    ids=["claimed", "real", "largest"],
)
def test_a_bomb_is_refused_by_name_and_takes_no_memory(bomb, told):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(InputError, match=told):
        opened(Image(bomb, "a.png"))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # KiB


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (b"", "an empty file"),
        (b"  <svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG drawing. Pictures can be PNG, JPEG"),
        (b"<?xml version='1.0'?><svg/>", "XML, an SVG drawing perhaps"),
        (b"<!DOCTYPE html><title>404</title>", "a web page, as a server sends one where there is no picture"),
        (b"version https://git-lfs.github.com/spec/v1\n", "a pointer of Git LFS"),
        (b"%PDF-1.7", "a PDF"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "no picture that can be opened; it can be PNG"),
        (b"just words", "no picture that can be opened"),
        (png(40, 40, b"short"), "a picture that is broken"),
        (png(40, 40)[:40], "broken|no picture"),
        (png(0, 0), "broken|no picture"),
    ],
)
def test_what_is_no_picture_is_refused_by_name(given, told):
    with pytest.raises(InputError, match=rf"cat\.png: .*({told})"):
        opened(Image(given, "cat.png"))


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_a_truncated_picture_is_refused(format):
    noise = PIL.Image.fromarray(np.random.default_rng(0).integers(256, size=(90, 90, 3), dtype=np.uint8))
    whole = content(written(noise, format))
    with pytest.raises(InputError, match=r"cut: (a picture that is broken|this is no picture)"):
        opened(Image(whole[: len(whole) // 2], "cut"))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"]), st.data())
def test_bytes_that_were_spoilt_are_opened_or_refused(format, data):
    spoilt = bytearray(content(written(flat((9, 99, 199)), format)))
    for place in data.draw(st.lists(st.integers(0, len(spoilt) - 1), min_size=1, max_size=5)):
        spoilt[place] = data.draw(st.integers(0, 255))
    try:
        found = opened(Image(bytes(spoilt), "x"))
    except InputError:
        return
    assert found.mode == "RGB"


@given(st.binary(max_size=200))
def test_any_bytes_are_opened_or_refused(given):
    with pytest.raises(InputError, match=r"^x: "):
        opened(Image(given, "x"))


def test_a_folder_a_pipe_and_nothing_are_refused_at_once(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    for name, told in ((".", "no file but a folder"), ("pipe", "no file but a folder, a pipe"), ("none.png", "No such file")):
        with pytest.raises(InputError, match=told):
            opened(Image(tmp_path / name))
    with pytest.raises(InputError, match="no file but a folder, a pipe or a device"):
        opened(Image(Path("/dev/zero")))


def test_no_picture_has_more_bytes_than_a_file_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tasktune.images.MOST_BYTES", 50)
    red = plain("#ff0000")
    (tmp_path / "a.png").write_bytes(red.source if isinstance(red.source, bytes) else b"")
    for image in (Image(tmp_path / "a.png"), red):
        with pytest.raises(InputError, match=r"a file of \d+ bytes; a picture may have 50. Make it smaller"):
            opened(image)
    with pytest.raises(InputError, match="r:1: a data: URL: a file of"):
        images_of(Row({"images": red.as_text()}, "r:1"))


def test_a_digest_is_that_of_the_content_wherever_it_lies(tmp_path: Path):
    red = plain("#ff0000")
    (tmp_path / "a.bmp").write_bytes(content(red))
    assert digest(red) == digest(Image(tmp_path / "a.bmp")) != digest(plain("#fe0000"))


@pytest.mark.parametrize("size", [(1, 1), (5, 3), (32, 32)])
def test_a_plain_picture_is_all_of_its_colour(size):
    found = PIL.Image.open(BytesIO(content(plain("#1020f0", size))))
    assert found.size == size
    assert set(np.asarray(found).reshape(-1, 3).tolist()[0]) == {0x10, 0x20, 0xF0}
    assert len(found.getcolors()) == 1
