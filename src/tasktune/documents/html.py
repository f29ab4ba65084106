"""HTML: the main text of a page, its headings, its tables as lines; without scripts, styles, menus and what is hidden.

It is read as a stream of tags (libxml2's HTML5 tokenizer), not as a tree, so that no depth of nesting matters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tasktune.documents.document import Document, UnreadableError
from tasktune.documents.draft import Draft
from tasktune.documents.encodings import decoded
from tasktune.documents.opened import Opened
from tasktune.passages import Value

_UNREAD = "audio button canvas dialog embed iframe math noscript object script select style svg template video"
_BREAKING = """
    address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4
    h5 h6 header hr html li main menu nav ol p pre section summary table tbody tfoot thead tr ul
"""
_DROPPED, _BLOCKS = frozenset(_UNREAD.split()), frozenset(_BREAKING.split())
_AROUND = ("nav", "header", "footer", "aside", "form", "menu")
_COUNTED = {"main": "main", "article": "main", "pre": "pre", "td": "cell", "th": "cell", "title": "title"}
_COUNTED |= dict.fromkeys(_AROUND, "around")
_LINKS = frozenset(("headerlink", "anchor-link", "anchorjs-link"))
"""Signs beside headings that link to them."""
_HEADING = re.compile("h[1-6]")
_WHOLE = frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "table", "tr", "ul", "ol", "pre", "section", "article", "main"))
"""What is no part of a line even in the cell of a table, which then is there for the layout."""
_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|(?:opacity|font-size)\s*:\s*0*\.?0*(?:[a-z%]+)?\s*(?:;|!|\Z)",
    re.IGNORECASE,
)
_BEGINS = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*+<(?:!doctype\s+)?html\b", re.IGNORECASE | re.DOTALL
)
"""Comments are taken whole, or many of them would be parted in all ways there are."""
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_SELF_CLOSED = re.compile(r"<(?!(?:br|hr|img|input|link|meta|col|area|base|source|track|wbr)\b)([\w:-]+)((?:\s[^<>]*?)?)/>")
_META: Mapping[str, str] = {
    "author": "author",
    "description": "description",
    "date": "date",
    "article:published_time": "date",
    "dc.date": "date",
    "dc.creator": "author",
}
_SHARE = 0.25
"""How much of a page what is marked as its main part must be at least, to be taken for it."""


def begins(head: bytes) -> bool:
    """Whether it is said to be HTML."""
    return _BEGINS.match(head) is not None


def read(file: Opened) -> Iterator[Document]:
    """One document: the page. Its title is that of the page, else its first heading."""
    data = file.data()
    said = _CHARSET.search(data[:4096])
    page = parsed(decoded(data, said[1].decode("ascii", "replace") if said else None))
    draft = Draft()
    page.put(draft)
    title = page.title or next((heading.title for heading in draft.headings), "")
    yield draft.document(file.source, title, page.metadata)


def parsed(text: str) -> Page:
    """A page. Raises `UnreadableError` where lxml is not there, or cannot bear it."""
    try:
        from lxml import etree
    except ImportError:
        raise UnreadableError("reading HTML needs lxml: pip install 'tasktune[rag]'") from None
    page = Page()
    text = text.replace("\0", "")
    if text.lstrip().startswith("<?xml"):
        text = _SELF_CLOSED.sub(r"<\1\2></\1>", text)
    if text.strip():
        parser = etree.HTMLParser(target=page, encoding="utf-8", huge_tree=True, no_network=True)
        try:
            etree.fromstring(text.encode(), parser)
        except etree.LxmlError as error:
            raise UnreadableError(f"HTML that cannot be parsed ({error})") from None
    return page


class Page:
    """What is met on a page, tag by tag; `put` writes it."""

    def __init__(self) -> None:
        self.title = ""
        self.metadata: dict[str, Value] = {}
        self._parts: list[tuple[str, str, bool, bool]] = []  # kind, text, within the main part, around the text
        self._open: list[str] = []
        self._hidden_from: int | None = None
        self._said: list[str] = []
        self._inside = dict.fromkeys(("main", "around", "pre", "cell", "title"), 0)
        self._kind = ""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """A tag opens."""
        self._open.append(tag)
        if self._hidden_from is not None:
            return
        if tag in _DROPPED or _is_hidden(tag, attributes):
            self._hidden_from = len(self._open)
            return
        if tag == "meta":
            self._meta(attributes)
        elif tag == "br":
            self._said.append("\n")
        elif tag in ("td", "th"):
            if self._kind == "row":
                self._said.append(" | ")
            self._kind = self._kind or "row"
        elif tag in _BLOCKS:
            self._boundary(tag)
            if tag in ("li", "pre") or _HEADING.fullmatch(tag):
                self._kind = tag
        self._count(tag, 1)

    def end(self, tag: str) -> None:
        """A tag closes."""
        if self._open:
            self._open.pop()
        if self._hidden_from is not None:
            if len(self._open) < self._hidden_from:
                self._hidden_from = None
            return
        if tag == "title" and self._inside["title"]:
            self.title = self.title or " ".join("".join(self._said).split())
            self._said = []
        elif tag in _BLOCKS:
            self._boundary(tag)
        self._count(tag, -1)

    def data(self, text: str) -> None:
        """Text."""
        if self._hidden_from is None:
            self._said.append(text if self._inside["pre"] else re.sub(r"[ \t\r\n\f]+", " ", text))

    def comment(self, text: str) -> None:
        """A comment: nobody sees it."""

    def close(self) -> None:
        """The end."""
        self._flush()

    def put(self, draft: Draft) -> None:
        """Write the main part, if there is one, else all that is not around the text."""
        length = sum(len(text) for _, text, _, _ in self._parts)
        bare = [part for part in self._parts if not part[3]]
        main = [part for part in bare if part[2]]
        enough = sum(len(text) for _, text, _, _ in main) >= _SHARE * length
        for kind, text, _, _ in main if main and enough else bare or self._parts:
            match kind:
                case "pre":
                    draft.code(text)
                case "li":
                    draft.line(f"- {text}")
                case "row":
                    draft.line(text)
                case "":
                    draft.block(text)
                case _:
                    draft.heading(text, int(kind[1]))

    def _meta(self, attributes: Mapping[str, str]) -> None:
        name = _META.get((attributes.get("name") or attributes.get("property") or "").lower())
        said = attributes.get("content", "").strip()
        if name and said:
            self.metadata.setdefault(name, said)

    def _count(self, tag: str, by: int) -> None:
        name = _COUNTED.get(tag, "")
        if name and not (tag in ("header", "footer") and self._inside["main"]):
            self._inside[name] = max(0, self._inside[name] + by)

    def _boundary(self, tag: str) -> None:
        """A block begins or ends: that ends the one before it, but in the cell of a table, which is part of a line."""
        if self._inside["cell"] and tag not in _WHOLE:
            self._said.append(" ")
        else:
            self._flush()

    def _flush(self) -> None:
        kind, text = self._kind, "".join(self._said)
        if kind == "pre":
            text = text.strip("\n")
        else:
            text = "\n".join(line.strip(" ") for line in re.sub(" {2,}", " ", text).strip().split("\n"))
        if text.strip(" |\n"):
            self._parts.append((kind, text, bool(self._inside["main"]), bool(self._inside["around"])))
            self._kind = ""
        self._said = []


def _is_hidden(tag: str, attributes: Mapping[str, str]) -> bool:
    return (
        "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
        or not _LINKS.isdisjoint(attributes.get("class", "").split())
        or bool(_HIDDEN_STYLE.search(attributes.get("style", "")))
    )
