"""What a file says of itself, and who may say it instead."""

from datetime import date

import pytest

from index.errors import DamagedDocument, InvalidMetadata
from index.readers.document import read_document
from index.readers.metadata import identifier
from index.schema import Authority, Document

LAW = """中华人民共和国图书法
1995年8月29日 第八届全国人民代表大会常务委员会第十五次会议通过
2022年6月24日 第十三届全国人民代表大会常务委员会第三十五次会议修订
第一条 为了读书，制定本法。
第二条 本法自2023年1月1日起施行。
"""
ORDER = """某某条例
2012年8月29日 国务院第215次常务会议通过
2012年9月9日 中华人民共和国国务院令第624号公布
第一条 甲。
第二条 本条例自发布之日起施行。
"""
NOTICE = """关于做好读书工作的通知
渝教发〔2021〕7号
各区县教委：
一、目标
多读书。
某市教育委员会
2021年3月5日
"""


def read(text: str, name: str = "a.txt", **said: object) -> Document:
    return read_document(text.encode(), name, said)


def test_a_law_is_described_by_its_record() -> None:
    law = read(LAW)
    assert (law.title, law.version) == ("中华人民共和国图书法", "2022-06-24")
    assert (law.passed, law.published, law.effective) == (date(2022, 6, 24), None, date(2023, 1, 1))
    assert (law.issuer, law.authority) == ("全国人民代表大会常务委员会", Authority.LAW)
    assert law.id == "zhong-hua-ren-min-gong-he-guo-tu-shu-fa"


def test_an_order_gives_number_and_day() -> None:
    rules = read(ORDER)
    assert rules.number == "中华人民共和国国务院令第624号"
    assert (rules.published, rules.effective) == (date(2012, 9, 9), date(2012, 9, 9))
    assert (rules.issuer, rules.authority) == ("国务院", Authority.ADMINISTRATIVE)


def test_a_notice_is_described_by_its_number_and_signature() -> None:
    notice = read(NOTICE)
    assert (notice.number, notice.issuer) == ("渝教发〔2021〕7号", "某市教育委员会")
    assert (notice.version, notice.published) == ("2021-03-05", date(2021, 3, 5))
    assert notice.authority is Authority.POLICY


def test_no_character_hides_in_what_is_said_of_a_document_or_turns_it_round() -> None:
    hidden = "\u202e\u200b\u2066\u061c\x1b\ufeff"
    text = "".join(f"{line[:3]}{hidden}{line[3:]}\n" for line in NOTICE.splitlines())
    plain, turned = read(NOTICE), read(text)
    said = read(NOTICE, title=f"{hidden}关于做好{hidden}读书工作的通知", issuer=f"某市{hidden}教育委员会")
    assert turned.title == said.title == plain.title
    assert said.issuer == plain.issuer
    for words in (turned.number, turned.issuer, turned.id):
        assert not set(hidden) & set(words or "")
    assert hidden in turned.text
    assert read(NOTICE, title="通知\r\nX-A: b").title == "通知  X-A: b"
    with pytest.raises(InvalidMetadata):
        read(NOTICE, title=hidden)


def test_what_nobody_says_stays_empty() -> None:
    plain = read("通知\n今天放假。\n")
    assert plain.version.startswith("undated-")
    assert {plain.number, plain.issuer, plain.passed, plain.published, plain.effective} == {None}


def test_who_adds_a_file_counts_before_the_file_itself() -> None:
    front = (
        "---\ntitle: 读书办法\npublished: 2020-01-02\nissuer: 甲厅\n---\n# 另名\n第一条 甲。\n第二条 乙。\n"
    )
    document = read(front, "读书办法(2019-12-31).md", issuer="乙厅")
    assert (document.title, document.issuer, document.published) == ("读书办法", "乙厅", date(2020, 1, 2))
    assert document.version == "2019-12-31"


@pytest.mark.parametrize("said", [{"published": "昨天"}, {"period": [2022, 2020]}, {"authority": "圣旨"}])
def test_malformed_fields_are_refused(said: dict[str, object]) -> None:
    with pytest.raises(InvalidMetadata):
        read_document(LAW.encode(), "a.txt", said)


