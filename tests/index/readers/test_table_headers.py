import pytest

from index.readers.table_grid import GridCell, place, width
from index.readers.table_headers import count_headers


def rows_of(text: str) -> list[list[GridCell]]:
    """A row a line, cells parted by bars: `甲:2` covers two columns, `甲:1:2` two rows, `*甲` is bold."""
    rows = []
    for line in text.strip().split("\n"):
        row = []
        for word in line.split("|"):
            label, *spans = word.strip().split(":")
            columns, down = ([int(span) for span in spans] + [1, 1])[:2]
            row.append(GridCell(label.lstrip("*"), columns, down, strong=label.startswith("*")))
        rows.append(row)
    place(rows)
    return rows


@pytest.mark.parametrize(
    ("table", "headers"),
    [
        ("学段|学费|住宿费\n小学|0|300\n初中|0|400", 1),
        ("指标|2020年|2022年\n入园率（%）|89.5|91\n巩固率（%）|95|95.5", 1),  # years name columns
        ("序号|任务|责任单位\n1|改善办学条件|市教委\n2|增加学位|市教委、市财政局", 1),
        ("违法行为|处罚\n未按时还书|书面提醒，情节严重的停止借阅三个月\n污损图书|照价赔偿", 1),
        ("项目|金额（元）\n书本费|200\n校服|300", 1),
        ("*馆别|*周末\n一馆|开放\n二馆|关闭", 1),
        ("类别|借期|册数\n少儿|三十天|五本\n成人|二十天|三本", 1),
        # two columns of labels and values, with one that looks like numbers
        ("借期|三十天\n册数|五本", 0),
        ("单位名称|某区图书馆\n藏书数|5000\n座位数|400", 0),
        ("发文机关|某市教委\n发文字号|某教〔2024〕3号\n成文日期|2024年3月5日", 0),
        ("姓名|张三|性别|男\n职务|馆长|电话|13900000000", 0),
        ("*借期|三十天\n*册数|五本", 0),
        # no names of columns above the values
        ("小学|0|300\n初中|0|400\n高中|800|500", 0),
        ("甲|乙", 0),
        ("甲\n乙\n丙", 0),
        # two lines
        ("学段:1:2|收费标准:2|备注:1:2\n学费|住宿费\n小学|0|300|\n初中|0|400|", 2),
        ("项目|2021年:2|2022年:2\n|计划|完成|计划|完成\n新建|10|9|12|12\n改建|4|4|5|5", 2),
        # a title over the whole width, alone or above two lines
        ("收费标准表:3\n学段|学费|住宿费\n小学|0|300\n初中|0|400", 2),
        ("收费标准表:3\n学段:1:2|收费标准:2\n学费|住宿费\n小学|0|300\n初中|0|400", 3),
        # a merged first column is no second line of the header
        ("类别|品目|数量\n课桌椅:1:2|小学|100\n中学|200\n合计:2|300", 1),
    ],
)
def test_what_names_the_columns_is_told_by_the_cells(table: str, headers: int) -> None:
    assert count_headers(rows_of(table)) == headers


def test_what_the_source_says_goes_before_what_the_cells_show() -> None:
    rows = rows_of("小学|0|300\n初中|0|400\n高中|800|500")
    assert count_headers(rows, told=1) == 1
    assert count_headers(rows, told=2) == 2
    assert count_headers(rows, told=3) == 0  # a table of headers alone says nothing
    merged = rows_of("学段:1:2|收费:2\n学费|住宿费\n小学|0|300")
    assert count_headers(merged, told=1) == 2  # its cells reach into the second row


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("a:1:2|b\nc|d", [[0, 1], [1, 2]]),
        ("a:2:2|b\nc\nd|e", [[0, 2], [2], [0, 1]]),
        ("a|b:1:2|c\nd:3|e", [[0, 1, 2], [0, 2]]),  # a merge ends at the cell from above
        ("a:1:9|b\nc", [[0, 1], [1]]),
    ],
)
def test_cells_take_the_next_free_column(table: str, columns: list[list[int]]) -> None:
    assert [[cell.column for cell in row] for row in rows_of(table)] == columns


def test_absurd_merges_are_bounded() -> None:
    rows = rows_of("a:999999999:65000|b:1000\nc|d")
    assert width(rows) <= 2000
    lone = rows_of("a:900\nb|c")
    assert width(lone) == 2
    assert lone[0][0].columns == 2
