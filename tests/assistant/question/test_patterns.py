"""The cues of a question: what kind of thing it asks for, in which units, and which of its sentences ask."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.question.patterns import Asked, load_patterns

CUES = load_patterns()
TOLD = "我家门口新开了一间阅览室。里面有三百本书。"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("阅览室哪年建成？", Asked.DATE),
        ("到哪年要建多少间阅览室？", Asked.DATE),  # the first that matches wins
        ("哪一年级的学生可以借书证？", Asked.OTHER),  # a grade is no year
        ("每人能借几项？", Asked.NUMBER),
        ("阅览室归哪里管？", Asked.WHO),
        ("哪些人可以借书？", Asked.WHO),
        ("借书有什么要求？", Asked.LIST),
        ("书丢了咋办？", Asked.HOW),
        ("晚上开门不？", Asked.YES_NO),
        ("阅览室", Asked.OTHER),
        ("", Asked.OTHER),
    ],
)
def test_the_kind_of_thing_that_is_asked(text: str, kind: Asked) -> None:
    assert CUES.asked(text) is kind


@pytest.mark.parametrize(
    ("text", "asking"),
    [
        (f"{TOLD}办证要不要交照片？谢谢。", "办证要不要交照片？"),
        (f"{TOLD}办证怎么办。几点开门?", "办证怎么办。几点开门?"),  # half-width, and without a mark
        (TOLD, TOLD),
        ("", ""),
    ],
)
def test_what_a_story_tells_is_not_asked(text: str, asking: str) -> None:
    assert CUES.asking(text) == asking


def test_a_sentence_with_one_of_the_further_cues_counts_as_asking() -> None:
    text = "阅览室开在河边。听说每人借五本。要带证吗？"
    assert CUES.asking(text) == "要带证吗？"
    assert CUES.asking(text, CUES.doubt) == "要带证吗？"
    assert CUES.asking(f"{text}我不相信。", CUES.doubt) == "要带证吗？我不相信。"


def test_several_things_are_asked_only_where_the_asking_says_so() -> None:
    assert CUES.asks_several("白天和晚上分别开几小时？")
    assert CUES.asks_several("怎么办证，另外几点开门？")
    assert not CUES.asks_several("阅览室另外搬了地方。几点开门？")
    assert not CUES.asks_several("几点开门？")


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("儿童书的占比是多少？", {"%", "成"}),
        ("一本书能借多久？", {"小时", "分钟", "年", "月", "天", "学期", "学年"}),
        ("要建多少所？", {"所", "家"}),
        ("来了多少个人？", {"人", "名"}),
        ("有多少本书？", None),
        ("", None),
    ],
)
def test_the_units_of_a_number_that_is_asked_for(text: str, units: set[str] | None) -> None:
    assert CUES.asked_units(text) == units


def test_longer_words_are_looked_for_before_those_they_hold() -> None:
    years = [word for word, _ in CUES.relative_years]
    for words in (years, *CUES.slots):
        assert not [(short, long) for short, long in combinations(words, 2) if short in long]


def test_a_greeting_in_any_case_is_small_talk_and_a_question_is_not() -> None:
    kinds = dict(CUES.smalltalk)
    assert kinds["greeting"].fullmatch("HELLO")
    assert kinds["thanks"].fullmatch("太感谢你了")
    assert kinds["bye"].fullmatch("拜拜啦")
    asks = ("你好几点开门", "谢谢你帮我查借期", "麻烦办张借书证", "你能做什么")
    assert not any(pattern.fullmatch(text) for text in asks for pattern in kinds.values())


@settings(max_examples=50, deadline=None)
@given(st.text("甲乙。！？?；;\n吗怎么哪些1 ", max_size=40))
def test_what_asks_is_made_of_whole_stretches_in_order(text: str) -> None:
    asking = iter(text)
    assert all(char in asking for char in CUES.asking(text))  # a subsequence, nothing added
