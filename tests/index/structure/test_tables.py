"""Tables in the outline, and their rows as passages."""

from index.schema import Cell, Document, PassageKind, Table
from index.structure.outline import outlined
from index.structure.passages import make_passages, search_text

TEXT = "办法\n一、收费\n表1 收费标准\n学段\t学费\t住宿费\n小学\t0\t300\n1.初中\t\t400\n二、时间\n九月起。\n"


def cells(*texts: str, rows: int = 1) -> tuple[Cell, ...]:
    """Cells side by side, by the place of their texts in TEXT."""
    return tuple(
        Cell(at := TEXT.index(text), at + len(text), column, rows if column == 1 else 1)
        for column, text in enumerate(texts)
    )


def document(headers: int = 1) -> Document:
    start, end = TEXT.index("学段"), TEXT.index("二、") - 1
    at = TEXT.index("400")
    last = (*cells("1.初中"), Cell(at, at + 3, 2))
    table = Table(
        start, end, headers, (cells("学段", "学费", "住宿费"), cells("小学", "0", "300", rows=2), last)
    )
    return outlined(Document("a", "1", "办法", TEXT, "", "a.txt", tables=(table,)))


def test_a_row_is_a_clause_and_never_a_heading() -> None:
    assert [clause.address for clause in document().clauses] == [
        *("title", "1", "1.t1", "1.t1.r1", "1.t1.r2", "2"),
    ]
    labels = [clause.label for clause in document().clauses]
    assert labels[2:5] == ["一、表1", "一、表1第1行", "一、表1第2行"]


def test_a_row_carries_caption_columns_and_merged_values() -> None:
    rows = [passage for passage in make_passages(document()) if passage.kind is PassageKind.ROW]
    assert [row.text for row in rows] == ["小学\t0\t300", "1.初中\t\t400"]
    assert [row.reads for row in rows] == [
        "学段：小学；学费：0；住宿费：300",
        "学段：1.初中；学费：0；住宿费：400",
    ]
    assert search_text(rows[0]) == "办法 一、收费 表1 收费标准 学段：小学；学费：0；住宿费：300"


def test_without_a_header_the_cells_stand_alone() -> None:
    rows = [passage for passage in make_passages(document(headers=0)) if passage.kind is PassageKind.ROW]
    assert [row.reads for row in rows][:2] == ["学段；学费；住宿费", "小学；0；300"]


def test_passages_and_column_names_give_back_the_text() -> None:
    found = document()
    held = "".join(passage.text for passage in make_passages(found)) + "学段学费住宿费"
    assert sorted("".join(held.split())) == sorted("".join(TEXT.split()))


def test_a_table_of_a_text_without_an_outline_stands_at_the_top() -> None:
    text = "通知\n各校：\n学段\t学费\n小学\t0\n特此通知。\n"
    start = text.index("学段")
    rows = tuple(
        tuple(Cell(at := text.index(word), at + len(word), column) for column, word in enumerate(words))
        for words in (("学段", "学费"), ("小学", "0"))
    )
    table = Table(start, text.index("\n特此"), 1, rows)
    found = outlined(Document("a", "1", "通知", text, "", "a.txt", tables=(table,)))
    assert [(clause.address, clause.parent) for clause in found.clauses] == [
        *(("title", None), ("p1", None), ("t1", None), ("t1.r1", "t1"), ("p2", None)),
    ]
