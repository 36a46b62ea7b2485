"""Asks rows and keeps what comes back, so that a run that is cut off goes on where it stopped."""

import time
from collections.abc import Callable, Iterator

from assistant.eval_rows.row import Row
from evals.runs.answerers import Answers
from evals.runs.folder import Generated, RunFolder
from evals.runs.peers.peer import Unreachable

MOST_UNREACHABLE = 5
"""Rows in a row that find no server before the run is given up; it can be resumed."""


def generate(folder: RunFolder, ask: Answers, on_done: Callable[[], object] = lambda: None) -> Iterator[str]:
    """Ask the rows that have no answer yet. Yields a line for each that went wrong; the rest is asked all
    the same, unless the server stays away."""
    folder.mend()
    done = {row_id for row_id, held in folder.generated().items() if held.answer is not None}
    away = 0
    for row in folder.rows():
        if row.id not in done:
            outcome, unreachable = _ask(row, ask)
            folder.append(row, outcome)
            if outcome.error:
                yield f"{row.id}: {outcome.error}"
            away = away + 1 if unreachable else 0
            if away == MOST_UNREACHABLE:
                yield f"nobody answered {away} times, given up; resume the run when the server is back"
                return
        on_done()
    folder.finish()


def _ask(row: Row, ask: Answers) -> tuple[Generated, bool]:
    began = time.perf_counter()
    try:
        answer = ask(row)
    except Exception as error:  # noqa: BLE001 - whatever goes wrong with a row is its outcome
        return Generated(row.id, error=f"{type(error).__name__}: {error}"), isinstance(error, Unreachable)
    return Generated(row.id, answer, round((time.perf_counter() - began) * 1000, 2)), False
