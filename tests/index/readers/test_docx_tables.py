import zipfile
from collections.abc import Sequence
from io import BytesIO

import docx
import pytest
from docx.oxml.ns import nsdecls

from index.readers.docx import read
from index.readers.formats import Extracted
from index.schema import WarningKind
from tests.growth import assert_in_proportion
from tests.index.readers.tables import check, shown


def cell(text: str, properties: str = "", bold: bool = False) -> str:
    """The XML of a cell; each line of `text` is a paragraph."""
    look = "<w:rPr><w:b/></w:rPr>" if bold else ""
    inner = "".join(f"<w:p><w:r>{look}<w:t>{line}</w:t></w:r></w:p>" for line in text.split("\n"))
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def table(*rows: str) -> str:
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


def extracted(*blocks: str) -> Extracted:
    """What is read of a document of these blocks."""
    empty, filled = BytesIO(), BytesIO()
    docx.Document().save(empty)
    with zipfile.ZipFile(empty) as package, zipfile.ZipFile(filled, "w") as copy:
        for member in package.namelist():
            body = f"<w:document {nsdecls('w')}><w:body>{''.join(blocks)}</w:body></w:document>"
            copy.writestr(member, body if member == "word/document.xml" else package.read(member))
    found = read(filled.getvalue(), "办法.docx")
    check(found)
    return found


def words(*texts: str) -> Sequence[str]:
    return [cell(text) for text in texts]


SPAN = '<w:gridSpan w:val="2"/>'
DOWN, FROM_ABOVE = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"


def test_merges_are_told_in_both_directions() -> None:
    found = extracted(
        table(
            row(cell("学段", DOWN), cell("收费", SPAN), cell("备注", DOWN)),
            row(cell("", FROM_ABOVE), *words("学费", "住宿费"), cell("", FROM_ABOVE)),
            row(*words("小学", "0", "300", "")),
            row(cell("合计", SPAN), *words("300", "无")),
        )
    )
    assert found.text == "学段\t收费\t备注\n学费\t住宿费\n小学\t0\t300\t\n合计\t300\t无"
    assert shown(found) == [
        [("学段", 0, 2, 1), ("收费", 1, 1, 2), ("备注", 3, 2, 1)],
        [("学费", 1, 1, 1), ("住宿费", 2, 1, 1)],
        ["小学", "0", "300", ""],
        [("合计", 0, 1, 2), ("300", 2, 1, 1), ("无", 3, 1, 1)],
    ]
    assert found.tables[0].headers == 2
    last = found.tables[0].rows[2][3]
    assert found.text[last.start - 1] == "\t"  # an empty cell is where its text would stand
    assert last.start == last.end


def test_merges_of_old_files_and_rows_that_begin_later() -> None:
    across, on = '<w:hMerge w:val="restart"/>', "<w:hMerge/>"
    found = extracted(
        table(
            row(cell("甲", across), cell("", on), cell("乙")),
            row(*words("子", "丑"), properties='<w:gridBefore w:val="1"/>'),
            row(cell("寅", FROM_ABOVE), *words("卯", "辰")),
        )
    )
    assert shown(found) == [
        [("甲", 0, 1, 2), ("乙", 2, 1, 1)],
        [("子", 1, 1, 1), ("丑", 2, 1, 1)],
        ["寅", "卯", "辰"],  # what continues nothing is a cell
    ]


def test_a_cell_stays_on_its_line() -> None:
    broken = cell("续").replace("<w:t>续</w:t>", "<w:t>可</w:t><w:br/><w:t>续</w:t><w:tab/><w:t>借</w:t>")
    found = extracted(table(row(cell("借期"), cell("三十天\n每次")), row(cell("次数"), broken)))
    assert found.text == "借期\t三十天 每次\n次数\t可 续\t借"
    assert shown(found) == [["借期", "三十天 每次"], ["次数", "可 续\t借"]]


def test_a_table_in_a_cell_is_read_once() -> None:
    inner = table(row(*words("一本", "十天")), row(*words("二本", "五天")))
    outer = cell("").replace("</w:tc>", f"{inner}<w:p/></w:tc>")
    found = extracted(table(row(cell("借期"), outer), row(*words("册数", "五本"))))
    assert found.text == "借期\t一本 十天 二本 五天\n册数\t五本"
    assert len(found.tables) == 1


