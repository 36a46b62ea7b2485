import re

import pytest

from index.schema import Clause, Document
from index.structure.outline import parse_outline
from index.text.numerals import chinese_numeral, numeral


@pytest.fixture(scope="module")
def clauses(plan: Document) -> tuple[Clause, ...]:
    return parse_outline(plan.text).clauses


def addresses(text: str) -> list[str]:
    return [clause.address for clause in parse_outline(text).clauses]


def by_address(clauses: tuple[Clause, ...]) -> dict[str, Clause]:
    return {clause.address: clause for clause in clauses}


def test_the_plan_has_3_parts_16_sections_and_40_items(clauses: tuple[Clause, ...]) -> None:
    depths = [c.address.count(".") for c in clauses if re.fullmatch(r"\d+(\.\d+)*", c.address)]
    assert [depths.count(depth) for depth in range(4)] == [3, 16, 40, 0]


def test_the_plan_has_exactly_these_addresses(clauses: tuple[Clause, ...]) -> None:
    items = {"2.1": 7, "2.2": 5, "2.3": 3, "2.4": 4, "2.5": 4, "2.6": 4, "2.7": 4, "2.8": 4, "2.9": 5}
    paragraphs = {"1.2": 4, "2.6.3": 2, "3.1": 2, "3.3": 2}
    expected = ["title", "source", "preamble"]

    def add(address: str) -> None:
        expected.append(address)
        expected.extend(f"{address}.p{n}" for n in range(1, paragraphs.get(address, 0) + 1))

    for part, sections in ((1, 3), (2, 9), (3, 4)):
        add(str(part))
        for section in range(1, sections + 1):
            add(f"{part}.{section}")
            for item in range(1, items.get(f"{part}.{section}", 0) + 1):
                add(f"{part}.{section}.{item}")
    assert [clause.address for clause in clauses] == expected


@pytest.mark.parametrize(
    ("address", "label", "heading"),
    [
        ("title", "标题", "重庆市加快推进教育现代化实施方案(2020—2022年)"),
        ("source", "来源", ""),
        ("preamble", "序言", ""),
        ("1", "一、", "一、总体要求"),
        ("1.2", "一、（二）", "(二)实施原则"),
        ("1.2.p1", "一、（二）第1段", ""),
        ("2.1.4", "二、（一）4", "４.实施学校体育固本行动。"),
        ("2.2.1", "二、（二）1", "１.实现学前教育公益普惠发展。"),
        ("2.6.3.p2", "二、（六）3第2段", ""),
        ("2.9.5", "二、（九）5", "５.推进教育现代化创新试验。"),
        ("3.4", "三、（四）", "(四)不断强化教育督导作用"),
    ],
)
def test_labels_and_headings_of_the_plan(
    clauses: tuple[Clause, ...], address: str, label: str, heading: str
) -> None:
    clause = by_address(clauses)[address]
    assert (clause.label, clause.heading) == (label, heading)


def test_a_clause_spans_its_children(plan: Document, clauses: tuple[Clause, ...]) -> None:
    found = by_address(clauses)
    for clause in clauses:
        if clause.parent:
            above = found[clause.parent]
            assert above.start <= clause.start <= clause.end <= above.end
    assert found["3"].end == len(plan.text.rstrip())
    assert found["2.2.1"].path == (
        "二、重点任务",
        "(二)大力推进基础教育公平优质发展",
        "１.实现学前教育公益普惠发展。",
    )


def test_headings_and_own_text_give_back_every_character(plan: Document, clauses: tuple[Clause, ...]) -> None:
    given = "".join(
        clause.heading + "".join(plan.text[start:end] for start, end in clause.own) for clause in clauses
    )
    assert "".join(given.split()) == "".join(plan.text.split())


def test_a_line_broken_in_mid_sentence_is_no_new_paragraph(
    plan: Document, clauses: tuple[Clause, ...]
) -> None:
    found = by_address(clauses)
    for address, first, second in (
        ("2.7.1", "落实", "《重庆市智慧校园建设"),
        ("3.1.p2", "对全市", "教育改革"),
    ):
        spans = found[address].own
        assert len(spans) == 1
        assert f"{first}\n{second}" in plan.text[slice(*spans[0])]


def test_full_and_half_width_number_the_same_outline() -> None:
    full = "题\n一、甲\n（一）乙\n１．丙。文。\n（１）丁\n①戊\n２、己\n（二）庚\n二、辛"
    half = "题\n一、甲\n(一) 乙\n1. 丙。文。\n( 1 )丁\n① 戊\n2．己\n( 二 )庚\n 二 、辛"
    expected = ["title", "1", "1.1", "1.1.1", "1.1.1.1", "1.1.1.1.1", "1.1.2", "1.2", "2"]
    assert addresses(full) == addresses(half) == expected


def test_numbering_restarts_under_each_parent() -> None:
    text = "题\n一、甲\n(一)乙\n1.丙\n(二)丁\n1.戊\n二、己\n(一)庚"
    assert addresses(text) == ["title", "1", "1.1", "1.1.1", "1.2", "1.2.1", "2", "2.1"]


@pytest.mark.parametrize(
    "line",
    [
        "一是抓好教学；二是抓好管理。",
        "第三条第二款规定的情形除外。",
        "11.5.14.2的试验照做。",
        "1.5亿元用于建设。",
        "2020年10月起施行。",
        "三、四年级开设编程课。",  # 三 does not follow 一
        "二、三年级开设编程课。",  # 二 follows 一, and is still no heading
        "(五)项所列的除外。",
    ],
)
def test_enumerations_and_references_are_text(line: str) -> None:
    assert addresses(f"题\n一、甲\n甲的内容。\n{line}\n二、乙") == ["title", "1", "1.p1", "1.p2", "2"]


def test_stray_spaces_before_a_number_do_not_hide_a_heading() -> None:
    assert addresses("题\n　　一、甲\n  (一)乙\n\u00a01.丙。") == ["title", "1", "1.1", "1.1.1"]


def test_mixed_levels_never_share_an_address() -> None:
    assert addresses("题\n一、甲\n1.乙\n(一)丙") == ["title", "1", "1.1", "1.1-2"]


def test_a_text_without_numbering_becomes_paragraphs() -> None:
    clauses = parse_outline("通知\n今天放假。\n明天上课。").clauses
    assert [(c.address, c.label) for c in clauses] == [("title", "标题"), ("p1", "第1段"), ("p2", "第2段")]


@pytest.mark.parametrize("text", ["", "\n\n", " \u3000\n"])
def test_no_text_no_clauses(text: str) -> None:
    assert parse_outline(text).clauses == ()


@pytest.mark.parametrize(
    ("value", "spelled"),
    [
        (1, "一"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (99, "九十九"),
        (100, "一百"),
        (105, "一百零五"),
        (110, "一百一十"),
        (1001, "一千零一"),
        (1260, "一千二百六十"),
        (2020, "二千零二十"),
    ],
)
def test_numerals(value: int, spelled: str) -> None:
    assert chinese_numeral(value) == spelled
    assert numeral(spelled) == value


def test_every_numeral_reads_back() -> None:
    assert all(numeral(chinese_numeral(value)) == value for value in range(1, 10_000))


@pytest.mark.parametrize(("written", "value"), [("１２", 12), ("12", 12), ("⑫", 12), ("十 二", 12)])
def test_numerals_in_every_width(written: str, value: int) -> None:
    assert numeral(written) == value


def test_what_is_no_numeral_is_an_error() -> None:
    with pytest.raises(ValueError, match="甲"):
        numeral("甲")
