"""HTML: the visible text, one block a line, table cells joined by tabs, lists with their numbers.

Scripts, navigation, and what is hidden are no text. Where the page marks its main content, only
that is taken, unless the page's heading or much of its text stands elsewhere. White space is
collapsed as CSS Text 3 (4.1) says: a line break between two Chinese characters vanishes.
"""

import re
from typing import TYPE_CHECKING, Any

from index.errors import DamagedDocument
from index.readers.formats import Extracted
from index.readers.html_lists import ListCounter
from index.readers.html_tables import TableWriter, data_tables
from index.readers.plain_text import decode
from index.readers.stored_text import StoredText

if TYPE_CHECKING:
    from lxml.etree import _Element

_SKIPPED = frozenset(
    [
        "script",
        "style",
        "template",
        "noscript",
        "head",
        "nav",
        "header",
        "footer",
        "aside",
        "iframe",
        "object",
        "embed",
        "applet",
        "svg",
        "canvas",
        "audio",
        "video",
        "select",
        "textarea",
        "input",
        "button",
        "datalist",
        "menu",
        "rp",
        "map",
        "dialog",
    ]
)
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hgroup",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
    ]
)
_CELLS = frozenset({"td", "th"})
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_CHARSET = re.compile(rb"<meta[^>]{0,500}?charset\s*=\s*[\"']?\s*([\w-]{1,40})", re.IGNORECASE)
_XML = re.compile(r"\A\s*<\?xml[^>]*\?>")
_SPACE = " \t\n\r\f"
_RUN = re.compile(f"[{_SPACE}]+")
_WIDE = "[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u2014\u2018-\u201d\u2026]"
_MAIN_IDS = frozenset({"ucap-content", "zoom", "content", "main", "article", "main-content", "trs_editor"})
_MAIN_CLASSES = frozenset(
    {"pages_content", "trs_editor", "article-content", "article_content", "content", "main-content", "view"}
)
_GB = frozenset({"gb2312", "gbk", "gb-2312", "gb_2312-80", "x-gbk", "cp936"})
_MOST = 0.6
"""Share of the page's text that a marked content must have to be taken for all of it."""


