"""Any text at all: nothing lost, offsets right, no exception, and time in proportion to length."""

import re
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.readers import html, markdown, pdf
from index.schema import Document
from index.structure.outline import outlined, parse_outline
from index.structure.passages import make_passages
from index.text.folding import fold_text, shown
from tests.growth import assert_in_proportion
from tests.index.readers import pdfs
from tests.index.readers.tables import check
from tests.index.readers.test_docx_tables import extracted as read_docx

_MARKS = [
    "一、",
    "(一)",
    "（二）",
    "1.",
    "２．",
    "（1）",
    "①",
    "三、",
    "十、",
    "第一条",
    "来源：",
    "。",
    "；",
    "\n",
]
_lines = st.lists(
    st.builds(
        lambda number, body: number + body,
        st.sampled_from(["", " ", "\u3000", *_MARKS]),
        st.text(
            st.sampled_from("甲乙丙年级一二三。！？；：…”）》、,.(（)1２ \u3000\t\r\x0b\x85\u2028\u200b\0"),
            max_size=12,
        ),
    ),
    max_size=30,
).map("\n".join)
_any = st.one_of(_lines, st.text(st.characters(codec=None, categories=None), max_size=300))


def document(text: str) -> Document:
    return outlined(Document(id="doc", version="1", title="题", text=text, sha256="", source_name="doc.txt"))


@given(_any)
@example("题\n来源：\n序\n来源：\n一、甲\n1.乙\n(一)丙\n(1)丁")
@example("(一)甲\n一、乙")
def test_any_text_is_given_back_in_order(text: str) -> None:
    read = document(text)
    clauses, passages = read.clauses, make_passages(read)
    pieces = [(p.start, p.text) for p in passages]
    quoted = {p.start for p in passages}
    pieces += [(c.start, c.heading) for c in clauses if "art" in c.address and c.start not in quoted]
    given = "".join(piece for _, piece in sorted(pieces, key=lambda piece: piece[0]))
    reads = shown(text, ())
    assert "".join(shown(given, ()).split()) == "".join(reads.split())
    assert all(p.text == text[p.start : p.end] for p in passages)
    assert all(a.end <= b.start for a, b in pairwise(passages))
    assert len({clause.address for clause in clauses}) == len(clauses)
    assert len({passage.id for passage in passages}) == len(passages)
    known = {clause.address for clause in clauses}
    for clause in clauses:
        assert clause.address
        assert clause.address.isascii()
        assert clause.label
        assert 0 <= clause.start <= clause.heading_end <= clause.end <= len(text)
        assert clause.heading == reads[clause.start : clause.heading_end]
        assert clause.parent is None or clause.parent in known


_TAGS = [
    "table",
    "tr",
    "td",
    "th",
    "thead",
    "tbody",
    "tfoot",
    "caption",
    "p",
    "br",
    "h2",
    "pre",
    "ol",
    "li",
    "div",
]
_span = st.sampled_from(["", "0", "1", "2", "3", "7", "70000"])
_word = st.sampled_from(["", " ", "甲", "300", "一 二", "\n", "借期三十天。", "&nbsp;", "\t"])


@given(
    st.lists(
        st.one_of(
            st.builds("<{}{}>".format, st.sampled_from(["", "/"]), st.sampled_from(_TAGS)),
            st.builds("<td rowspan={} colspan={}>".format, _span, _span),
            _word,
        ),
        max_size=60,
    )
)
@example(["<table>", "<td>", "甲", "<td>", "<table>", "<tr>", "<td>", "乙", "<td>", "丙"])
def test_tables_of_any_page_are_whole(parts: list[str]) -> None:
    found = html.read("".join(["<body>", *parts]).encode(), "a.html")
    check(found)
    words = re.sub("<[^>]*>|&nbsp;", "", "".join(parts))
    assert sorted(re.sub(r"\d+\.|\s", "", found.text)) == sorted("".join(words.split()))


@given(
    st.lists(
        st.lists(
            st.sampled_from(
                ["|", "|", "-", "---", ":", "\\", "`", "甲", "**", " ", ">", "- ", "```", "<!--", "-->"]
            ),
            max_size=12,
        ).map("".join),
        max_size=12,
    )
)
@example(["甲|", "-|-", "|", "|甲"])
def test_tables_of_any_markdown_are_whole(lines: list[str]) -> None:
    check(markdown.read("\n".join(lines).encode(), "a.md"))


_merges = st.sampled_from(
    ["", '<w:vMerge w:val="restart"/>', "<w:vMerge/>", "<w:hMerge/>", '<w:gridSpan w:val="2"/><w:vMerge/>']
    + [f'<w:gridSpan w:val="{count}"/>' for count in (0, 2, 3, 70000)]
)
_cell = st.builds(
    "<w:tc><w:tcPr>{}</w:tcPr><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>".format,
    _merges,
    st.sampled_from(["", "甲", "300", "一 二"]),
)
_row = st.builds(
    "<w:tr><w:trPr>{}</w:trPr>{}</w:tr>".format,
    st.sampled_from(["", "<w:tblHeader/>", '<w:gridBefore w:val="2"/>', "<w:del/>"]),
    st.lists(_cell, max_size=5).map("".join),
)


@given(st.lists(_row, max_size=8).map("".join))
def test_tables_of_any_word_document_are_whole(rows: str) -> None:
    read_docx(f"<w:p/><w:tbl>{rows}</w:tbl><w:p/>")  # which checks them


_place = st.integers(0, 12).map(lambda number: number * 40 + 20)
_drawn = st.one_of(
    st.builds(lambda x, y, z: pdfs.line(x, y, z, y), _place, _place, _place),
    st.builds(lambda x, y, z: pdfs.line(x, y, x, z), _place, _place, _place),
    st.builds(pdfs.box, _place, _place, _place, _place),
    st.builds(lambda x, y: pdfs.text("甲乙", x + 5, y + 5), _place, _place),
)
_page = st.lists(_drawn, max_size=25).map("".join)


@settings(deadline=None)
@given(st.lists(_page, min_size=1, max_size=2))  # of three pages, what comes again is a running head
def test_tables_of_any_pdf_are_whole(pages: list[str]) -> None:
    found = pdf.read(pdfs.pdf(pdfs.text("丙丁", 5, 560) + pages[0], *pages[1:]), "a.pdf")
    check(found)
    places = [set(re.findall(".*Tj", page)) for page in pages]  # what is written twice in one place is bold
    assert len("".join(found.text.split())) == 2 + 2 * sum(map(len, places))


def test_an_outline_of_many_parts() -> None:
    from index.text.numerals import chinese_numeral

    text = "题\n" + "\n".join(f"{chinese_numeral(n)}、甲" for n in range(1, 300))
    assert [clause.address for clause in parse_outline(text).clauses][1:] == [str(n) for n in range(1, 300)]


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit",
    [
        "没有句号的一行\n",  # one paragraph that never ends
        "甲。",
        "甲。\n",
        " \n",
        "一",
        "(",
        "１",
        "一、甲\n(一)乙\n1.丙。丁。\n",
        " ",
    ],
)
def test_time_grows_in_proportion(unit: str) -> None:
    def work(size: int) -> None:
        text = unit * (size // len(unit))
        make_passages(document(text))
        fold_text(text)

    assert_in_proportion(work, 3_200_000)
