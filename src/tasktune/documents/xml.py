"""XML inside of packed formats: nothing is fetched, nothing is expanded, and its own entities are refused."""

from __future__ import annotations

from typing import Any

from tasktune.documents.document import UnreadableError
from tasktune.documents.encodings import decoded


def fed(data: bytes, target: Any) -> Any:
    """What a parser target (`start`, `end`, `data`, `close`) makes of XML. Raises `UnreadableError` for what is none."""
    return _parsed(data, target)


def tree(data: bytes) -> Any:
    """The root element of a small file."""
    return _parsed(data, None)


def local(tag: str) -> str:
    """The name of a tag or attribute without its namespace."""
    return tag.rpartition("}")[2]


def _parsed(data: bytes, target: Any) -> Any:
    try:
        from lxml import etree
    except ImportError:
        raise UnreadableError("reading it needs lxml: pip install 'tasktune[rag]'") from None
    text = decoded(data)
    if "<!ENTITY" in text:
        raise UnreadableError("XML with entities of its own, as bombs have them")
    parser = etree.XMLParser(
        target=target, encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True
    )
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.LxmlError as error:
        raise UnreadableError(f"XML that cannot be parsed ({error})") from None
