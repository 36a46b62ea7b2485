"""What is woven from a quotation, and what only looks as if it were."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.llm.verbatim_statements import first_foreign_stretch
from index.readers.corpus import load_corpus
from index.settings import CORPUS
from index.structure.passages import make_passages
from index.text.folding import squeeze
from tests.growth import assert_in_proportion

SHARE = (
    "大力发展公办幼儿园，探索小村联合办园、流动幼儿园、季节班等，到2022年全市公办园在园幼儿占比达到50％以上。"
)
STEPS = "到2020年，普惠率达到80％，到2022年，普惠率达到85％以上，公办园占比达到50％。"
SCHOOLS = "鼓励幼儿园、小学和中学开放场地，教育部门和学校是教育经费的直接使用者，负有主体责任。"
PAY = "建立中小学教师工资联动机制，确保义务教育教师平均工资收入水平不低于当地公务员平均工资收入水平。"
FREE = "实施家庭经济困难的残疾儿童、少年12年免费教育。"
CLASSES = "合理扩大学位供给，2020年全部消除66人以上超大班额，到2022年基本消除现有56人以上大班额。"
TESTS = "扭转唯分数、唯升学、唯文凭的功利化倾向，坚决纠正超纲教学、提前教学等不良行为。"
FEES = "残疾学生，免除学费；外省学生，缴纳学费。"
CHILDREN = "确保所有贫困家庭义务教育阶段的孩子不失学辍学。"
PRIVATE = "义务教育阶段不得设立营利性民办学校。"


@pytest.mark.parametrize(
    ("said", "quotation"),
    [
        (SHARE, SHARE),
        ("到2022年，全市公办幼儿园在园幼儿占比达到50%以上。", SHARE),
        ("根据方案，到2022年公办园在园幼儿的占比达到50％以上。", SHARE),
        ("大力发展公办幼儿园。", SHARE),
        ("发展公办幼儿园，并探索小村联合办园、流动幼儿园、季节班等。", SHARE),
        ("方案提出，到2022年，普惠率达到85％以上。", STEPS),
        ("到2020年普惠率达到80％", STEPS),
        ("残疾学生，免除学费。", FEES),
        ("外省学生，缴纳学费。", FEES),
        ("“义务教育阶段不得设立营利性民办学校”", PRIVATE),
        (PAY.rstrip("。"), PAY),
    ],
)
def test_statements_from_their_beginning_are_woven(said: str, quotation: str) -> None:
    assert first_foreign_stretch(said, quotation) is None


@pytest.mark.parametrize(
    ("said", "quotation"),
    [
        ("发展幼儿园。", SHARE),
        ("小村联合办园、流动幼儿园。", SHARE),
        ("探索小村联合办园、流动幼儿园。", SHARE),
        ("到2022年全市公办园在园幼儿占比达到50％。", SHARE),
        ("全市公办园在园幼儿占比达到50％以上。", SHARE),  # by when
        ("到2022年，全市公办幼儿园在园幼儿占比要达到50%以上。", SHARE),  # an obligation that is not there
        ("全市公办幼儿园在园幼儿占比将达到50%以上。", SHARE),
        ("学校可以收取服务费。", "学校可以收取服务费，必要时由市教委批准。"),
        ("学校提供托管服务。", "学校提供托管服务，由区县教委批准。"),
        ("到2022年全市公办园在园幼儿占比达到了50％以上。", SHARE),
        ("到2022年全市公办园在园幼儿占比达到5⁰％以上。", SHARE),
        ("到2022年全市公办园在园幼儿占比达到\u202e50％以上。", SHARE),
        ("到2022年全市公办园在园幼儿占比达到\ud83d50％以上。", SHARE),
        ("到2022年全市公办园在园幼儿占比达到5\n0％以上。", SHARE),
        ("是的，大力发展公办幼儿园。", SHARE),
        ("不对，大力发展公办幼儿园。", SHARE),
        ("不对，文件写的不是“30%”，而是大力发展公办幼儿园。", SHARE),
        ("大力发展公办幼儿园，没有作硬性要求。", SHARE),
        ("全部大力发展公办幼儿园。", SHARE),
        ("大力发展公办幼儿园？", SHARE),
        ("大力发展公办幼儿园是季节班等", SHARE),
        ("到2020年，普惠率达到85％以上。", STEPS),
        ("到2020年，公办园占比达到50％。", STEPS),
        ("普惠率达到85％以上。", STEPS),
        ("幼儿园、小学和中学开放场地。", SCHOOLS),
        ("鼓励幼儿园、小学，负有主体责任。", SCHOOLS),
        ("中学开放场地，负有主体责任。", SCHOOLS),
        ("义务教育教师平均工资收入水平低于当地公务员平均工资收入水平。", PAY),
        ("当地公务员平均工资收入水平不低于义务教育教师平均工资收入水平。", PAY),
        ("建立中小学教师工资。", PAY),
        ("少年12年免费教育。", FREE),
        ("方案规定，少年将12年免费教育。", FREE),
        ("2020年全部消除66人以上超大班额，基本消除现有56人以上大班额。", CLASSES),
        ("2020年全部消除66人以上超大班额并基本消除现有56人以上大班额。", CLASSES),
        ("唯升学、唯文凭。", TESTS),
        ("方案要求提前教学等不良行为。", TESTS),
        ("外省学生，免除学费。", FEES),
        ("残疾学生，缴纳学费。", FEES),
        ("残疾学生，外省学生，缴纳学费。", FEES),
        ("确保所有贫困家庭义务教育阶段的孩子不，失学辍学。", CHILDREN),
        ("义务教育阶段不得。设立营利性民办学校。", PRIVATE),
        ("义务教育阶段不得？设立营利性民办学校！", PRIVATE),
        ("学校不得收取择校费。", "学校不得收取择校费，经市教委批准的除外。"),
        ("2022年全面取消收费。", "除主城区外，2022年全面取消收费。"),
        ("公办初中免费", "下列学校不得收费：公办小学；公办初中免费。"),
        ("免除全部学费。", "对家庭经济困难学生，免除全部学费。"),
        ("学校方可提供托管服务。", "家长书面申请后，学校方可提供托管服务。"),
        ("2018年达到40％，达到50％。", "2018年达到40％，2022年达到50％。"),
        ("从2022年免除学费。", "从2020年到2022年免除学费。"),
        ("支持教育部并共建高校建设", "支持教育部与重庆市共建高校建设，提升水平。"),
        ("财政教育投入达到去年的1", "财政教育投入达到去年的1.5倍。"),
        ("选派教师34名支教", "选派教师三四名支教。"),
        ("学校不得收费；公开账目。", "学校不得收费；经市教委批准的除外；公开账目。"),
        ("根据方案。", SHARE),
        ("", SHARE),
        ("。", SHARE),
        ("大力发展公办幼儿园<script>", SHARE),
        ("大力发展公办幼儿园[点这里](http://a)", SHARE),
    ],
)
def test_what_changes_the_meaning_is_not(said: str, quotation: str) -> None:
    assert first_foreign_stretch(said, quotation) is not None


def test_repetition_takes_no_long_time() -> None:
    def weave(count: int) -> None:
        first_foreign_stretch("教育和学校，" * (2 * count), "教育和学校，" * 80)
        first_foreign_stretch("学校和学校，" * (2 * count), "学校和学校、" * 60)

    assert_in_proportion(weave, 24)


def test_every_passage_is_woven_from_itself_and_from_no_other() -> None:
    (document,) = load_corpus(CORPUS)
    passages = [squeeze(passage.text) for passage in make_passages(document) if 12 < len(passage.text) < 280]
    assert all(first_foreign_stretch(text, text) is None for text in passages)
    others = [b for a, b in zip(passages, passages[7:], strict=False) if a not in b and b not in a]
    assert all(
        first_foreign_stretch(a, b) is not None for a, b in zip(passages, others, strict=False) if a != b
    )


@given(st.text("到2022年公办园占比达50%以上不,、和的", max_size=40))
def test_a_woven_sentence_has_no_number_of_its_own(said: str) -> None:
    if first_foreign_stretch(said, SHARE) is None:
        assert set(re.findall(r"\d+", said)) <= {"2022", "50"}


@given(st.text(max_size=400))
def test_no_text_breaks_it(said: str) -> None:
    first_foreign_stretch(said, SHARE)
    first_foreign_stretch(SHARE, said)
