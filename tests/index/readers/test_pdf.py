"""Columns, and pages that cannot be read."""

import pytest

from index.errors import DamagedDocument, ScannedDocument
from index.readers.formats import Extracted
from index.readers.pdf import read
from index.schema import DocumentWarning, WarningKind
from tests.index.readers.pdfs import box, column, line, pdf, picture, text

WORDS = "居民凭身份证免费办理借书证每人每次可以借五本借期三十天"


def extracted(*pages: str) -> Extracted:
    return read(pdf(*pages), "办法.pdf")


def prose(sign: str, lines: int, wide: int = 20) -> list[str]:
    """A paragraph of so many lines, each of which but the last fills its column; it begins with `sign`."""
    text = "　　" + sign + (WORDS * lines)[: wide * lines - 8] + "。"
    return [text[at : at + wide] for at in range(0, len(text), wide)]


@pytest.mark.parametrize("by_line", [False, True])
def test_columns_are_read_one_after_the_other(by_line: bool) -> None:
    left, right = prose("甲", 5) + prose("乙", 3), prose("丙", 4) + prose("丁", 4)
    if by_line:
        both = "".join(
            text(words, x, 700 - 16 * at)
            for at, pair in enumerate(zip(left, right, strict=True))
            for words, x in zip(pair, (60, 290), strict=True)
        )
    else:
        both = column(left, 60) + column(right, 290)
    title, end = (
        text("社区读书办法", 210, 760, 20),
        text("本办法自发布之日起施行，由社区图书馆负责解释，请居民遵守。", 60, 500),
    )
    found = extracted(title + both + end)
    assert [words[0] for words in found.text.split("\n")] == ["社", "甲", "乙", "丙", "丁", "本"]
    assert found.warnings == ()


def test_a_paragraph_goes_on_in_the_next_column() -> None:
    whole = prose("甲", 12)
    found = extracted(column(whole[:6], 60) + column(whole[6:], 290))
    assert "".join(found.text.split()) == "".join("".join(whole).split())
    assert "\n" not in found.text


def test_three_columns_are_read_one_after_the_other() -> None:
    found = extracted("".join(column(prose(sign, 9, 14), 40 + 170 * at) for at, sign in enumerate("甲乙丙")))
    assert [words[0] for words in found.text.split("\n")] == ["甲", "乙", "丙"]


def test_columns_that_end_early_are_known_from_other_pages() -> None:
    full = column(prose("甲", 9), 60) + column(prose("乙", 9), 290)
    found = extracted(full, column(prose("丙", 8), 60) + column(["　　丁。", "社区", "图书馆", "今日"], 290))
    assert [words[0] for words in found.text.split("\n")][:4] == ["甲", "乙", "丙", "丁"]
    assert found.warnings == ()


def test_where_the_order_is_not_sure_lines_are_read_across_and_it_is_said() -> None:
    names, values = ["借期", "册数", "押金", "证件", "时间"], ["三十天", "五本", "不收", "身份证", "每天"]
    found = extracted(text("正文", 60, 760), column(names, 60) + column(values, 290))
    assert "借期三十天" in "".join(found.text.split())
    assert found.warnings == (DocumentWarning(WarningKind.COLUMNS, "2", found.pages[1], 2),)


def test_pages_that_only_show_a_picture_are_told() -> None:
    body = column(prose("甲", 4), 60)
    scanned = picture(0, 0, 590, 840)
    found = extracted(body, scanned, "", scanned + text("— 4 —", 280, 30), line(0, 0, 90, 90), body)
    assert [warning.page for warning in found.warnings] == [2, 4, 5]
    assert {warning.kind for warning in found.warnings} == {WarningKind.UNREAD_PAGE}
    assert found.warnings[0].subject == "2"
    with pytest.raises(ScannedDocument):
        extracted(scanned, scanned)


def test_a_small_picture_beside_little_text_is_decoration() -> None:
    assert extracted(picture(0, 0, 50, 50) + text("社区读书办法", 60, 700) + box(0, 0, 9, 9)).warnings == ()


def test_a_damaged_page_among_others_is_told_and_parts_what_stands_around_it() -> None:
    whole = pdf(*(text(f"{sign}居民免费办理借书证", 60, 700) for sign in "甲乙丙"))
    page = b"/Type /Page "
    place = whole.index(page, whole.index(page) + 1)
    found = read(whole[:place] + b"/Type /Pane " + whole[place + len(page) :], "办法.pdf")
    assert found.text == "甲居民免费办理借书证\n丙居民免费办理借书证"
    assert found.warnings == (DocumentWarning(WarningKind.UNREAD_PAGE, "2", page=2),)
    with pytest.raises(DamagedDocument):
        read(whole.replace(page, b"/Type /Pane "), "办法.pdf")


def test_spaces_that_the_file_holds_stay() -> None:
    assert extracted(text("表 1 共 200 元", 60, 700)).text == "表 1 共 200 元"
