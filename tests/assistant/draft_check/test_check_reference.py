"""One reference against the documents: every way in which looking it up can end."""

import pytest

from assistant.draft_check.check_reference import check_reference
from assistant.draft_check.locations import Locator
from assistant.draft_check.verdicts import Check, Verdict
from index.library.clause_references import find_references
from index.library.resolve import Outcome, Resolution, Resolver
from index.schema import Validity
from tests.assistant.sample import ALL, DAY, document, library

TWIN = document("读书条例\n第一条　甲。\n第二条　乙。\n", "twin-1", "2001-01-01")
OTHER_TWIN = document("读书条例\n第一条　丙。\n第二条　丁。\n", "twin-2", "2001-01-01")
LIBRARY = library(*ALL, TWIN, OTHER_TWIN)


def checked(text: str) -> Check:
    (reference,) = find_references(text)
    return check_reference(text, Resolver(LIBRARY).resolve(reference, DAY), Locator(LIBRARY, DAY))


@pytest.mark.parametrize(
    ("text", "label", "quote"),
    [
        ("依照《市图书条例》第二条办理", "第二条", "第二条　居民每次可以借十本书，借期不得超过三十天。"),
        (
            "见《河湾镇图书馆开放办法》二、（二）。",
            "二、（二）",
            "（二）借期。每次可借５本，借期30天。",
        ),
        (
            "《市图书条例》第三条至第四条",
            "第三条至第四条",
            "第三条　图书馆应当每周开放六天以上。\n第四条　本条例自2020年7月1日起施行。",
        ),
    ],
)
def test_a_clause_that_is_there_is_found_and_shown(text: str, label: str, quote: str) -> None:
    check = checked(text)
    assert (check.kind, check.verdict, check.verified) == ("reference", Verdict.FOUND, True)
    assert check.text == text[check.start : check.end]
    assert check.location is not None
    assert (check.location.clause_label, check.location.quote) == (label, quote)
    assert check.note == f"有此条款：《{check.location.document_title}》{label}。"


def test_a_clause_of_an_old_version_is_found_with_a_warning() -> None:
    check = checked("《市图书条例》（2010年版）第三条")
    assert check.location is not None
    assert check.location.validity is Validity.SUPERSEDED
    assert "旧版本（2010-07-30）" in check.note


@pytest.mark.parametrize(
    ("text", "verdict", "note"),
    [
        (
            "《市图书条例》第九条",
            Verdict.NOT_FOUND,
            "《市图书条例》（2020-05-01版）没有第九条，请核对条款号。",
        ),
        (
            "市图书条例第二条第三款",
            Verdict.NOT_FOUND,
            "《市图书条例》（2020-05-01版）没有第二条第三款，只有第二条，请核对条款号。",
        ),
        (
            "《市图书条例》（2010年版）的第九条",
            Verdict.NOT_FOUND,
            "《市图书条例》（2010-07-30版）没有第九条，请核对条款号。",
        ),
        (
            "《市图书条例》（2015年版）第二条",
            Verdict.NOT_FOUND,
            "现有文件里没有《市图书条例》的这个版本，只有2010-07-30、2020-05-01版，请核对年份。",
        ),
        (
            "《月球条例》第三条",
            Verdict.NOT_FOUND,
            "现有文件里没有《月球条例》，无法核对这一条款，请先添加该文件或核对名称。",
        ),
        (
            "《读书条例》第二条",
            Verdict.AMBIGUOUS,
            "有几份文件都可以叫“读书条例”，无法确定是哪一份，请写出全称。",
        ),
        ("依照第三条办理", Verdict.AMBIGUOUS, "看不出指的是哪份文件，没有核对；请在前面写出文件名称。"),
    ],
)
def test_what_cannot_be_found_says_why_and_what_to_do(text: str, verdict: Verdict, note: str) -> None:
    check = checked(text)
    assert (check.verdict, check.note) == (verdict, note)
    assert (check.location, check.nearest, check.diff, check.verified) == (None, None, (), False)


def test_a_clause_found_without_its_document_is_not_called_found() -> None:
    (reference,) = find_references("《市图书条例》第二条")
    check = check_reference(
        "《市图书条例》第二条", Resolution(reference, Outcome.FOUND), Locator(LIBRARY, DAY)
    )
    assert check.verdict is Verdict.AMBIGUOUS
