from index.structure.official import official_outline
from index.structure.tree import Node, lines_of
from tests.growth import assert_in_proportion

Found = list[tuple[str, str, str, list[str]]]


def outline(text: str, region: Node | None = None) -> tuple[int, Found]:
    """The index of the outline's first line; of each node name, label, heading and own text."""
    found = official_outline(list(lines_of(text)), region)
    return found.first, [
        (node.name, node.label, text[node.start : node.heading_end], [text[a:b] for a, b in node.own])
        for node in found.nodes
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
    nodes = official_outline(list(lines_of(text))[1:], region).nodes
    assert [node.label for node in nodes] == ["附件1一、", "附件1一、（一）"]
    assert nodes[0].parent is region
    assert nodes[1].parent is nodes[0]


def test_numbers_run_on_across_parts() -> None:
    text = "一、甲\n（一）子。\n（二）丑。\n二、乙\n（三）寅。\n1.卯\n（四）辰。\n2.巳"
    labels = [label for _, label, _, _ in outline(text)[1]]
    assert labels == [
        *(
            "一、",
            "一、（一）",
            "一、（二）",
            "二、",
            "二、（三）",
            "二、（三）1",
            "二、（四）",
            "二、（四）2",
        ),
    ]


def test_decimals_say_the_numbers_above_them() -> None:
    labels = [
        label for _, label, _, _ in outline("1 总则\n1.1 目的\n1.1.1 甲\n1.1.2 乙\n2 管理\n2.1 职责")[1]
    ]
    assert labels == ["1", "1.1", "1.1.1", "1.1.2", "2", "2.1"]
    labels = [label for _, label, _, _ in outline("一、总则\n1.1 目的\n1.2 范围\n二、管理")[1]]
    assert labels == ["一、", "一、1.1", "一、1.2", "二、"]


def test_titles_without_a_number_stand_where_their_level_says() -> None:
    text = "标准\n范围\n甲。\n重伤\n乙\n轻伤\n丙\n附录\n丁"
    levels = {0: 1, 3: 2, 9: 3, 14: 3, 19: 2}
    nodes = official_outline(list(lines_of(text, levels)), None).nodes
    assert [(node.name, node.parent.name if node.parent else None) for node in nodes] == [
        ("h1", None),
        ("h1", "h1"),
        ("h2", "h1"),
        ("h2", None),
    ]


def test_gaps_and_orphans_are_told() -> None:
    found = official_outline(
        list(lines_of("一、甲\n（一）乙。\n（三）丙。\n（四）丁。\n九、戊。\n二、己")), None
    )
    assert [(warning.kind, warning.subject) for warning in found.warnings] == [
        ("gap", "（二）"),
        ("orphan", "九、戊。"),
    ]


def test_numbers_within_a_quotation_are_text() -> None:
    amended = "一、将第五条修改为：“第五条 下列情形：\n（一）甲；\n（二）乙。”\n"
    text = f"{amended}二、将第六条修改为：“丙。”\n（一）丁。\n（二）戊。\n"
    labels = [label for _, label, _, _ in outline(text)[1]]
    assert labels == ["一、", "二、", "二、（一）", "二、（二）"]


def test_a_year_may_follow_the_dot() -> None:
    labels = [
        label for _, label, _, _ in outline("一、甲\n1.2022—2024年新增。\n2﹒持续改善。\n3.5万人参加。")[1]
    ]
    assert labels == ["一、", "一、1", "一、2"]


def test_a_quotation_that_is_never_closed_hides_no_heading() -> None:
    text = "一、甲\n坚持“立德树人“根本任务。\n（一）子。\n二、乙\n（一）丑。\n（二）寅。"
    labels = [label for _, label, _, _ in outline(text)[1]]
    assert labels == ["一、", "一、（一）", "二、", "二、（一）", "二、（二）"]


def test_quantities_at_the_start_of_a_line_are_text() -> None:
    text = "一、目标\n到年底培训规模达到\n1.1 万人。\n1 至3月完成。\n2 月后验收。\n二、乙"
    assert "一、" in (labels := [label for _, label, _, _ in outline(text)[1]])
    assert labels[-1] == "二、"
    assert not any(label.endswith(("1", "2")) and "." not in label for label in labels)


def test_a_long_run_of_numerals_is_no_number() -> None:
    assert [label for _, label, _, _ in outline("一、甲。\n" + "二" * 25 + "、乙。\n二、丙。")[1]] == [
        "一、",
        "二、",
    ]
    assert outline("一" * 5000 + "、乙。")[1] == []


def test_time_grows_with_the_lines_and_not_with_their_square() -> None:
    texts = {
        lines: "\n".join(f"{number}.甲乙。" for number in range(1, lines + 1)) for lines in (2000, 16_000)
    }
    assert_in_proportion(lambda lines: outline(texts[lines]), 16_000)
