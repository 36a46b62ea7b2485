from collections.abc import Sequence

from index.structure.front_end_matter import Matter, front, tail
from index.structure.tree import Line, lines_of


def lines(text: str) -> list[Line]:
    return list(lines_of(text))


def written(parts: Sequence[Matter]) -> list[tuple[str, list[str]]]:
    return [(part.name, [line.text for line in part.lines]) for part in parts]


def test_what_stands_before_an_outline_is_told_apart() -> None:
    text = (
        "社区图书馆\n开放办法\n某府发〔2024〕5号\n来源：某区 发布时间：2024-05-01\n"
        "（2024年5月1日某区政府印发）\n为方便居民，制定本办法。\n特此通知。\n"
    )
    assert written(front(lines(text), False, range(0))) == [
        ("title", ["社区图书馆", "开放办法"]),  # the first line alone names no kind of document
        ("source", ["某府发〔2024〕5号"]),
        ("source", ["来源：某区 发布时间：2024-05-01"]),
        ("record", ["（2024年5月1日某区政府印发）"]),
        ("preamble", ["为方便居民，制定本办法。", "特此通知。"]),
    ]
    assert front([], True, range(0)) == []


def test_the_order_that_promulgates_a_statute_goes_before_its_title() -> None:
    order = ["某区人民政府令", "第12号", "《社区读书办法》已经通过，现予公布。", "区长 某某", "2024年5月1日"]
    text = "\n".join([*order, "社区读书办法", "（2024年4月2日通过", "2024年5月1日公布）"])
    assert written(front(lines(text), True, range(0))) == [
        ("record", order),
        ("title", ["社区读书办法"]),
        ("record", ["（2024年4月2日通过", "2024年5月1日公布）"]),  # until the bracket closes
    ]


def test_a_record_ends_with_its_line_or_its_bracket() -> None:
    text = "读书办法\n2024年5月1日公布\n为方便居民，制定本办法。\n"
    assert [part.name for part in front(lines(text), True, range(0))] == ["title", "record", "preamble"]
    plain = text.replace("公布\n", "公布的办法已有成效。\n")
    assert [part.name for part in front(lines(plain), False, range(0))] == ["title", "preamble"]


def test_the_contents_are_named_as_such() -> None:
    text = "读书办法\n目录\n一、总则\n二、借阅\n"
    assert written(front(lines(text), False, range(1, 4))) == [
        ("title", ["读书办法"]),
        ("contents", ["目录", "一、总则", "二、借阅"]),
    ]


def test_enclosures_and_signature_end_a_text() -> None:
    text = (
        "请遵照执行。\n附件：1.读书办法\n2.借阅表\n某区人民政府\n某区教育局\n二〇二四年五月一日\n"
        "（此件公开发布）\n"
    )
    assert written(tail(lines(text))) == [
        ("enclosures", ["附件：1.读书办法", "2.借阅表"]),
        ("signature", ["某区人民政府", "某区教育局", "二〇二四年五月一日", "（此件公开发布）"]),
    ]


def test_a_day_inside_a_sentence_is_no_signature() -> None:
    assert tail([]) == []
    assert tail(lines("甲。\n本办法自2024年5月1日起施行。\n")) == []
    assert tail(lines("甲。\n2024年5月1日 发布\n")) == []  # an act, as records tell it
    assert tail(lines("2024年5月1日\n")) == []  # nothing would be left
    assert written(tail(lines("甲。\n2024 年 5 月 1 日\n"))) == [("signature", ["2024 年 5 月 1 日"])]


def test_the_title_is_found_behind_what_a_site_puts_above_it() -> None:
    text = "某法宝【引证码】 CLI.1\n原文链接：https://example.org/a\n某市读书办法\n（某府发〔2024〕5号）\n为方便居民。\n"
    assert [(part.name, len(part.lines)) for part in front(lines(text), False, range(0))] == [
        ("source", 1),
        ("source", 1),
        ("title", 1),
        ("source", 1),
        ("preamble", 1),
    ]


def test_a_title_that_comes_again_with_its_issuer_counts() -> None:
    again = "某市委员会 某市人民政府\n关于读书的意见\n（2024年1月4日）\n"
    text = f"关于读书的意见\n2024年5月1日电\n{again}一年来。\n"
    parts = front(lines(text), False, range(0))
    assert [line.text for part in parts if part.name == "title" for line in part.lines] == [
        *("某市委员会 某市人民政府", "关于读书的意见"),
    ]


def test_a_red_head_is_no_title() -> None:
    text = "某市教育局 文件\n某教发〔2024〕5号\n关于读书的通知\n各区县：\n"
    assert [part.name for part in front(lines(text), False, range(0))] == [
        *("source", "source", "title", "preamble"),
    ]


def test_a_title_goes_on_after_the_kind_of_what_it_issues() -> None:
    text = (
        "某市人民政府办公室\n关于印发某市读书行动计划\n（2022—2024年）的通知\n某办发〔2022〕5号\n各区县：\n"
    )
    parts = front(lines(text), False, range(0))
    assert [(part.name, len(part.lines)) for part in parts] == [("title", 3), ("source", 1), ("preamble", 1)]


def test_names_of_files_may_follow_the_signature() -> None:
    text = "请遵照执行。\n某区教育局\n2024年5月1日\n1.岗位计划表.xls\n附件2：承诺书.docx\n"
    assert [part.name for part in tail(lines(text))] == ["signature"]


def test_white_space_takes_no_time() -> None:
    assert tail(lines("通知\n" + " " * 50_000 + "甲" + " " * 50_000 + "2024年\n")) == []


def test_a_bracket_that_never_closes_swallows_nothing() -> None:
    text = "读书办法\n（2024年3月5日印发\n为方便居民。\n正文二。\n"
    assert [part.name for part in front(lines(text), False, range(0))] == ["title", "record", "preamble"]


def test_a_day_is_read_in_every_writing() -> None:
    for day in ("二〇二四年三月五日", "二O二四年三月五日", "2024-03-05", "2024/3/5"):
        assert [part.name for part in tail(lines(f"请执行。\n某区教育局\n{day}\n"))] == ["signature"]
