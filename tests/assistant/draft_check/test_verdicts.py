"""What checks add up to."""

from dataclasses import replace

import pytest

from assistant.draft_check.verdicts import OUTDATED, Check, DraftReport, Location, Summary, Verdict
from index.schema import Validity

HERE = Location(
    "books", "市图书条例", "2020-05-01", Validity.IN_FORCE, "books@2020-05-01#art2", "第二条", "十本书", 0, 3,
    None, "/documents/books",
)  # fmt: skip
RIGHT = Check("quotation", "十本书", 0, 3, Verdict.VERBATIM, HERE, None, (), "与原文一致。")


@pytest.mark.parametrize(
    ("verdict", "misplaced", "verified"),
    [
        (Verdict.VERBATIM, False, True),
        (Verdict.FOUND, False, True),
        (Verdict.VERBATIM, True, False),
        (Verdict.ALTERED, False, False),
        (Verdict.NOT_FOUND, False, False),
        (Verdict.AMBIGUOUS, False, False),
    ],
)
def test_only_what_stands_in_its_place_may_be_kept(verdict: Verdict, misplaced: bool, verified: bool) -> None:
    check = replace(RIGHT, verdict=verdict, misplaced=misplaced)
    assert check.verified is verified
    assert DraftReport((RIGHT, check)).verified is verified


def test_an_empty_draft_has_nothing_to_look_at() -> None:
    report = DraftReport((), terms=2, own=1)
    assert report.verified
    assert report.summary == Summary(0, 0, 0, 0, 0, 0, 0, terms=2, own=1)


def test_each_check_is_counted_under_what_it_is() -> None:
    old = replace(HERE, validity=Validity.SUPERSEDED)
    report = DraftReport(
        (
            RIGHT,
            replace(RIGHT, location=old),
            replace(RIGHT, location=old, misplaced=True),
            replace(RIGHT, kind="reference", verdict=Verdict.FOUND, location=None),
            replace(RIGHT, verdict=Verdict.ALTERED, location=None, nearest=old),
            replace(RIGHT, verdict=Verdict.NOT_FOUND, location=None),
            replace(RIGHT, kind="reference", verdict=Verdict.AMBIGUOUS, location=None),
        ),
        terms=4,
    )
    assert report.summary == Summary(
        total=7, verified=3, altered=1, misplaced=1, not_found=1, ambiguous=1, outdated=1, terms=4, own=0
    )


def test_a_text_of_unknown_validity_is_not_called_outdated() -> None:
    assert set(Validity) - OUTDATED == {Validity.IN_FORCE, Validity.UNKNOWN}
    for validity in Validity:
        report = DraftReport((replace(RIGHT, location=replace(HERE, validity=validity)),))
        assert report.summary.outdated == (validity in OUTDATED)
