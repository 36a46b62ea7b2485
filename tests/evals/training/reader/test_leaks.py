"""How far questions alone tell their label."""

from pathlib import Path

import pytest

from evals.rows.reading_rows import TWINS, WRITTEN, Label, ReadingRow, read_rows
from evals.training.reader.leaks import MOST, auc, leak, of_pairs


def rows(yes: str, no: str) -> list[ReadingRow]:
    labels = ((Label.UNANSWERABLE, yes), (Label.ANSWERABLE, no))
    return [
        ReadingRow(f"{label}{n}", "a", "plan", text.format(chr(0x4E00 + n)), label, pair=str(n))
        for n in range(60)
        for label, text in labels
    ]


def test_a_word_that_tells_the_label_is_a_leak() -> None:
    assert leak(rows("{}多少钱", "{}怎么办"), Label.UNANSWERABLE) > 0.95


def test_the_same_words_are_none() -> None:
    assert leak(rows("{}怎么办", "{}怎么办"), Label.UNANSWERABLE) == pytest.approx(0.5, abs=0.1)


def test_auc_counts_ties_half() -> None:
    assert auc([2, 1], [1, 0]) == 0.875


@pytest.mark.slow
@pytest.mark.parametrize("folder", [WRITTEN, TWINS])
@pytest.mark.parametrize("label", list(MOST))
def test_twins_do_not_tell_their_label(folder: Path, label: Label) -> None:
    assert leak(of_pairs(list(read_rows(folder)), label), label) <= MOST[label]
