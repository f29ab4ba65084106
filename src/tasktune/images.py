"""Pictures, by what they are made of: where a record has one, it has this, and pixels only exist while a model looks.

`opened` is the one way to pixels. Whatever a file may be, it gives a picture that is right (upright, RGB, on white where it was
transparent, of a size that any model takes), or one `InputError` that names the file and says what to do. Pillow does it, the
extra `tasktune[images]`; only formats that it decodes by itself are opened, within limits of bytes and pixels.
"""

from __future__ import annotations

import os
import stat
import struct
import warnings
import zlib
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tasktune.core import InputError

if TYPE_CHECKING:
    from PIL.Image import Image as Pixels

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff")

MOST_BYTES = 1 << 28
MOST_PIXELS = 64_000_000
"""That are decoded: 192 MB of memory. JPEG of up to 178 million is decoded at a half, a quarter or an eighth of its size."""
LARGEST, SMALLEST = 4096, 32
"""The sides, in pixels, between which a picture is given to a model: no model sees finer, and none knows what to do with less."""
SLIMMEST = 100
"""How often the short side may go into the long one; beyond that white is put beside the picture."""

ONE_FRAME = "moving pictures, of which the first frame alone is seen"

_ELSE = {
    b"<svg": "an SVG drawing",
    b"<?xml": "XML, an SVG drawing perhaps",
    b"<!doctype": "a web page, as a server sends one where there is no picture",
    b"<html": "a web page, as a server sends one where there is no picture",
    b"%pdf": "a PDF",
    b"version https://git-lfs": "a pointer of Git LFS; fetch the file itself with git lfs pull",
}


@dataclass(frozen=True, slots=True)
class Image:
    """A picture: the path of its file, or the bytes of one. `where` is what to call it in a message."""

    source: Path | bytes
    where: str = field(default="", compare=False)

    def __str__(self) -> str:
        return self.where or (str(self.source) if isinstance(self.source, Path) else f"a picture of {len(self.source)} bytes")

    def as_text(self) -> str:
        """The picture as files of records have it: its path, or its bytes in a `data:` URL."""
        return str(self.source) if isinstance(self.source, Path) else f"data:;base64,{b64encode(self.source).decode()}"

    def refuse(self, why: str) -> InputError:
        """The error to raise about the picture, with its name in front."""
        return InputError(f"{self}: {why}")


def content(image: Image) -> bytes:
    """The bytes of a picture's file. Raises `InputError` where there is none, or what is there is no file of a sane size."""
    if isinstance(image.source, bytes):
        refuse_larger(image, len(image.source))
        return image.source
    try:
        found = os.stat(image.source)  # noqa: PTH116 (with the mode at once)
        if not stat.S_ISREG(found.st_mode):  # to open a pipe or a device could wait, or read, for ever
            raise image.refuse("no file but a folder, a pipe or a device; name a file with a picture in it")
        refuse_larger(image, found.st_size)
        return image.source.read_bytes()
    except (OSError, ValueError) as error:
        raise image.refuse(f"cannot be read ({getattr(error, 'strerror', None) or error})") from None


def refuse_larger(image: Image, size: int) -> None:
    """Raise `InputError` where so many bytes are more than a picture may have."""
    if size > MOST_BYTES:
        raise image.refuse(f"a file of {size:,} bytes; a picture may have {MOST_BYTES:,}. Make it smaller")


def digest(image: Image) -> str:
    """What tells a picture by its content: 32 hexadecimal digits of its file's bytes."""
    return blake2b(content(image), digest_size=16).hexdigest()


def opened(image: Image) -> Pixels:
    """The pixels, in RGB, upright, neither very large nor very small; of a moving picture those of its first frame.

    Raises `InputError` naming the picture where it is none, is broken, or is larger than `MOST_PIXELS`.
    """
    pixels: Pixels = _looked_at(image, _decoded)
    return pixels


def moves(image: Image) -> bool:
    """Whether a picture has several frames. Raises `InputError` as `opened` does."""
    given = content(image)
    if given.startswith(b"\xff\xd8\xff") or (given.startswith(b"\x89PNG") and b"acTL" not in given):
        return False  # a JPEG, and a PNG without a word of frames: nothing need be decoded
    return bool(_looked_at(image, lambda image, found: found.format != "MPO" and getattr(found, "is_animated", False)))