@pytest.mark.parametrize("title", ["教育法", "《办法》（2020—2022年）", "A计划", "女子", "——"])
def test_ids_are_ascii_and_can_be_links(title: str) -> None:
    made = identifier(title)
    assert made.isascii()
    assert made.strip("-") == made != ""


def test_an_endless_line_is_refused() -> None:
    with pytest.raises(DamagedDocument):
        read("通知\n" + "长" * 3_000_000)
    read("通知\n" + "长句。" * 100_000)


@pytest.mark.parametrize(
    ("text", "jurisdiction"),
    [
        (LAW, "全国"),
        (ORDER, "全国"),
        ("重庆市渝中区读书办法\n第一条 甲。\n第二条 乙。\n", "重庆市渝中区"),
        ("关于印发《四川省成都市读书规划》的通知\n一、甲\n乙。\n", "四川省成都市"),
        ("关于做好读书工作的通知\n一、甲\n乙。\n贵州省教育厅\n2021年3月5日\n", "贵州省"),
        ("关于做好读书工作的通知\n一、甲\n乙。\n教育部\n2021年3月5日\n", "全国"),
        ("最高人民法院关于读书案件的解释\n第一条 甲。\n第二条 乙。\n", "全国"),
        ("朝阳小学读书规定\n一、甲\n乙。\n", None),
        ("某市读书规定\n一、甲\n乙。\n", None),
    ],
)
def test_whose_rules_it_states_is_read_from_title_and_issuer(text: str, jurisdiction: str | None) -> None:
    assert read(text).jurisdiction == jurisdiction


def test_somebody_may_say_whose_rules_it_states() -> None:
    assert read(NOTICE, jurisdiction="云南省").jurisdiction == "云南省"


def test_a_notice_without_a_signature_names_its_issuer_in_the_title() -> None:
    notice = read("某市教育局 某市财政局关于做好读书工作的通知\n各区县：\n一、甲\n乙。\n")
    assert notice.issuer == "某市教育局、某市财政局"
    assert read("某市关于做好读书工作的通知\n一、甲\n乙。\n").issuer is None
    forwarded = read("某市人民政府办公室转发市教育局等部门关于读书工作意见的通知\n一、甲\n乙。\n")
    assert forwarded.issuer == "某市人民政府办公室"


def test_several_offices_sign() -> None:
    signed = NOTICE.replace("某市教育委员会", "某市教育委员会　某市财政局\n某 市 团 委")
    assert read(signed).issuer == "某市教育委员会、某市财政局、某市团委"


def test_labels_beside_the_text_are_read() -> None:
    labels = (
        "发文机关：某区教委　发文字号：某教发〔2024〕3号\n成文日期：2024年3月1日 发布日期：2024-03-05\n"
        "施行日期：2024/4/1\n"
    )
    document = read(f"关于读书的通知\n{labels}各校：\n一、甲\n发布日期：2025-01-01。\n")
    assert (document.issuer, document.number) == ("某区教委", "某教发〔2024〕3号")
    assert (document.published, document.effective) == (date(2024, 3, 5), date(2024, 4, 1))
    assert document.version == "2024-03-01"


def test_chinese_front_matter_is_understood() -> None:
    front = "标题: 某区读书意见\n文号: 某府发〔2023〕20号\n发布单位: 区政府\n发布日期: 2023年7月17日\n"
    document = read(f"---\n{front}---\n# 某区读书意见\n一、甲\n", "a.md")
    assert (document.title, document.number, document.issuer) == (
        "某区读书意见",
        "某府发〔2023〕20号",
        "区政府",
    )
    assert document.published == date(2023, 7, 17)


def test_the_number_of_another_text_is_not_this_one() -> None:
    text = "关于读书的通知\n按照《某意见》（某府发〔2019〕3号，2019年5月1日印发）要求：\n一、甲\n乙。\n"
    document = read(text)
    assert {document.number, document.published, document.issuer, document.effective} == {None}


def test_what_a_notice_issues_says_from_when_it_holds() -> None:
    text = (
        "某局关于印发《某细则》的通知\n某发〔2025〕2号\n各单位：\n现将《某细则》印发。\n某某局\n2025年4月11日\n某细则\n"
        "第一条 甲。\n第二条 本细则自印发之日起施行，有效期5年。\n"
    )
    assert (read(text).published, read(text).effective) == (date(2025, 4, 11), date(2025, 4, 11))


