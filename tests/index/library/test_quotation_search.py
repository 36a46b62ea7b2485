import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.library.library import Library
from index.library.quotation_search import QuotationSearch, Stretch
from index.schema import Document
from index.text.folding import fold_text

RULES = (
    "松林市读书办法\n一、借书证。居民凭身份证免费办理\n借书证。\n二、借期。每次可借５本，借期30天。\n"
    "三、逾期。逾期的，每天提醒一次。\n"
)
NOTICE = (
    "# 夜间阅览通知\n夜间阅览室每晚开放到十一点。\n年满十六岁的居民可以进入。居民凭身份证免费办理借书证。\n"
)


def document(identifier: str, text: str, markup: tuple[tuple[int, int], ...] = ()) -> Document:
    return Document(identifier, "2024-05-01", identifier, text, "", f"{identifier}.txt", markup=markup)


@pytest.fixture(scope="module")
def search() -> QuotationSearch:
    return QuotationSearch(Library([document("rules", RULES), document("notice", NOTICE, ((0, 2),))]))


def places(found: object) -> list[tuple[str, str]]:
    assert isinstance(found, list | tuple)
    return [(stretch.view.document.id, stretch.text) for stretch in found]


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        (
            "居民凭身份证免费办理借书证",
            [("notice", "居民凭身份证免费办理借书证"), ("rules", "居民凭身份证免费办理\n借书证")],
        ),
        ("每次可借5本，借期３０天", [("rules", "每次可借５本，借期30天")]),
        ("夜間閱覽室 每晚開放", [("notice", "夜间阅览室每晚开放")]),
        ("一次。夜间", []),  # not over the end of a document
        ("没有这样的话", []),
        ("", []),
        (" \n\0", []),
    ],
)
def test_a_quotation_is_found_wherever_it_stands(
    search: QuotationSearch, quote: str, expected: list[tuple[str, str]]
) -> None:
    assert places(list(search.occurrences(quote))) == expected


def test_finds_are_told_by_their_stored_offsets(search: QuotationSearch) -> None:
    (found,) = search.occurrences("逾期的")
    assert (found.start, found.end) == (RULES.index("逾期的"), RULES.index("逾期的") + 3)
    assert len(list(search.occurrences("借书证"))) == 3


def test_pieces_are_found_in_order_within_the_gap(search: QuotationSearch) -> None:
    pieces = ["每次可借5本", "每天提醒"]
    assert places(list(search.in_order(pieces, 30))) == [
        ("rules", "每次可借５本，借期30天。\n三、逾期。逾期的，每天提醒")
    ]
    assert list(search.in_order(pieces, 5)) == []
    assert list(search.in_order(pieces[::-1], 100)) == []
    assert list(search.in_order(["年满十六岁", "每次可借"], 10_000)) == []  # two documents
    assert places(list(search.in_order(["提醒"], 0))) == [("rules", "提醒")]
    assert list(search.in_order(["提醒", " "], 10)) == []


def test_the_nearest_stretch_of_a_changed_quotation(search: QuotationSearch) -> None:
    near = search.nearest("每次可以借10本，借期30天。")
    assert near[0].found.text == "每次可借５本，借期30天。"
    assert near[0].similarity == pytest.approx(1 - 3 / 15)
    assert [each.similarity for each in near] == sorted((each.similarity for each in near), reverse=True)
    assert search.nearest("逾期的，每天提醒一次。")[0].similarity == 1


def test_a_nearest_stretch_may_be_kept_to_one_document_or_out_of_another(search: QuotationSearch) -> None:
    quote = "居民凭身份证免费办理借书证。"
    whole = [Stretch(view, 0, len(view.document.text)) for view in search.views]
    for stretch in whole:
        found = search.nearest(quote, within=[stretch])
        assert {each.found.view for each in found} == {stretch.view}
        assert fold_text(found[0].found.text) == quote
        assert stretch.view not in {each.found.view for each in search.nearest(quote, without=[stretch])}
    assert search.nearest(quote, without=whole) == ()


@pytest.mark.parametrize("quote", ["", " ", "龘龘龘龘", "龘", "借"])
def test_what_shares_no_run_of_characters_has_no_nearest_stretch(search: QuotationSearch, quote: str) -> None:
    assert search.nearest(quote) == ()


@settings(max_examples=50)
@given(st.integers(0, len(RULES)), st.integers(1, 40))
def test_every_stretch_of_a_document_is_found_in_it(search: QuotationSearch, start: int, length: int) -> None:
    quote = RULES[start : start + length]
    found = list(search.occurrences(quote))
    assert bool(found) == bool(fold_text(quote))
    assert all(fold_text(stretch.text) == fold_text(quote) for stretch in found)
    assert not found or any(stretch.view.document.id == "rules" for stretch in found)


def test_what_is_looked_for_within_a_stretch_touches_it() -> None:
    text = "第一条 居民每次可以借五本书。\n第二条 居民每次可以借十本书。\n"
    search = QuotationSearch(Library([document("articles", text)]))
    second = Stretch(search.views[0], text.index("第二条"), len(text))
    for near in search.nearest("居民每次可以借五本书。", within=[second]):
        assert near.found.end > second.start


def test_a_library_without_documents_holds_nothing() -> None:
    search = QuotationSearch(Library([]))
    assert search.nearest("甲乙丙") == ()
    assert list(search.in_order([], 5)) == []
