"""Support of sentences by quotations: one case by hand for each kind of fault, and what must hold of any."""

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.llm.support import FaultKind, SupportChecker
from assistant.llm.support_features import covered, load_words
from evals.rows.corruptions import statements
from index.readers.corpus import load_corpus

if TYPE_CHECKING:
    from assistant.service import Assistant

SHARE = "到2022年全市公办园在园幼儿占比达到50％以上"
STATEMENTS = statements(load_corpus())
SPORT = "切实保证中小学生每天１小时校园体育活动时间，教会学生健康知识和1—2项专项运动技能"
SCHOOLS = "建设２所左右国家级高水平高职学校，建设7—10所市级高水平高职学校"
STEADY = "鼓励企业向职业院校和培训机构购买培训服务"


@pytest.fixture(scope="module")
def checker(assistant: "Assistant") -> SupportChecker:
    return SupportChecker(assistant.searcher.embedder)


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        (SHARE, SHARE),
        ("公办园在园幼儿占比达到50%以上。[1]", SHARE),
        ("到2022年，全市公办幼儿园的孩子要占到一半以上。", SHARE),
        ("中小学生每天要有60分钟校园体育活动时间。", SPORT),
        ("国家级高水平高职学校建设2所左右。", SCHOOLS),
        ("方案提出，鼓励企业向职业院校购买培训服务。", STEADY),
    ],
)
def test_what_the_quotation_says_is_supported(checker: SupportChecker, sentence: str, quote: str) -> None:
    found = checker.check(sentence, [quote])
    assert found.supported, found


@pytest.mark.parametrize(
    ("sentence", "quote", "kind"),
    [
        ("到2022年全市公办园在园幼儿占比达到80％以上。", SHARE, FaultKind.NUMBER),
        ("到2022年全市公办园在园幼儿占比控制在50％以下。", SHARE, FaultKind.NUMBER),
        ("市级高水平高职学校建设2所左右。", SCHOOLS, FaultKind.NUMBER),
        ("到2025年全市公办园在园幼儿占比达到50％以上。", SHARE, FaultKind.YEAR),
        ("到2022年全国公办园在园幼儿占比达到50％以上。", SHARE, FaultKind.LEVEL),
        ("禁止企业向职业院校和培训机构购买培训服务。", STEADY, FaultKind.NEGATION),
        ("企业必须一律向职业院校和培训机构购买培训服务。", STEADY, FaultKind.MODALITY),
        ("学校食堂要做到明厨亮灶，校车由专人管理。", STEADY, FaultKind.COVERAGE),
        (STEADY + "，费用由彩票公益金承担", STEADY, FaultKind.COVERAGE),
    ],
)
def test_a_fault_is_found_and_named(
    checker: SupportChecker, sentence: str, quote: str, kind: FaultKind
) -> None:
    found = checker.check(sentence, [quote])
    assert not found.supported
    assert kind in found.faults


def test_quotations_support_together(checker: SupportChecker) -> None:
    both = "每天要有1小时校园体育活动时间；到2022年公办园在园幼儿占比达到50％以上。"
    assert checker.check(both, [SPORT, SHARE]).score > checker.check(both, [SPORT]).score


def test_nothing_is_supported_by_nothing(checker: SupportChecker) -> None:
    for sentence, quotes in (("", [SHARE]), ("。[1]", [SHARE]), (SHARE, []), (SHARE, [""])):
        assert not checker.check(sentence, quotes).supported


@settings(
    max_examples=15, deadline=None
)  # the first example loads a dictionary, on a machine that may be busy
@given(data=st.data())
def test_a_stretch_of_a_quotation_is_always_supported(checker: SupportChecker, data: st.DataObject) -> None:
    quote = data.draw(st.sampled_from(STATEMENTS))
    start = data.draw(st.integers(0, len(quote) - 2))
    stretch = quote[start : data.draw(st.integers(start + 2, len(quote)))]
    if covered(load_words().unframed(stretch), [quote]):  # what frames a sentence is taken off before
        found = checker.check(stretch, [quote, SHARE])
        assert (found.score, found.supported, found.faults) == (1.0, True, ())


@settings(max_examples=15, deadline=None)
@given(st.text(max_size=40), st.lists(st.text(max_size=40), max_size=3))
def test_any_text_gets_the_same_score_twice(
    checker: SupportChecker, sentence: str, quotes: list[str]
) -> None:
    found = checker.check(sentence, quotes)
    assert 0 <= found.score <= 1
    assert found.supported == (not found.faults)
    assert checker.check(sentence, quotes) == found
