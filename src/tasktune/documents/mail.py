"""Mail: a message (.eml) or a mailbox of them (mbox). Who, when and about what are metadata; quoted replies stay in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage, Message

from tasktune.documents.document import Document, UnreadableError
from tasktune.documents.draft import Draft
from tasktune.documents.html import parsed
from tasktune.documents.names import printable
from tasktune.documents.opened import Opened
from tasktune.documents.plain import PARAGRAPH
from tasktune.passages import Value

_BOX = re.compile(rb"From \S+.* \d{4}")
_FIELD = re.compile(rb"[A-Za-z][A-Za-z0-9-]*:")
_USUAL = re.compile(rb"^(?:from|to|subject|date|received|return-path|message-id|mime-version):", re.IGNORECASE | re.MULTILINE)
_LARGEST = 1 << 26
_UNNAMED = {"message/rfc822": "unnamed.eml"}


def begins_box(head: bytes) -> bool:
    """Whether it is a mailbox: the first line says from whom the first message came, and when."""
    first, _, rest = head.partition(b"\n")
    return bool(_BOX.match(first)) and bool(_FIELD.match(rest))


def begins(head: bytes) -> bool:
    """Whether it is a message: it begins with three of the usual fields at least."""
    fields = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]
    return bool(_FIELD.match(head)) and len(_USUAL.findall(fields)) >= 3


def read(file: Opened) -> Iterator[Document]:
    """A document: what the message says. Files attached to it are documents of their own, as those of an archive are."""
    yield from _message(file, file.source, file.data())


def box(file: Opened) -> Iterator[Document]:
    """A document a message, `#1` and so on."""
    for number, data in enumerate(_messages(file), 1):
        file.step()
        try:
            yield from _message(file, file.part(number), data)
        except UnreadableError as why:
            file.lost.add(str(why), file.part(number))


def _messages(file: Opened) -> Iterator[bytes]:
    """The messages of a mailbox, as they come."""
    held, size, blank = list[bytes](), 0, True
    for line in file.stream:
        if blank and line.startswith(b"From ") and held:
            yield b"".join(held)
            held, size = [], 0
        elif not (line.startswith(b"From ") and not held):
            held.append(line[1:] if re.match(rb">+From ", line) else line)
            size += len(line)
        if size > _LARGEST:
            raise UnreadableError(f"a message of more than {_LARGEST} bytes")
        blank = not line.strip()
    if held:
        yield b"".join(held)


def _message(file: Opened, source: str, data: bytes) -> Iterator[Document]:
    try:
        message = message_from_bytes(data, policy=policy.default)
        assert isinstance(message, EmailMessage)
        title, metadata = _described(message)
        draft = _body(message)
        parts = message.iter_attachments()
        attached = [(part.get_filename(_UNNAMED.get(part.get_content_type(), "unnamed")), _content(part)) for part in parts]
    except (LookupError, ValueError, AttributeError, TypeError, RecursionError, AssertionError) as error:
        raise UnreadableError(f"a damaged message ({type(error).__name__}: {error})"[:160]) from None
    yield draft.document(source, title, metadata)
    for name, content in attached:
        yield from file.inside(name, content, f"{source}#{printable(name)}")


def _content(part: Message) -> bytes:
    """What is attached: a file, or another message."""
    content = part.get_payload(decode=True)
    if isinstance(content, bytes):
        return content
    inner = part.get_payload()
    return inner[0].as_bytes() if isinstance(inner, list) and isinstance(inner[0], Message) else str(inner).encode()


def _described(message: EmailMessage) -> tuple[str, dict[str, Value]]:
    said = {name: " ".join(str(message[name] or "").split()) for name in ("subject", "from", "to", "date")}
    date = getattr(message["date"], "datetime", None)
    if date is not None:
        said["date"] = date.isoformat()
    return said["subject"], {name: value for name, value in said.items() if value and name != "subject"}


def _body(message: EmailMessage) -> Draft:
    draft = Draft()
    body = message.get_body(("plain", "html"))
    if body is None:
        return draft
    text = body.get_content()
    if body.get_content_type() == "text/html":
        parsed(text).put(draft)
    else:
        text = re.sub("\r\n?", "\n", text).strip("\n")
        draft.page(text)
        draft.pages.clear()
        draft.breaks += (found.end() for found in PARAGRAPH.finditer(text))
    return draft
