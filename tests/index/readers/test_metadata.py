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
    assert (notice.version, notice.published, notice.authority) == ("2021-03-05", None, Authority.POLICY)


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
