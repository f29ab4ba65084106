"""The text that bytes are: never with characters replaced, and never guessed where they say it themselves."""

from __future__ import annotations

import codecs
import re

from tasktune.documents.document import UnreadableError

_MARKS = (  # UTF-32's begins as UTF-16's does, so it stands first.
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 1 << 15
_USUAL = ("cp1252", "cp1251")
"""What is to be preferred where several fit as well: short texts say little."""
_FOREIGN_LINES = re.compile(rb"[^\n]{0,200}[\x80-\xff][^\n]{0,200}")


def decoded(data: bytes, said: str | None = None) -> str:
    """The text, with lines that end in LF alone.

    The encoding is that of the byte-order mark, else UTF-8, else the one that was `said` of it, else the one that it looks like.
    Raises `UnreadableError` where it is none.
    """
    found = encoding(data, said)
    try:
        text = data.decode(found)
    except UnicodeDecodeError as error:
        raise UnreadableError(f"byte {error.start + 1} is no {found}: convert it to UTF-8, with iconv for instance") from None
    return re.sub("\r\n?", "\n", text.removeprefix("\ufeff"))


def encoding(data: bytes, said: str | None = None) -> str:
    """The encoding of a text that begins so (it may be cut in the middle of a character)."""
    for mark, marked in _MARKS:
        if data.startswith(mark):
            return marked
    wide = _wide(data)
    if wide:
        return wide
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return said if said and _is_known(said) else _likely(data)
    return "utf-8"


def is_text(head: bytes) -> bool:
    """Whether a file that begins so is text: marked as such, or without NULs and nearly all other control characters."""
    if any(head.startswith(mark) for mark, _ in _MARKS) or _wide(head):
        return True
    controls = len(head) - len(head.translate(None, bytes({*range(32)} - {*b"\t\n\r\f\x1b\x08"})))
    return b"\0" not in head and controls * 100 <= len(head)


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of what begins it is NUL (which is so in Western texts)."""
    head = data[:512]
    if len(head) < 4 or b"\0" not in head:
        return None
    even, odd = head[::2].count(0) * 2 / len(head), head[1::2].count(0) * 2 / len(head)
    if odd > 0.7 and even < 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > 0.7 and odd < 0.1 else None


def _likely(data: bytes) -> str:
    """The encoding that a text looks like, by the lines that are not ASCII."""
    try:
        from charset_normalizer import from_bytes
        from charset_normalizer.utils import is_multi_byte_encoding
    except ImportError:
        raise UnreadableError("it is not UTF-8; to tell what it is: pip install charset-normalizer") from None
    sample = b"\n".join(_FOREIGN_LINES.findall(data[: 1 << 22]))[:_SAMPLE] or data[:_SAMPLE]
    matches = from_bytes(sample)
    best = matches.best()
    if best is None:
        raise UnreadableError("it is in no encoding that could be told: convert it to UTF-8, with iconv for instance")
    as_good = [match.encoding for match in matches if match.chaos == best.chaos]
    usual = () if is_multi_byte_encoding(best.encoding) else _USUAL
    return next((name for name in usual if name in as_good), best.encoding)


def _is_known(encoding: str) -> bool:
    try:
        return codecs.lookup(encoding)._is_text_encoding
    except LookupError:
        return False
