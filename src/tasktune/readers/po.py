"""PO, gettext's catalogues of a program's messages: `msgid` and its `msgstr`, and of plurals one `msgstr[n]` a form.

Of a plural, the singular goes with the first form and `msgid_plural` with the others (with the only one, in languages that have
but one). A translation marked `fuzzy` is a guess and no answer, so that it is neither learnt from nor measured by; nor is it
written over. Obsolete entries (`#~`) are comments. A translation that is put in is marked fuzzy, until someone has seen it.

The encoding is that of the header (`charset=ISO-8859-1`), UTF-8 where it names none that is known.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from tasktune.core import Row
from tasktune.readers import units as unit
from tasktune.readers.source import UTF_8, Source, is_blank
from tasktune.readers.units import Edit, Unit

_LINE = re.compile(r'[ \t]*(?:(msgctxt|msgid|msgid_plural|msgstr(?:\[\d+\])?)[ \t]*)?"((?:[^"\\]|\\.)*)"[ \t]*')
_BYTE = re.compile(r"\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2}))")
_ESCAPE = re.compile(r"((?:\\(?:[0-7]{1,3}|x[0-9a-fA-F]{1,2}))+)|\\(.)")
_NAMED = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_SPELLED = {**{character: f"\\{name}" for name, character in _NAMED.items()}, '"': '\\"', "\\": "\\\\"}
_CHARSET = re.compile(r"^Content-Type:[^\n]*charset=([\w.:+-]+)", re.IGNORECASE | re.MULTILINE | re.ASCII)
_KNOWN = re.compile(r"iso8859-\d+|cp\d+|koi8-[rtu]|gb2312|gbk|gb18030|euc_(jp|kr)|big5(hkscs)?|shift_jis|johab|tis-620")
"""The encodings that gettext's manual lists, by the names that Python has for them."""
_LANGUAGE = re.compile(r"^Language:[ \t]*(\S+)", re.MULTILINE)


@dataclass(slots=True)
class _Text:
    """A string of an entry: its line, its bytes in the file from the first quote to the last, and what it says."""

    line: int
    start: int
    end: int
    said: str


@dataclass(slots=True)
class _Entry:
    """The strings of an entry by their keywords, where the first of them stands, and where its flags do (0: nowhere)."""

    texts: dict[str, _Text] = field(default_factory=dict)
    start: int = 0
    flags: int = 0
    is_fuzzy: bool = False

    @property
    def forms(self) -> list[_Text]:
        """The translations, form by form."""
        return [text for keyword, text in self.texts.items() if keyword.startswith("msgstr")]

    @property
    def is_header(self) -> bool:
        return not self.texts["msgid"].said and "msgctxt" not in self.texts


def looks(lines: list[str], known: frozenset[str]) -> bool:
    """Whether the first line that is no comment is the msgid or msgctxt of an entry."""
    first = next((line for line in lines if not is_blank(line) and not line.startswith("#")), "")
    return re.match(r'msg(id|ctxt) *"', first) is not None


def read(source: Source) -> Iterator[Row]:
    """A row a message, two a plural: `text`, `answer` where it is translated, `context`, `target_language` from the header."""
    return unit.rows(units(source))


def units(source: Source) -> Iterator[Unit]:
    """The messages, as they come. Raises `InputError`, with its line, for what is no PO."""
    language = ""
    for entry in _entries(source):
        if entry.is_header:
            found = _LANGUAGE.search(entry.forms[0].said)
            language = found[1] if found else ""
        elif "msgid_plural" not in entry.texts:
            yield _unit(source, entry, "msgid", entry.forms, language)
        else:
            if len(entry.forms) > 1:
                yield _unit(source, entry, "msgid", entry.forms[:1], language)
            yield _unit(source, entry, "msgid_plural", entry.forms[1:] or entry.forms, language)


def _unit(source: Source, entry: _Entry, keyword: str, forms: list[_Text], language: str) -> Unit:
    text, context = entry.texts[keyword], entry.texts.get("msgctxt")
    values = {
        "text": text.said,
        "answer": forms[0].said if not entry.is_fuzzy else "",
        "target_language": language,
        "context": context.said if context else "",
    }
    row = Row({name: value for name, value in values.items() if value or name == "text"}, source.place(text.line))
    is_open = not any(form.said for form in forms)
    return Unit(row, partial(_fill, entry, text.said, forms) if is_open else None)


