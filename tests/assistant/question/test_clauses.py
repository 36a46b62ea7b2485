"""A message cut into clauses: offsets, and what is never cut."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.question.clauses import clauses


@pytest.mark.parametrize(
    ("message", "texts"),
    [
        ("", []),
        ("？！……", []),
        ("泳池几点开门", ["泳池几点开门"]),
        ("您好，泳池几点开门？谢谢！", ["您好", "泳池几点开门", "谢谢"]),
        ("泳池开门吗；图书馆呢", ["泳池开门吗", "图书馆呢"]),
        ("泳池几点开门\n图书馆几点开门", ["泳池几点开门", "图书馆几点开门"]),  # lines
        ("泳池几点开门 图书馆几点开门", ["泳池几点开门", "图书馆几点开门"]),
        ("门票1.5元还是2元", ["门票1.5元还是2元"]),  # a point inside a number
        ("馆里有1,000本书,够看吗", ["馆里有1,000本书", "够看吗"]),
        ("《读书，是好事》能借吗", ["《读书，是好事》能借吗"]),  # a title
        ("他说“泳池关了，不开了。”真的吗", ["他说“泳池关了，不开了。”真的吗"]),  # a quotation
        ("第(六)条和（七）条", ["第(六)条和（七）条"]),  # a number, no aside
        ("借书证（张女士，12月1日）丢了", ["借书证", "张女士", "12月1日", "丢了"]),
        ("泳池开门了😀图书馆呢", ["泳池开门了", "图书馆呢"]),  # a picture
        ("等了很久——还没开", ["等了很久", "还没开"]),
    ],
)
def test_a_message_is_cut_at_its_marks_and_at_nothing_else(message: str, texts: list[str]) -> None:
    assert [clause.text for clause in clauses(message)] == texts


def test_a_clause_knows_the_marks_after_it() -> None:
    first, second, last = clauses("泳池开门吗，几点？！好的")
    assert (first.mark, first.ends_sentence, first.questioned) == ("，", False, False)
    assert (second.mark, second.ends_sentence, second.questioned) == ("？！", True, True)
    assert (last.mark, last.ends_sentence, last.questioned) == ("", True, False)


def test_signs_alone_follow_the_clause_before() -> None:
    first, last = clauses("泳池开门吗，()？图书馆呢")
    assert (first.text, first.questioned) == ("泳池开门吗", True)
    assert last.text == "图书馆呢"


def test_a_quotation_that_is_never_closed_hides_nothing() -> None:
    assert [clause.text for clause in clauses("他说“泳池关了，图书馆呢？谢谢")] == [
        "他说“泳池关了",
        "图书馆呢",
        "谢谢",
    ]


@settings(max_examples=100, deadline=None)
@given(st.text("泳池门票几点12.,，。？！《》“”\"'（）() \n😀—a", max_size=60))
def test_clauses_stand_where_they_say_and_leave_out_no_letter(message: str) -> None:
    found = clauses(message)
    assert all(message[clause.start : clause.end] == clause.text for clause in found)
    ends = [0, *(clause.end for clause in found)]
    assert all(before <= clause.start < clause.end for before, clause in zip(ends, found, strict=False))
    held = "".join(clause.text for clause in found)
    assert [char for char in message if char.isalnum()] == [char for char in held if char.isalnum()]
    assert all(message[clause.end :].startswith(clause.mark) for clause in found)
