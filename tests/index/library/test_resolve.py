from datetime import date

import pytest

from index.library.clause_references import AddressPart, Reference, find_references
from index.library.library import Library
from index.library.resolve import Outcome, Resolution, Resolver, clause_at, resolve
from index.readers.document import read_document
from index.schema import Document

DAY = date(2026, 3, 2)
OLD = "松林市读书条例\n第一章 总则\n第一条 为了读书。\n第二条 每次借五本。\n"
NEW = """松林市读书条例
第一章 总则
第一条 为了读书。
第二条 居民可以借书。
借书应当遵守下列规定：
（一）按期归还；
（二）不得涂写。
第二章 借阅
第三条 借期三十天。
第三条之一 不收押金。
第四条 逾期的提醒。
"""
PLAN = """松林市全民读书实施方案
一、开放
（一）平日
1.早上。八点开门。
2.晚上。九点关门。
（二）假日
说明甲。
说明乙。
二、借阅
"""
NOTICE = "青石市夜间阅览通知\n（一）时间\n每晚开放。\n（二）对象\n居民。\n"


def document(text: str, identifier: str, version: str) -> Document:
    return read_document(text.encode(), "a.txt", {"id": identifier, "version": version})


LIBRARY = Library(
    [
        document(OLD, "rules", "2010-07-30"),
        document(NEW, "rules", "2020-05-01"),
        document(PLAN, "plan", "2022-01-01"),
        document(NOTICE, "notice", "2023-01-01"),
    ]
)


@pytest.fixture(scope="module")
def resolver() -> Resolver:
    return Resolver(LIBRARY)


def only(resolver: Resolver, text: str) -> Resolution:
    (reference,) = find_references(text, resolver.titles.names())
    return resolver.resolve(reference, DAY)


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("《松林市读书条例》第二条", ["art2"]),
        ("《读书条例》第２条第一款", ["art2.p1"]),
        ("《读书条例》第一条第一款", ["art1"]),  # an article with one 款 leaves it out
        ("《读书条例》第二条第（二）项", ["art2.p2.i2"]),  # only one 款 has items
        ("《读书条例》第二条第二款第一项", ["art2.p2.i1"]),
        ("《读书条例》第三条之一", ["art3-1"]),
        ("《读书条例》第二章", ["ch2"]),
        ("《读书条例》第二章第三条", ["art3"]),
        ("《读书条例》第一条至第三条", ["art1", "art2", "art3"]),
        ("《读书条例》第三条至第三条", ["art3"]),
        ("《全民读书实施方案》一、（一）2", ["1.1.2"]),
        ("《全民读书实施方案》一、（二）第二段", ["1.2.p2"]),
        ("《夜间阅览通知》 （二）", ["2"]),
    ],
)
def test_a_reference_finds_its_clauses(resolver: Resolver, text: str, addresses: list[str]) -> None:
    resolution = only(resolver, text)
    assert resolution.outcome is Outcome.FOUND
    assert [clause.address for clause in resolution.clauses] == addresses


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("《读书条例》第九条", None),
        ("《读书条例》第二条第九款", "art2"),
        ("《读书条例》第二条第二款第（九）项", "art2.p2"),
        ("《读书条例》第一章第三条", "ch1"),  # it stands in another chapter
        ("《读书条例》第三条至第九条", None),
        ("《读书条例》第三条至第一条", None),
        ("《全民读书实施方案》一、（九）", "1"),
        ("《全民读书实施方案》 （二）", None),  # 二、 is not （二）
    ],
)
def test_a_clause_that_is_not_there_is_told_with_the_one_above(
    resolver: Resolver, text: str, nearest: str | None
) -> None:
    resolution = only(resolver, text)
    assert resolution.outcome is Outcome.NO_CLAUSE
    assert resolution.clauses == ()
    assert (resolution.nearest.address if resolution.nearest else None) == nearest


@pytest.mark.parametrize(
    ("text", "outcome", "version"),
    [
        ("《读书条例》（2010年）第二条", Outcome.FOUND, "2010-07-30"),
        ("《读书条例》第二条", Outcome.FOUND, "2020-05-01"),
        ("《读书条例》（2010年）第四条", Outcome.NO_CLAUSE, "2010-07-30"),
        ("《读书条例》（1999年）第二条", Outcome.NO_VERSION, "2020-05-01"),
    ],
)
def test_the_year_chooses_the_version(resolver: Resolver, text: str, outcome: Outcome, version: str) -> None:
    resolution = only(resolver, text)
    assert resolution.view is not None
    assert (resolution.outcome, resolution.view.document.version) == (outcome, version)


def test_the_day_chooses_the_version_otherwise() -> None:
    (reference,) = find_references("《读书条例》第二条")
    resolution = resolve(reference, LIBRARY, date(2015, 1, 1))
    assert resolution.view is not None
    assert resolution.view.document.version == "2010-07-30"


