"""What a draft names beside a quotation, looked up in the documents."""

import pytest

from assistant.draft_check.nearby_source import NamedSource
from assistant.draft_check.source_lookup import ResolvedSource, SourceLookup
from index.library.clause_references import find_in
from index.library.library import DocumentView
from index.library.quotation_search import Stretch
from index.library.resolve import Resolver
from index.library.title_mentions import Mentions
from tests.assistant.sample import ALL, DAY, NEW, OLD, RULES, document, library

LIBRARY = library(*ALL, document("读书意见\n一、甲。\n", "a"), document("藏书意见\n一、乙。\n", "b"))
RESOLVER = Resolver(LIBRARY)


def view(identifier: str, version: str) -> DocumentView:
    found = LIBRARY.get(identifier, version)
    assert found is not None
    return found


RULES_VIEW, OLD_VIEW, NEW_VIEW = (view(d.id, d.version) for d in (RULES, OLD, NEW))


def looked_up(text: str) -> ResolvedSource | None:
    """All references of `text` as one source, or its last title."""
    mentions = Mentions(text)
    references = find_in(text, mentions)
    source = NamedSource(references) if references else NamedSource(mention=mentions.found[-1])
    return SourceLookup(RESOLVER, mentions, text, DAY).of(source)


def clause(held: DocumentView, address: str) -> Stretch:
    found = held.clause(address)
    assert found is not None
    return Stretch(held, found.start, found.end)


def stretch(words: str, held: DocumentView) -> Stretch:
    start = held.document.text.index(words)
    return Stretch(held, start, start + len(words))


def test_a_clause_is_looked_up_in_the_version_in_force_and_in_the_others() -> None:
    source = looked_up("按照《市图书条例》第二条")
    assert source == ResolvedSource(
        "《市图书条例》第二条",
        "第二条",
        ("books",),
        (clause(NEW_VIEW, "art2"),),
        (clause(OLD_VIEW, "art2"),),
    )
    assert (source.known, source.stretches) == (True, source.clauses)


def test_a_version_that_is_named_stands_alone() -> None:
    source = looked_up("《市图书条例》（2010年版）第三条")
    assert source is not None
    assert (source.clauses, source.others) == ((clause(OLD_VIEW, "art3"),), ())


def test_several_clauses_are_one_source() -> None:
    source = looked_up("《市图书条例》第一条、第三条")
    assert source is not None
    assert (source.label, source.clause_label) == ("《市图书条例》第一条、第三条", "第一条、第三条")
    assert source.clauses == (clause(NEW_VIEW, "art1"), clause(NEW_VIEW, "art3"))


@pytest.mark.parametrize(
    ("text", "label", "ids"),
    [
        ("《市图书条例》", "《市图书条例》", ("books",)),
        ("《月球条例》", "《月球条例》", ()),
        ("《条例》", "《条例》", ("books",)),  # one document only is a 条例
        ("《读书意见》好，该《意见》", "《读书意见》", ("a",)),
    ],
)
def test_a_title_is_the_whole_document(text: str, label: str, ids: tuple[str, ...]) -> None:
    source = looked_up(text)
    assert source == ResolvedSource(label, "", ids)
    assert source.known is bool(ids)


@pytest.mark.parametrize("text", ["《意见》", "《计划》", "依照第二条"])
def test_where_several_documents_or_none_can_be_meant_nothing_is_looked_up(text: str) -> None:
    assert looked_up(text) is None


def test_a_clause_that_is_missing_holds_nothing() -> None:
    source = looked_up("《市图书条例》第九条")
    assert source is not None
    assert (source.missing_clause, source.known) == (True, True)
    assert not source.holds(stretch("居民每次可以借十本书", NEW_VIEW))
    unknown = looked_up("《月球条例》第九条")
    assert unknown is not None
    assert (unknown.ids, unknown.known) == ((), False)


def test_more_than_half_of_a_quotation_must_stand_in_the_clause() -> None:
    source = looked_up("《市图书条例》第二条")
    assert source is not None
    assert source.holds(stretch("借期不得超过三十天。\n第三条", NEW_VIEW))
    assert not source.holds(stretch("天。\n第三条　图书馆", NEW_VIEW))
    assert not source.holds(stretch("借期不得超过三十天", OLD_VIEW))
    assert source.holds_elsewhere(stretch("借五本书", OLD_VIEW))
    assert not source.holds_elsewhere(stretch("借十本书", NEW_VIEW))
    half = Stretch(NEW_VIEW, source.clauses[0].end - 5, source.clauses[0].end + 5)
    assert not source.holds(half)


def test_a_document_holds_what_stands_anywhere_in_any_of_its_versions() -> None:
    source = looked_up("《市图书条例》")
    assert source is not None
    assert source.holds(stretch("工本费", OLD_VIEW))
    assert source.holds(stretch("六天以上", NEW_VIEW))
    assert not source.holds(stretch("借期30天", RULES_VIEW))