def test_a_frame_of_one_column_is_no_table() -> None:
    inner = table(row(*words("一本", "十天")), row(*words("二本", "五天")))
    frame = table(row(cell("专栏一\n借期如下：").replace("</w:tc>", f"{inner}<w:p/></w:tc>")))
    found = extracted(frame)
    assert found.text == "专栏一\n借期如下：\n一本\t十天\n二本\t五天\n"
    assert shown(found) == [["一本", "十天"], ["二本", "五天"]]


def test_rows_and_cells_in_content_controls_count() -> None:
    control = "<w:sdt><w:sdtPr/><w:sdtContent>{}</w:sdtContent></w:sdt>"
    found = extracted(
        control.format(
            table(
                row(*words("借期", "三十天")),
                control.format(row(*words("册数", "五本"))),
                row(cell("证件"), control.format(cell("身份证"))),
            )
        )
    )
    assert shown(found) == [["借期", "三十天"], ["册数", "五本"], ["证件", "身份证"]]


def test_deleted_rows_are_left_out_and_inserted_ones_are_not() -> None:
    mark = '<w:{} w:id="1" w:author="甲"/>'
    found = extracted(
        table(
            row(*words("借期", "三十天")),
            row(*words("押金", "一百元"), properties=mark.format("del")),
            row(*words("册数", "五本"), properties=mark.format("ins")),
        )
    )
    assert shown(found) == [["借期", "三十天"], ["册数", "五本"]]


def test_header_rows_are_those_that_come_again_on_each_page() -> None:
    rows = [row(*words("甲", "乙"), properties="<w:tblHeader/>"), row(*words("丙", "丁"))]
    assert extracted(table(*rows)).tables[0].headers == 1
    off = [row(*words("甲", "乙"), properties='<w:tblHeader w:val="0"/>'), row(*words("丙", "丁"))]
    assert extracted(table(*off)).tables[0].headers == 0
    bold = [row(cell("甲", bold=True), cell("乙", bold=True)), row(*words("丙", "丁"))]
    assert extracted(table(*bold)).tables[0].headers == 1


@pytest.mark.parametrize("value", ["0", "-3", "99999999999", "x", ""])
def test_absurd_merges_are_bounded(value: str) -> None:
    wide = f'<w:gridSpan w:val="{value}"/>'
    found = extracted(table(row(cell("甲", wide), cell("乙")), row(*words("丙", "丁"))))
    assert [
        text for line in shown(found) for text in (c[0] if isinstance(c, tuple) else c for c in line)
    ] == [*("甲", "乙", "丙", "丁")]


def drawing(wide: int, high: int, uri: str = "picture") -> str:
    """The XML of a drawing of so many centimetres."""
    home = "http://schemas.openxmlformats.org/drawingml/2006"
    return (
        f'<w:r><w:drawing><wp:inline xmlns:wp="{home}/wordprocessingDrawing">'
        f'<wp:extent cx="{wide * 360_000}" cy="{high * 360_000}"/><wp:docPr id="1" name="a" descr="流程图"/>'
        f'<a:graphic xmlns:a="{home}/main"><a:graphicData uri="{home}/{uri}"/></a:graphic>'
        f"</wp:inline></w:drawing></w:r>"
    )


def test_large_pictures_are_told() -> None:
    found = extracted(
        f"<w:p><w:r><w:t>如下：</w:t></w:r>{drawing(12, 8)}</w:p><w:p>{drawing(2, 2)}</w:p>",
        table(row(cell("甲"), cell("乙").replace("<w:r>", f"{drawing(12, 8, 'chart')}<w:r>"))),
    )
    assert [(warning.kind, warning.subject, warning.start) for warning in found.warnings] == [
        (WarningKind.UNREAD_PART, "流程图", 3),
        (WarningKind.UNREAD_PART, "流程图", 8),
    ]


def test_a_table_of_many_rows_is_read_in_its_share_of_time() -> None:
    rows = [row(*words(f"第{number}号", "三十天", "五本", "")) for number in range(8000)]

    def check_first(count: int) -> None:
        assert len(extracted(table(*rows[:count])).tables[0].rows) == count

    assert_in_proportion(check_first, 8000)
