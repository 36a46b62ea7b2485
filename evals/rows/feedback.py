"""From rated answers to rows that a person reviews before they join a data set.

A candidate is a row with one field more, `review`, which rows may not have: `policy-qa eval validate` names
every candidate that nobody has looked at. To accept one, correct it and delete the field.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from assistant.eval_rows.from_answer import row_of
from assistant.eval_rows.row import ROW
from assistant.schema import Answer, Status
from assistant.storage.ratings import Rated, Rating
from index.storage.atomic_files import replace_file
from index.text.personal_data import mask


def candidates(rated: Iterable[Rated], wanted: Rating | None = None) -> Iterator[dict[str, Any]]:
    """One candidate for each rated conversation turn, the last rating of the same turns only. An answer that
    somebody found useful keeps its citations as gold; of another only the question is worth keeping."""
    by_turns = {tuple(map(mask, one.turns)): one for one in rated}
    for turns, one in by_turns.items():
        if wanted not in (None, one.rating):
            continue
        useful = one.rating is Rating.UP
        row = row_of(turns, one.answer, one.created_at.date(), useful)
        yield {**ROW.dump_python(row, mode="json"), "review": _review(one)}


def write_candidates(path: Path, found: Iterable[dict[str, Any]]) -> int:
    """Write candidates as JSON lines; how many. Raises FileExistsError rather than lose a review begun."""
    if path.exists():
        raise FileExistsError(path)
    lines = [json.dumps(candidate, ensure_ascii=False) for candidate in found]
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, "".join(f"{line}\n" for line in lines).encode())
    return len(lines)


def _review(one: Rated) -> dict[str, Any]:
    answer: Answer = one.answer
    return {
        "rating": one.rating.value,
        "comment": mask(one.comment),
        "answer": mask(answer.answer),
        "cited": [citation.clause_label for citation in answer.citations],
        "to_do": _TO_DO[one.rating, answer.status is Status.ANSWERED],
    }


_TO_DO = {
    (Rating.UP, True): "check that the quotations answer the question and that nothing is missing",
    (Rating.UP, False): "check that the documents do not say it",
    (Rating.DOWN, True): "put in the status, the quotations and the facts of a right answer",
    (Rating.DOWN, False): "if the documents say it: put in status, quotations and facts",
}
