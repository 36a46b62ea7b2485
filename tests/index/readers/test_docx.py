import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from index.errors import DamagedDocument, DocumentTooLarge
from index.readers.docx import read

Fill = Callable[[Any], object]


def packed(fill: Fill) -> bytes:
    """A DOCX file that `fill` put together."""
    document = docx.Document()
    fill(document)
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def lines(fill: Fill) -> list[str]:
    return read(packed(fill), "办法.docx").text.split("\n")


def runs(document: Any, inner: str) -> None:
    """Put the XML `inner` into a new paragraph."""
    paragraph = parse_xml(f"<w:p {nsdecls('w')}>{inner}</w:p>")
    document.element.body.insert(len(document.element.body) - 1, paragraph)


def test_paragraphs_and_tables_come_in_their_order() -> None:
    def fill(document: Any) -> None:
        document.add_heading("读书办法", 1)
        table = document.add_table(rows=2, cols=2)
        table.cell(0, 0).text, table.cell(0, 1).text = "借期", "三十天"
        table.cell(1, 0).text = "册数"
        table.cell(1, 0).add_paragraph("每次")
        document.add_paragraph()
        document.add_paragraph("　　居民免费办理。")

    assert lines(fill) == [
        "读书办法",
        "借期\t三十天",
        "册数 每次\t",
        "",
        "　　居民免费办理。",
    ]


def test_breaks_tabs_and_hyphens_are_characters() -> None:
    inner = "<w:r><w:t>借</w:t><w:tab/><w:t>书</w:t><w:br/><w:t>A</w:t><w:noBreakHyphen/><w:t>1</w:t></w:r>"
    assert lines(lambda document: runs(document, inner)) == ["借\t书", "A-1"]


def test_insertions_count_and_deletions_do_not() -> None:
    inner = (
        "<w:r><w:t>借</w:t></w:r><w:ins w:id='1' w:author='甲'><w:r><w:t>十</w:t></w:r></w:ins>"
        "<w:del w:id='2' w:author='甲'><w:r><w:delText>五</w:delText></w:r></w:del>"
        "<w:moveFrom w:id='3' w:author='甲'><w:r><w:t>移走</w:t></w:r></w:moveFrom>"
        "<w:hyperlink><w:r><w:t>本书</w:t></w:r></w:hyperlink>"
        "<w:r><w:instrText>PAGE</w:instrText></w:r>"
    )
    assert lines(lambda document: runs(document, inner)) == ["借十本书"]


def test_a_cell_merged_downwards_is_read_once() -> None:
    def fill(document: Any) -> None:
        table = document.add_table(rows=2, cols=2)
        table.cell(0, 0).merge(table.cell(1, 0)).text = "开放"
        table.cell(0, 1).text, table.cell(1, 1).text = "平日", "假日"

    assert lines(fill) == ["开放\t平日", "假日"]


def test_a_text_box_follows_its_paragraph() -> None:
    inner = (
        "<w:r><w:t>正文</w:t><w:pict><w:txbxContent><w:p><w:r><w:t>框内</w:t></w:r></w:p></w:txbxContent>"
        "</w:pict></w:r><w:r><w:t>继续</w:t></w:r>"
    )
    assert lines(lambda document: runs(document, inner)) == ["正文继续", "框内"]


def test_headers_and_footers_are_left_out() -> None:
    def fill(document: Any) -> None:
        document.sections[0].header.paragraphs[0].text = "页眉"
        document.sections[0].footer.paragraphs[0].text = "页脚"
        document.add_paragraph("正文")

    assert lines(fill) == ["正文"]


def test_an_empty_document_has_no_text() -> None:
    assert read(packed(lambda document: None), "空.docx").text == ""


def package(**members: str) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for name, content in members.items():
            file.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    "data",
    [b"", b"PK\x03\x04", "读书办法".encode(), package(), package(other="x"), packed(lambda d: None)[:-200]],
)
def test_what_is_no_word_document_is_refused_by_name(data: bytes) -> None:
    with pytest.raises(DamagedDocument, match="文件“坏"):
        read(data, "坏.docx")


def test_a_package_of_too_many_parts_is_refused() -> None:
    with pytest.raises(DocumentTooLarge, match="文件“大"):
        read(package(**{f"word/{number}": "" for number in range(5001)}), "大.docx")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_more_elements_than_anyone_writes_are_refused_before_they_are_parsed(encoding: str) -> None:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("word/document.xml", ("<w:p>" + "<w:p/>" * 500_000 + "</w:p>").encode(encoding))
    assert len(stream.getvalue()) < 40_000
    with pytest.raises(DocumentTooLarge, match="拆成几个文件"):
        read(stream.getvalue(), "空段落.docx")


def test_a_picture_is_no_xml() -> None:
    picture = b"\x89PNG" + b"<" * 600_000

    def fill(document: Any) -> None:
        document.add_paragraph("正文")

    stream = BytesIO(packed(fill))
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as file:
        file.writestr("word/media/image1.png", picture)
    assert read(stream.getvalue(), "图.docx").text == "正文"
