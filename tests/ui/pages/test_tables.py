"""Tables on the page of the original: whole, escaped, with the cited row marked."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI, Request
from fastapi.routing import APIRoute
from hypothesis import given
from hypothesis import strategies as st

from index.library.library import DocumentView
from index.schema import Cell, Table
from tests.growth import assert_in_proportion
from tests.ui.pages.table_pages import AID, FEES, PHONES, held, pages_of, router_of, text_of
from ui.pages.original import clause_at, outline, render_text
from ui.pages.tables import slots_of

_TABLE = re.compile(r"<table>(.*)</table>", re.DOTALL)
_ROW = re.compile(r"<tr[^>]*>.*?</tr>", re.DOTALL)
_MARK = re.compile(r"<mark[^>]*>(.*?)</mark>", re.DOTALL)
_HIDDEN = re.compile(r"<span hidden>[^<]*</span>")


def page(source: str, cited: str | None = None, quote: tuple[int, int] | None = None) -> str:
    """The rendered text, checked for what holds of any."""
    view = held(source)
    markup = str(render_text(view, cited, quote))
    assert text_of(markup) == view.document.text
    assert re.findall(r'id="c-([^"]+)"', markup) == [clause.address for clause in view.clauses]
    return markup


def rows(markup: str) -> list[str]:
    """The rows of the only table."""
    found = _TABLE.search(markup)
    assert found
    return _ROW.findall(found[1])


def row_with(markup: str, words: str) -> str:
    """The one row that holds `words`."""
    (found,) = (row for row in rows(markup) if words in text_of(row))
    return found


def test_a_table_has_its_header_its_merged_cells_and_all_its_text() -> None:
    markup = page(FEES)
    head, _, body = markup.partition("</thead>")
    assert '<th scope="col" rowspan="2">学段</th>' in head
    assert '<th scope="col" colspan="2">春季</th>' in head
    assert head.count("<tr>") == 2
    assert '<td rowspan="2">小学</td>' in body
    assert '<td colspan="3">另有规定的除外</td>' in body
    assert "<th" not in body
    assert "<caption" not in markup
    assert markup.count("表1 收费标准") == 1
    assert '<div class="scroll" role="region" tabindex="0" aria-label="一、表1">' in markup


def test_rows_are_anchors_and_empty_cells_are_there() -> None:
    found = rows(page(FEES))
    assert [re.findall(r'id="c-([^"]+)"', row) for row in found] == [
        *([], [], ["1.t1.r1"], ["1.t1.r2"], ["1.t1.r3"]),
    ]
    assert "<td></td>" in found[2]


def test_markup_in_a_cell_is_text() -> None:
    markup = page(FEES)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in markup
    assert "300 &amp; 400" in markup
    assert "<script" not in markup


def test_a_table_without_a_header_has_none() -> None:
    markup = page(PHONES)
    assert "<thead" not in markup
    assert "<th" not in markup
    assert len(rows(markup)) == 2


def test_bars_and_markup_of_markdown_are_not_shown() -> None:
    markup = page(AID)
    shown = text_of(re.sub(r'<span class="break">[^<]*</span>', "", _HIDDEN.sub("", "".join(rows(markup)))))
    assert "".join(shown.split()) == "项目标准助学金2000免费|教科书"
    between = re.sub(r"<(td|th)[^>]*>.*?</\1>|<[^>]*>", "", "".join(rows(markup)), flags=re.DOTALL)
    assert not between.strip(), "a browser moves what stands between cells out of the table"


def test_a_cited_row_is_tinted_and_marked_as_a_whole() -> None:
    view = held(FEES)
    clause = view.clause("1.t1.r2")
    assert clause
    markup = page(FEES, "1.t1.r2", (clause.start, clause.end))
    row = row_with(markup, "script")
    assert row.startswith('<tr id="c-1.t1.r2" class="cited quoted">')
    assert [text_of(words) for words in _MARK.findall(row)] == ["<script>alert(1)</script>", "300 & 400"]
    assert row.count('id="quote"') == markup.count('id="quote"') == 1
    assert markup.count("<mark") == row.count("<mark")
    assert markup.count("cited") == 1


def test_a_span_within_a_cell_marks_its_words_alone() -> None:
    text = held(FEES).document.text
    at = text.index("300")
    markup = page(FEES, None, (at, at + 3))
    assert "quoted" not in markup
    assert _MARK.findall(markup) == ["300"]


def test_a_span_over_several_rows_marks_each() -> None:
    text = held(FEES).document.text
    markup = page(FEES, None, (text.index("表1"), text.index("300") + 3))
    assert markup.count('class="quoted"') == 4, "two rows of the header, two of the body"
    assert markup.count('id="quote"') == 1


def test_an_address_or_a_span_in_the_link_leads_to_the_row() -> None:
    view = held(FEES)
    at = view.document.text.index("300")
    client = pages_of(view)
    for query in (f"start={at}&end={at + 3}", f"clause=1.t1.r2&start={at}&end={at + 3}", "clause=1.t1.r2"):
        found = client.get(f"/documents/a?{query}")
        assert found.status_code == 200
        assert '<tr id="c-1.t1.r2" class="cited">' in found.text
    assert '<section class="clause table cited" id="c-1.t1">' in client.get("/documents/a?clause=1.t1").text
    header = clause_at(view, view.document.text.index("春季"))
    assert header
    assert header.address == "1.t1"


def test_the_outline_lists_tables_and_not_their_rows() -> None:
    first, second = outline(held(FEES), cited="1.t1.r2")
    assert [(node.address, node.text, node.cited, node.children) for node in first.children] == [
        ("1.t1", "表1", True, ())
    ]
    assert second.children == ()
    page = pages_of(held(FEES)).get("/documents/a").text
    assert re.findall(r'href="#c-([^"]+)"', page) == ["1", "1.t1", "2"]


TWO_BY_TWO = "| 甲 | 乙 |\n|---|---|\n| 丙 | 丁 |\n\n"


@pytest.mark.parametrize(
    ("source", "tables"),
    [
        (TWO_BY_TWO, 1),
        (f"办法\n\n为了读书。\n\n{TWO_BY_TWO}又一段话。\n", 1),
        (f"办法\n\n为了读书，制定本办法。\n\n{TWO_BY_TWO}本办法如下。\n\n一、收费\n\n按表。\n", 1),
        ("<h1>办法</h1><p>一、甲</p><table><tr><td>乙<td>丙</table><table><tr><td>丁<td>戊</table>", 2),
    ],
)
def test_a_table_stands_where_the_text_has_it(source: str, tables: int) -> None:
    assert page(source).count("<table>") == tables


def test_merges_end_with_their_group_of_rows_and_no_place_is_left_open() -> None:
    rows = (
        (Cell(0, 1, 0, 3), Cell(2, 3, 2)),
        (Cell(4, 5, 1, 9),),
        (Cell(6, 7, 2),),
    )
    found = [[(slot.cell is not None, slot.rows, slot.columns) for slot in row] for row in slots_of(
        Table(0, 7, 1, rows)
    )]  # fmt: skip
    assert found == [
        [(True, 1, 1), (False, 1, 1), (True, 1, 1)],
        [(False, 1, 1), (True, 2, 1), (False, 1, 1)],
        [(False, 1, 1), (True, 1, 1)],
    ]


_CELLS = st.lists(
    st.tuples(st.sampled_from(["", "甲", "&lt;b>", "a|b", " 乙 "]), st.integers(1, 3), st.integers(1, 3)),
    min_size=1,
    max_size=4,
)


@given(st.lists(_CELLS, min_size=1, max_size=5), st.integers(0, 60), st.integers(1, 60))
def test_any_table_is_a_full_grid_that_holds_the_text(
    grid: list[list[tuple[str, int, int]]], first: int, length: int
) -> None:
    cells = [
        "<tr>" + "".join(f"<td rowspan={down} colspan={over}>{text}" for text, down, over in row)
        for row in grid
    ]
    source = f"<h1>办法</h1><p>一、甲</p><p>前</p><table>{''.join(cells)}</table><p>后</p>"
    view = held(source)
    text = view.document.text
    markup = str(render_text(view, None, (first, min(first + length, len(text)))))
    assert text_of(markup) == text
    for table in view.document.tables:
        width = max(cell.column + cell.columns for row in table.rows for cell in row)
        open_below: list[tuple[int, int]] = []
        for row in slots_of(table):
            open_below = [(rows - 1, columns) for rows, columns in open_below if rows > 1]
            assert sum(columns for _, columns in open_below) + sum(slot.columns for slot in row) == width
            open_below += [(slot.rows, slot.columns) for slot in row]


def page_of(view: DocumentView) -> Callable[[int], str]:
    """Makes the page of the document, with the character at an offset quoted, in the thread that asks: what
    other threads use meanwhile is not measured."""
    (route,) = (
        each for each in router_of(view).routes if isinstance(each, APIRoute) and each.name == "document"
    )

    def shown(at: int) -> str:
        query = f"start={at}&end={at + 1}".encode()
        scope: dict[str, Any] = {
            "type": "http",
            "method": "GET",
            "path": "/documents/a",
            "query_string": query,
        }
        scope |= {"headers": [(b"host", b"127.0.0.1")], "app": FastAPI()}
        return bytes(route.endpoint(Request(scope), "a").body).decode()

    return shown


@pytest.mark.parametrize("bars", [False, True])
def test_a_table_of_thousands_of_rows_is_shown_in_its_share_of_time(bars: bool) -> None:
    def opened(rows: int) -> tuple[Callable[[int], str], int]:
        if bars:
            head = "# 办法\n\n一、名录\n\n| 序号 | 校名 | 电话 |\n|---|---|---|\n"
            source = head + "| 1 | 第一小学 | 5 |\n" * rows
        else:
            source = "<h1>办法</h1><p>一、名录</p><table>" + "<tr><td>1<td>第一小学<td>5" * rows + "</table>"
        view = held(source)
        return page_of(view), view.clauses[-1].start

    pages = {rows: opened(rows) for rows in (1000, 8000)}

    def show(rows: int) -> None:
        shown, at = pages[rows]
        text = shown(at)
        assert text.count("<tr") == rows + bars
        assert text.count('<a href="#c-') == 2

    assert_in_proportion(show, 8000)
