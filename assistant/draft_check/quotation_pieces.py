"""How the words of a draft are cut up: what is a quotation and what a term, pieces around ellipses."""

import re
from collections.abc import Iterator, Sequence

from assistant.draft_check.quotations import Quotation
from index.schema import Span
from index.text.folding import fold_text

TERM = 10
"""A quoted stretch of fewer folded characters, with no source beside it, no verb of saying and colon
before it and no mark of a sentence in it, is a term (“双减”) and no quotation. In the plan nine of ten
such stretches are names of programmes; a short sentence that a draft quotes has one of the three."""
LENGTHS = ((16, "short"), (40, "medium"), (10**9, "long"))
"""Classes of folded length that have a limit of their own: few characters agree by chance more easily."""
_SENTENCE_MARK = re.compile(r"[。！？；!?;]")
_ELLIPSIS = re.compile(r"(?:…|⋯|\.{3}|。{3}|．{3})[…⋯.。．]*")


def is_short(quotation: Quotation) -> bool:
    """Whether its words alone do not show that it is a quotation."""
    if quotation.block or len(quotation.words) > 10 * TERM:
        return False
    return len(fold_text(quotation.words)) < TERM and not _SENTENCE_MARK.search(quotation.words)


def length_class(length: int) -> str:
    """The class of `LENGTHS` that `length` falls into."""
    return next(name for below, name in LENGTHS if length < below)


def pieces_of(words: str) -> list[str]:
    """The texts of `piece_spans`."""
    return [words[start:end] for start, end in piece_spans(words)]


def piece_spans(words: str) -> Iterator[Span]:
    """The stretches between ellipses that hold any character."""
    at = 0
    for match in (*_ELLIPSIS.finditer(words), None):
        end = match.start() if match else len(words)
        if fold_text(words[at:end]):
            yield at, end
        at = match.end() if match else end


def blanked(text: str, quotations: Sequence[Quotation]) -> str:
    """`text` with quotations as boxes, so that what they name is not taken for the draft's own words."""
    pieces, at = [], 0
    for quotation in quotations:
        pieces.append(text[at : quotation.start])
        pieces += ["\n" if char == "\n" else "□" for char in text[quotation.start : quotation.end]]
        at = quotation.end
    return "".join([*pieces, text[at:]])
