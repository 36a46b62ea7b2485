"""What no question should look like: every one gets a whole answer, soon."""

import time
from typing import TYPE_CHECKING

import pytest

from assistant.schema import Status
from evals.metrics.answers import verbatim_rate

if TYPE_CHECKING:
    from assistant.service import Assistant

_SECONDS = 3.0
"""Far above what is measured; only a runaway search takes longer. Of this thread's own time at the processor,
which does not grow with what else the machine does."""

INPUTS = {
    "emoji": "😀" * 1000,
    "one character": "园",
    "one sign": "？",
    "punctuation": "？？！！……——，。、；：“”",
    "background": "我是一个普通家长，每天早上六点起床送孩子上学，" * 40
    + "请问公办园在园幼儿占比要达到多少？",
    "English": "What share of children should be in public kindergartens by 2022?",
    "Tibetan": "སློབ་གསོའི་དེང་རབས་ཅན་དུ་འགྱུར་བའི་འཆར་གཞི།",
    "Japanese": "公立幼稚園の割合は2022年までにどれくらいですか？",
    "surrogates": "公办园\ud800占比\udfff要达到多少？",
    "controls": "公办园\x00占比\x07要达到\u202e多少？",
    "digits": "1" * 1000,
    "nested marks": "（" * 500,
    "one word again and again": "学校" * 500,
    "one long form": "\ufdfa" * 1000,
    "a number in two writings": "第一2部分是什么？",
    "such a number in brackets": "第二部分（1二）的第3一点讲什么？",
}


@pytest.fixture(scope="module", autouse=True)
def warm(assistant: "Assistant") -> None:
    """What is loaded with the first question is none of its time."""
    assistant.ask("公办园在园幼儿占比要达到多少？")


@pytest.mark.parametrize("name", INPUTS)
def test_it_gets_a_whole_answer_in_bounded_time(assistant: "Assistant", name: str) -> None:
    began = time.thread_time()
    answer = assistant.ask(INPUTS[name])
    assert time.thread_time() - began < _SECONDS
    assert answer.answer.strip()
    answer.answer.encode("utf-8")
    answer.standalone_question.encode("utf-8")
    assert verbatim_rate(answer, assistant.library) in (None, 1.0)
    assert answer.citations or answer.status is not Status.ANSWERED


@pytest.mark.parametrize("name", ["background", "surrogates", "controls"])
def test_the_question_in_it_is_still_answered(assistant: "Assistant", name: str) -> None:
    answer = assistant.ask(INPUTS[name])
    assert answer.status is Status.ANSWERED
    assert "50％以上" in answer.citations[0].quote


@pytest.mark.parametrize("name", ["emoji", "one sign", "punctuation", "digits", "nested marks"])
def test_what_asks_nothing_is_not_answered(assistant: "Assistant", name: str) -> None:
    assert assistant.ask(INPUTS[name]).status is not Status.ANSWERED