def _fill(entry: _Entry, text: str, forms: list[_Text], data: bytes, translation: str, language: str) -> Iterator[Edit]:
    end = "\r\n" if data.endswith(b"\r\n", 0, entry.start) else "\n"
    if not entry.is_fuzzy:
        yield Edit(entry.flags, entry.flags, " fuzzy,") if entry.flags else Edit(entry.start, entry.start, f"#, fuzzy{end}")
    spelled = _spelled(_framed(translation, text), end)
    yield from (Edit(form.start, form.end, spelled) for form in forms)


def _framed(translation: str, text: str) -> str:
    """A translation that begins and ends with a line feed where the text does, as msgfmt wants it."""
    before, after = ("\n" if is_one else "" for is_one in (text.startswith("\n"), text.endswith("\n")))
    return f"{before}{translation.strip(chr(10))}{after}"


def _spelled(text: str, end: str) -> str:
    """A string in quotes; of several lines, a line each under an empty one."""
    lines = [f'"{"".join(_SPELLED.get(c, c) for c in line)}"' for line in re.findall(r"[^\n]*\n|[^\n]+", text)]
    return end.join(['""', *lines] if len(lines) > 1 else lines or ['""'])


def _entries(source: Source) -> Iterator[_Entry]:
    """The entries, each with a msgid and a msgstr."""
    source.encoding = _encoding(source)
    entry, last, offset = _Entry(), "", 0
    for number, piece in source.pieces():
        line, start = piece.rstrip("\r\n"), offset
        offset += len(piece.encode())
        if line.startswith("#~") or is_blank(line):
            continue
        found = None if line.startswith("#") else _LINE.fullmatch(line)
        if entry.forms and (line.startswith("#") or (found and found[1] in ("msgctxt", "msgid"))):
            yield entry
            entry, last = _Entry(), ""
        if line.startswith("#"):
            _note(entry, line, start)
            continue
        if found is None or not (found[1] or last):
            raise source.refuse(
                number, f'a keyword (msgid, msgstr …) and a string in "quotes" must stand here, but there is {line[:60]!r}'
            )
        quote = start + len(line[: found.start(2) - 1].encode())
        close, said = start + len(line[: found.end(2) + 1].encode()), _meant(source, number, found[2])
        if found[1]:
            last = _begun(source, entry, found[1], _Text(number, quote, close, said), start)
        else:
            entry.texts[last].end = close
            entry.texts[last].said += said
    if entry.forms:
        yield entry
    elif entry.texts:
        raise source.refuse(entry.texts[last].line, "the file ends before the msgstr of this message")


def _note(entry: _Entry, line: str, start: int) -> None:
    """Take note of an entry's flags."""
    if line.startswith("#,"):
        entry.flags = start + 2
        entry.is_fuzzy |= "fuzzy" in (flag.strip() for flag in line[2:].split(","))


def _begun(source: Source, entry: _Entry, keyword: str, text: _Text, start: int) -> str:
    if keyword in entry.texts:
        raise source.refuse(text.line, f"a second {keyword} of the same message; its msgstr is missing")
    if keyword.startswith("msgstr") and "msgid" not in entry.texts:
        raise source.refuse(text.line, f"{keyword} without a msgid before it")
    entry.start = entry.start if entry.texts else start
    entry.texts[keyword] = text
    return keyword


def _meant(source: Source, line: int, spelled: str) -> str:
    """What a string in quotes says. Numbers are bytes, of which several can make a character, as in C."""

    def character(found: re.Match[str]) -> str:
        numbers, name = found.groups()
        if name:
            return _NAMED.get(name, name)
        try:
            return bytes(int(o, 8) % 256 if o else int(x, 16) for o, x in _BYTE.findall(numbers)).decode(source.encoding)
        except UnicodeDecodeError:
            raise source.refuse(line, f"the bytes {numbers} are no text in {source.encoding.upper()}") from None

    return _ESCAPE.sub(character, spelled)


def _encoding(source: Source) -> str:
    """The encoding that the header names, where it is one that gettext knows; else UTF-8."""
    found = _CHARSET.search(_header(source.raw_head()))
    try:
        name = codecs.lookup(found[1]).name if found else UTF_8
    except LookupError:
        return UTF_8
    return name if _KNOWN.fullmatch(name) else UTF_8


def _header(lines: list[bytes]) -> str:
    """What the first entry says, a byte a character, where it is the header; else nothing. Comments are no part of it."""
    said, last = dict[str, str](), ""
    for raw in lines:
        found = _LINE.fullmatch(raw.removeprefix(codecs.BOM_UTF8).rstrip(b"\r\n").decode("latin-1"))
        if found is None:
            continue
        if last and found[1] in ("msgctxt", "msgid"):
            break
        last = found[1] or last
        said[last] = said.get(last, "") + found[2]
    return said.get("msgstr", "").replace("\\n", "\n") if said.get("msgid") == "" else ""
