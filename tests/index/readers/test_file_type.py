import zipfile
from io import BytesIO

import pytest

from index.errors import (
    DamagedDocument,
    DocumentError,
    EncryptedDocument,
    ScannedDocument,
    UnsupportedFormat,
)
from index.readers.file_type import check_kind, kind_of, suffix

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PNG = b"\x89PNG\r\n\x1a\n"
TEXT = "第一条 为了读书，制定本办法。".encode()


def package(name: str) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        file.writestr(name, "x")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "ending"),
    [("办法.TXT", ".txt"), ("办法.tar.gz", ".gz"), ("办法", ""), (".txt", ""), ("a.b/办法", "")],
)
def test_the_ending_of_a_name_is_in_lower_case(name: str, ending: str) -> None:
    assert suffix(name) == ending


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (TEXT, "text"),
        (b"", "text"),
        (b"%PDF-1.7", "pdf"),
        (b"junk\n%PDF-1.4", "pdf"),
        (package("word/document.xml"), "docx"),
        (package("xl/workbook.xml"), "xlsx"),
        (package("ppt/presentation.xml"), "pptx"),
        (package("OFD.xml"), "ofd"),
        (package("办法.txt"), "zip"),
        (OLE, "ole"),
        (b"{\\rtf1", "rtf"),
        (PNG, "image"),
        (b"Rar!\x1a\x07", "archive"),
        (b"\x7fELF", "program"),
        (b"\xef\xbb\xbf  <!DOCTYPE html><p>", "html"),
        (b"<!-- note --><HTML>", "html"),
        ("<html>".encode("utf-16"), "html"),
        (b"<p>text</p>", "text"),
        (b"From: a\nContent-Type: multipart/related\n", "mhtml"),
    ],
)
def test_the_kind_shows_in_the_first_bytes(data: bytes, kind: str) -> None:
    assert kind_of(data) == kind


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (TEXT, "办法.txt"),
        (TEXT, "办法.MD"),
        (b"<html>", "办法.htm"),
        (b"<p>text</p>", "办法.html"),  # a page may begin with any tag
        (package("word/document.xml"), "办法.docx"),
        (package("other"), "办法.docx"),  # its reader says what is missing
        (b"%PDF-1.7", "办法.pdf"),
    ],
)
def test_a_file_that_is_what_its_name_says_passes(data: bytes, name: str) -> None:
    check_kind(data, name)


@pytest.mark.parametrize(
    ("data", "name", "error", "told"),
    [
        (TEXT, "办法.doc", UnsupportedFormat, "另存为 .docx"),
        (TEXT, "办法.ofd", UnsupportedFormat, "另存为 .pdf"),
        (TEXT, "办法.xlsx", UnsupportedFormat, "不能读取 .xlsx"),
        (TEXT, "收费.csv", UnsupportedFormat, "存成 .docx"),
        (TEXT, "办法", UnsupportedFormat, "没有扩展名"),
        (TEXT, "办法.zip", UnsupportedFormat, "压缩包"),
        (PNG, "办法.png", ScannedDocument, "是图片"),
        (PNG, "办法.pdf", DamagedDocument, "其实是图片"),
        (OLE, "办法.docx", DamagedDocument, "旧版 Office"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "办法.docx", EncryptedDocument, "密码"),
        (b"%PDF-1.7", "办法.txt", DamagedDocument, "扩展名改为 .pdf"),
        (b"<html>", "办法.md", DamagedDocument, "扩展名改为 .html"),
        (TEXT, "办法.docx", DamagedDocument, "扩展名改为 .txt"),
        (b"\x00\x01" * 9, "办法.pdf", DamagedDocument, "已损坏"),
        (b"{\\rtf1", "办法.docx", DamagedDocument, "RTF"),
        (package("xl/workbook.xml"), "办法.docx", DamagedDocument, "Excel"),
    ],
)
def test_another_kind_is_refused_with_advice(
    data: bytes, name: str, error: type[DocumentError], told: str
) -> None:
    with pytest.raises(error) as refusal:
        check_kind(data, name)
    assert told in refusal.value.message
    assert f"“{name}”" in refusal.value.message