def test_an_amendment_is_no_new_passing() -> None:
    law = LAW.replace("会议修订", "会议修正")
    assert (read(law).passed, read(law).version) == (date(1995, 8, 29), "2022-06-24")


def test_a_record_of_an_amending_text_is_read() -> None:
    text = (
        "某法修正案（十一）\n2020年12月26日 第十三届全国人民代表大会常务委员会第二十四次会议通过\n"
        "一、将某法第十七条修改为：“甲。”\n二、本修正案自2021年3月1日起施行。\n"
    )
    found = read(text)
    assert (found.passed, found.effective) == (date(2020, 12, 26), date(2021, 3, 1))
    assert (found.issuer, found.authority) == ("全国人民代表大会常务委员会", Authority.LAW)


def test_a_title_keeps_the_book_marks_within_it() -> None:
    assert (
        read("最高法院关于适用《某法》的解释\n第一条 甲。\n第二条 乙。\n").title
        == "最高法院关于适用《某法》的解释"
    )
    assert read("《某读书办法》\n第一条 甲。\n第二条 乙。\n").title == "某读书办法"


def test_the_file_names_the_text_that_has_no_title() -> None:
    assert read("某府发〔2024〕5号\n", "某区读书通知.txt").title == "某区读书通知"


def test_an_order_is_numbered_and_published_by_its_own_lines() -> None:
    order = (
        "某市人民政府令\n第58号\n《某市读书办法》已经2023年11月8日市人民政府会议审议通过，现予公布，自2024年1月1日起施行。\n"
        "市长 某某\n2023年11月20日\n某市读书办法\n第一条 甲。\n第二条 乙。\n"
    )
    found = read(order)
    assert (found.number, found.issuer) == ("某市人民政府令第58号", "某市人民政府")
    assert (found.passed, found.published) == (date(2023, 11, 8), date(2023, 11, 20))
    assert found.effective == date(2024, 1, 1)


def test_the_day_below_a_title_is_that_of_the_text() -> None:
    assert read("关于读书的意见\n（2018年5月30日）\n为了读书。\n一、甲\n乙。\n").published == date(
        2018, 5, 30
    )


def test_the_day_in_front_matter_is_that_of_the_text() -> None:
    document = read("---\n标题: 读书意见\n成文日期: 2024年3月5日\n---\n# 读书意见\n一、甲\n", "a.md")
    assert (document.published, document.version) == (date(2024, 3, 5), "2024-03-05")


def test_from_when_another_text_holds_says_nothing_of_this_one() -> None:
    text = "读书解读\n《某市读书细则》（某发〔2023〕7号）自2023年8月1日起施行，有效期五年。\n一、甲\n乙。\n"
    assert read(text).effective is None


@pytest.mark.parametrize(
    ("title", "number"),
    [
        ("某区教委关于转发某教基〔2020〕5号文件的通知", None),
        ("关于读书的通知（某教发〔2024〕3号）", "某教发〔2024〕3号"),
    ],
)
def test_a_title_holds_its_number_in_brackets_at_its_end(title: str, number: str | None) -> None:
    assert read(f"{title}\n各校：\n一、甲\n乙。\n").number == number


@pytest.mark.parametrize(
    ("text", "issuer"),
    [
        ("关于对某市教育局关于增设专业请示的批复\n一、甲\n乙。\n", None),
        ("关于放假的通知\n一、甲\n乙。\n特此通知\n2024年3月5日\n", None),
        ("关于放假的通知\n一、甲\n乙。\n公示期七个工作日\n2024年3月5日\n", None),
    ],
)
def test_an_issuer_is_never_guessed(text: str, issuer: str | None) -> None:
    assert read(text).issuer == issuer


@pytest.mark.parametrize(
    "text",
    [
        "某办法\n一、甲\n对自2016年1月1日起实施的项目给予补助。\n",
        "关于修改某条例的说明\n一、甲\n《条例》自2015年10月1日起施行以来成效明显。\n",
    ],
)
def test_from_when_something_else_holds_is_not_from_when_the_text_does(text: str) -> None:
    assert read(text).effective is None
