"""EPUB 2 and 3: the chapters in the order of the spine, with the titles that the table of contents gives them."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import dirname, join, normpath
from typing import Any
from urllib.parse import unquote

from tasktune.documents.document import Document, Heading, UnreadableError
from tasktune.documents.draft import Draft
from tasktune.documents.encodings import decoded
from tasktune.documents.html import parsed
from tasktune.documents.opened import Opened
from tasktune.documents.packed import Packed
from tasktune.documents.xml import local, tree
from tasktune.passages import Value

_CONTAINER = "META-INF/container.xml"
_KNOWN = {"creator": "author", "date": "date", "language": "language", "publisher": "publisher"}


def is_one(names: list[str]) -> bool:
    """Whether a ZIP with such parts is one."""
    return _CONTAINER in names and "META-INF/manifest.xml" not in names  # OpenDocument has that


def read(file: Opened) -> Iterator[Document]:
    """One document: the book. Chapters that cannot be read are noted."""
    packed = Packed.of(file)
    container = tree(packed.part(_CONTAINER))
    opf = next((str(e.get("full-path")) for e in container.iter() if local(str(e.tag)) == "rootfile"), "")
    package = tree(packed.part(opf))
    items = {str(e.get("id")): e for e in _all(package, "item")}
    titles = _contents(packed, opf, items)
    draft = Draft()
    for reference in _all(package, "itemref"):
        item = items.get(str(reference.get("idref")))
        if item is None or "html" not in str(item.get("media-type")):
            continue
        name = _place(opf, str(item.get("href")))
        file.step()
        try:
            _chapter(draft, decoded(packed.part(name)), titles.get(name, ""))
        except UnreadableError as why:
            file.lost.add(f"a chapter: {why}", file.part(name))
    title, metadata = "", dict[str, Value]()
    for element in (e for part in _all(package, "metadata") for e in part):
        known, said = local(str(element.tag)), (element.text or "").strip()
        if known == "title":
            title = title or said
        elif said and known in _KNOWN:
            metadata.setdefault(_KNOWN[known], said)
    yield draft.document(file.source, title, metadata)


def _all(root: Any, name: str) -> list[Any]:
    return [element for element in root.iter() if local(str(element.tag)) == name]


def _place(beside: str, link: str) -> str:
    """The part that a link leads to from another."""
    return normpath(join(dirname(beside), unquote(link.partition("#")[0])))


def _chapter(draft: Draft, text: str, title: str) -> None:
    """Write a chapter. It begins a section of the first level: by its own heading, else by the title it has in the contents."""
    first, start = len(draft.headings), draft.length
    parsed(text).put(draft)
    if draft.length == start or not title:
        return
    begun = next((place for place in draft.breaks if place >= start), start)
    if not draft.headings[first:] or draft.headings[first].start > begun:
        draft.headings.insert(first, Heading(title, 1, begun, begun))


def _contents(packed: Packed, opf: str, items: dict[str, Any]) -> dict[str, str]:
    """The titles of chapters, from the navigation of EPUB 3 or the NCX of EPUB 2."""
    for item in items.values():
        is_nav = "nav" in str(item.get("properties") or "").split()
        if not is_nav and item.get("media-type") != "application/x-dtbncx+xml":
            continue
        name = _place(opf, str(item.get("href")))
        try:
            root = tree(packed.part(name))
        except UnreadableError:
            continue  # the headings of the chapters do without
        titles = dict[str, str]()
        for link in _all(root, "a" if is_nav else "navPoint"):
            said = link if is_nav else next(iter(_all(link, "navLabel")), None)
            place = link.get("href") if is_nav else next((e.get("src") for e in _all(link, "content")), None)
            if said is not None and place:
                titles.setdefault(_place(name, str(place)), " ".join("".join(map(str, said.itertext())).split()))
        if titles:
            return titles
    return {}
