"""The cells of a table's row with the names of their columns."""

from index.readers.markdown import read
from index.schema import Cell, Document, PassageKind, Table
from index.structure.outline import outlined
from index.structure.passages import make_passages
from index.structure.table_rows import row_pairs
from tests.growth import assert_in_proportion
from tests.index.structure.test_tables import document


def pairs(held: Document, address: str) -> tuple[tuple[str, str], ...]:
    (clause,) = (clause for clause in held.clauses if clause.address == address)
    return row_pairs(held, clause)


def of_lines(*rows: str, headers: int = 1, spans: dict[str, tuple[int, int]] | None = None) -> Document:
    """A document whose table has these rows, cells parted by bars; `spans` of merged ones: rows, columns."""
    text, placed = "办法\n一、收费\n", []
    start = len(text)
    for row in rows:
        cells, column = [], 0
        for words in row.split("|"):
            down, over = (spans or {}).get(words, (1, 1))
            cells.append(Cell(len(text), len(text) + len(words), column, down, over))
            column += over
            text += f"{words}\t"
        placed.append(tuple(cells))
        text = f"{text[:-1]}\n"
    table = Table(start, len(text) - 1, headers, tuple(placed))
    return outlined(Document("a", "1", "办法", text, "", "a.txt", tables=(table,)))


def test_values_merged_over_rows_are_told_and_empty_cells_are_not() -> None:
    assert pairs(document(), "1.t1.r1") == (("学段", "小学"), ("学费", "0"), ("住宿费", "300"))
    assert pairs(document(), "1.t1.r2") == (("学段", "1.初中"), ("学费", "0"), ("住宿费", "400"))
    assert pairs(of_lines("项目|标准|说明", "减免||"), "1.t1.r1") == (("项目", "减免"),)


def test_they_say_what_the_passage_reads() -> None:
    held = document()
    for passage in make_passages(held):
        if passage.kind is PassageKind.ROW:
            told = "；".join(f"{name}：{words}" for name, words in pairs(held, passage.address))
            assert told == passage.reads


def test_without_a_header_no_column_has_a_name() -> None:
    assert pairs(document(headers=0), "1.t1.r2") == (("", "小学"), ("", "0"), ("", "300"))
    equal = of_lines("东区|5|5", headers=0)
    assert pairs(equal, "1.t1.r1") == (("", "东区"), ("", "5"), ("", "5")), "two cells, not one"


def test_names_of_two_header_rows_are_joined_and_a_merged_cell_has_each() -> None:
    merged = {"春季": (1, 2), "均免": (1, 2), "合计": (1, 2)}
    held = of_lines("学段|春季", "名|学费|杂费", "小学|均免", "合计|9", headers=2, spans=merged)
    assert pairs(held, "1.t1.r1") == (("学段名", "小学"), ("春季学费", "均免"), ("春季杂费", "均免"))
    assert pairs(held, "1.t1.r2") == (("学段名", "合计"), ("春季杂费", "9"))


def test_a_merged_cell_under_a_merged_name_is_told_once() -> None:
    merged = {"春季": (1, 2), "均免": (1, 2)}
    assert pairs(of_lines("学段|春季", "小学|均免", spans=merged), "1.t1.r1") == (
        ("学段", "小学"),
        ("春季", "均免"),
    )


def test_markup_is_no_word_of_a_cell() -> None:
    found = read("# 办法\n\n| 项目 | 标准 |\n|---|---|\n| **助 学金** | `2000` |\n".encode(), "办法.md")
    plain = Document("a", "1", "办法", found.text, "", "a.md", markup=found.markup, tables=found.tables)
    held = outlined(plain)
    assert pairs(held, "t1.r1") == (("项目", "助学金"), ("标准", "2000"))


def test_what_is_no_row_has_none() -> None:
    assert [row_pairs(document(), clause) for clause in document().clauses[:3]] == [(), (), ()]


def test_a_row_of_a_long_table_is_quick() -> None:
    def held(rows: int) -> Document:
        source = "# 办法\n\n| 序号 | 校名 |\n|---|---|\n" + "| 1 | **第一** |\n" * rows
        found = read(source.encode(), "办法.md")
        return outlined(
            Document("a", "1", "办法", found.text, "", "a.md", markup=found.markup, tables=found.tables)
        )

    documents = {rows: held(rows) for rows in (1000, 8000)}

    def pairs(rows: int) -> None:
        last = documents[rows].clauses[-1]
        for _ in range(10):
            assert row_pairs(documents[rows], last) == (("序号", "1"), ("校名", "第一"))

    assert_in_proportion(pairs, 8000)