def _looked_at(image: Image, look: Callable[[Image, Any], Any]) -> Any:
    """What is seen in a picture's file as Pillow opens it."""
    given = content(image)
    pillow = _pillow(image)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Pillow warns of is measured here
            with pillow.open(BytesIO(given), formats=FORMATS) as found:
                return look(image, found)
    except InputError:
        raise
    except pillow.DecompressionBombError:
        raise image.refuse(_TOO_LARGE) from None
    except Exception as error:  # decoders of hostile bytes raise anything
        raise image.refuse(_not_one(given, error)) from None


def _pillow(image: Image) -> Any:
    try:
        import PIL.Image
    except ImportError:
        raise image.refuse("pictures need Pillow, which is not there: pip install 'tasktune[images]'") from None
    return PIL.Image


_SIXTEEN_BITS = 65535.0
_TOO_LARGE = f"it has more than {MOST_PIXELS:,} pixels; make it smaller: convert FILE -resize 4096x4096 NEW"


def _decoded(image: Image, found: Any) -> Pixels:
    from PIL import ImageOps

    share = min(1.0, LARGEST / max(found.size))
    found.draft("RGB", tuple(max(1, int(side * share)) for side in found.size))  # JPEG alone can be decoded small
    if found.width * found.height > MOST_PIXELS:
        raise image.refuse(_TOO_LARGE)
    found.seek(0)
    found.load()
    return _sized(_in_rgb(ImageOps.exif_transpose(found)))


def _in_rgb(found: Pixels) -> Pixels:
    """Eight bits a colour. What is transparent shows white; more than eight bits are scaled, not cut off."""
    import PIL.Image

    if found.mode[0] in "IF":
        found = _in_bytes(found)
    if "transparency" in found.info or found.mode in ("RGBA", "LA", "PA", "RGBa", "La"):
        seen = found.convert("RGBA")
        white = PIL.Image.new("RGBA", seen.size, "white")
        return PIL.Image.alpha_composite(white, seen).convert("RGB")
    return found.convert("RGB")


def _in_bytes(found: Pixels) -> Pixels:
    """Greys of 16 bits by their upper half; such as are of no known range (32 bits, fractions) by the range that they have."""
    import numpy as np
    import PIL.Image

    grey = np.nan_to_num(np.asarray(found, dtype=np.float32))
    low, high = float(grey.min()), float(grey.max())
    if found.mode[0] == "I" and low >= 0 and high <= _SIXTEEN_BITS:
        low, high = 0.0, _SIXTEEN_BITS
    return PIL.Image.fromarray(((grey - low) * (255 / ((high - low) or 1))).round().astype(np.uint8))


def _sized(found: Pixels) -> Pixels:
    """No side beyond `LARGEST` or below `SMALLEST`, and none that is `SLIMMEST` times the other."""
    import PIL.Image

    found.thumbnail((LARGEST, LARGEST))
    width, height = found.size
    least = -(-max(width, height) // SLIMMEST)
    if min(width, height) < least:
        broader = PIL.Image.new("RGB", (max(width, least), max(height, least)), "white")
        broader.paste(found, ((broader.width - width) // 2, (broader.height - height) // 2))
        found = broader
    if min(found.size) < SMALLEST:
        times = SMALLEST / min(found.size)
        found = found.resize((round(found.width * times), round(found.height * times)), PIL.Image.Resampling.NEAREST)
    return found


def _not_one(given: bytes, error: Exception) -> str:
    """Why bytes that Pillow cannot decode are no picture."""
    if not given:
        return "an empty file, which is no picture; fetch or make it again"
    start = given[:64].lstrip().lower()
    other = next((what for sign, what in _ELSE.items() if start.startswith(sign)), None)
    if other is not None:
        return f"this is {other}. Pictures can be {', '.join(FORMATS)}"
    if type(error).__name__ == "UnidentifiedImageError":
        return f"this is no picture that can be opened; it can be {', '.join(FORMATS)}. Convert it: convert FILE NEW.png"
    return f"a picture that is broken ({error or type(error).__name__}); fetch or make it again"


def plain(colour: str, size: tuple[int, int] = (32, 32)) -> Image:
    """A picture all of one colour, a PNG made without Pillow: `plain("#ff0000")`."""
    lines = (b"\0" + bytes.fromhex(colour.removeprefix("#")) * size[0]) * size[1]
    head = struct.pack(">IIBBBBB", *size, 8, 2, 0, 0, 0)  # bits a colour, RGB
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
    return Image(b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, body) for name, body in parts))


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
