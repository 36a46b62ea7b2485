"""Checks a draft before it goes out: every quotation and clause reference against the documents.

A quotation is verbatim where the folded texts are equal (`folding.fold`: white space and typographic
variants), also piece by piece around an ellipsis; a mark at its very end may differ, since a sentence
may end there. Otherwise the nearest passage is aligned, and a calibrated limit of similarity decides
between altered and not found.
"""

import json
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

from assistant.draft_check.check_quotation import QuotationChecker
from assistant.draft_check.check_reference import check_reference
from assistant.draft_check.locations import Locator
from assistant.draft_check.nearby_source import NamedSource, Surroundings
from assistant.draft_check.quotation_pieces import blanked, is_short, length_class
from assistant.draft_check.quotations import Quotation, find_quotations, trimmed
from assistant.draft_check.source_lookup import SourceLookup
from assistant.draft_check.verdicts import DraftReport
from assistant.errors import TooMuchToCheck
from index.library.clause_references import find_in
from index.library.library import Library
from index.library.quotation_search import QuotationSearch
from index.library.resolve import Resolver
from index.library.title_mentions import Mentions

MAX_TEXT = 200_000
"""Code points of a draft."""


LIMITS = Path(__file__).with_name("limits.json")


@lru_cache(maxsize=1)
def load_limits() -> Mapping[str, float]:
    """By class of length (`quotation_pieces.length_class`), the similarity from which on a quotation counts
    as altered and not as another text; fitted by `policy-qa eval calibrate verify`, from texts alone."""
    limits: Mapping[str, float] = json.loads(LIMITS.read_text(encoding="utf-8"))
    return limits


class DraftChecker:
    """Checks texts against one library. Thread-safe: it only reads."""

    def __init__(self, library: Library, limits: Mapping[str, float] | None = None) -> None:
        self._limits = limits if limits is not None else load_limits()
        self.quotation_search = QuotationSearch(library)
        self._resolver = Resolver(library)
        self._known = tuple(n for n in self._resolver.titles.names() if len(n) > 3 or n.endswith("法"))
        self._library = library

    def verify_quote(self, quote: str, as_of: date) -> DraftReport:
        """The whole of `quote`, marks around it trimmed, as one quotation."""
        start, end = trimmed(quote)
        whole = Quotation(start, end, quote[start:end])
        check = self._checker(quote, Locator(self._library, as_of)).check(whole, None)
        return DraftReport((check,))

    def verify_text(self, text: str, as_of: date, most: int | None = None) -> DraftReport:
        """Every quotation and every reference outside of quotations in `text`, in text order.

        Raises TooMuchToCheck where there are more than `most` of them.
        """
        locator = Locator(self._library, as_of)
        checker = self._checker(text, locator)
        quotations = find_quotations(text)
        plain = blanked(text, [q for q in quotations if not is_short(q)])
        mentions = Mentions(plain, self._known)
        references = find_in(plain, mentions)
        surroundings = Surroundings(text, quotations, references, mentions.found)
        naming = SourceLookup(self._resolver, mentions, text, as_of)
        quoted: list[tuple[Quotation, NamedSource | None]] = []
        inside: set[int] = set()
        for quotation in quotations:
            source = surroundings.source_of(quotation)
            if source is None and is_short(quotation) and not surroundings.is_introduced(quotation):
                continue
            quoted.append((quotation, source))
            if is_short(quotation):
                inside.update(range(quotation.start, quotation.end))
        terms = len(quotations) - len(quoted)
        apart = [reference for reference in references if reference.start not in inside]
        if most is not None and len(quoted) + len(apart) > most:
            raise TooMuchToCheck(f"文稿里的引文和条款超过{most}处，请分成几份核对。")
        results = [checker.check(q, naming.of(source) if source else None) for q, source in quoted]
        for reference in apart:
            if not reference.itself:
                resolution = self._resolver.resolve(reference, as_of)
                results.append(check_reference(text, resolution, locator))
        results.sort(key=lambda check: (check.start, check.end))
        return DraftReport(tuple(results), terms, sum(reference.itself for reference in apart))

    def _checker(self, text: str, locator: Locator) -> QuotationChecker:
        return QuotationChecker(text, self.quotation_search, locator, self._limit)

    def _limit(self, length: int) -> float:
        """The similarity from which on a quotation of `length` folded characters counts as altered."""
        return self._limits[length_class(length)]


@lru_cache(maxsize=2)
def verifier_for(library: Library) -> DraftChecker:
    """The verifier of an opened library, made at the first call."""
    return DraftChecker(library)
