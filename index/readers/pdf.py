"""PDF files with a text layer: visual lines and ruled tables, put together to paragraphs, page by page."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Any

from index.errors import DamagedDocument, DocumentTooLarge, EncryptedDocument, ScannedDocument
from index.readers.formats import Extracted
from index.readers.pdf_columns import Reading, in_order
from index.readers.pdf_layout import Paragraph, PlacedTable, paragraphs, without_margins
from index.readers.pdf_lines import strokes
from index.readers.pdf_page import Turn, shows_picture
from index.readers.pdf_rows import Box
from index.readers.pdf_tables import take_tables
from index.readers.stored_text import StoredText
from index.schema import DocumentWarning, WarningKind

_MAX_PAGES = 3000
_LOCK = threading.Lock()
"""PDFium is not safe for threads."""
_ERR_PASSWORD = 4
_FEW = 200
"""Characters of a page that can be a running head, a page number or a stamp on a picture."""
_INVISIBLE = {"\r", "\n", "\x00", "\x02", "\ufffe", "\uffff"}


@dataclass(frozen=True, slots=True)
class _PageRead:
    """What was found on a page; `shows` is whether a reader sees more than text on it."""

    reading: Reading
    shows: bool
    again: Callable[[Sequence[float]], Reading]
    """Another reading of the page, with the gutters of other pages."""


def read(data: bytes, name: str) -> Extracted:
    """The stored text of a PDF file, one paragraph or row a line, its tables, and where its pages begin.

    Pages that cannot be read are warned of, as long as others hold text.
    Raises DamagedDocument, EncryptedDocument, ScannedDocument or DocumentTooLarge.
    """
    with _LOCK:
        pages = list(_pages(data, name))
    has_text = any(page.reading.items for page in pages if page)
    if not has_text and None in pages:
        raise DamagedDocument(f"文件“{name}”有打不开的页，请重新获取原文件。")
    if not has_text:
        raise ScannedDocument(
            f"文件“{name}”是扫描件或图片，没有可以选中的文字，请先做文字识别（OCR），"
            "或取得文字版的原文件再添加。"
        )
    gutters = [gutter for page in pages if page for gutter in page.reading.gutters]
    readings = [_settled(page, gutters) if page else Reading([]) for page in pages]
    kept = without_margins([reading.items for reading in readings])
    unread = {
        number
        for number, (page, items) in enumerate(zip(pages, kept, strict=True))
        if page is None or (page.shows and not items)
    }
    stored, starts = _stored(paragraphs(kept, unread), len(pages))
    warnings = []
    for number, reading in enumerate(readings):
        if number in unread:
            warnings.append(DocumentWarning(WarningKind.UNREAD_PAGE, str(number + 1), page=number + 1))
        elif not reading.sure:
            start = starts[number]
            warnings.append(DocumentWarning(WarningKind.COLUMNS, str(number + 1), start, page=number + 1))
    return Extracted(stored.text(), pages=starts, tables=tuple(stored.tables), warnings=tuple(warnings))


def _settled(page: _PageRead, gutters: Sequence[float]) -> Reading:
    """The reading of a page, with what other pages tell of the columns where it is not sure by itself."""
    return page.reading if page.reading.sure or not gutters else page.again(gutters)


def _stored(found: Sequence[Paragraph | PlacedTable], count: int) -> tuple[StoredText, tuple[int, ...]]:
    """The text, and the offset at which each of `count` pages begins in it."""
    stored = StoredText()
    starts: dict[int, int] = {}
    for block in found:
        begin = stored.length
        if isinstance(block, Paragraph):
            stored.line(block.text)
            places = [(page, begin + offset) for page, offset in block.places]
        else:
            lines = stored.table(block.rows, block.headers)
            places = [(page, lines[row]) for page, row in block.places]
        for page, offset in places:
            starts.setdefault(page, offset)
    pages: list[int] = []
    after = max(stored.length - 1, 0)
    for page in range(count - 1, -1, -1):
        after = min(starts.get(page, after), after)
        pages.append(after)
    pages.reverse()
    if pages:
        pages[0] = 0
    return stored, tuple(pages)


def _pages(data: bytes, name: str) -> Iterator[_PageRead | None]:
    """What is on each page; None for one that cannot be opened."""
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == _ERR_PASSWORD or "assword" in str(error):
            raise EncryptedDocument(f"文件“{name}”设了打开密码，请去掉密码后再添加。") from error
        raise DamagedDocument(f"文件“{name}”已损坏，不是完整的 PDF，请重新获取原文件。") from error
    with closing(document):
        if len(document) > _MAX_PAGES:
            raise DocumentTooLarge(f"文件“{name}”超过 {_MAX_PAGES} 页，请拆成几个文件再添加。")
        for number in range(len(document)):
            try:
                with closing(document[number]) as page, closing(page.get_textpage()) as layer:
                    yield _read_page(page, layer)
            except pdfium.PdfiumError:
                yield None  # one damaged page among others that are not


def _read_page(page: Any, layer: Any) -> _PageRead:
    turned = Turn.of(page, layer)
    boxes = [turned.box(box) for box in _boxes(layer)]
    height = turned.height
    tables, rest = take_tables(boxes, turned.strokes(strokes(page)), height) if boxes else ([], [])
    reading = in_order(rest, tables, height)
    kept = () if reading.sure else tuple(rest)  # characters take a hundred times the room of their text
    return _PageRead(
        reading,
        shows=len(boxes) < _FEW and shows_picture(page, is_bare=not boxes),
        again=partial(in_order, kept, tables, height),
    )


def _boxes(layer: Any) -> Iterator[Box]:
    """The characters with their places, in the order of the file.

    White space that only their places suggest is left out, but for that between Latin words: numbers and
    Chinese text have none.
    """
    import pypdfium2.raw as raw

    text = layer.get_text_range()
    count = layer.count_chars()
    if len(text) != count:  # characters beyond the basic plane, or left out by get_text_range
        text = "".join(chr(raw.FPDFText_GetUnicode(layer, at) & 0x1FFFFF) for at in range(count))
    for at, char in enumerate(text):
        if char in _INVISIBLE:
            continue
        if char == " " and raw.FPDFText_IsGenerated(layer, at) == 1:
            around = text[at - 1 : at] + text[at + 1 : at + 2]
            if not (len(around) == 2 and around.isascii() and around.isalpha()):
                continue
        left, bottom, right, top = layer.get_charbox(at, loose=True)
        if right > left or char.isspace():
            yield Box(char, left, right, bottom, top)
