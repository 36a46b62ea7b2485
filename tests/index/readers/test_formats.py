"""Every format gives the same text, and what cannot be read is refused with a reason."""

import random
import re
import shutil
import subprocess
import zipfile
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import (
    DamagedDocument,
    DocumentError,
    DocumentTooLarge,
    EmptyDocument,
    EncryptedDocument,
    ScannedDocument,
    UndecodableDocument,
    UnsupportedFormat,
)
from index.readers.file_checks import MAX_BYTES, read_source, safe_name
from index.readers.formats import extract
from index.structure.outline import parse_outline
from index.text.folding import shown, squeeze

FILES = Path(__file__).parent / "files"
LIBRARY = Path(__file__).resolve().parents[4] / "shared" / "corpus" / "library"
TEXT = """社区读书办法
第一条 为了方便居民读书，制定本办法。
第二条 居民凭身份证免费办理借书证。
"""
LAWS = (
    "义务教育法(2018-12-29)",
    "体育法(2022-06-24)",
    "重庆市教育督导条例(2015-04-08)",
    "教师法(2009-08-27)",
)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_encodings_are_told_apart(encoding: str) -> None:
    assert extract(TEXT.encode(encoding), "a.txt").text == TEXT


@pytest.mark.parametrize("text", ["通知", "今天放假。", "关于印发教育督导办法的通知"])
def test_short_texts_in_gb18030_are_read_or_refused_never_garbled(text: str) -> None:
    with suppress(UndecodableDocument):
        assert extract(text.encode("gb18030"), "a.txt").text == text


def test_line_ends_of_windows_are_the_only_change() -> None:
    assert extract("甲。\r\n乙\r丙\n".encode(), "a.txt").text == "甲。\n乙\r丙\n"


def test_markup_is_kept_and_told() -> None:
    source = "---\ntitle: 甲\n---\n# 办法\n\n<!-- 注 -->\n**第一条** 3 * 4。\n- 项\n1. 数\n"
    extracted = extract(source.encode(), "a.md")
    assert extracted.text == source
    assert extracted.fields == {"title": "甲"}
    assert shown(source, extracted.markup).split() == ["办法", "第一条", "3", "*", "4。", "项", "1.", "数"]


def test_a_page_gives_what_a_reader_sees() -> None:
    page = (
        "<html><head><title>站</title><style>p{}</style></head><body><nav>导航</nav><script>x()</script>"
        "<h1>办法</h1><p>第一条 甲<br>乙。</p><ol><li>一</li><li>二</li></ol>"
        "<table><tr><td>子</td><td>丑</td></tr></table></body></html>"
    )
    lines = [line for line in extract(page.encode(), "a.html").text.split("\n") if line.strip()]
    assert lines == ["办法", "第一条 甲", "乙。", "1. 一", "2. 二", "子\t丑"]


def numbered_docx() -> bytes:
    """第一章 / 第一条 / （一） as Word's automatic numbers, the items of the second article restarting."""
    document = docx.Document()
    numbering = document.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/>{restart}<w:numFmt w:val="chineseCountingThousand"/>'
        f'<w:suff w:val="{suff}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for depth, text, suff, restart in (
            (0, "第%1章", "space", ""),
            (1, "第%2条", "space", '<w:lvlRestart w:val="0"/>'),
            (2, "（%3）", "nothing", ""),
        )
    )
    abstract = f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90">{levels}</w:abstractNum>'
    numbering.insert(0, parse_xml(abstract))
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="90"><w:abstractNumId w:val="90"/></w:num>'))
    for depth, text in (
        (None, "办法"),
        (0, "总则"),
        (1, "甲："),
        (2, "子；"),
        (2, "丑。"),
        (0, "附则"),
        (1, "乙："),
        (2, "寅。"),
    ):
        paragraph = document.add_paragraph(text)
        if depth is not None:
            xml = f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="90"/></w:numPr>'
            paragraph._p.get_or_add_pPr().append(parse_xml(xml))
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "左", "右"
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def test_the_numbers_of_word_are_part_of_the_text() -> None:
    assert extract(numbered_docx(), "a.docx").text.split("\n") == [
        *("办法", "第一章 总则", "第一条 甲：", "（一）子；", "（二）丑。"),
        *("第二章 附则", "第二条 乙：", "（一）寅。", "左\t右"),
    ]


def test_a_pdf_gives_whole_paragraphs_and_its_pages() -> None:
    extracted = extract((FILES / "notice.pdf").read_bytes(), "notice.pdf")
    lines = extracted.text.split("\n")
    assert lines[0] == "社区读书办法"
    assert "居民凭身份证免费办理借书证。每人每次可以借五本，借期三十天。" in lines
    addresses = [clause.address for clause in parse_outline(extracted.text).clauses]
    assert addresses == [
        *("title", "art1", "art2", "art2.p1", "art2.p2", "art3", "art3.i1", "art3.i2"),
        *(f"art{number}" for number in range(4, 9)),
    ]
    assert len(extracted.pages) > 1
    assert list(extracted.pages) == sorted(set(extracted.pages))
    assert extracted.pages[-1] < len(extracted.text)


