import pytest

from index.readers.formats import Extracted
from index.readers.markdown import read
from index.text.folding import shown as visible
from tests.growth import assert_in_proportion
from tests.index.readers.tables import check, shown


def extracted(text: str) -> Extracted:
    found = read(text.encode(), "办法.md")
    assert found.text == text
    check(found)
    return found


def test_a_table_keeps_its_source_and_tells_its_cells() -> None:
    source = "前\n\n| 学段 | 学费 |\n|:---|---:|\n| 小学 | **0** |\n| 初中 |  |\n\n后"
    found = extracted(source)
    assert shown(found) == [["学段", "学费"], ["小学", "**0**"], ["初中", ""]]
    assert found.tables[0].headers == 1
    assert found.text[found.tables[0].start : found.tables[0].end].startswith("| 学段")
    assert found.text[found.tables[0].end :] == "\n\n后"
    assert visible(source, found.markup).split() == ["前", "学段", "学费", "小学", "0", "初中", "后"]


def test_bars_at_the_edges_may_be_missing() -> None:
    found = extracted("学段|学费\n-|-\n小学|0\n初中|0|免\n")
    assert shown(found) == [["学段", "学费"], ["小学", "0"], ["初中", "0", "免"]]


def test_an_escaped_bar_is_text() -> None:
    found = extracted("| 甲\\|乙 | `a\\|b` |\n|---|---|\n| \\\\| 丁 |\n")
    assert shown(found) == [["甲\\|乙", "`a\\|b`"], ["\\\\", "丁"]]
    assert "甲 |乙" in visible(found.text, found.markup)


def test_a_table_without_a_head_has_no_header() -> None:
    found = extracted("| | |\n|---|---|\n| 借期 | 三十天 |\n| 册数 | 五本 |\n")
    assert shown(found) == [["借期", "三十天"], ["册数", "五本"]]
    assert found.tables[0].headers == 0


def test_a_quoted_table_is_one_and_one_in_code_is_none() -> None:
    assert shown(extracted("> | 甲 | 乙 |\n> |---|---|\n> | 丙 | 丁 |\n")) == [["甲", "乙"], ["丙", "丁"]]
    code = "```\n| 甲 | 乙 |\n|---|---|\n| 丙 | 丁 |\n```\n"
    assert extracted(code).tables == ()
    assert "| 甲 |" in visible(code, extracted(code).markup)


@pytest.mark.parametrize(
    "text", ["甲|乙\n丙|丁", "|---|---|", "甲\n---\n乙", "甲乙\n---|---\n丙|丁", "|---|\n|---|\n|a|"]
)
def test_what_has_no_head_above_a_rule_is_no_table(text: str) -> None:
    assert extracted(text).tables == ()


def test_tables_follow_one_another() -> None:
    one = "| 甲 | 乙 |\n|---|---|\n| 丙 | 丁 |\n"
    assert len(extracted(f"{one}\n{one}").tables) == 2


def test_a_table_of_many_rows_is_read_in_its_share_of_time() -> None:
    def check(count: int) -> None:
        found = extracted("| 号 | 借期 |\n|---|---|\n" + "| 第一号 | 三十天 |\n" * count)
        assert len(found.tables[0].rows) == count + 1

    assert_in_proportion(check, 8000)


def test_a_rule_of_many_columns_is_read_in_its_share_of_time() -> None:
    assert_in_proportion(lambda count: extracted("|-" * count + "\n" + "|-" * count), 100_000)