def read(data: bytes, name: str) -> Extracted:
    """The visible text of a web page. Raises DocumentError."""
    from lxml import etree

    text = _XML.sub("", _decode(data, name)).replace("\0", "")
    parser = etree.HTMLParser(
        encoding="utf-8", huge_tree=True, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.LxmlError as error:
        raise DamagedDocument(f"网页“{name}”已损坏，请用浏览器重新保存后再添加。") from error
    if root is None:
        return Extracted("")
    writer = _Writer()
    writer.write(_main(root))
    visible = writer.stored.text()
    title = _title(root, visible)
    fields = {"title": title} if title else {}
    return Extracted(visible, fields=fields, tables=tuple(writer.stored.tables))


def _decode(data: bytes, name: str) -> str:
    """By byte-order mark, valid UTF-8, the charset that the page declares, or detection.

    UTF-8 goes before the declaration: pages converted by a server keep their old one, and text in
    another encoding is hardly ever valid UTF-8.
    """
    declared = _CHARSET.search(data[:4096])
    try:
        text = data.decode("utf-8")
        if "\0" not in text:
            return text.removeprefix("\ufeff").replace("\r\n", "\n")
    except UnicodeDecodeError:
        pass  # the usual case of pages in GBK
    if declared and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        label = declared[1].decode("ascii").lower()
        try:
            return data.decode("gb18030" if label in _GB else label).replace("\r\n", "\n")
        except (LookupError, UnicodeError):
            pass  # a false declaration: look at the bytes instead
    return decode(data, name)


def is_hidden(element: Any) -> bool:
    """Whether an element with all below it is no text of the page."""
    if not isinstance(element.tag, str) or element.tag in _SKIPPED:
        # An article has a header of its own, which holds its title.
        parent = element.getparent()
        kept = element.tag == "header" and parent is not None and parent.tag in {"article", "main"}
        return not kept
    if element.get("hidden") is not None or element.get("role") in {"navigation", "banner", "contentinfo"}:
        return True
    return bool(_HIDDEN.search(element.get("style") or ""))


def _main(root: "_Element") -> "_Element":
    """The element whose text is the page's content: the body, unless the page marks it surely."""
    body = next(root.iter("body"), root)
    sizes = _sizes(body)
    for element in body.iter():
        size = sizes.get(element, 0)
        if size and _marked(element) and size >= _MOST * sizes[body]:
            headings = [h for h in body.iter("h1") if sizes.get(h)]
            if len(headings) != 1:
                return element
            above = set(headings[0].iterancestors())
            return next((outer for outer in (element, *element.iterancestors()) if outer in above), body)
    return body


def _marked(element: "_Element") -> bool:
    return (
        element.tag in {"main", "article"}
        or element.get("role") == "main"
        or (element.get("id") or "").lower() in _MAIN_IDS
        or not _MAIN_CLASSES.isdisjoint((element.get("class") or "").lower().split())
    )


def _sizes(body: "_Element") -> dict["_Element", int]:
    """Characters of visible text below each element."""
    from lxml import etree

    sizes: dict[_Element, int] = {body: 0}
    walker = etree.iterwalk(body, events=("start", "end"))
    for event, element in walker:
        if event == "start":
            if element is not body and is_hidden(element):
                walker.skip_subtree()
                continue
            sizes[element] = len("".join((element.text or "").split()))
        elif element in sizes and element is not body:
            parent = element.getparent()
            if parent is not None:
                sizes[parent] += sizes[element]
        if event == "end" and element is not body:
            parent = element.getparent()
            if parent is not None and parent in sizes:
                sizes[parent] += len("".join((element.tail or "").split()))
    return sizes


class _Writer:
    """Walks a tree once and writes its text."""

    def __init__(self) -> None:
        self.stored = StoredText()
        self.parts: list[str] = []
        """Of the line being written; None of them holds a line break that is kept."""
        self.mark = ""
        """The number of the latest list item."""
        self.counters: list[ListCounter | None] = []
        self.table: TableWriter | None = None
        """The table being written; the tables in its cells are text of these."""
        self.preformatted = 0

    def write(self, root: "_Element") -> None:
        from lxml import etree

        data = data_tables(root, is_hidden)
        walker = etree.iterwalk(root, events=("start", "end"))
        skipped: set[_Element] = set()
        for event, element in walker:
            if event == "start":
                if element is not root and is_hidden(element):
                    walker.skip_subtree()
                    skipped.add(element)
                    continue
                if element in data and self.table is None:
                    self._break()
                    self.table = TableWriter(element)
                self._open(element)
                self._add(element.text)
            else:
                if element not in skipped:
                    self._close(element)
                skipped.discard(element)
                if element is not root:
                    self._add(element.tail)
        self._break()

    def _open(self, element: "_Element") -> None:
        tag = element.tag
        if tag in _BLOCKS or tag in _CELLS or tag == "br":
            self._edge()
        if self.table and self.table.is_border(element):
            self._break()
            self.table.start(element)
        if tag == "pre":
            self.preformatted += 1
        elif tag in {"ol", "ul"}:
            self.counters.append(ListCounter.of(element) if tag == "ol" else None)
        elif tag == "li" and self.counters and (counter := self.counters[-1]):
            self.mark = counter.mark(element).strip()
            self.parts.append(self.mark + ("" if self.mark.endswith("、") else " "))

    def _close(self, element: "_Element") -> None:
        tag = element.tag
        if tag in {"ol", "ul"} and self.counters:
            self.counters.pop()
        elif tag == "pre":
            self.preformatted -= 1
        if self.table and self.table.is_border(element):
            self._break()
            self.table.end(element)
            if element is self.table.element:
                for line in self.table.lines:
                    self.stored.line(line)
                self.stored.table(*self.table.rows())
                self.table = None
                return
        if tag in _BLOCKS or tag in _CELLS:
            self._edge()

    def _edge(self) -> None:
        """Where a block begins or ends: a new line, in a table's cell only a space."""
        if self.table:
            self.parts.append(" ")
        elif "".join(self.parts).strip() != self.mark:  # an item's number stands before its first block
            self._break()

    def _add(self, text: str | None) -> None:
        if not text:
            return
        if self.preformatted and not self.table:
            first, *others = text.split("\n")
            self.parts.append(first)
            for line in others:
                self._break()
                self.parts.append(line)
        else:
            self.parts.append(text.replace("\n", " ") if self.preformatted else text)

    def _break(self) -> None:
        """End the line; in a table, it is the text of the cell or of what stands beside the cells."""
        if not self.parts:
            return
        line = _collapse("".join(self.parts))
        self.parts.clear()
        if line and self.table:
            self.table.add(line)
        elif line:
            self.stored.line(line)


def _collapse(text: str) -> str:
    text = re.sub(f"(?<={_WIDE})[ \t]*[\n\r][{_SPACE}]*(?={_WIDE})", "", text) if "\n" in text else text
    return _RUN.sub(" ", text).strip(_SPACE)


def _title(root: "_Element", visible: str) -> str | None:
    """What the page says its title is: the tag of government pages, or `<title>` as its text has it."""
    for meta in root.iter("meta"):
        if (meta.get("name") or "").lower() == "articletitle" and (meta.get("content") or "").strip():
            return _collapse(meta.get("content") or "")
    found = next(root.iter("title"), None)
    whole = _collapse("".join(str(part) for part in found.itertext())) if found is not None else ""
    lines = {"".join(line.split()) for line in visible.split("\n", 50)[:50]}
    for part in (whole, *re.split(r"\s*[-_|—–]+\s*", whole)):
        if part and "".join(part.split()) in lines:
            return part
    return None
