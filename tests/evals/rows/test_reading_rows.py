"""The rows that teach and measure reading are what their README says."""

from collections import defaultdict
from pathlib import Path

import pytest

from evals.rows.reading_rows import PLAN, TWINS, WRITTEN, Label, ReadingRow, message_rows, read_rows
from evals.runs.libraries import STATUTES
from index.settings import CORPUS

FOLDERS = [pytest.param(WRITTEN, id="rows"), pytest.param(TWINS, id="twins")]


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    (plan,) = CORPUS.glob("*.txt")
    found = {PLAN: plan.read_text(encoding="utf-8")}
    for path in STATUTES.glob("*.md"):
        found[path.stem] = path.read_text(encoding="utf-8")
    return found


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_quotation_stands_in_its_document(folder: Path, texts: dict[str, str]) -> None:
    known = [row for row in read_rows(folder) if row.document in texts]
    assert len(known) >= 600
    for row in known:
        for quote in (*row.gold, *row.near):
            assert quote.quote in texts[row.document], row.id
            assert quote.span in quote.quote, row.id


@pytest.mark.parametrize("folder", FOLDERS)
def test_twins_differ_in_their_label_and_share_their_document(folder: Path) -> None:
    pairs: dict[str, list[ReadingRow]] = defaultdict(list)
    for row in read_rows(folder):
        pairs[row.pair].append(row)
    for one, other in pairs.values():
        assert Label.ANSWERABLE in {one.label, other.label}
        assert one.label is not other.label
        assert one.document == other.document


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_each_label_needs_is_there(folder: Path) -> None:
    for row in read_rows(folder):
        assert bool(row.gold) is (row.label is not Label.UNANSWERABLE), row.id
        assert bool(row.claimed) is (row.label is Label.FALSE_PREMISE), row.id
        assert row.near or row.label is not Label.UNANSWERABLE, row.id


def test_nothing_is_learned_from_what_measures() -> None:
    learned = {row.question for row in read_rows(WRITTEN)}
    measured = list(read_rows(TWINS))
    assert not {row.author for row in measured} & {row.author for row in read_rows(WRITTEN)}
    assert not [row.id for row in measured if row.question in learned and not row.history]


def test_messages_are_rows_too() -> None:
    rows = list(message_rows())
    assert {row.label for row in rows} == {Label.ANSWERABLE, Label.UNANSWERABLE, Label.CLAIMED}
    assert len({row.id for row in rows}) == len(rows)
