"""Questions in the form of SQuAD (Rajpurkar et al., 2016 and 2018), which CMRC and DRCD share, as rows.

A context must stand in a document of the library, which decides the clause; offsets of SQuAD files differ in
what they count, so an answer is looked up by its words, nearest to the offset given.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field, ValidationError

from assistant.eval_rows.row import Gold, Row
from assistant.schema import Status
from evals.rows.dataset import Dataset, RowFault
from index.library.library import DocumentView, Library
from index.schema import Clause
from index.structure.passages import split_sentences


class _Answer(BaseModel):
    text: Annotated[str, Field(min_length=1)]
    answer_start: int = 0


class _Question(BaseModel):
    id: str | int
    question: Annotated[str, Field(min_length=1)]
    answers: list[_Answer] = []
    is_impossible: bool = False


class _Paragraph(BaseModel):
    context: str
    qas: list[_Question]


class _Article(BaseModel):
    paragraphs: list[_Paragraph]


class _File(BaseModel):
    data: list[_Article]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a context stands: its document and its first code point there."""

    view: DocumentView
    start: int


def read_squad(path: Path, library: Library, split: str = "test") -> Dataset:
    """The questions of `path` as rows; a question that cannot be one is a fault, named by its number in the
    file (from 1). Raises OSError, and ValueError where the file is no SQuAD file at all."""
    try:
        file = _File.model_validate_json(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise ValueError(f"{path.name}: {where}: {first['msg']}") from error
    rows: dict[str, Row] = {}
    lines: list[int] = []
    faults: list[RowFault] = []
    number = 0
    for paragraph in (paragraph for article in file.data for paragraph in article.paragraphs):
        place = _find(paragraph.context, library)
        for question in paragraph.qas:
            number += 1
            made = _row(question, paragraph.context, place, split)
            if isinstance(made, Row) and made.id in rows:
                made = f"{made.id}: the id was there already"
            if isinstance(made, str):
                faults.append(RowFault(path.name, number, made))
            else:
                rows[made.id] = made
                lines.append(number)
    return Dataset(path, tuple(rows.values()), tuple(lines), tuple(faults))


def _find(context: str, library: Library) -> _Place | None:
    for view in reversed(library.views()):  # of several versions the newest
        if context and (at := view.document.text.find(context)) >= 0:
            return _Place(view, at)
    return None


def _row(question: _Question, context: str, place: _Place | None, split: str) -> Row | str:
    """The row, or what is wrong with the question."""
    if question.is_impossible:
        return Row(
            str(question.id),
            split,
            "squad",
            "squad",
            (question.question,),
            Status.NOT_COVERED,
            (),
            author="squad",
        )
    if place is None:
        return f"{question.id}: its context stands in no document of the library"
    if not question.answers:
        return f"{question.id}: no answer, and not marked is_impossible"
    answer = question.answers[0]
    at = _nearest(context, answer.text, answer.answer_start)
    if at is None:
        return f"{question.id}: its answer is not in the context"
    start = place.start + at
    clause = _deepest(place.view, start)
    if clause is None:
        return f"{question.id}: its answer stands in no clause"
    sentence = _sentence(place.view.document.text, clause, start, start + len(answer.text))
    document = f"{place.view.document.id}@{place.view.document.version}"
    variants = tuple(dict.fromkeys(each.text for each in question.answers))
    return Row(
        str(question.id), split, "squad", "squad", (question.question,), Status.ANSWERED,
        (Gold(clause.address, sentence, document),), (variants,), author="squad",
    )  # fmt: skip


def _nearest(context: str, words: str, around: int) -> int | None:
    found = [at for at in range(len(context)) if context.startswith(words, at)]
    return min(found, key=lambda at: abs(at - around), default=None)


def _deepest(view: DocumentView, offset: int) -> Clause | None:
    holding = [clause for clause in view.clauses if clause.start <= offset < clause.end]
    return min(holding, key=lambda clause: clause.end - clause.start, default=None)


def _sentence(text: str, clause: Clause, start: int, end: int) -> str:
    """The sentence of the clause that holds `start:end`, or the answer alone where it spans several."""
    spans = split_sentences(text, clause.start, clause.end)
    held = next(((a, b) for a, b in spans if a <= start and end <= b), (start, end))
    return text[held[0] : min(held[1], clause.end)]
