"""How far a question alone tells its label: `python -m evals.training.reader.leaks`.

A Naive Bayes over character n-grams, fitted without a row's pair, orders unanswerable (and false-premise)
rows against answerable ones. What it orders well, a reader could learn without reading.
"""

import sys
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from math import log

import numpy as np

from evals.rows.reading_rows import BESIDE, TWINS, WRITTEN, Label, ReadingRow, read_rows

_FOLDS = 10
_LENGTHS = (1, 2, 3)
MOST = {Label.UNANSWERABLE: 0.65, Label.FALSE_PREMISE: 0.72}
"""AUC above which counter-examples have to be written."""


def leak(rows: Sequence[ReadingRow], label: Label) -> float:
    """The AUC with which questions alone tell `label` from answerable; 0.5 is chance."""
    used = [row for row in rows if row.label in (label, Label.ANSWERABLE)]
    scores = np.zeros(len(used))
    truth = np.array([row.label is label for row in used])
    fold = np.array([zlib.crc32((row.pair or row.id).encode()) % _FOLDS for row in used])
    grams = [_grams(row.question) for row in used]
    for number in range(_FOLDS):
        held = fold == number
        yes, no = (
            Counter(g for n in np.flatnonzero(~held & (truth == kind)) for g in grams[n])
            for kind in (True, False)
        )
        sizes = int((~held & truth).sum()), int((~held & ~truth).sum())
        for n in np.flatnonzero(held):
            scores[n] = sum(_weight(yes[g], no[g], sizes) for g in grams[n] if yes[g] + no[g] > 1)
    return auc(scores[truth], scores[~truth])


def of_pairs(rows: Sequence[ReadingRow], label: Label) -> list[ReadingRow]:
    """The rows of the pairs that hold `label`: what tells twins apart."""
    pairs = {row.pair for row in rows if row.label is label}
    return [row for row in rows if row.pair in pairs]


def auc(higher: Iterable[float], lower: Iterable[float]) -> float:
    """The chance that one of `higher` exceeds one of `lower`; ties count half."""
    one, other = np.asarray(list(higher)), np.asarray(list(lower))
    over = (one[:, None] > other[None, :]).mean()
    return float(over + 0.5 * (one[:, None] == other[None, :]).mean())


def _weight(yes: int, no: int, sizes: tuple[int, int]) -> float:
    return log((yes + 0.5) / (sizes[0] + 1)) - log((no + 0.5) / (sizes[1] + 1))


def _grams(text: str) -> frozenset[str]:
    return frozenset(text[at : at + n] for n in _LENGTHS for at in range(len(text) - n + 1))


def main() -> int:
    """Tell the leaks of each set of rows; 1 where one is too high."""
    worst = 0
    for name, folder in (("rows", WRITTEN), ("twins", TWINS), ("beside", BESIDE)):
        rows = list(read_rows(folder))
        for label, most in MOST.items() if rows else ():
            found = leak(rows, label)
            twins = f", own twins {leak(of_pairs(rows, label), label):.3f}" if rows[0].pair else ""
            sys.stdout.write(f"{name}: {label} {found:.3f}, at most {most}{twins}\n")
            worst = max(worst, int(found > most))
    return worst


if __name__ == "__main__":
    sys.exit(main())
