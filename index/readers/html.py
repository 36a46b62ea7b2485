"""HTML: the text of a page without the site around it, one block a line, table cells joined by tabs.

Scripts, navigation, and what is hidden are no text. What the page states of its text (文号, dates) is given
beside it; as a table within the text it is text and no table of data.
"""

import re

from index.errors import DamagedDocument
from index.readers.formats import Extracted
from index.readers.html_content import Content, choose, main_elements
from index.readers.html_extractor import main_texts
from index.readers.html_head import title_of, titles_in, told_by_head
from index.readers.html_lines import Line, LineWriter, Picture
from index.readers.plain_text import decode
from index.readers.stored_text import StoredText
from index.schema import DocumentWarning

_CHARSET = re.compile(rb"<meta[^>]{0,500}?charset\s*=\s*[\"']?\s*([\w-]{1,40})", re.IGNORECASE)
_XML = re.compile(r"\A\s*<\?xml[^>]*\?>")
_GB = frozenset({"gb2312", "gbk", "gb-2312", "gb_2312-80", "x-gbk", "cp936"})


def read(data: bytes, name: str) -> Extracted:
    """The text of a web page, its tables, and what the page states of it. Raises DocumentError."""
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
    body = next(root.iter("body"), root)
    items = LineWriter(main_elements(body)).write(body)
    content = choose(items, main_texts(root), titles_in(root), told_by_head(root))
    title = title_of(root, content.items)
    stored, warnings = _stored(content)
    return Extracted(
        stored.text(),
        fields={"title": title} if title else {},
        page_fields=content.fields,
        tables=tuple(stored.tables),
        warnings=tuple(warnings),
    )


def _stored(content: Content) -> tuple[StoredText, list[DocumentWarning]]:
    """The text of the items, and warnings of the pictures among them."""
    stored = StoredText()
    warnings: list[DocumentWarning] = []
    for number, item in enumerate(content.items):
        if isinstance(item, Line):
            stored.line(item.text)
        elif isinstance(item, Picture):
            warnings.append(stored.unread(item.name))
        elif number in content.stating:
            for row in item.rows:
                stored.line("\t".join(cell.text for cell in row))
        else:
            stored.table(item.rows, item.told)
    return stored, warnings


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
