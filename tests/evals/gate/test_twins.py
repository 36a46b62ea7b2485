"""Figures of twins beside their baseline."""

from dataclasses import replace
from pathlib import Path

import pytest

from evals.gate.gate import NET_LOSSES
from evals.gate.twins import PATH, worse, write_figures
from evals.rows.reading_rows import TWINS, Label, ReadingRow, read_rows
from evals.runs.messages.figures import Figure
from evals.runs.twins import Outcome, twin_figures

HIGHER = ("answered with the right clause first", "near-misses refused", "false premises corrected")
ROWS = [row for row in read_rows(TWINS) if row.author == "V1"]


def outcome(row: ReadingRow, refused: bool = False) -> Outcome:
    return Outcome(row, refused, corrected=False, right_first=not refused)


FIGURES = list(twin_figures("twins", [outcome(row, row.label is Label.UNANSWERABLE) for row in ROWS]))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write_figures(FIGURES, tmp_path / "twins.json")
    return tmp_path / "twins.json"


def test_the_same_figures_are_not_worse(path: Path) -> None:
    assert worse(FIGURES, path) == ()


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
def test_a_few_rows_may_be_lost_and_more_may_not(path: Path, figure: Figure) -> None:
    sign = -1 if figure.name in HIGHER else 1
    few, more = (replace(figure, count=figure.count + sign * (NET_LOSSES + extra)) for extra in (0, 1))
    assert worse([few], path) == ()
    (line,) = worse([more], path)
    assert figure.name in line
    assert worse([replace(figure, count=figure.count)], path) == ()


def test_other_rows_need_another_baseline(path: Path) -> None:
    (line,) = worse([replace(FIGURES[0], of=1)], path)
    assert "policy-qa eval baseline" in line


def test_the_committed_baseline_is_of_the_rows_as_they_are() -> None:
    assert worse([replace(figure, count=figure.of) for figure in FIGURES[:1]], PATH) == ()
