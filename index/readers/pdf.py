"""PDF files with a text layer: visual lines, put together to paragraphs, page by page."""

import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from index.errors import DamagedDocument, DocumentTooLarge, EncryptedDocument, ScannedDocument
from index.readers.formats import Extracted
from index.readers.pdf_layout import Box, TextLine, paragraphs, rows, without_margins

_MAX_PAGES = 3000
_LOCK = threading.Lock()
"""PDFium is not safe for threads."""
_ERR_PASSWORD = 4
_INVISIBLE = {"\r", "\n", "\x00", "\x02", "\ufffe", "\uffff"}


def read(data: bytes, name: str) -> Extracted:
    """The stored text of a PDF file, one paragraph a line, and where its pages begin.

    Raises DamagedDocument, EncryptedDocument, ScannedDocument or DocumentTooLarge.
    """
    with _LOCK:
        pages = list(_pages(data, name))
    if not any(pages):
        raise ScannedDocument(
            f"文件“{name}”是扫描件或图片，没有可以选中的文字，请先做文字识别（OCR），"
            "或取得文字版的原文件再添加。"
        )
    return _joined(paragraphs(without_margins(pages)), len(pages))


def _joined(found: list[tuple[str, list[tuple[int, int]]]], count: int) -> Extracted:
    """Paragraphs to text; each says on which page (from 0) it begins and where in it further ones do."""
    starts: dict[int, int] = {}
    text: list[str] = []
    length = 0
    for paragraph, places in found:
        for page, offset in places:
            starts.setdefault(page, length + offset)
        text.append(paragraph)
        length += len(paragraph) + 1
    pages: list[int] = []
    after = max(length - 1, 0)
    for page in range(count - 1, -1, -1):
        after = min(starts.get(page, after), after)
        pages.append(after)
    pages.reverse()
    if pages:
        pages[0] = 0
    return Extracted("\n".join(text), pages=tuple(pages))


def _pages(data: bytes, name: str) -> Iterator[list[TextLine]]:
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
        try:
            for number in range(len(document)):
                with closing(document[number]) as page, closing(page.get_textpage()) as layer:
                    yield rows(_boxes(layer), page.get_height())
        except pdfium.PdfiumError as error:
            raise DamagedDocument(f"文件“{name}”有打不开的页，请重新获取原文件。") from error


def _boxes(layer: Any) -> Iterator[Box]:
    """The characters with their places, in the order of the file; generated white space left out."""
    import pypdfium2.raw as raw

    text = layer.get_text_range()
    count = layer.count_chars()
    if len(text) != count:  # characters beyond the basic plane, or left out by get_text_range
        text = "".join(chr(raw.FPDFText_GetUnicode(layer, at) & 0x1FFFFF) for at in range(count))
    for at, char in enumerate(text):
        if char in _INVISIBLE or (char == " " and raw.FPDFText_IsGenerated(layer, at) == 1):
            continue
        left, bottom, right, top = layer.get_charbox(at, loose=True)
        if right > left or char.isspace():
            yield Box(char, left, right, bottom, top)
