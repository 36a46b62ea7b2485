"""Where quotations stand in the documents of a library, found without regard to how they are written."""

from dataclasses import dataclass
from datetime import date, timedelta

from evals.rows.reading_rows import PLAN, Quote
from index.library.library import Library
from index.schema import Passage, Span, Validity
from index.text.folding import Folded, fold

_PLAN_ID = "chongqing-education-modernization-2020-2022"
_LATER = timedelta(days=400)
"""After its date, a superseded version was in force."""


@dataclass(frozen=True, slots=True)
class Place:
    """A quotation in a document's stored text, with the words that decide."""

    edition: str
    """`id@version`."""
    start: int
    end: int
    span: Span | None
    """None where nobody marked them."""

    def meets(self, passage: Passage) -> bool:
        """Whether `passage` shares a character with it."""
        return passage.edition == self.edition and passage.start < self.end and self.start < passage.end


class QuotePlaces:
    """Finds quotations in one library, whose documents rows name by `plan` or by title and version."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._text: dict[str, str] = {}
        self._folded: dict[str, Folded] = {}
        self._edition: dict[str, str] = {}
        for view in library.views():
            document = view.document
            edition = f"{document.id}@{document.version}"
            self._text[edition] = document.text
            self._folded[edition] = fold(document.text)
            title = document.title.removeprefix("中华人民共和国")
            self._edition[PLAN if document.id == _PLAN_ID else f"{title}({document.version})"] = edition

    def edition(self, document: str) -> str:
        """`id@version` of a row's document. Raises KeyError where the library lacks it."""
        return self._edition[document]

    def in_force(self, document: str, today: date) -> date:
        """`today`, or where a row's document is no longer in force then, a day on which it was."""
        identifier, version = self.edition(document).rsplit("@", 1)
        view = self._library.get(identifier, version)
        if view and self._library.validity(view.document, today) in (Validity.SUPERSEDED, Validity.REPEALED):
            return date.fromisoformat(view.document.version) + _LATER
        return today

    def find(self, document: str, quote: Quote) -> Place:
        """Where `quote` first stands. Raises ValueError where it does not."""
        edition = self.edition(document)
        folded = self._folded[edition]
        at = folded.find(quote.quote)
        if at is None:
            raise ValueError(f"{document}: {quote.quote}")
        inside = fold(self._text[edition][at[0] : at[1]]).find(quote.span)
        span = (at[0] + inside[0], at[0] + inside[1]) if inside else None
        return Place(edition, at[0], at[1], span)