def scanned_pdf() -> bytes:
    import pypdfium2

    document = pypdfium2.PdfDocument.new()
    document.new_page(300, 400)
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def bomb() -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        for number in range(4):
            package.writestr(f"word/document{number}.xml", b"0" * (90 * 1024 * 1024))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (b"", "a.txt", EmptyDocument),
        (b" \n\t ", "a.txt", EmptyDocument),
        (bytes(range(256)) * 40, "a.txt", DocumentError),
        (random.Random(0).randbytes(5000), "a.txt", DocumentError),
        (b"%PDF-1.7 broken", "a.pdf", DamagedDocument),
        (b"PK\x03\x04 broken", "a.docx", DamagedDocument),
        (TEXT.encode(), "a.docx", DamagedDocument),
        (TEXT.encode(), "a.pdf", DamagedDocument),
        (TEXT.encode(), "a.xlsx", UnsupportedFormat),
        (TEXT.encode(), "a", UnsupportedFormat),
        ((FILES / "notice.pdf").read_bytes(), "a.txt", DamagedDocument),
        ((FILES / "locked.pdf").read_bytes(), "a.pdf", EncryptedDocument),
        (scanned_pdf(), "a.pdf", ScannedDocument),
        (numbered_docx()[:2000], "a.docx", DamagedDocument),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(
    data: bytes, name: str, kind: type[DocumentError]
) -> None:
    with pytest.raises(kind) as refusal:
        extract(data, name)
    assert re.search("[\u4e00-\u9fff]", refusal.value.message)
    assert refusal.value.message.endswith("。")


def test_a_bomb_is_refused_before_it_unpacks() -> None:
    with pytest.raises(DocumentTooLarge):
        extract(bomb(), "a.docx")


def test_a_large_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES * 4)
    with pytest.raises(DocumentTooLarge):
        read_source(path)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.txt", "..\\a.txt", "a\x00b.txt", "/etc/a.txt", "~", "..."]
)
def test_names_lead_nowhere(name: str) -> None:
    made = safe_name(name)
    assert "/" not in made
    assert "\\" not in made
    assert not made.startswith((".", "~"))
    assert made.isprintable()


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=400), st.sampled_from(["a.txt", "a.md", "a.html", "a.docx", "a.pdf", "a.doc"]))
def test_any_bytes_are_text_or_a_refusal(data: bytes, name: str) -> None:
    head = {"a.pdf": b"%PDF-1.4\n", "a.docx": b"PK\x03\x04"}.get(name, b"")
    try:
        extracted = extract(head + data, name)
    except DocumentError:
        return
    spans = [offset for span in extracted.markup for offset in span]
    assert spans == sorted(spans)
    assert all(0 <= offset <= len(extracted.text) for offset in (*spans, *extracted.pages))


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6), st.integers(1, 60))
def test_a_file_with_broken_bytes_is_text_or_a_refusal(seed: int, count: int) -> None:
    chance = random.Random(seed)
    for source, name in ((numbered_docx(), "a.docx"), ((FILES / "notice.pdf").read_bytes(), "a.pdf")):
        broken = bytearray(source)
        for _ in range(count):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        try:
            extract(bytes(broken), name)
        except DocumentError:
            continue


def clauses_of(text: str) -> dict[str, str]:
    return {
        clause.address: squeeze(text[clause.start : clause.end]) for clause in parse_outline(text).clauses
    }


@pytest.mark.slow
@pytest.mark.skipif(not LIBRARY.is_dir(), reason="the library of statutes is not here")
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not here")
@pytest.mark.parametrize("kind", ["docx", "pdf"])
@pytest.mark.parametrize("law", LAWS)
def test_a_law_is_the_same_in_every_format(law: str, kind: str, tmp_path: Path) -> None:
    source = (LIBRARY / f"{law}.md").read_text(encoding="utf-8")
    text = shown(source, extract(source.encode(), "a.md").markup)
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    (tmp_path / "law.txt").write_text("\n".join(lines), encoding="utf-8")
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile"]
    command += ["--infilter=Text (encoded):UTF8", "--convert-to", kind, "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "law.txt")], check=True, capture_output=True, timeout=120)
    expected = clauses_of("\n".join(lines))
    found = clauses_of(extract((tmp_path / f"law.{kind}").read_bytes(), f"law.{kind}").text)
    same = sum(found.get(address) == words for address, words in expected.items())
    assert same / len(expected) >= 0.97  # over many laws at least 0.99, see docs/documents.md
