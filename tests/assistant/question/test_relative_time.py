"""Years counted from today are named beside the answer, on the tests' day in 2026."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from assistant.service import Assistant


@pytest.mark.parametrize(("word", "year"), [("明年", "2027"), ("今年", "2026"), ("三年后", "2029")])
def test_a_relative_year_outside_the_period_is_named(assistant: "Assistant", word: str, year: str) -> None:
    answer = assistant.ask(f"{word}公办幼儿园在园娃儿占比要达到多少？")
    notices = {str(notice.kind): notice.text for notice in answer.notices}
    assert f"{year}年" in notices["relative_time"]
    assert "2020—2022年" in notices["relative_time"]


def test_without_one_there_is_no_such_notice(assistant: "Assistant") -> None:
    answer = assistant.ask("公办幼儿园在园娃儿占比要达到多少？")
    assert "relative_time" not in {notice.kind for notice in answer.notices}
