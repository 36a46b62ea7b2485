"""References to clauses in running text, and what they mean."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.library.clause_references import find_references
from index.library.library import Library
from index.library.resolve import Outcome, Resolver
from index.readers.corpus import load_corpus
from index.readers.document import read_document

DAY = date(2026, 3, 2)
OLD = """市图书条例
（2010年7月30日某市人民代表大会常务委员会第十八次会议通过）
第一条　为了读书，制定本条例。
第二条　居民每次可以借五本书。
第三条　本条例自2010年10月1日起施行。
"""
NEW = """市图书条例
（2010年7月30日某市人民代表大会常务委员会第十八次会议通过　2020年5月1日某市人民代表大会常务委员会修订）
第一条　为了读书，制定本条例。
第二条　居民每次可以借十本书，并应当遵守下列规定：
（一）按期归还；
（二）不得涂写。
损坏的应当赔偿。
第二条之一　图书馆不得收取押金。
第三条　本条例自2020年7月1日起施行。
"""


@pytest.fixture(scope="module")
def resolver() -> Resolver:
    statutes = [
        read_document(text.encode(), f"市图书条例({version}).txt", {"id": "books"})
        for text, version in ((OLD, "2010-07-30"), (NEW, "2020-05-01"))
    ]
    return Resolver(Library([*load_corpus(), *statutes]))


def found(resolver: Resolver, text: str) -> list[tuple[str, str, list[str]]]:
    """(outcome, version, addresses) of each reference of `text`."""
    resolutions = [resolver.resolve(r, DAY) for r in find_references(text, resolver.titles.names())]
    return [
        (r.outcome.value, r.view.document.version if r.view else "", [c.address for c in r.clauses])
        for r in resolutions
    ]


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("《市图书条例》第二条", ["art2"]),
        ("《市图书条例》第２条", ["art2"]),
        ("市图书条例第二条第一款第（二）项", ["art2.p1.i2"]),
        ("《市图书条例》第二条第二款", ["art2.p2"]),
        ("《市图书条例》第二条之一", ["art2-1"]),
        ("《市图书条例》第一条至第三条", ["art1", "art2", "art3"]),
        ("《重庆市加快推进教育现代化实施方案》二、（二）1", ["2.2.1"]),
        ("教育现代化实施方案二、（二）", ["2.2"]),
    ],
)
def test_a_reference_means_its_clause(resolver: Resolver, text: str, addresses: list[str]) -> None:
    ((outcome, _, clauses),) = found(resolver, text)
    assert outcome == Outcome.FOUND
    assert clauses == addresses


def test_the_title_before_goes_on_for_what_follows(resolver: Resolver) -> None:
    text = "依照《市图书条例》第一条、第二条办理。第三条另有规定。"
    assert [clauses for _, _, clauses in found(resolver, text)] == [["art1"], ["art2"], ["art3"]]


@pytest.mark.parametrize(
    ("text", "version"),
    [("《市图书条例》（2010年）第二条", "2010-07-30"), ("《市图书条例》第二条", "2020-05-01")],
)
def test_a_version_is_named_or_else_the_one_in_force(resolver: Resolver, text: str, version: str) -> None:
    assert [found_version for _, found_version, _ in found(resolver, text)] == [version]


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("《市图书条例》第九条", Outcome.NO_CLAUSE),
        ("《市图书条例》第二条第九款", Outcome.NO_CLAUSE),
        ("《市图书条例》（1999年）第二条", Outcome.NO_VERSION),
        ("《月球图书条例》第二条", Outcome.NO_DOCUMENT),
        ("依照第二条办理", Outcome.NO_CONTEXT),
    ],
)
def test_what_is_not_there_is_told_apart(resolver: Resolver, text: str, outcome: Outcome) -> None:
    assert [found_outcome for found_outcome, _, _ in found(resolver, text)] == [outcome]


@pytest.mark.parametrize(
    "text", ["前款规定", "本条第一款", "第二天", "第三人称", "一、总则\n二、分则", "第二款"]
)
def test_what_names_no_clause_is_no_reference(text: str) -> None:
    assert find_references(text) == ()


@given(
    st.text(
        st.sampled_from("《》第一二十条款项章（）()、1２至和的 之\n法本办“”①之\u3000") | st.characters(),
        max_size=80,
    )
)
def test_offsets_are_valid_for_any_text(text: str) -> None:
    for reference in find_references(text, ("图书条例",)):
        assert 0 <= reference.start < reference.end <= len(text)
        assert reference.parts
