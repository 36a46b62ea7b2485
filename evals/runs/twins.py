"""What the assistant does with twins: questions of which only the text tells whether it answers them.

Figures, each a count of a count: answerable ones answered with the right clause first, and refused;
near-misses refused; false premises corrected; people misled (a near-miss answered, a false premise neither
corrected nor refused); answerable ones corrected.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assistant.schema import Answer
from assistant.service import Assistant
from assistant.statuses import STATUSES
from evals.rows.quote_places import QuotePlaces
from evals.rows.reading_rows import Label, ReadingRow
from evals.runs.messages.figures import Figure
from index.schema import Passage
from index.search.searcher import base_address


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came back for a row."""

    row: ReadingRow
    refused: bool
    corrected: bool
    right_first: bool
    """The first citation lies in a clause that holds a gold quotation."""
    confidence: float = 0.0
    """Of the answer or the refusal."""


class Twins:
    """Asks rows, each as a conversation of its own."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._places = QuotePlaces(assistant.library)

    def ask(self, row: ReadingRow) -> Outcome:
        """Ask the row's question after its history, on a day on which its document is in force. Raises
        ValueError where a gold quotation is not found."""
        conversation = None
        day = self._places.in_force(row.document, self._assistant.clock())
        for message in (*row.history, row.question):
            answer = self._assistant.ask(message, conversation_id=conversation, as_of=day)
            conversation = answer.conversation_id
        self._assistant.store.conversations.delete(answer.conversation_id)
        refused, right = STATUSES[answer.status].refuses, self._right_first(row, answer)
        return Outcome(row, refused, answer.correction, right, answer.confidence)

    def _right_first(self, row: ReadingRow, answer: Answer) -> bool:
        if not answer.citations:
            return False
        clauses = {base_address(passage.clause_id) for passage in self._gold(row)}
        return base_address(answer.citations[0].clause_id) in clauses

    def _gold(self, row: ReadingRow) -> Iterator[Passage]:
        places = [self._places.find(row.document, quote) for quote in row.gold]
        for passage in self._assistant.searcher.passages:
            if any(place.meets(passage) for place in places):
                yield passage


def twin_figures(name: str, outcomes: Iterable[Outcome]) -> Iterator[Figure]:
    """The figures of some rows."""
    by: dict[Label, list[Outcome]] = {label: [] for label in Label}
    for outcome in outcomes:
        by[outcome.row.label].append(outcome)
    can, cannot, false = by[Label.ANSWERABLE], by[Label.UNANSWERABLE], by[Label.FALSE_PREMISE]
    yield Figure(name, "answered with the right clause first", sum(o.right_first for o in can), len(can))
    yield Figure(name, "answerable refused", sum(o.refused for o in can), len(can))
    yield Figure(name, "near-misses refused", sum(o.refused for o in cannot), len(cannot))
    corrected = sum(o.corrected and o.right_first for o in false)
    yield Figure(name, "false premises corrected", corrected, len(false))
    misled = sum(not o.refused for o in cannot) + sum(not o.refused and not o.corrected for o in false)
    yield Figure(name, "misled", misled, len(cannot) + len(false))
    yield Figure(name, "answerable corrected", sum(o.corrected for o in can), len(can))
