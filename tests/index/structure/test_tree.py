import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.structure.tree import Line, Node, is_ended, lines_of, make_clauses, paragraphs

any_text = st.text(st.sampled_from("甲乙。\n\r \u3000\x0b\u2028"), max_size=60)


@settings(max_examples=50)
@given(any_text)
def test_lines_stand_where_they_say_and_hold_all_that_is_visible(text: str) -> None:
    found = list(lines_of(text))
    assert "".join("".join(line.text for line in found).split()) == "".join(text.split())
    for line in found:
        assert line.text == text[line.start : line.end]
        assert not text[line.first].isspace()
        assert "\n" not in line.text


def test_a_line_knows_where_its_first_character_is() -> None:
    assert list(lines_of("\n\u3000 甲 \n \n乙")) == [Line(1, 5, "\u3000 甲 "), Line(8, 9, "乙")]
    assert [line.first for line in lines_of("\n\u3000 甲 \n \n乙")] == [3, 8]


@pytest.mark.parametrize(
    "text", ["甲。", "甲；", "甲：", "甲!", "甲…", "他说：“好。” ", "（完。）", "《甲。》\u3000"]
)
def test_a_line_ends_with_a_closing_sign(text: str) -> None:
    assert is_ended(text)


@pytest.mark.parametrize("text", ["", " ", "甲", "甲，", "甲、", "《甲》", "（完）"])
def test_a_line_that_stops_in_mid_sentence_goes_on(text: str) -> None:
    assert not is_ended(text)


def test_lines_are_joined_to_paragraphs() -> None:
    text = "借期三\n十天。\n \n逾期的，\n提醒\n"
    own = [(line.start, line.end) for line in lines_of(text)]
    assert [text[start:end] for start, end in paragraphs(text, own)] == ["借期三\n十天。", "逾期的，\n提醒"]
    assert paragraphs(text, [(0, 0), (8, 9)]) == []
    assert paragraphs(text, []) == []


def test_nodes_become_clauses_with_paths_ends_and_paragraphs() -> None:
    text = "第一章\u3000借 阅\n第一条 借期三十天。\n逾期的，每天提醒。"
    unit = Node("ch1", "第一章", 0, 7, marker_end=3)
    article = Node("art1", "第一条", 8, 12, parent=unit, own=[(12, 18), (19, len(text))])
    chapter, own, first, second = make_clauses(text, [unit, article])
    assert (chapter.address, chapter.end, chapter.path) == ("ch1", len(text), ("第一章 借阅",))
    assert (own.address, own.parent, own.path) == ("art1", "ch1", ("第一章 借阅", "第一条"))
    assert [(c.address, c.label, text[c.start : c.end]) for c in (first, second)] == [
        ("art1.p1", "第一条第1段", "借期三十天。"),
        ("art1.p2", "第一条第2段", "逾期的，每天提醒。"),
    ]
    assert first.parent == second.parent == "art1"
    assert first.heading == ""


def test_an_undivided_node_keeps_its_paragraphs() -> None:
    text = "题\n甲。\n乙。"
    (clause,) = make_clauses(text, [Node("record", "题注", 0, 1, own=[(2, 4), (5, 7)], divisible=False)])
    assert (clause.address, clause.own, clause.end) == ("record", ((2, 4), (5, 7)), 7)


def test_a_text_without_an_outline_is_its_paragraphs() -> None:
    text = "甲。\n乙。"
    bare = Node("", "", 0, 0, own=[(0, 2), (3, 5)])
    assert [(c.address, c.label, c.parent) for c in make_clauses(text, [bare])] == [
        ("p1", "第1段", None),
        ("p2", "第2段", None),
    ]


def test_no_address_is_given_twice() -> None:
    nodes = [Node("1", "1", at, at + 1) for at in range(3)]
    assert [clause.address for clause in make_clauses("甲乙丙", nodes)] == ["1", "1-2", "1-3"]
    assert make_clauses("", []) == ()
