"""Rows read as the assistant reads them, for what is fitted on top of the reader."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assistant.answering.decision import DecisionModel
from assistant.answering.models import ReadingModel
from assistant.answering.read import READ, Order, ReadPart, ordered
from assistant.answering.select import Selector
from assistant.pipeline import make_steps
from assistant.reading.reader import Reader
from assistant.schema import Foreign, Request, Turn
from evals.rows.quote_places import QuotePlaces
from evals.rows.reading_rows import Label, ReadingRow
from evals.training.samples import DAY
from index.library.library import Library
from index.search.searcher import Searcher

_ANYTHING = DecisionModel({}, 0.0, 0.0)
UNFITTED = ReadingModel(Order(1.0, 1.0), _ANYTHING, _ANYTHING)
_SEARCHED = ("understand", "rewrite", "danger", "scope", "retrieve")


@dataclass(frozen=True, slots=True)
class JudgedRow:
    """A row that asks one thing, read; `gold` are the ids of the passages that hold a gold quotation."""

    author: str
    answerable: bool
    foreign: Foreign
    """The chances that it is no question for the documents."""
    read: ReadPart
    gold: frozenset[str]

    def holds_gold(self) -> bool:
        """Some passage that was read answers."""
        return not self.gold.isdisjoint(self.read.readings)


def judged_rows(
    library: Library, searcher: Searcher, rows: Iterable[ReadingRow], reader: Reader
) -> Iterator[JudgedRow]:
    """The answerable rows and near-misses of one turn that are searched, as one part."""
    steps = dict(make_steps(library, searcher, reading=UNFITTED))
    selector = Selector(library, searcher.passages, reader, UNFITTED)
    places = QuotePlaces(library)
    for row in rows:
        if row.history or row.label not in (Label.ANSWERABLE, Label.UNANSWERABLE):
            continue
        day = places.in_force(row.document, DAY)
        turn = Turn(Request(row.question, day, editions=library.editions(None, day)))
        for name in _SEARCHED:
            turn = steps[name](turn) if turn.status is None else turn
        if turn.status is not None or len(turn.parts) != 1:
            continue
        read = selector.read(turn.parts[0], turn.request, turn.question)
        if read is None:
            continue
        found = [places.find(row.document, quote) for quote in row.gold]
        held = {p.id for p in searcher.passages if any(place.meets(p) for place in found)}
        answerable = row.label is Label.ANSWERABLE
        yield JudgedRow(row.author, answerable, turn.foreign, read, frozenset(held))


def ordered_anew(read: ReadPart, order: Order) -> ReadPart:
    """The same readings under another order."""
    near = read.searched.hits[:READ]
    return ordered(read.searched, [read.readings[hit.passage.id] for hit in near], order)
