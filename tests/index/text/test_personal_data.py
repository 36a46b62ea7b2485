import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.readers.corpus import load_corpus
from index.readers.prepared_questions import load_claims, load_lay_questions
from index.settings import CORPUS
from index.structure.passages import make_passages
from index.text.personal_data import mask


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
        ("住在渝北区红锦大道88号3栋2单元501室", "[住址]"),
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
        ("微信号abc12345", "[微信号]"),
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


@given(st.text("市区路号街1一栋-室0138 @.a", max_size=1000))
def test_no_text_takes_long(text: str) -> None:
    began = time.perf_counter()
    assert mask(mask(text)) == mask(text)
    assert time.perf_counter() - began < 2
