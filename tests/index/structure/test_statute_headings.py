import pytest

from index.structure.statute_headings import (
    Article,
    Unit,
    article_in,
    chain,
    is_closing_unit,
    skipped,
    unit_in,
    units_in,
    with_inner_articles,
)
from index.structure.tree import Line, lines_of


def line(text: str) -> Line:
    return Line(0, len(text), text)


def chained(text: str) -> list[str]:
    candidates = [(at, found) for at, each in enumerate(lines_of(text)) if (found := article_in(each))]
    return [article.name for article in chain(candidates).values()]


@pytest.mark.parametrize(
    ("text", "unit", "name", "label"),
    [
        ("第一章 总则", Unit("章", 1, "总则", 3), "ch1", "第一章"),
        ("第一章总则", Unit("章", 1, "总则", 3), "ch1", "第一章"),
        (" 第 十 二 章\u3000借阅 ", Unit("章", 12, "借阅", 8), "ch12", "第十二章"),
        ("第２节 开放", Unit("节", 2, "开放", 3), "s2", "第二节"),
        ("第二编", Unit("编", 2, "", 3), "bk2", "第二编"),
        ("第一分编 通则", Unit("分编", 1, "通则", 4), "pt1", "第一分编"),
        ("第一部分 开放", Unit("部分", 1, "开放", 4), "part1", "第一部分"),
    ],
)
def test_a_heading_of_a_unit_is_read(text: str, unit: Unit, name: str, label: str) -> None:
    found = unit_in(line(text))
    assert found == unit
    assert (found.name, found.label) == (name, label)


@pytest.mark.parametrize(
    "text",
    [
        "第一章、第二章",
        "第一章 总则。",
        "第一部分图书开放",
        "第零章 总则",
        "第 章 总则",
        "总则",
        "第一章" + "书" * 41,
    ],
)
def test_other_lines_head_no_unit(text: str) -> None:
    assert unit_in(line(text)) is None


@pytest.mark.parametrize(
    ("text", "article", "name", "label"),
    [
        ("第一条 为了读书", Article(1, 0, 3, 3, True), "art1", "第一条"),
        ("第一条为了读书", Article(1, 0, 3, 3, False), "art1", "第一条"),
        ("第十七条之一\u3000押金", Article(17, 1, 6, 6, True), "art17-1", "第十七条之一"),
        ("第３条", Article(3, 0, 3, 3, True), "art3", "第三条"),
        ("第 二 十 条 借期", Article(20, 0, 7, 7, True), "art20", "第二十条"),
        ("第三条【借期】三十天。", Article(3, 0, 3, 7, True), "art3", "第三条"),
        ("第一条：为了读书", Article(1, 0, 3, 4, False, True), "art1", "第一条"),
        ("第二条、借期", Article(2, 0, 3, 4, False, True), "art2", "第二条"),
    ],
)
def test_the_start_of_an_article_is_read(text: str, article: Article, name: str, label: str) -> None:
    found = article_in(line(text))
    assert found == article
    assert (found.name, found.label) == (name, label)


@pytest.mark.parametrize(
    "text",
    ["第一条规定的", "第一条、第二条", "第三条第二款", "第零条 甲", "条", "依照第一条", ""],
)
def test_a_reference_starts_no_article(text: str) -> None:
    assert article_in(line(text)) is None


def test_a_closing_unit_may_have_no_number() -> None:
    assert is_closing_unit(line("附\u3000则 "))
    assert not is_closing_unit(line("附则一"))
    assert not is_closing_unit(line("附件"))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", []),
        ("第一条 甲\n第二条 乙\n第二条之一 丙\n第三条 丁", ["art1", "art2", "art2-1", "art3"]),
        ("第一条 甲\n第三条 乙\n第四条 丙", ["art1", "art3", "art4"]),  # the second was repealed
        ("第一条 甲\n第三条 乙\n第二条 丙\n第三条 丁", ["art1", "art2", "art3"]),  # it comes later
        ("第一条 甲\n第五条乙\n第二条 丙", ["art1", "art2"]),  # a broken reference
        ("第一条 甲\n第二条乙\n第二条之一丙\n第三条丁", ["art1", "art2", "art2-1", "art3"]),
        ("第五条 甲\n第六条 乙", ["art5", "art6"]),  # an excerpt
        ("第二条 甲\n第一条 乙\n第一条 丙\n第二条 丁", ["art1", "art2"]),  # none comes twice
        ("第一条：甲\n第二条：乙", ["art1", "art2"]),
        ("第一条为了甲\n第二条为了乙", ["art1", "art2"]),
        ("第一条为了甲\n乙", []),  # alone it may be a reference
        ("第一条 甲\n第二条 乙\n第一百二十三条 丙", ["art1", "art2"]),  # quoted from another text
    ],
)
def test_articles_follow_the_logic_of_their_numbers(text: str, names: list[str]) -> None:
    assert chained(text) == names


def test_a_number_in_two_writings_opens_nothing() -> None:
    assert article_in(line("第十2条 甲。")) is None
    assert unit_in(line("第1十章 乙")) is None


def units(text: str) -> list[str]:
    return [unit.label for unit in units_in(list(lines_of(text))).values()]


def test_a_title_may_begin_as_references_go_on() -> None:
    assert units("第一章 总则\n甲。\n第二章 规划与建设\n乙。\n第三章 与人为善") == [
        "第一章",
        "第二章",
        "第三章",
    ]
    assert units("第一章总则\n甲。\n第二章规划与建设\n乙。") == ["第一章", "第二章"]
    assert units("第一章总则\n依照\n第二章规定的程序") == ["第一章"]  # a broken line
    assert units("第一章总则\n甲。\n第五章规定的程序") == ["第一章"]


def test_units_begin_anew_below_another_one() -> None:
    assert units("第一编 甲\n第一章 乙\n第二章 丙\n第二编 丁\n第一章 戊") == [
        *("第一编", "第一章", "第二章", "第二编", "第一章"),
    ]


def test_articles_inside_a_line_are_cut_apart() -> None:
    cut = with_inner_articles(
        list(lines_of("第一条 甲。 第二条 乙。 第三条 丙。\n第四条 丁。依照第九条 戊。"))
    )
    assert [line.text.strip() for line in cut] == [
        "第一条 甲。",
        "第二条 乙。",
        "第三条 丙。",
        "第四条 丁。依照第九条 戊。",
    ]
    assert [line.start for line in cut] == [0, 7, 14, 21]


def test_skipped_articles_are_named() -> None:
    first, *rest = (Article(n, 0, 0, 0, True) for n in (1, 3, 4, 8))
    assert skipped([first, *rest]) == [(rest[0], "第二条"), (rest[2], "第五条至第七条")]


def test_headings_that_only_list_what_comes_are_none() -> None:
    listed = "第一章 甲\n第二章 乙\n第三章 丙\n"
    text = f"{listed}第一条 子。\n第二章 乙\n第二条 丑。\n第三章 丙\n第三条 寅。"
    found = units_in(list(lines_of(text)))
    assert {at: unit.label for at, unit in found.items()} == {0: "第一章", 4: "第二章", 6: "第三章"}
