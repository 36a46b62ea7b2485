"""Stretches as places in their documents, and the way from the stored text to a quotation."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.draft_check.locations import Locator, diff_of
from index.library.library import DocumentView
from index.library.quotation_search import Stretch
from index.schema import Validity
from tests.assistant.sample import ALL, DAY, RULES_TEXT, document, library

LONG = document(f"长文\n{'甲' * 1200}。\n一、开头\n{'乙' * 1200}。\n二、结尾\n丙。\n", "long", "2020-01-01")
PAGED = replace(document(RULES_TEXT, "paged"), pages=(0, 60, 120))
LIBRARY = library(*ALL, LONG, PAGED)
LOCATOR = Locator(LIBRARY, DAY)


def view(identifier: str, version: str | None = None) -> DocumentView:
    found = LIBRARY.get(identifier, version)
    assert found is not None
    return found


def stretch(words: str, held: DocumentView) -> Stretch:
    start = held.document.text.index(words)
    return Stretch(held, start, start + len(words))


@pytest.mark.parametrize(
    ("words", "address", "label"),
    [
        ("借期30天", "2.2", "二、（二）"),
        ("（二）借期。", "2.2", "二、（二）"),
        ("办理借书证，\n当场领取", "2.1", "二、（一）"),
        ("８小时。\n（二）假日", "1.1", "一、（一）至一、（二）"),
        ("借阅规则\n（一）借书证", "2", "二、"),
        ("闭馆前不得清场。\n二、借阅规则", "1", "一、至二、"),
        ("河湾镇", "title", "标题"),
    ],
)
def test_a_stretch_is_in_the_innermost_clause_or_from_one_to_another(
    words: str, address: str, label: str
) -> None:
    found = stretch(words, view("rules"))
    location = LOCATOR.location(found)
    assert (location.clause_id, location.clause_label) == (f"rules@2024-05-01#{address}", label)
    assert location.quote == words == RULES_TEXT[location.start : location.end]
    assert location.url == (
        f"/documents/rules?version=2024-05-01&clause={address}&start={found.start}&end={found.end}"
    )
    assert (location.validity, location.page) == (Validity.IN_FORCE, None)


def test_the_page_is_that_on_which_the_stretch_begins() -> None:
    pages = [
        LOCATOR.location(Stretch(view("paged"), start, start + 8)).page for start in (0, 59, 60, 119, 125)
    ]
    assert pages == [1, 1, 2, 2, 3]


def test_a_long_clause_that_is_named_is_shown_by_its_heading_or_its_beginning() -> None:
    held = view("long")
    preamble, first, last = (held.clause(address) for address in ("preamble", "1", "2"))
    assert preamble is not None
    assert first is not None
    assert last is not None
    assert LOCATOR.clauses(held, (preamble,)).quote == "甲" * 1000
    assert LOCATOR.clauses(held, (first,)).quote == "一、开头"
    assert LOCATOR.clauses(held, (last,)).quote == "二、结尾\n丙。"
    several = LOCATOR.clauses(held, (first, last))
    assert (several.clause_label, several.quote) == ("一、至二、", "一、开头")


def test_what_binds_ranks_before_what_does_not_and_newer_before_older() -> None:
    new, old, rules = (
        stretch("为了读书", view("books", "2020-05-01")),
        stretch("为了读书", view("books", "2010-07-30")),
        stretch("居民读书", view("rules")),
    )
    unknown = stretch("甲", view("long"))
    assert LOCATOR.rank(new) == LOCATOR.rank(rules) < LOCATOR.rank(unknown) < LOCATOR.rank(old)
    assert sorted((old, new), key=LOCATOR.newest_first) == [new, old]
    assert LOCATOR.versions("books") == ("2010-07-30", "2020-05-01")
    assert LOCATOR.versions("nothing") == ()


@pytest.mark.parametrize(
    ("raw", "steps"),
    [
        ("每次可借５本", [("equal", "每次可借５本", "每次可借５本")]),
        ("每次 可借5本", [("equal", "每次 可借5本", "每次可借５本")]),  # white space and width are no change
        (
            "每次可借９本",
            [("equal", "每次可借", "每次可借"), ("replace", "９", "５"), ("equal", "本", "本")],
        ),
        (
            "每次不可借５本",
            [("equal", "每次", "每次"), ("insert", "不", ""), ("equal", "可借５本", "可借５本")],
        ),
        ("每次５本", [("equal", "每次", "每次"), ("delete", "", "可借"), ("equal", "５本", "５本")]),
    ],
)
def test_a_diff_says_what_was_changed(raw: str, steps: list[tuple[str, str, str]]) -> None:
    found = stretch("每次可借５本", view("rules"))
    assert [(step.op, step.quote, step.original) for step in diff_of(raw, raw, found)] == steps


@settings(max_examples=50, deadline=None)
@given(st.text("每次可借５5本，居民证 \n**不", min_size=1, max_size=30))
def test_the_steps_of_a_diff_give_both_texts(raw: str) -> None:
    found = stretch("居民凭身份证免费办理借书证，\n当场领取", view("rules"))
    steps = diff_of(raw, raw.replace("*", " "), found)
    assert "".join(step.quote for step in steps) == raw
    assert "".join(step.original for step in steps) == found.text
