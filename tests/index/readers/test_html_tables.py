import pytest

from index.readers.formats import Extracted
from index.readers.html import read
from tests.growth import assert_in_proportion
from tests.index.readers.tables import check, shown


def extracted(page: str) -> Extracted:
    found = read(page.encode(), "办法.html")
    check(found)
    return found


def table(*rows: str) -> str:
    """A table of rows whose cells are parted by bars."""
    return "<table>" + "".join(f"<tr><td>{'<td>'.join(row.split('|'))}" for row in rows) + "</table>"


def test_merges_are_told_in_both_directions() -> None:
    found = extracted(
        "<table><thead><tr><th rowspan=2>学段<th colspan=2>收费<th rowspan=2>备注"
        "<tr><th>学费<th>住宿费</thead><tbody><tr><td>小学<td>0<td>300<td>&nbsp;"
        "<tr><td colspan=2>合计<td>300<td></tbody></table>"
    )
    assert found.text == "学段\t收费\t备注\n学费\t住宿费\n小学\t0\t300\t\xa0\n合计\t300\t"
    assert shown(found) == [
        [("学段", 0, 2, 1), ("收费", 1, 1, 2), ("备注", 3, 2, 1)],
        [("学费", 1, 1, 1), ("住宿费", 2, 1, 1)],
        ["小学", "0", "300", ""],
        [("合计", 0, 1, 2), ("300", 2, 1, 1), ("", 3, 1, 1)],
    ]
    assert found.tables[0].headers == 2


@pytest.mark.parametrize("value", ["0", "-1", "x", "", "99999999999", "65534", "2.5"])
def test_absurd_merges_are_bounded(value: str) -> None:
    for name in ("rowspan", "colspan"):
        page = f"<table><tr><td {name}='{value}'>甲<td>乙<tr><td>丙<td>丁<td>戊</table>"
        assert "".join(extracted(page).text.split()) == "甲乙丙丁戊"


def test_a_merge_of_zero_rows_reaches_to_the_end_of_its_group() -> None:
    page = (
        "<table><tbody><tr><td rowspan=0>甲<td>乙<tr><td>丙<tr><td>丁</tbody>"
        "<tbody><tr><td rowspan=9>戊<td>己</tbody><tbody><tr><td>庚<td>辛</tbody></table>"
    )
    assert [row[0] for row in shown(extracted(page))] == [
        *(("甲", 0, 3, 1), ("丙", 1, 1, 1), ("丁", 1, 1, 1), "戊", "庚")
    ]


def test_rows_that_merges_cover_wholly_are_none() -> None:
    page = "<table><tr><td rowspan=2>甲<td rowspan=2>乙<tr><tr><td>丙<td>丁</table>"
    assert shown(extracted(page)) == [["甲", "乙"], ["丙", "丁"]]


def test_header_cells_name_columns_only_where_they_fill_a_row() -> None:
    assert extracted("<table><tr><th>借期<td>三十天<tr><th>册数<td>五本</table>").tables[0].headers == 0
    assert extracted("<table><tr><th>借期<th>册数<tr><td>甲<td>乙</table>").tables[0].headers == 1
    assert extracted("<table><thead><tr><td>甲<td>乙</thead><tr><td>丙<td>丁</table>").tables[0].headers == 1
    bold = "<tr><td><b>馆别</b><td><p><strong>周末</strong></p>"
    bold = f"<table>{bold}<tr><td>一馆<td>开放<tr><td>二馆<td>关闭</table>"
    assert extracted(bold).tables[0].headers == 1


def test_the_caption_stands_before_the_table() -> None:
    captioned = table("借期|三十天", "册数|五本").replace("<table>", "<table><caption>表1 借阅</caption>")
    found = extracted(f"<p>前</p>{captioned}<p>后</p>")
    assert found.text == "前\n表1 借阅\n借期\t三十天\n册数\t五本\n后"
    assert found.text[found.tables[0].start : found.tables[0].end] == "借期\t三十天\n册数\t五本"


def test_nothing_in_a_table_is_lost() -> None:
    found = extracted("<table>甲<tr>乙<td>丙</td>丁<td>戊</td>己</tr>庚</table>辛")
    assert sorted("".join(found.text.split())) == sorted("甲乙丙丁戊己庚辛")


def test_a_cell_stays_on_its_line() -> None:
    first = "<tr><td>借\t期<br>长<td><pre>三十天\n可续</pre>"
    found = extracted(f"<table>{first}<tr><td>册数<td><ul><li>五本<li>十本</ul></table>")
    assert found.text == "借 期 长\t三十天 可续\n册数\t五本 十本"


def test_a_table_in_a_cell_is_text_and_one_in_the_frame_of_a_page_is_a_table() -> None:
    inner = table("甲|乙")
    found = extracted(table(f"借期|三十天，见{inner}", "册数|五本"))
    assert shown(found) == [["借期", "三十天，见 甲 乙"], ["册数", "五本"]]
    frame = table(f"左边|{table('借期|三十天，可以续借', '册数|五本，可以多借')}")
    found = extracted(frame)
    assert found.text == "左边\n借期\t三十天，可以续借\n册数\t五本，可以多借"
    assert len(found.tables) == 1


@pytest.mark.parametrize(
    "page",
    [
        table("第一条　居民免费办理借书证。"),
        table("甲", "乙", "丙"),
        table("<h2>办法</h2>|<p>正文</p>"),
        table(f"{'<p>正文</p>' * 10}|<p>链接</p>"),
        table("甲|乙").replace("<table>", "<table role=presentation>"),
        "<table><tr><td> <td>&nbsp;</table>",
    ],
)
def test_what_lays_out_the_page_is_no_table(page: str) -> None:
    assert extracted(page).tables == ()


def test_a_table_of_many_rows_is_read_in_its_share_of_time() -> None:
    rows = [f"第{number}号|三十天|五本" for number in range(8000)]

    def check_first(count: int) -> None:
        assert len(extracted(table(*rows[:count])).tables[0].rows) == count

    assert_in_proportion(check_first, 8000)


@pytest.mark.parametrize(
    "piece",
    ["<table><tr><td>甲<td>乙<td>", "<tr><td rowspan=65000 colspan=1000>甲<td rowspan=999>乙<td>丙"],
)
def test_nested_and_merged_cells_without_end_take_their_share_of_time(piece: str) -> None:
    assert_in_proportion(lambda count: extracted(f"<table>{piece * count}</table>"), 2400)
