"""Which numbers continue an outline."""

from index.structure.nesting import Nesting
from index.structure.numbering import numbered
from index.structure.tree import lines_of


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


def test_numbers_run_on_under_another_parent() -> None:
    assert depths("一、甲\n（一）乙\n（二）丙\n二、丁\n（三）戊\n（四）己") == [0, 1, 1, 0, 1, 1]
    assert depths("（一）甲\n1.乙\n2.丙\n（二）丁\n3.戊") == [0, 1, 1, 0, 1]


def test_a_missing_number_is_skipped_where_the_one_after_follows() -> None:
    assert depths("一、甲\n三、乙\n四、丙") == [0, 0, 0]
    assert depths("一、甲\n三、乙") == [0, None]
    assert depths("一、甲\n二、乙\n2.丙\n3.丁") == [0, 0, 1, 1]
    assert depths("一、甲\n九、乙\n十、丙") == [0, None, None]  # too many for an oversight


def test_what_is_missing_is_told() -> None:
    found = [numbered(line) for line in lines_of("一、甲\n四、乙\n五、丙")]
    nesting = Nesting(found)
    first, second, _ = found
    assert first is not None
    assert second is not None
    assert nesting.missing(first, 0) == []
    nesting.push(first, 0)
    assert nesting.missing(second, 0) == [2, 3]


def test_a_number_that_was_typed_twice_does_not_end_its_sequence() -> None:
    assert depths("一、甲\n（一）乙\n（一）丙\n（二）丁\n二、戊") == [0, 1, 1, 1, 0]


def test_decimals_hang_below_their_own_numbers() -> None:
    assert depths("1.1 甲\n1.1.1 乙\n1.1.2 丙\n1.2 丁\n1.2.1 戊") == [0, 1, 1, 0, 1]
    assert depths("一、甲\n1.1 乙\n1.2 丙\n二、丁\n2.1 戊") == [0, 1, 1, 0, 1]
    assert depths("二、甲\n11.5.14.2的试验") == [None, None]
    assert depths("一、甲\n3.5万名教师\n1.5倍") == [0, None, None]


def test_weak_writings_need_a_neighbour() -> None:
    assert depths("一、甲\na）乙\nb）丙\n二、丁") == [0, 1, 1, 0]
    assert depths("一、甲\nA、甲乙两类\n二、丁") == [0, None, 0]
