"""What a draft names beside a quotation."""

import pytest

from assistant.draft_check.nearby_source import NamedSource, Surroundings
from assistant.draft_check.quotation_pieces import blanked
from assistant.draft_check.quotations import Quotation, find_quotations
from index.library.clause_references import find_in
from index.library.title_mentions import Mentions


def read(text: str) -> tuple[Surroundings, tuple[Quotation, ...]]:
    quotations = find_quotations(text)
    plain = blanked(text, quotations)
    mentions = Mentions(plain)
    return Surroundings(text, quotations, find_in(plain, mentions), mentions.found), quotations


def named(text: str) -> list[list[str] | str | None]:
    """For each quotation the references beside it as written, or the title of a document."""
    surroundings, quotations = read(text)
    found: list[list[str] | str | None] = []
    for quotation in quotations:
        source = surroundings.source_of(quotation)
        if source is None:
            found.append(None)
        elif source.mention is not None:
            found.append(source.mention.title)
        else:
            found.append([text[reference.start : reference.end] for reference in source.references])
    return found


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("《读书条例》第二条规定：“可以借书”。", ["《读书条例》第二条"]),
        ("《读书条例》第二条 （“可以借书”）", ["《读书条例》第二条"]),
        ("《读书条例》第二条、第三条都规定“可以借书”", ["《读书条例》第二条", "第三条"]),
        ("“可以借书”（《读书条例》第二条）。", ["《读书条例》第二条"]),
        ("“可以借书。”，详见《读书条例》第二条和第三条。", ["《读书条例》第二条", "第三条"]),
        ("> 可以借书。\n> ——《读书条例》第二条\n", ["《读书条例》第二条"]),
        ("《读书条例》第二条规定：\n> 可以借书。\n", ["《读书条例》第二条"]),
        ("《读书条例》提出：“可以借书”", "读书条例"),
        ("《读书条例》的“可以借书”", "读书条例"),
        ("“可以借书”——《读书条例》", "读书条例"),
        ("《读书条例》第二条规定：\n“可以借书”", ["《读书条例》第二条"]),
    ],
)
def test_what_stands_right_beside_a_quotation_is_its_source(text: str, source: list[str] | str) -> None:
    assert named(text) == [source]


@pytest.mark.parametrize(
    "text",
    [
        "“可以借书”",
        "《读书条例》很好。“可以借书”",  # another sentence
        f"《读书条例》第二条{'读' * 40}规定：“可以借书”",  # too far
        "“可以借书”。大家都读了《读书条例》",
        "《读书条例》写得很好，有人说“可以借书”",
    ],
)
def test_what_stands_apart_is_no_source(text: str) -> None:
    assert named(text) == [None]


def test_what_stands_behind_goes_before_what_stands_in_front() -> None:
    text = "《读书条例》第二条规定“可以借书”（《藏书条例》第一条）。"
    assert named(text) == [["《藏书条例》第一条"]]


def test_a_source_in_front_holds_for_the_quotations_joined_to_the_first() -> None:
    text = "《读书条例》第二条的“可以借书”和“可以还书”，第三条的“可以续借”"
    assert named(text) == [["《读书条例》第二条"], ["《读书条例》第二条"], ["第三条"]]


def test_what_a_quotation_itself_names_is_no_source() -> None:
    assert named("“依照《读书条例》第二条”，“可以借书”") == [None, None]


def test_a_long_list_of_references_counts_by_those_next_to_the_quotation() -> None:
    listed = "、".join(f"第{number}条" for number in range(1, 31))
    (before,) = named(f"《读书条例》{listed}规定“可以借书”")
    (after,) = named(f"“可以借书”（《读书条例》{listed}）")
    assert before is not None
    assert after is not None
    assert (len(before), before[-1]) == (20, "第30条")
    assert (len(after), after[0]) == (20, "《读书条例》第1条")


@pytest.mark.parametrize(
    ("text", "introduced"),
    [
        ("会议明确：“可以借书”", True),
        ("通知要求各地做到: “可以借书”", True),
        ("> 可以借书", True),
        ("“可以借书”", False),
        ("他说：“可以借书”", False),
        ("会议明确，今后，大家：“可以借书”", False),
        ("会议明确“可以借书”", False),
    ],
)
def test_a_verb_of_saying_and_a_colon_introduce_a_quotation(text: str, introduced: bool) -> None:
    surroundings, (quotation,) = read(text)
    assert surroundings.is_introduced(quotation) is introduced


def test_an_empty_draft_names_nothing() -> None:
    surroundings, quotations = read("")
    assert quotations == ()
    assert surroundings.source_of(Quotation(0, 0, "")) is None
    assert NamedSource() == NamedSource((), None)
