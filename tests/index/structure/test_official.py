from index.structure.official import official_outline
from index.structure.tree import Node, lines_of

Found = list[tuple[str, str, str, list[str]]]


def outline(text: str, region: Node | None = None) -> tuple[int, Found]:
    """The index of the outline's first line; of each node name, label, heading and own text."""
    first, nodes = official_outline(list(lines_of(text)), region)
    return first, [
        (node.name, node.label, text[node.start : node.heading_end], [text[a:b] for a, b in node.own])
        for node in nodes
    ]


def test_a_heading_ends_with_its_first_sentence() -> None:
    text = (
        "办法\n序言。\n一、时间。平日八小时。\n假日九小时。\n\u3000（一）夜间\n1.“延时。”须申请。\n二、规则\n"
    )
    assert outline(text) == (
        2,
        [
            ("1", "一、", "一、时间。", ["平日八小时。", "假日九小时。"]),
            ("1", "一、（一）", "（一）夜间", []),
            ("1", "一、（一）1", "1.“延时。”", ["须申请。"]),
            ("2", "二、", "二、规则", []),
        ],
    )


def test_a_number_that_does_not_follow_belongs_to_the_clause_before() -> None:
    assert outline("一、时间\n三、五日开放。\n（三）不是条目\n")[1] == [
        ("1", "一、", "一、时间", ["三、五日开放。", "（三）不是条目"])
    ]


def test_a_text_without_numbers_has_no_outline() -> None:
    assert outline("办法\n没有编号。\n") == (2, [])
    assert outline("") == (0, [])


def test_numbers_begin_anew_under_each_unit() -> None:
    first, found = outline("总说明\n第一部分 开放\n一、时间\n第二部分 借阅\n一、规则\n说明。\n")
    assert first == 1
    assert found == [
        ("part1", "第一部分", "第一部分 开放", []),
        ("1", "第一部分一、", "一、时间", []),
        ("part2", "第二部分", "第二部分 借阅", []),
        ("1", "第二部分一、", "一、规则", ["说明。"]),
    ]


def test_one_unit_alone_is_no_heading() -> None:
    assert outline("第一章 开放\n一、时间\n") == (1, [("1", "一、", "一、时间", [])])


def test_the_outermost_numbers_run_on_through_the_units() -> None:
    labels = [label for _, label, _, _ in outline("第一章 甲\n一、子\n第二章 乙\n二、丑\n四、寅\n")[1]]
    assert labels == ["第一章", "第一章一、", "第二章", "第二章二、"]


def test_the_outline_of_an_appendix_hangs_below_it() -> None:
    text = "附件1\n一、时间\n（一）平日\n"
    region = Node("appendix1", "附件1", 0, 3)
    _, nodes = official_outline(list(lines_of(text))[1:], region)
    assert [node.label for node in nodes] == ["附件1一、", "附件1一、（一）"]
    assert nodes[0].parent is region
    assert nodes[1].parent is nodes[0]
