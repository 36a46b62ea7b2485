"""A first draft of an evaluation row, made of an answer that was given."""

from collections.abc import Sequence
from datetime import date

from assistant.eval_rows.row import Gold, Row
from assistant.schema import Answer, Citation

SPLIT = "dev"
"""What people asked and complained of is looked at and worked on, so it can never be a test."""


def row_of(turns: Sequence[str], answer: Answer, day: date, right: bool, kind: str = "feedback") -> Row:
    """The row of the question that is the last of `turns`, asked on `day`. Where the answer is `right`, its
    citations are the gold and its short answer the fact; else only its question and its status are taken."""
    return Row(
        id=f"{kind}-{answer.id.removeprefix('ans_')[:12]}",
        split=SPLIT,
        kind=kind,
        voice="user",
        turns=tuple(turns),
        status=answer.status,
        gold=tuple(map(gold_of, answer.citations)) if right else (),
        facts=((answer.short_answer,),) if right and answer.short_answer else (),
        correction=right and answer.correction,
        author=kind,
        as_of=day,
    )


def gold_of(citation: Citation) -> Gold:
    """The evidence that a citation is."""
    address = citation.clause_id.partition("#")[2]
    return Gold(address, citation.quote, f"{citation.document_id}@{citation.document_version}")
