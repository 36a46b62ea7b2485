"""Word documents: paragraphs and tables in their order, with the numbers that Word adds by itself.

Insertions that are still marked as changes count, deletions do not. Headers and footers are left out;
footnotes come at the end.
"""

import codecs
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import ParseError

from index.errors import DamagedDocument, DocumentTooLarge
from index.readers.docx_numbering import AutomaticNumbering
from index.readers.docx_pictures import large_pictures
from index.readers.docx_tables import WRAPPERS, grid, header_rows, only_lays_out, row_cells, table_rows
from index.readers.formats import Extracted
from index.readers.stored_text import StoredText
from index.schema import DocumentWarning

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MAX_UNPACKED = 300 * 1024 * 1024
_MAX_MEMBERS = 5000
_MAX_ELEMENTS = 500_000
"""In all of a file's XML. Word writes about 20 for a paragraph of two runs: 20,000 such paragraphs are
420,000 elements, read in 3 s; 500,000 empty paragraphs, the slowest for their number, take 5 s."""
_CHUNK = 1 << 20
_BEFORE_XML = codecs.BOM_UTF8 + codecs.BOM_UTF16 + codecs.BOM_UTF16_BE + b"\x00 \t\r\n"
"""Bytes that may stand before the first tag."""
_SKIPPED = {f"{_W}{name}" for name in ("del", "moveFrom", "instrText", "delText", "pPr", "rPr", "rt")}
_SKIPPED.add(f"{_MC}Fallback")
_BREAKS = {f"{_W}br", f"{_W}cr"}
_NESTED = f"{_W}txbxContent"
_PARAGRAPH, _TABLE = f"{_W}p", f"{_W}tbl"


def read(data: bytes, name: str) -> Extracted:
    """The stored text of a DOCX file. Raises DamagedDocument or DocumentTooLarge."""
    from docx import Document
    from docx.opc.exceptions import OpcError
    from lxml.etree import ErrorTypes, LxmlError

    damaged = f"文件“{name}”已损坏，不是完整的 Word 文档，请用 Word 或 WPS 打开后另存为 .docx 再添加。"
    try:
        _check_size(data, name)
        package = Document(BytesIO(data))
        numbering = AutomaticNumbering(_part(package, "numbering"), _part(package, "styles"))
        writer = _Writer(numbering)
        writer.write(package.element.body)
        for note in _notes(package):
            writer.stored.line(note)
    except (OpcError, LxmlError, ParseError, zipfile.BadZipFile, zipfile.LargeZipFile) as error:
        if getattr(error, "code", None) == ErrorTypes.ERR_NO_MEMORY:
            raise MemoryError from error
        raise DamagedDocument(damaged) from error
    except (KeyError, ValueError, AttributeError, IndexError, TypeError, EOFError) as error:
        raise DamagedDocument(damaged) from error  # what python-docx says of parts that are missing or odd
    except (OSError, zlib.error, RuntimeError) as error:
        raise DamagedDocument(damaged) from error  # broken, encrypted or oddly packed members
    stored = writer.stored
    return Extracted(stored.text(), tables=tuple(stored.tables), warnings=tuple(writer.warnings))


def _check_size(data: bytes, name: str) -> None:
    """Unpack once, counting: what a member declares of its size need not be true, and a few kilobytes can
    hold more elements than there is time or memory for."""
    size = elements = 0
    with zipfile.ZipFile(BytesIO(data)) as package:
        members = package.infolist()
        if len(members) <= _MAX_MEMBERS and sum(member.file_size for member in members) <= _MAX_UNPACKED:
            for chunk, xml in _chunks(package):
                size += len(chunk)
                if xml:
                    elements += chunk.count(b"<") - chunk.count(b"</")
                if size > _MAX_UNPACKED or elements > _MAX_ELEMENTS:
                    break
            else:
                return
    raise DocumentTooLarge(
        f"文件“{name}”解压后太大或内容太多，可能有问题，请检查来源，或拆成几个文件再添加。"
    )


def _chunks(package: zipfile.ZipFile) -> Iterator[tuple[bytes, bool]]:
    """The members piece by piece, each with whether it is of XML: in a picture, tags stand by chance."""
    for member in package.infolist():
        with package.open(member) as file:
            head = b""
            while chunk := file.read(_CHUNK):
                head = head or chunk.lstrip(_BEFORE_XML)[:1]
                yield chunk, head == b"<"


def _part(package: Any, kind: str) -> Any:
    from lxml import etree

    for relation in package.part.rels.values():
        if not relation.is_external and relation.reltype.endswith(f"/{kind}"):
            parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
            return etree.fromstring(relation.target_part.blob, parser)
    return None


class _Writer:
    """Writes paragraphs and tables in their order."""

    def __init__(self, numbering: AutomaticNumbering) -> None:
        self.stored = StoredText()
        self.warnings: list[DocumentWarning] = []
        """Of pictures, which can hold text."""
        self._numbering = numbering

    def write(self, parent: Any) -> None:
        """One line a paragraph, one a row of a table. A table of one column is a frame around its text."""
        for child in parent:
            if child.tag == _PARAGRAPH:
                inner: list[Any] = []
                self.stored.line(self._paragraph(child, inner))
                self.warnings += [self.stored.unread(name) for name in large_pictures(child)]
                for box in inner:
                    self.write(box)
            elif child.tag == _TABLE:
                rows = table_rows(child)
                if only_lays_out(rows):
                    for row in rows:
                        for cell in row_cells(row):
                            self.write(cell)
                else:
                    self.stored.table(grid(rows, self._cell), header_rows(rows))
                    self.warnings += [self.stored.unread(name) for name in large_pictures(child)]
            elif child.tag in WRAPPERS:
                self.write(child)

    def _paragraph(self, paragraph: Any, boxes: list[Any]) -> str:
        return self._numbering.of(paragraph) + "".join(_texts(paragraph, boxes))

    def _cell(self, cell: Any) -> str:
        """A cell's text on one line, tables in it included."""
        return " ".join(filter(None, self._pieces(cell))).replace("\n", " ")

    def _pieces(self, parent: Any) -> Iterator[str]:
        for child in parent:
            if child.tag == _PARAGRAPH:
                inner: list[Any] = []
                yield self._paragraph(child, inner)
                for box in inner:
                    yield from self._pieces(box)
            elif child.tag == _TABLE:
                for row in table_rows(child):
                    for cells in grid([row], self._cell):
                        yield from (cell.text for cell in cells)
            elif child.tag in WRAPPERS:
                yield from self._pieces(child)


def _texts(element: Any, boxes: list[Any]) -> Iterator[str]:
    """The characters of a paragraph; text boxes inside it are collected for afterwards."""
    for child in element:
        if child.tag in _SKIPPED:
            continue
        if child.tag == _NESTED:
            boxes.append(child)
        elif child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag == f"{_W}tab":
            yield "\t"
        elif child.tag in _BREAKS:
            yield "\n"
        elif child.tag == f"{_W}noBreakHyphen":
            yield "-"
        elif isinstance(child.tag, str):
            yield from _texts(child, boxes)


def _notes(package: Any) -> list[str]:
    found = []
    for kind in ("footnotes", "endnotes"):
        part = _part(package, kind)
        for note in part if part is not None else ():
            if note.get(f"{_W}type") is None:  # the others are separators
                text = "".join("".join(_texts(p, [])) for p in note.iter(f"{_W}p")).strip()
                found += [text] if text else []
    return found
