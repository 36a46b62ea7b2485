"""What is woven from a quotation, and what only looks as if it were."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.llm.weave import loose_end
from index.load import CORPUS, load_corpus
from index.passages import make_passages

SHARE = (
    "大力发展公办幼儿园，探索小村联合办园、流动幼儿园、季节班等，到2022年全市公办园在园幼儿占比达到50％以上。"
)
STEPS = "到2020年，普惠率达到80％，到2022年，普惠率达到85％以上，公办园占比达到50％。"
SCHOOLS = "鼓励幼儿园、小学和中学开放场地，教育部门和学校是教育经费的直接使用者，负有主体责任。"
PAY = "建立中小学教师工资联动机制，确保义务教育教师平均工资收入水平不低于当地公务员平均工资收入水平。"


@pytest.mark.parametrize(
    ("said", "quotation"),
    [
        (SHARE, SHARE),
        ("到2022年，全市公办幼儿园在园幼儿占比要达到50%以上。", SHARE),
        ("根据方案，到2022年公办园在园幼儿的占比达到50％以上。", SHARE),
        ("大力发展公办幼儿园。", SHARE),
        ("发展公办幼儿园，并探索小村联合办园、流动幼儿园。", SHARE),
        ("探索小村联合办园、流动幼儿园和季节班。", SHARE),
        ("方案提出，到2022年，普惠率达到85％以上。", STEPS),
        ("确保义务教育教师平均工资收入水平不低于当地公务员平均工资收入水平。", PAY),
        ("义务教育教师平均工资收入水平不低于当地公务员平均工资收入水平。", PAY),
    ],
)
def test_whole_stretches_in_order_are_woven(said: str, quotation: str) -> None:
    assert loose_end(said, quotation) is None


@pytest.mark.parametrize(
    ("said", "quotation"),
    [
        ("发展幼儿园。", SHARE),  # half of a stretch
        ("小村联合办园、流动幼儿园。", SHARE),  # 探索 is lost
        ("到2022年全市公办园在园幼儿占比达到50％。", SHARE),  # 以上 is lost
        ("全市公办园在园幼儿占比达到了50％以上。", SHARE),  # done
        ("是的，发展公办幼儿园。", SHARE),
        ("不对，发展公办幼儿园。", SHARE),
        ("不对，文件写的不是“30%”，而是发展公办幼儿园。", SHARE),
        ("发展公办幼儿园，没有作硬性要求。", SHARE),
        ("是，大力发展公办幼儿园。", SHARE),
        ("全部发展公办幼儿园。", SHARE),
        ("探索小村联合办园是流动幼儿园。", SHARE),
        ("探索小村联合办园流动幼儿园。", SHARE),
        ("探索小村联合办园的流动幼儿园。", SHARE),
        ("到2020年，普惠率达到85％以上。", STEPS),
        ("到2020年，公办园占比达到50％。", STEPS),
        ("普惠率达到50％。", STEPS),
        ("公办园占比达到50％，到2020年。", STEPS),
        ("幼儿园、小学和中学开放场地。", SCHOOLS),  # 鼓励 is lost
        ("鼓励幼儿园、小学，负有主体责任。", SCHOOLS),
        ("小学，负有主体责任。", SCHOOLS),
        ("学校是教育经费的直接使用者由教育部门负有主体责任。", SCHOOLS),
        ("平均工资收入水平不低于当地公务员平均工资收入水平。", PAY),
        ("义务教育教师平均工资收入水平低于当地公务员平均工资收入水平。", PAY),
        ("当地公务员平均工资收入水平不低于义务教育教师平均工资收入水平。", PAY),
        ("根据方案。", SHARE),
        ("", SHARE),
        ("。", SHARE),
        ("发展公办幼儿园<script>", SHARE),
        ("发展公办幼儿园[点这里](http://a)", SHARE),
    ],
)
def test_what_changes_the_meaning_is_not(said: str, quotation: str) -> None:
    assert loose_end(said, quotation) is not None


def test_every_passage_is_woven_from_itself_and_from_no_other() -> None:
    (document,) = load_corpus(CORPUS)
    passages = [passage.text for passage in make_passages(document) if 12 < len(passage.text) < 280]
    assert all(loose_end(text, text) is None for text in passages)
    others = [b for a, b in zip(passages, passages[7:], strict=False) if a not in b and b not in a]
    assert all(loose_end(a, b) is not None for a, b in zip(passages, others, strict=False) if a != b)


@given(st.text("到2022年公办园占比达50%以上不,、和的", max_size=40))
def test_a_woven_sentence_has_no_number_of_its_own(said: str) -> None:
    import re

    if loose_end(said, SHARE) is None:
        assert set(re.findall(r"\d+", said)) <= {"2022", "50"}


@given(st.text(max_size=400))
def test_no_text_breaks_it(said: str) -> None:
    loose_end(said, SHARE)
    loose_end(SHARE, said)
