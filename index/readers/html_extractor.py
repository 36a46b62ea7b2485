"""Which texts of a page Resiliparse takes for its main content.

The library gives text and no places: each text of the tree is marked with one character of a plane of
Unicode that is kept for private use, and those whose marks come back were taken.
"""

import re
from collections.abc import Set
from typing import TYPE_CHECKING

from index.readers.html_lines import Node

if TYPE_CHECKING:
    from lxml.etree import _Element

_FIRST = 0xF0000
_MOST = 0xFFF0
"""Texts of a page that can be marked; on a longer page nothing is left out."""
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that a tree may hold and that none can be given."""


def main_texts(root: "_Element") -> Set[Node] | None:
    """The texts of the tree that belong to the main content; None where that cannot be told."""
    from lxml import etree
    from resiliparse.extract.html2text import extract_plain_text

    nodes = [node for element in root.iter(etree.Element) for node in _nodes(element)]
    if len(nodes) > _MOST:
        return None
    texts = [_text(node) for node in nodes]
    whole = "".join(texts)
    if _NOT_XML.search(whole) or any(ord(char) >= _FIRST for char in whole):
        return None
    for number, (node, text) in enumerate(zip(nodes, texts, strict=True)):
        body = text.lstrip()
        _set(node, text[: len(text) - len(body)] + chr(_FIRST + number) + body)
    page = etree.tostring(root, encoding="unicode", method="html", with_tail=False)
    for node, text in zip(nodes, texts, strict=True):
        _set(node, text)
    found = extract_plain_text(page, main_content=True, alt_texts=False, list_bullets=False)
    return {nodes[ord(char) - _FIRST] for char in found if ord(char) >= _FIRST}


def _nodes(element: "_Element") -> list[Node]:
    found: list[Node] = []
    if (element.text or "").strip() and element.tag not in {"script", "style"}:
        found.append((element, False))
    if (element.tail or "").strip():
        found.append((element, True))
    return found


def _text(node: Node) -> str:
    element, is_tail = node
    return str(element.tail if is_tail else element.text)


def _set(node: Node, text: str) -> None:
    element, is_tail = node
    if is_tail:
        element.tail = text
    else:
        element.text = text
