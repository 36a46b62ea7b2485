import pytest

from index.structure.numbering import Mark, Numbered, numbered, written
from index.structure.tree import Line


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
        ("㉑总则", Mark.CIRCLED, 21, 1),
        ("⒈总则", Mark.DIGIT, 1, 1),
        ("⑵总则", Mark.BRACKETED_DIGIT, 2, 1),
        ("㈢总则", Mark.BRACKETED, 3, 1),
        ("一．总则", Mark.LIST, 1, 2),
        ("1）总则", Mark.HALF_BRACKETED, 1, 2),
    ],
)
def test_a_number_at_the_start_of_a_line_is_read(text: str, mark: Mark, number: int, length: int) -> None:
    assert numbered(Line(100, 100 + len(text), text)) == Numbered(mark, number, 100 + length)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "总则",
        "一、二年级",
        "一、二、三类",
        "第一条 总则",
        "1234.总则",
        "1 总则",
        "2024.3.5",
        "(一",
    ],
)
def test_other_lines_begin_with_no_number(text: str) -> None:
    assert numbered(Line(0, len(text), text)) is None


def test_a_number_is_written_as_labels_write_it() -> None:
    assert [written(mark, 12) for mark in Mark] == [
        *("十二、", "（十二）", "12", ".12", ".12", ".12", "（12）", "12）", "⑫", "l）"),
    ]
    assert written(Mark.CIRCLED, 21) == "㉑"


@pytest.mark.parametrize(
    ("text", "mark", "above", "number", "weak"),
    [
        ("1.1 目的", Mark.DECIMAL_2, (1,), 1, False),
        ("1.1目的", Mark.DECIMAL_2, (1,), 1, True),
        ("5.1.12　甲", Mark.DECIMAL_3, (5, 1), 12, False),
        ("１．５倍", Mark.DECIMAL_2, (1,), 5, True),
        ("a）甲", Mark.LETTER, (), 1, True),
        ("B.乙", Mark.LETTER, (), 2, True),
        ("二  重点任务", Mark.LIST, (), 2, True),
    ],
)
def test_weak_writings_are_told_apart(
    text: str, mark: Mark, above: tuple[int, ...], number: int, weak: bool
) -> None:
    found = numbered(Line(0, len(text), text))
    assert found is not None
    assert (found.mark, found.above, found.number, found.weak) == (mark, above, number, weak)


def test_bare_digits_are_numbers_only_where_asked_for() -> None:
    line = Line(0, 4, "1 总则")
    assert numbered(line) is None
    assert numbered(line, bare_digits=True) == Numbered(Mark.DIGIT, 1, 2, weak=True)
