"""Readers' marks: how far two agree, and that what is committed is what was drawn."""

import json

import pytest

from evals.studies.readers import MARKS, READERS, agreement, content_shares, draw, read_marks, sheet


def test_kappa_is_agreement_beyond_chance() -> None:
    found = agreement([1, 1, 0, 0], [1, 0, 0, 0], "content")
    assert found.same == 0.75
    assert found.kappa == pytest.approx((0.75 - 0.5) / 0.5)  # by hand: 2/4 * 1/4 + 2/4 * 3/4 = 0.5
    assert agreement([1, 1], [1, 1], "content").kappa == 1.0


def test_readers_must_have_marked_the_same_items() -> None:
    for one, other in (([], []), ([1], [1, 0])):
        with pytest.raises(ValueError, match="same items"):
            agreement(one, other, "content")


def test_the_same_questions_are_drawn_every_time() -> None:
    assert draw() == draw()
    assert len({row for row, _ in draw()}) == 150


def test_a_sheet_tells_no_version_and_its_key_does() -> None:
    answers = {version: {row: f"{version} {row}" for row, _ in draw()} for version in ("old", "new")}
    shown, key = sheet(answers)
    assert [item["id"] for item in shown] == [item["id"] for item in key]
    assert all(set(item) == {"id", "question", "answer"} for item in shown)
    assert shown[0]["answer"] == f"{key[0]['version']} {key[0]['row']}"


def test_the_committed_marks_are_of_the_drawn_questions() -> None:
    key = [json.loads(line) for line in (READERS / "key.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {row["row"] for row in key} == {row for row, _ in draw()}
    for name in "ab":
        marks = read_marks(READERS / f"marks.{name}.jsonl")
        assert set(marks) == {row["id"] for row in key}
        assert all(set(MARKS) <= set(mark) for mark in marks.values())


def test_what_satisfies_is_counted_by_version() -> None:
    shares = content_shares()
    assert {version: of for version, (_, of) in shares.items()} == {"old": 150, "new": 150}
    assert shares["new"][0] > shares["old"][0]
