import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.readers.corpus import load_corpus
from index.readers.prepared_questions import load_claims, load_lay_questions
from index.settings import CORPUS
from index.structure.passages import make_passages
from index.text.personal_data import KINDS, find, mask
from tests.growth import assert_in_proportion


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("身份证11010519491231002X的娃儿", "身份证[身份证号]的娃儿"),
        ("身份证 500103 19900101 1234", "身份证 [身份证号]"),
        ("打我手机138-1234-5678嘛", "打我手机[手机号]嘛"),
        ("１３８１２３４５６７８", "[手机号]"),
        ("+86 138 1234 5678", "[手机号]"),
        ("座机023-67891234", "座机[电话号码]"),
        ("卡号6222 0200 1112 2303 339", "卡号[银行卡号]"),
        ("写到a.b@example.com", "写到[邮箱]"),
        ("住在渝北区红锦大道88号3栋2单元501室", "住在[住址]"),
        ("观音桥街道5号", "[住址]"),
        ("红锦大道 68号附3号12-1", "[住址]"),
        ("5栋2单元", "[住址]"),
        ("13800 138000", "[手机号]"),
        ("138－0013－8000", "[手机号]"),
        ("138\u200b00138000", "[手机号]"),
        ("008613800138000", "[手机号]"),
        ("一三八零零一三八零零零", "[手机号]"),
        ("023-6789 0123", "[电话号码]"),
        ("400-123-4567", "[电话号码]"),
        ("510102850101123", "[身份证号]"),
        ("zhang＠qq.com", "[邮箱]"),
        ("渝A12345", "[车牌号]"),
        ("护照E12345678", "护照[护照号]"),
        ("微信号abc12345", "微信号[微信号]"),
        ("住3栋2单元501，读哪个学校", "住[住址]，读哪个学校"),
    ],
)
def test_personal_data_is_masked(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "推进道路三号工程",
        "渝中区的小学有35所吗",
        "到2022年达到50％以上",
        "2020—2022年",
        "3000000元",
        "第88号文件",
    ],
)
def test_what_is_not_personal_stays(text: str) -> None:
    assert mask(text) == text


def test_the_plan_and_its_lay_questions_stay_as_they_are() -> None:
    for document in load_corpus(CORPUS):
        passages = make_passages(document)
        questions = load_lay_questions(passages, CORPUS, document.id)
        claims = load_claims(passages, CORPUS, document.id)
        texts = [question.text for question in questions] + [claim.text for claim in claims]
        for text in (document.text, *texts):
            assert mask(text) == text


@given(st.text("市区路号街道1一栋-室0138 @.a微信v渝A卡电话住在\u200b,", max_size=200))
def test_what_is_masked_stays_masked(text: str) -> None:
    once = mask(text)
    assert mask(once) == once


@given(st.text("号单元0123456789一三八 -+（）@.aX住微信渝A", max_size=200))
def test_found_data_lies_in_the_text_in_order(text: str) -> None:
    at = 0
    for data in find(text):
        assert at <= data.start < data.end <= len(text)
        assert data.kind in KINDS
        at = data.end


def test_invisible_characters_go_with_the_number() -> None:
    keycaps = "".join(f"{digit}\ufe0f\u20e3" for digit in "13812345678")
    assert mask(f"打{keycaps}。") == "打[手机号]。"


@pytest.mark.parametrize(
    "piece",
    [
        "1", "1 ", "138 ", "13800138000", "一三八零零", "0", "a", "a1", "@", "a@", "a@a.", "a at ", "微信a ",
        "渝A1 ", "500103199001011234", "6222 0200 1112 2303 ", "电话1234567 ", "住在1-2-3 ", "3栋2单元501",
        "路1号", "1号", "中", "[", "+852 ", "附", "乡村", "镇村组",
    ],
)  # fmt: skip
def test_no_text_takes_long(piece: str) -> None:
    assert_in_proportion(lambda length: find(piece * (length // len(piece))), 100_000)
