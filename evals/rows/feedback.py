"""From rated answers to rows that a person reviews before they join a data set.

A candidate is a row with one field more, `review`, which rows may not have: `policy-qa eval validate` names
every candidate that nobody has looked at. To accept one, correct it and delete the field.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from assistant.schema import Answer, Citation, Status
from assistant.storage.ratings import Rated, Rating
from evals.rows.dataset import Gold, Row
from index.storage.atomic_files import replace_file
from index.text.personal_data import mask

SPLIT = "dev"
"""What people's complaints are about is looked at and worked on, so it can never be a test."""
_ROW = TypeAdapter(Row)


def candidates(rated: Iterable[Rated], wanted: Rating | None = None) -> Iterator[dict[str, Any]]:
    """One candidate for each rated conversation turn, the last rating of the same turns only. An answer that
    somebody found useful keeps its citations as gold; of another only the question is worth keeping."""
    by_turns = {tuple(map(mask, one.turns)): one for one in rated}
    for turns, one in by_turns.items():
        if wanted not in (None, one.rating):
            continue
        yield {**_ROW.dump_python(_row(turns, one), mode="json"), "review": _review(one)}


def write_candidates(path: Path, found: Iterable[dict[str, Any]]) -> int:
    """Write candidates as JSON lines; how many. Raises FileExistsError rather than lose a review begun."""
    if path.exists():
        raise FileExistsError(path)
    lines = [json.dumps(candidate, ensure_ascii=False) for candidate in found]
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, "".join(f"{line}\n" for line in lines).encode())
    return len(lines)


def _row(turns: tuple[str, ...], one: Rated) -> Row:
    answer, useful = one.answer, one.rating is Rating.UP
    return Row(
        id=f"feedback-{answer.id.removeprefix('ans_')[:12]}",
        split=SPLIT,
        kind="feedback",
        voice="user",
        turns=turns,
        status=answer.status,
        gold=tuple(map(_gold, answer.citations)) if useful else (),
        facts=((answer.short_answer,),) if useful and answer.short_answer else (),
        correction=useful and answer.correction,
        author="feedback",
        as_of=one.created_at.date(),
    )


def _gold(citation: Citation) -> Gold:
    address = citation.clause_id.partition("#")[2]
    return Gold(address, citation.quote, f"{citation.document_id}@{citation.document_version}")


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