@pytest.mark.parametrize(
    ("reference", "outcome"),
    [
        (Reference(0, 1, (AddressPart("条", 2),)), Outcome.NO_CONTEXT),  # several documents
        (Reference(0, 1, (AddressPart("条", 2),), own="条例"), Outcome.FOUND),  # the only one of its kind
        (Reference(0, 1, (AddressPart("条", 2),), own="意见"), Outcome.NO_CONTEXT),
        (Reference(0, 1, (AddressPart("条", 2),), title="读书条例", itself=True), Outcome.NO_CONTEXT),
        (Reference(0, 1, (AddressPart("条", 2),), title="藏书条例"), Outcome.NO_DOCUMENT),
    ],
)
def test_without_a_title_the_context_decides(
    resolver: Resolver, reference: Reference, outcome: Outcome
) -> None:
    assert resolver.resolve(reference, DAY).outcome is outcome


def test_a_name_of_several_documents_is_told_apart_by_the_clause() -> None:
    more = document("青石市读书条例\n第一条 甲。\n第二条 乙。\n", "stone", "2021-01-01")
    resolver = Resolver(Library([document(NEW, "rules", "2020-05-01"), more]))
    assert resolver.documents("读书条例") == ("rules", "stone")
    assert only(resolver, "《读书条例》第二条").outcome is Outcome.AMBIGUOUS
    found = only(resolver, "《读书条例》第四条")
    assert [clause.address for clause in found.clauses] == ["art4"]
    assert found.view is not None
    assert found.view.document.id == "rules"


def test_a_library_of_one_document_is_the_context() -> None:
    (reference,) = find_references("依照第二条办理")
    assert resolve(reference, Library([document(OLD, "rules", "2010-07-30")]), DAY).outcome is Outcome.FOUND
    assert resolve(reference, Library([]), DAY).outcome is Outcome.NO_CONTEXT


def test_all_versions_of_a_document_oldest_first(resolver: Resolver) -> None:
    views = resolver.versions("rules")
    assert [view.document.version for view in views] == ["2010-07-30", "2020-05-01"]
    assert resolver.versions("unknown") == ()


def test_a_place_is_found_by_its_parts_alone() -> None:
    view = LIBRARY.get("plan")
    assert view is not None
    addresses = {clause.address: clause for clause in view.clauses}
    found = clause_at((AddressPart("一、", 1), AddressPart("（一）", 2)), addresses)
    assert found is not None
    assert found.address == "1.2"
    assert clause_at((AddressPart("条", 1, inserted=1),), addresses) is None
    assert clause_at((AddressPart("一、", 1),), {}) is None


ISSUING = (
    "松林市教育局关于印发《松林市读书方案》的通知\n各区县：\n现将《松林市读书方案》印发给你们。\n松林市教育局\n"
    "2024年3月5日\n松林市读书方案\n一、目标\n多读书。\n二、任务\n（一）借书。借。\n（二）还书。还。\n"
)
GAPPED = "松林市读书意见\n一、目标\n（一）甲。\n（二）乙。\n（四）丙。\n（五）丁。\n二、任务\n（一）戊。\n"


def test_a_reference_reaches_the_text_that_a_notice_issues() -> None:
    resolver = Resolver(Library([document(ISSUING, "notice", "2024-03-05")]))
    for text in (
        "《松林市读书方案》二、（二）",
        "《松林市教育局关于印发〈松林市读书方案〉的通知》二、（二）",
    ):
        found = only(resolver, text)
        assert (found.outcome, [clause.address for clause in found.clauses]) == (Outcome.FOUND, ["att1.2.2"])
    assert only(resolver, "《松林市读书方案》二、（三）").outcome is Outcome.NO_CLAUSE


def test_where_numbers_are_missing_nobody_can_say_that_a_clause_is_not_there() -> None:
    resolver = Resolver(Library([document(GAPPED, "gapped", "2024-03-05")]))
    assert only(resolver, "《松林市读书意见》一、（三）").outcome is Outcome.UNSURE
    assert only(resolver, "《松林市读书意见》二、（三）").outcome is Outcome.NO_CLAUSE
    assert only(resolver, "《松林市读书意见》一、（四）").outcome is Outcome.FOUND


def test_an_article_beyond_the_last_one_is_not_there_though_others_are_missing() -> None:
    law = "松林市读书办法\n第一条 甲。\n第二条 乙。\n第四条 丙。\n第五条 丁。\n"
    resolver = Resolver(Library([document(law, "law", "2024-03-05")]))
    assert only(resolver, "《松林市读书办法》第三条").outcome is Outcome.UNSURE
    assert only(resolver, "《松林市读书办法》第九条").outcome is Outcome.NO_CLAUSE


def test_a_text_without_an_outline_settles_nothing() -> None:
    resolver = Resolver(Library([document("松林市读书通知\n今天读书。\n", "plain", "2024-03-05")]))
    assert only(resolver, "《松林市读书通知》第三条").outcome is Outcome.UNSURE


def test_the_issued_text_goes_before_the_clauses_of_its_notice() -> None:
    notice = ISSUING.replace("各区县：\n", "各区县：\n一、加强领导。\n二、抓好落实。\n")
    resolver = Resolver(Library([document(notice, "notice", "2024-03-05")]))
    found = only(resolver, "《松林市读书方案》一、")
    assert [clause.address for clause in found.clauses] == ["att1.1"]
    both = Resolver(Library([document(notice, "notice", "2024-03-05"), document(PLAN, "plan", "2022-01-01")]))
    assert only(both, "《松林市全民读书实施方案》一、").outcome is Outcome.FOUND
