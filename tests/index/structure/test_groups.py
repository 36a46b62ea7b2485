"""Headings of groups between articles."""

from index.structure.outline import parse_outline


def addresses(text: str) -> list[str]:
    return [clause.address for clause in parse_outline(text).clauses if clause.address != "title"]


def test_numbered_titles_between_articles_are_groups() -> None:
    second = "二、受理\n（一）期限\n第三条 丙。\n（二）材料\n第四条 丁。"
    text = f"某解释\n一、管辖\n第一条 甲。\n第二条 乙。\n{second}"
    assert addresses(text) == ["1", "art1", "art2", "2", "2.1", "art3", "2.2", "art4"]


def test_the_last_item_of_an_article_is_no_group() -> None:
    text = "某办法\n第一条 下列情形：\n（一）甲\n（二）乙\n第二条 丙。"
    assert addresses(text) == ["art1", "art1.i1", "art1.i2", "art2"]


def test_a_chapter_title_that_lost_its_number_ends_the_article_before() -> None:
    text = "某办法\n第一章 总则\n第一条 甲。\n法律责任\n第二条 乙。\n附则\n第三条 丙。"
    clauses = {clause.address: clause for clause in parse_outline(text).clauses}
    assert list(clauses) == ["title", "ch1", "art1", "h1", "art2", "h2", "art3"]
    assert text[clauses["art1"].start : clauses["art1"].end] == "第一条 甲。"
    assert clauses["h1"].label == "“法律责任”"


def test_a_broken_line_is_no_title() -> None:
    text = "某办法\n第一条 甲应当\n依法办理\n第二条 乙。"
    assert addresses(text) == ["art1", "art2"]


def test_the_title_of_a_marked_up_statute_is_no_group() -> None:
    text = "# 某市管理办法\n\n第一条 甲。\n\n第二条 乙。"
    addresses_found = [clause.address for clause in parse_outline(text, ((0, 2),)).clauses]
    assert addresses_found == ["title", "art1", "art2"]


def test_no_line_is_lost_where_a_unit_is_doubtful() -> None:
    text = "某办法\n第一章 总则\n第二章 分则\n这里说明一句。\n第三章所有权\n第一条 甲。\n第二条 乙。"
    clauses = parse_outline(text).clauses
    held = "".join(text[c.start : c.heading_end] + "".join(text[a:b] for a, b in c.own) for c in clauses)
    assert "第三章所有权" in held
