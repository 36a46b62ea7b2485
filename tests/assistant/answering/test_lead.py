"""The first line of an answer: its form follows from what is asked."""

import pytest

from assistant.answering.lead import correction_lead, make_lead
from assistant.schema import Contradiction, Evidence, Stance
from index.text.folding import squeeze
from tests.assistant.answering.sample import CARD, GROUPS, HOURS, LENT, OPEN, WEEKENDS, evidence
from tests.assistant.sample import document, quoted


def test_a_number_stands_in_the_clause_that_says_what_it_counts() -> None:
    lead = make_lead("每天开放多少小时", "每天开放多少小时？", [evidence(HOURS, "周一至周五每天开放")])
    assert lead.text == "文件写的是：「周一至周五每天开放８小时」。"
    assert lead.short == "每天8小时"
    assert (lead.passages, lead.whole) == ((HOURS,), frozenset({HOURS.id}))


def test_a_date_is_the_year_of_the_clause() -> None:
    lead = make_lead("学校泳池哪年开放", "学校泳池哪年开放？", [evidence(OPEN, "学校泳池")])
    assert lead.short == "2030年"
    assert "到2030年，符合条件的学校泳池在暑假期间向社会开放" in lead.text
    assert lead.whole == frozenset()  # of the long sentence a part alone is quoted


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("每次能借多少本", "5本"),
        ("借期和册数各多少", None),  # two things are asked
        ("公共泳池每天开放几小时", "到2025年，每天不少于10小时"),
        ("泳池哪年开放", None),  # one stage by 2025, the other by 2030: the words do not tell which
        ("学校泳池哪年开放", "2030年"),
    ],
)
def test_a_fact_stands_alone_where_the_question_tells_it_from_the_others(
    question: str, short: str | None
) -> None:
    piece = evidence(LENT, "５本") if "借" in question else evidence(OPEN, "开放")
    lead = make_lead(question, f"{question}？", [piece])
    assert lead.short == short
    if "哪年" in question and short is None:
        assert "2025年" in lead.text
        assert "2030年" in lead.text


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("九年义务教育巩固率由2015年的93%提高到2020年的95%。", "2015年巩固率占比是多少"),
        ("自2016年起逐步建立并于2020年覆盖全部农村学校。", "哪年起建立"),
    ],
)
def test_quantities_of_one_stretch_are_given_together(text: str, question: str) -> None:
    passage = quoted(document(f"读书办法\n一、目标\n{text}\n", "goals"), text[:5])
    lead = make_lead(question, f"{question}？", [evidence(passage, text[:5])])
    assert lead.short is None
    assert text.rstrip("。") in lead.text


@pytest.mark.parametrize(
    ("stance", "said", "short"),
    [(Stance.DENIES, "不是。", "不是"), (Stance.AFFIRMS, "是。", "是"), (Stance.ANSWERS, "", None)],
)
def test_yes_or_no_is_said_only_where_the_evidence_decides(
    stance: Stance, said: str, short: str | None
) -> None:
    lead = make_lead("每次能借10本吗", "每次能借10本吗？", [evidence(LENT, "５本", stance)])
    assert lead.text == f"{said}文件写的是：「每次可借５本，借期30天」。"
    assert lead.short == short


def test_no_yes_or_no_is_said_where_none_was_asked() -> None:
    lead = make_lead("每次借多少", "每次借多少？", [evidence(LENT, "５本", Stance.DENIES)])
    assert "不是" not in lead.text


def test_measures_are_listed_one_after_the_other_without_other_documents() -> None:
    lead = make_lead(
        "有哪些规定", "有哪些规定？", [evidence(LENT, "借期30天"), evidence(CARD, "居民凭身份证")]
    )
    assert lead.text == (
        "文件写了这两点（节选）：「每次可借５本，借期30天」；「居民凭身份证免费办理借书证，当场领取」。"
    )
    assert (lead.passages, lead.whole) == ((LENT, CARD), frozenset({LENT.id, CARD.id}))
    several = make_lead("有哪些规定", "有哪些规定？", [evidence(LENT, "借期"), evidence(OPEN, "每周开放")])
    assert several.passages == (LENT,)
    assert several.text.startswith("文件写的是：")  # of one document there is one point


def test_a_list_says_how_many_and_whether_that_is_all() -> None:
    points = [evidence(LENT, "借期30天"), evidence(CARD, "居民凭身份证"), evidence(GROUPS, "鼓励")]
    asked = "有哪些规定？"
    whole = make_lead(asked, asked, points, lambda passages: True)
    assert whole.text.startswith("文件写了这三点：")
    more = [*points, evidence(HOURS, "８小时"), evidence(LENT, "５本"), evidence(WEEKENDS, "周末")]
    part = make_lead(asked, asked, more)
    assert part.text.startswith("文件写了这五点（节选）："), (
        "those whose quotations follow count too, each once"
    )
    assert part.passages == (LENT, CARD, GROUPS, HOURS), "the line itself stays short"
    assert "周末" not in part.text
    all_of_it = make_lead(asked, asked, more, lambda passages: WEEKENDS in passages)
    assert all_of_it.text.startswith("文件写了这五点：")


def test_a_list_of_one_is_an_ordinary_line() -> None:
    lead = make_lead("有哪些规定", "有哪些规定？", [evidence(LENT, "借期30天")])
    assert lead.text.startswith("文件写的是：")


@pytest.mark.parametrize("own", ["必须组织集体借阅吗？", "集体借阅是不是强制的？"])
def test_how_far_a_clause_obliges_is_said_where_it_is_asked(own: str) -> None:
    lead = make_lead(own, own, [evidence(GROUPS, "鼓励学校")])
    assert "用词是“鼓励”，没有写成必须" in lead.text
    plain = make_lead("谁组织集体借阅", "谁组织集体借阅？", [evidence(GROUPS, "鼓励学校")])
    assert "没有写成必须" not in plain.text


def test_a_correction_sets_both_words_against_each_other() -> None:
    lead = correction_lead(Contradiction("每次能借10本", evidence(LENT, "５本", Stance.DENIES)))
    assert lead.text == ("不对。您提到“每次能借10本”，文件写的是“５本”：「每次可借５本，借期30天」。")
    assert (lead.short, lead.passages, lead.whole) == ("5本", (LENT,), frozenset({LENT.id}))


@pytest.mark.parametrize("own", ["开放几天？", "有哪些时间？", "哪年开放？", "周末开放吗？", "开放"])
@pytest.mark.parametrize(
    "piece", [evidence(OPEN, "晚上九点"), evidence(HOURS, "８小时"), evidence(LENT, "５本")]
)
def test_what_is_quoted_stands_in_the_text(own: str, piece: Evidence) -> None:
    lead = make_lead(own, own, [piece])
    quoted = lead.text.partition("「")[2].partition("」")[0]
    assert quoted
    assert quoted in squeeze(piece.passage.text)
