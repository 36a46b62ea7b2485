"""What is wrong with a data set: broken rows, gold that is not the text's, rows that are nearly the same."""

from collections.abc import Iterator, Sequence

from assistant.eval_rows.check import row_faults
from assistant.eval_rows.row import Row
from assistant.schema import Status
from evals.rows.dataset import Dataset, RowFault, gold_faults
from index.library.library import Library
from index.text.folding import fold_text

NEAR = 0.6
"""Jaccard similarity of character bigrams from which on two questions count as the same."""


def validate(dataset: Dataset, library: Library) -> tuple[RowFault, ...]:
    """Everything wrong with the file, in the order of its lines."""
    faults = [*dataset.faults, *gold_faults(dataset, library).values()]
    name = dataset.path.name
    for row, line in zip(dataset.rows, dataset.lines, strict=True):
        faults += [RowFault(name, line, f"{row.id}: {text}") for text in row_faults(row)]
    line_of = {row.id: line for row, line in zip(dataset.rows, dataset.lines, strict=True)}
    for one, other in near_pairs(dataset.rows):
        text = f"{other.id}: 与 {one.id} 几乎是同一个问题"
        if one.split != other.split:
            text += f"，而那道是 {one.split}，这道是 {other.split}"
        faults.append(RowFault(name, line_of[other.id], text))
    return tuple(sorted(faults, key=lambda fault: fault.line))


def near_pairs(rows: Sequence[Row]) -> Iterator[tuple[Row, Row]]:
    """Rows whose questions are the same, or, across splits, nearly so. Small talk is left out: there are
    only so many ways to say hello."""
    seen: list[tuple[Row, frozenset[str]]] = []
    for row in rows:
        if row.status == Status.SMALLTALK:
            continue
        grams = bigrams("".join(row.turns))
        for other, others in seen:
            if row.turns == other.turns or (row.split != other.split and near(grams, others)):
                yield other, row
        seen.append((row, grams))


def bigrams(text: str) -> frozenset[str]:
    """The pairs of neighbouring letters and digits of the folded text."""
    view = "".join(char for char in fold_text(text) if char.isalnum())
    return frozenset(view[at : at + 2] for at in range(len(view) - 1))


def near(one: frozenset[str], other: frozenset[str]) -> bool:
    """So much alike that they count as the same question."""
    return bool(one and other) and len(one & other) / len(one | other) > NEAR
