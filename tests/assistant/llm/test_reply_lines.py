"""What a model returns, in the forms that models use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.llm.reply_lines import ClaimedOutcome, Item, Missing, Said, items
from tests.growth import assert_in_proportion

A, B = "全市幼儿园占比达到50％以上。", "残疾学生免除学费。"


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([f"{A}[1]", f"{B}[2]"], [Said(A, (1,)), Said(B, (2,))]),
        ([f"{A}[1]{B}[2]"], [Said(A, (1,)), Said(B, (2,))]),
        ([f"[1]{A}[2]{B}"], [Said(A, (1,)), Said(B, (2,))]),
        ([f"[原文1] {A}"], [Said(A, (1,))]),
        ([f"{A}[1][2]。"], [Said(A, (1, 2))]),
        ([f"{A[:-1]}[1、3]。"], [Said(A, (1, 3))]),
        ([f"1. {A}", f"- {B}（2）"], [Said(A), Said(B, (2,))]),
        (["[回答]", f"{A}[1]"], [Said(A, (1,))]),
        (["回答：", f"{A}[1]"], [Said(A, (1,))]),
        (["没有写"], [ClaimedOutcome.NOT_COVERED]),
        (["前提不对。", f"{A}[1]"], [ClaimedOutcome.PREMISE_WRONG, Said(A, (1,))]),
        ([f"{A}[1]", "缺少：伙食费。"], [Said(A, (1,)), Missing("伙食费")]),
        (
            [
                '{"verdict": "partly", "sentences": [{"text": "' + A + '", "passages": [1]}],',
                '"missing": "押金"}',
            ],
            [ClaimedOutcome.PARTLY, Said(A, (1,)), Missing("押金")],
        ),
        (["```json", '[{"text": "' + A + '", "passages": ["1"]}]', "```"], [Said(A, (1,))]),
        (["{"], [Said("{")]),
        ([], []),
    ],
)
def test_forms(lines: list[str], found: list[Item]) -> None:
    assert [item for item in items(lines) if item != Said("[回答]")] == found


def test_each_sentence_is_there_once_its_line_has_ended() -> None:
    read: list[str] = []

    def arriving() -> "object":
        for line in (f"{A}[1]", f"{B}[2]"):
            read.append(line)
            yield line

    iterator = items(arriving())  # type: ignore[arg-type]
    assert next(iterator) == Said(A, (1,))
    assert len(read) == 1


@given(st.lists(st.text("缺少：！甲[1]{}\"'。结论\n", max_size=200), max_size=5))
def test_no_reply_breaks_it_or_takes_long(lines: list[str]) -> None:
    list(items(lines))


def test_marks_in_a_row_take_no_long_time() -> None:
    def read(count: int) -> None:
        list(items(["缺少" + "！" * count + "甲" * 70, "[1]" * (count // 3), "（" * count]))

    assert_in_proportion(read, 3200)
