import pytest

from index.readers.formats import Extracted
from index.readers.pdf import read
from tests.growth import assert_in_proportion
from tests.index.readers.pdfs import box, column, line, pdf, ruled, text
from tests.index.readers.tables import check, shown

FEES = [["学段", "学费", "住宿费"], ["小学", "0", "300"], ["初中|（含九年制）", "0", "400"]]
WIDTHS = [80, 60, 60]


def extracted(*pages: str) -> Extracted:
    found = read(pdf(*pages), "办法.pdf")
    check(found)
    return found


def test_a_ruled_table_is_a_row_a_line() -> None:
    found = extracted(text("一、收费标准", 60, 760) + ruled(FEES, WIDTHS) + text("二、附则", 60, 500))
    assert found.text.split("\n") == [
        *("一、收费标准", "学段\t学费\t住宿费", "小学\t0\t300", "初中（含九年制）\t0\t400", "二、附则")
    ]
    assert shown(found) == [
        ["学段", "学费", "住宿费"],
        ["小学", "0", "300"],
        ["初中（含九年制）", "0", "400"],
    ]
    assert found.tables[0].headers == 1


def test_thin_rectangles_and_drawn_ones_are_lines() -> None:
    words = "".join(column(words, x, 690, 20) for words, x in ((["甲", "丙"], 64), (["乙", "丁"], 144)))
    thin = "".join(box(60, y, 160, 0.7, "f") for y in (705, 685, 665))
    thin += "".join(box(x, 665, 0.7, 40, "f") for x in (60, 140, 220))
    cells = "".join(box(x, y, 80, 20) for x in (60, 140) for y in (685, 665))
    for drawn in (thin, cells):
        assert shown(extracted(words + drawn)) == [["甲", "乙"], ["丙", "丁"]]
    shades = "".join(box(x, y, 80, 20, "f") for x in (60, 140) for y in (685, 665))
    assert extracted(f"0.9 g {shades} 0 g {words}").tables == ()


def test_where_a_line_is_missing_cells_are_merged() -> None:
    # two columns under one head; one cell over two rows
    edges = [line(60, y, 220, y) for y in (700, 640)] + [line(140, 680, 220, 680), line(60, 660, 220, 660)]
    edges += [
        line(60, 640, 60, 700),
        line(220, 640, 220, 700),
        line(140, 640, 140, 700),
        line(180, 660, 180, 680),
    ]
    words = text("学段", 64, 676) + text("收费", 144, 686) + text("学费", 144, 666) + text("住宿", 184, 666)
    words += text("小学", 64, 646) + text("三百", 144, 646)
    assert shown(extracted("".join(edges) + words)) == [
        [("学段", 0, 2, 1), ("收费", 1, 1, 2)],
        [("学费", 1, 1, 1), ("住宿", 2, 1, 1)],
        ["小学", ("三百", 1, 1, 2)],
    ]


def test_a_table_may_be_open_at_its_sides() -> None:
    words = "".join(column(words, x, 690, 20) for words, x in ((["甲", "丙"], 64), (["乙", "丁"], 144)))
    lines = "".join(line(60, y, 220, y) for y in (705, 685, 665)) + line(140, 665, 140, 705)
    assert shown(extracted(words + lines)) == [["甲", "乙"], ["丙", "丁"]]


def test_a_table_goes_on_over_the_page() -> None:
    head = text("收费标准", 60, 760) + ruled(FEES, WIDTHS, top=720)
    found = extracted(head, ruled([["高中", "800", "500"]], WIDTHS, top=800) + text("附则", 60, 500))
    assert [row[0] for row in shown(found)] == ["学段", "小学", "初中（含九年制）", "高中"]
    assert found.text[found.pages[1] :].split("\n") == ["高中\t800\t500", "附则"]
    other = extracted(head, ruled([["高中", "800"]], WIDTHS[:2], top=800))
    assert len(other.tables) == 2  # other columns


def test_a_header_that_comes_again_heads_a_table_of_its_own() -> None:
    pages = [ruled([FEES[0], [word, "0", "300"]], WIDTHS, top=800) for word in ("小学", "初中", "高中")]
    found = extracted(*pages)
    assert [table.headers for table in found.tables] == [1, 1, 1]
    assert shown(found, 2) == [["学段", "学费", "住宿费"], ["高中", "0", "300"]]


def test_a_merged_cell_goes_on_over_the_page() -> None:
    def part(first: str, words: list[str]) -> str:
        foot = 800 - 20 * len(words)
        edges = [line(x, foot, x, 800) for x in (60, 140, 220)] + [line(60, y, 220, y) for y in (800, foot)]
        edges += [line(140, 800 - 20 * at, 220, 800 - 20 * at) for at in range(1, len(words))]
        return "".join(edges) + text(first, 64, 786) + column(words, 144, 786, 20)

    found = extracted(part("城区", ["甲", "乙"]), part("", ["丙", "丁"]), part("", ["戊", "己"]))
    assert shown(found)[0] == [("城区", 0, 6, 1), "甲"]
    assert len(found.tables[0].rows) == 6


@pytest.mark.parametrize(
    "content",
    [
        box(50, 600, 300, 120) + column(["专栏一", "居民免费办理借书证。"], 60),  # a frame
        line(50, 650, 300, 650) + column(["标题", "正文"], 60),  # a rule below a line
        "".join(line(0, y, 590, y) for y in range(0, 800, 5))
        + "".join(line(x, 0, x, 800) for x in range(0, 590, 5))
        + column(["借书证" * 5] * 9, 60),  # squared paper
        box(50, 100, 490, 700) + line(295, 100, 295, 800) + column(["居民免费办理" * 3] * 40, 60, 780),
    ],
)
def test_lines_that_make_no_cells_leave_the_text_as_it_is(content: str) -> None:
    found = extracted(content)
    assert found.tables == ()
    assert "\t" not in found.text


@pytest.mark.parametrize("matrix", ["0 1 -1 0 595 0", "-1 0 0 -1 595 842", "0 -1 1 0 0 800"])
def test_a_page_that_lies_on_its_side_is_read_upright(matrix: str) -> None:
    upright = text("一、收费标准", 60, 560) + ruled(FEES, WIDTHS, top=540) + text("二、附则", 60, 300)
    found = extracted(f"q {matrix} cm\n{upright}Q\n")
    assert found.text.split("\n")[:3] == ["一、收费标准", "学段\t学费\t住宿费", "小学\t0\t300"]


def test_long_tables_are_read_in_their_share_of_time() -> None:
    rows = [[f"第{number}号", "三十天", "五本"] for number in range(2800)]

    def check_first(count: int) -> None:
        found = extracted(*(ruled(rows[at : at + 35], WIDTHS, top=800) for at in range(0, count, 35)))
        assert len(found.tables[0].rows) == count

    assert_in_proportion(check_first, 2800)


def test_hatching_is_read_in_its_share_of_time() -> None:
    lines = [line(at / 5, 0, at / 5, 800) + line(0, at / 4, 590, at / 4) for at in range(2900)]

    def check_first(count: int) -> None:
        assert extracted("".join(lines[:count]) + text("正文", 100, 100)).text == "正文"

    assert_in_proportion(check_first, 2900)
