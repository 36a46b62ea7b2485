"""What a reference to a document can mean within it: its own clauses, and those of a text that it issues."""

import re
from collections.abc import Iterator, Mapping

from index.library.library import DocumentView
from index.schema import Clause
from index.text.folding import squeeze

_ATTACHED = re.compile(r"(?:att|appendix)\d+")


def texts_in(view: DocumentView) -> tuple[Mapping[str, Clause], ...]:
    """Clauses by address: of the text itself first, then of each text that is attached to it, whose addresses
    are those within it (2.1 for att1.2.1)."""
    homes = [clause for clause in view.clauses if _ATTACHED.fullmatch(clause.address)]
    homes.sort(key=lambda home: not home.address.startswith("att"))  # what is issued first, then appendices
    own = {clause.address: clause for clause in view.clauses}
    inner = (
        {
            clause.address.removeprefix(f"{home.address}."): clause
            for clause in view.clauses
            if clause.address.startswith(f"{home.address}.")
        }
        for home in homes
    )
    return (own, *inner)


def attached_titles(view: DocumentView) -> Iterator[str]:
    """The titles of the texts that the document issues."""
    for clause in view.clauses:
        if re.fullmatch(r"att\d+", clause.address):
            yield squeeze(clause.heading)
