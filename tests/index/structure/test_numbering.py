import pytest

from index.structure.numbering import Mark, Nesting, Numbered, numbered, written
from index.structure.tree import Line, lines_of


def depths(text: str) -> list[int | None]:
    """For each numbered line its depth in the outline; None where it does not continue it."""
    found = [each for line in lines_of(text) if (each := numbered(line))]
    nesting = Nesting(found)
    result: list[int | None] = []
    for at, each in enumerate(found):
        depth = nesting.depth(at, each)
        if depth is not None:
            nesting.push(each, depth)
        result.append(depth)
    return result


@pytest.mark.parametrize(
    ("text", "mark", "number", "length"),
    [
        ("一、总则", Mark.LIST, 1, 2),
        ("二十一 、总则", Mark.LIST, 21, 5),
        ("\u3000\u3000十二、总则", Mark.LIST, 12, 5),
        ("(一)总则", Mark.BRACKETED, 1, 3),
        ("（ 二 ）总则", Mark.BRACKETED, 2, 5),
        ("1.总则", Mark.DIGIT, 1, 2),
        ("１．总则", Mark.DIGIT, 1, 2),
        ("12、总则", Mark.DIGIT, 12, 3),
        ("（３）总则", Mark.BRACKETED_DIGIT, 3, 3),
        ("③总则", Mark.CIRCLED, 3, 1),
        ("①", Mark.CIRCLED, 1, 1),
    ],
)
def test_a_number_at_the_start_of_a_line_is_read(text: str, mark: Mark, number: int, length: int) -> None:
    assert numbered(Line(100, 100 + len(text), text)) == Numbered(mark, number, 100 + length)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "总则",
        "1.5倍",
        "１.５倍",
        "一、二年级",
        "一、二、三类",
        "第一条 总则",
        "1234.总则",
        "一 总则",
        "(一",
    ],
)
def test_other_lines_begin_with_no_number(text: str) -> None:
    assert numbered(Line(0, len(text), text)) is None


def test_a_number_is_written_as_labels_write_it() -> None:
    assert [written(mark, 12) for mark in Mark] == ["十二、", "（十二）", "12", "（12）", "⑫"]


def test_kinds_nest_in_their_usual_order() -> None:
    assert depths("一、甲\n（一）乙\n1.丙\n（1）丁\n①戊\n②己\n2.庚\n（二）辛\n二、壬\n1.癸") == [
        *(0, 1, 2, 3, 4, 4, 2, 1, 0, 1),
    ]


def test_a_number_that_does_not_follow_is_text() -> None:
    assert depths("一、甲\n三、乙\n（二）丙\n2.丁\n二、戊\n二、己") == [0, None, None, None, 0, None]


def test_another_nesting_is_followed_where_the_numbers_say_so() -> None:
    assert depths("（1）甲\n1.乙\n2.丙\n（2）丁\n1.戊") == [0, 1, 1, 0, 0]
    assert depths("1.甲\n一、乙\n二、丙\n2.丁") == [0, 1, 1, 0]
    assert depths("（1）甲\n1.乙\n2.丙") == [0, 0, 0]  # nothing goes on after them


def test_a_sequence_may_begin_with_another_first_number() -> None:
    (third,) = [each for line in lines_of("三、甲") if (each := numbered(line))]
    nesting = Nesting([third])
    assert nesting.depth(0, third) is None
    assert nesting.depth(0, third, first=3) == 0
    assert nesting.open == []
