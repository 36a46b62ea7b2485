"""The sentence beside each check."""

from dataclasses import replace

import pytest

from assistant.draft_check import notes
from assistant.draft_check.verdicts import DiffStep, Location
from index.schema import Validity

HERE = Location(
    document_id="books",
    document_title="市图书条例",
    document_version="2020-05-01",
    validity=Validity.IN_FORCE,
    clause_id="books@2020-05-01#art2",
    clause_label="第二条",
    quote="居民每次可以借十本书",
    start=0,
    end=10,
    page=None,
    url="/documents/books",
)


@pytest.mark.parametrize(
    ("validity", "note"),
    [
        (Validity.IN_FORCE, "有此条款：《市图书条例》第二条。"),
        (Validity.UNKNOWN, "有此条款：《市图书条例》第二条。"),
        (Validity.EXPIRED, "有此条款：《市图书条例》第二条；请注意，该文件的实施期已满。"),
        (
            Validity.SUPERSEDED,
            "有此条款：《市图书条例》第二条；请注意，这是旧版本（2020-05-01）的文字，文件已有新版。",
        ),
        (Validity.REPEALED, "有此条款：《市图书条例》第二条；请注意，该文件已废止。"),
        (Validity.NOT_YET, "有此条款：《市图书条例》第二条；请注意，该版本尚未施行。"),
    ],
)
def test_a_text_that_does_not_bind_today_is_warned_of(validity: Validity, note: str) -> None:
    assert notes.clause_exists(replace(HERE, validity=validity)) == note


def test_equal_words_say_in_what_they_may_differ() -> None:
    assert notes.verbatim(HERE) == "与《市图书条例》第二条的原文一致。"
    assert notes.verbatim(HERE, mark=True, left_out=7, other_clause="第三条") == (
        "与《市图书条例》第二条的原文一致，只有末尾的标点与原文不同，省略号处略去7个字，"
        "但现行版本的第三条里没有这句话。"
    )


def test_words_from_elsewhere_name_both_places() -> None:
    assert notes.misplaced(HERE, "《市图书条例》第三条") == (
        "原文有这句话，但出自《市图书条例》第二条，不在《市图书条例》第三条，请改正出处。"
    )
    assert notes.not_in_named("《月球条例》", None) == "现有文件里没有《月球条例》，无法核对这句话。"
    assert notes.not_in_named("《月球条例》", HERE).endswith("；同样的话见《市图书条例》第二条。")


@pytest.mark.parametrize(
    ("steps", "what"),
    [
        ([("replace", "九", "十")], "1处不同，涉及数字"),
        ([("replace", "９", "５"), ("insert", "不", "")], "2处不同，涉及数字、否定词"),
        ([("delete", "", "应当"), ("equal", "十", "十")], "1处不同，涉及表示要求程度的词"),
        ([("replace", "买", "借")], "1处不同"),
        ([("replace", "，", "。"), ("delete", "", " 、")], "2处不同，只有标点不同"),
        ([("replace", "，", "十")], "1处不同，涉及数字"),
    ],
)
def test_altered_words_say_how_many_and_of_what_kind(steps: list[tuple[str, str, str]], what: str) -> None:
    diff = [DiffStep(op, quote, original) for op, quote, original in steps]  # type: ignore[arg-type]
    assert notes.altered(HERE, diff, None) == f"与《市图书条例》第二条的原文有{what}，请对照原文改正。"


def test_altered_words_outside_of_what_is_named_say_that_too() -> None:
    note = notes.altered(HERE, [DiffStep("insert", "书", "")], "第三条")
    assert note == "与《市图书条例》第二条（不在第三条）的原文有1处不同，请对照原文改正。"


def test_a_missing_clause_says_what_there_is() -> None:
    assert notes.no_clause("市图书条例", "2020-05-01", "第二条第三款", "第二条") == (
        "《市图书条例》（2020-05-01版）没有第二条第三款，只有第二条，请核对条款号。"
    )
    assert "只有" not in notes.no_clause("市图书条例", "2020-05-01", "第九条", None)
