import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.library.title_mentions import DocumentNaming, Mention, Mentions, find_mentions

KNOWN = ("读书法", "全民读书法")


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("依照《读书法》办理", ["读书法"]),
        ("依照《读书法》（2022年修订）第二条", ["读书法（2022年修订）"]),
        ("2022年修订的《读书法》", ["读书法（2022年版）"]),
        ("《关于印发《读书办法》的通知》和《读书条例》", ["关于印发《读书办法》的通知", "读书条例"]),
        ("《读书\n条例》", []),
        ("《》", []),
        ("读书条例", []),  # not known, and without 《》
        ("", []),
    ],
)
def test_titles_in_brackets_are_found(text: str, titles: list[str]) -> None:
    found = find_mentions(text)
    assert [mention.title for mention in found] == titles
    assert all(text[mention.start] == "《" for mention in found)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("读书法第三条", [(0, 3)]),
        ("根据读书法规定", [(2, 5)]),
        ("中华人民共和国读书法", [(7, 10)]),
        ("A读书法", [(1, 4)]),
        ("促进读书法", []),  # the end of another name
        ("全民读书法", [(0, 5)]),  # the longest of the known names
        ("《读书法》与读书法", [(0, 5), (6, 9)]),
        ("《读书法解释》", [(0, 7)]),  # none inside another
    ],
)
def test_known_names_are_found_without_brackets(text: str, spans: list[tuple[int, int]]) -> None:
    assert [(mention.start, mention.end) for mention in find_mentions(text, KNOWN)] == spans


@pytest.mark.parametrize(
    ("text", "naming"),
    [
        ("《读书法》第二条", DocumentNaming(0, "读书法")),
        ("《读书法》的第二条", DocumentNaming(0, "读书法")),
        ("《读书法》，第二条", DocumentNaming(6)),  # not beside it
        ("《方案》第二条", DocumentNaming(0, None, "方案")),
        ("依照读书条例第二条", DocumentNaming(2, "读书条例")),
        ("我国现行读书条例中的第二条", DocumentNaming(4, "读书条例")),
        ("松林市读书条例（2020年）第二条", DocumentNaming(0, "松林市读书条例（2020年）")),
        ("2020年的读书条例第二条", DocumentNaming(6, "读书条例（2020年版）")),
        ("按照本办法第二条", DocumentNaming(2, None, "办法")),
        ("该条例的第二条", DocumentNaming(0, None, "条例")),
        ("根据基本法第二条", DocumentNaming(2, "基本法")),  # 本 is not this document's own
        ("其他办法第二条", DocumentNaming(4)),
        ("方案第二条", DocumentNaming(0, None, "方案")),
        ("办法第二条", DocumentNaming(2)),
        ("第二条", DocumentNaming(0)),
    ],
)
def test_a_reference_is_named_by_what_stands_beside_it(text: str, naming: DocumentNaming) -> None:
    assert Mentions(text).naming(text.index("第二条")) == naming


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("读书法（2022年修订）第三条", "读书法（2022年修订）"),
        ("2022年的读书法", "读书法（2022年版）"),
        ("读书法（2022年修订", "读书法"),
    ],
)
def test_the_year_beside_a_known_name_belongs_to_it(text: str, title: str) -> None:
    assert [mention.title for mention in find_mentions(text, KNOWN)] == [title]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("渔业条例还有效吗", ["渔业条例"]),
        ("请问那个渔业法和《读书法》", ["渔业法"]),
        ("镇里的意见是哪年的", ["镇里的意见"]),
        ("读书法", []),  # it is known
        ("这个条例和该办法", []),
        ("有没有法律效力", []),  # no word ends there
        ("办法", []),
    ],
)
def test_bare_names_are_found_that_are_not_known(text: str, names: list[str]) -> None:
    found = Mentions(text, KNOWN).bare_names()
    assert [mention.title for mention in found] == names
    assert all(text[mention.start : mention.end] == mention.title for mention in found)


def test_the_document_named_last_goes_on() -> None:
    text = "《读书法》甲。《读书条例》乙。《方案》丙。"
    mentions = Mentions(text)
    law, rules = Mention(0, 5, "读书法"), Mention(7, 13, "读书条例")
    assert mentions.last(4) is None  # it is not named to the end yet
    assert mentions.last(5) == law
    assert mentions.last(len(text)) == rules  # 《方案》 names no document
    assert mentions.last_of_kind("法", len(text)) == law
    assert mentions.last_of_kind("条例", 12) is None
    assert mentions.last_of_kind("条例", 13) == rules
    assert mentions.last_of_kind("方案", len(text)) is None


@settings(max_examples=50)
@given(st.text(st.sampled_from("《》（）()读书法本办条例第二年的2022与\n "), max_size=60))
def test_mentions_of_any_text_are_in_order_and_apart(text: str) -> None:
    mentions = Mentions(text, KNOWN)
    end = 0
    for mention in mentions.found:
        assert end <= mention.start < mention.end <= len(text)
        end = mention.end
    for at in range(len(text) + 1):
        assert 0 <= mentions.naming(at).start <= at
