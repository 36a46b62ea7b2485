"""款, 项 and 目 of an article."""

from index.structure.outline import parse_outline


def below(article: str) -> dict[str, str]:
    """The clauses of an article by address, with their own text."""
    text = f"某办法\n{article}\n第二条 末。"
    clauses = parse_outline(text).clauses
    return {
        clause.address: "".join(text[a:b] for a, b in clause.own)
        for clause in clauses
        if clause.address.startswith("art1.")
    }


def test_a_further_paragraph_of_an_item_does_not_end_the_list() -> None:
    found = below(
        "第一条 下列：\n（一）甲。\n甲又如何。\n（二）乙。\n1．丙；\n2．丁。\n乙又如何。\n（三）戊。"
    )
    assert list(found) == ["art1.i1", "art1.i2", "art1.i2.1", "art1.i2.2", "art1.i3"]
    assert found["art1.i1"] == "（一）甲。甲又如何。"


def test_a_paragraph_after_the_list_is_one_of_the_article() -> None:
    assert list(below("第一条 下列：\n（一）甲；\n（二）乙。\n前款如何。")) == [
        *("art1.p1", "art1.p1.i1", "art1.p1.i2", "art1.p2"),
    ]


def test_elements_that_lost_their_number_are_no_paragraphs() -> None:
    assert list(below("第一条 下列：\n甲；\n乙；\n（三）丙；\n（四）丁。")) == ["art1.i3", "art1.i4"]


def test_items_on_one_line_are_cut_apart() -> None:
    found = below("第一条 下列： （一）甲； （二）乙；（三）丙。")
    assert found == {"art1.i1": "（一）甲； ", "art1.i2": "（二）乙；", "art1.i3": "（三）丙。"}


def test_what_is_missing_from_a_list_is_told() -> None:
    parsed = parse_outline("某办法\n第一条 下列：\n甲；\n（二）乙；\n（三）丙。\n第三条 末。\n第四条 完。")
    assert [(warning.kind, warning.subject) for warning in parsed.warnings] == [
        ("gap", "第（一）项"),
        ("gap", "第二条"),
    ]
