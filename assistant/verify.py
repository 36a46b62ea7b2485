"""Checks a draft before it goes out: every quotation and clause reference against the documents.

A quotation is verbatim where the folded texts are equal (`index.text.fold`: white space and typographic
variants), also piece by piece around an ellipsis; a mark at its very end may differ, since a sentence
may end there. Otherwise the nearest passage is aligned, and a calibrated limit of similarity decides
between altered and not found.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import pairwise

from assistant import verify_notes as notes
from assistant.beside import Surroundings
from assistant.cuts import uncut
from assistant.locations import Locator, diff_of
from assistant.models import thresholds
from assistant.named import Named, Naming
from assistant.quotations import Quotation, find_quotations, trimmed
from assistant.verdicts import Check, DiffStep, Location, Report, Verdict
from index.concordance import Concordance, Found, Near
from index.library import Library
from index.mentions import Mentions
from index.passages import split_sentences
from index.references import Reference, find_in
from index.resolve import Outcome, Resolution, Resolver
from index.text import fold_text

MAX_TEXT = 200_000
"""Code points of a draft."""
TERM = 10
"""A quoted stretch of fewer folded characters, with no source beside it, no verb of saying and colon
before it and no mark of a sentence in it, is a term (“双减”) and no quotation. In the plan nine of ten
such stretches are names of programmes; a short sentence that a draft quotes has one of the three."""
_SENTENCE_MARK = re.compile(r"[。！？；!?;]")
_ELLIPSIS = re.compile(r"(?:…|⋯|\.{3}|。{3}|．{3})[…⋯.。．]*")
_FINAL_MARK = re.compile(r"[。，；、：,;:.]$")
_MIN_PIECE = 4
"""Folded characters of a piece beside an ellipsis; shorter ones stand everywhere."""
_MAX_GAP = 1500
"""Folded characters that one ellipsis may stand for."""
_MAX_SENTENCES = 40
LENGTHS = ((16, "short"), (40, "medium"), (10**9, "long"))
"""Classes of folded length that have a limit of their own: few characters agree by chance more easily."""


class Verifier:
    """Checks texts against one library. Thread-safe: it only reads."""

    def __init__(self, library: Library, limits: Mapping[str, float] | None = None) -> None:
        self._limits = limits if limits is not None else thresholds()
        self.concordance = Concordance(library)
        self._resolver = Resolver(library)
        self._known = tuple(n for n in self._resolver.titles.names() if len(n) > 3 or n.endswith("法"))
        self._library = library

    def verify_quote(self, quote: str, as_of: date) -> Report:
        """The whole of `quote`, marks around it trimmed, as one quotation."""
        start, end = trimmed(quote)
        whole = Quotation(start, end, quote[start:end])
        check = _Checker(self, quote, as_of).quotation(whole, None) if start < end else None
        return Report((check,) if check else ())

    def verify_text(self, text: str, as_of: date) -> Report:
        """Every quotation and every reference outside of quotations in `text`, in text order."""
        checker = _Checker(self, text, as_of)
        quotations = find_quotations(text)
        plain = _blanked(text, [q for q in quotations if not is_short(q)])
        mentions = Mentions(plain, self._known)
        references = find_in(plain, mentions)
        surroundings = Surroundings(text, quotations, references, mentions.found)
        naming = Naming(self._resolver, mentions, text, as_of)
        results: list[Check] = []
        quoted: list[Quotation] = []
        for quotation in quotations:
            source = surroundings.source_of(quotation)
            if source is None and is_short(quotation) and not surroundings.is_introduced(quotation):
                continue
            quoted.append(quotation)
            results.append(checker.quotation(quotation, naming.of(source) if source else None))
        inside = {at for q in quoted if is_short(q) for at in range(q.start, q.end)}
        results += [checker.reference(r) for r in references if r.start not in inside]
        results.sort(key=lambda check: (check.start, check.end))
        return Report(tuple(results), len(quotations) - len(quoted))

    def limit(self, length: int) -> float:
        """The similarity from which on a quotation of `length` folded characters counts as altered."""
        return self._limits[f"verify_altered_{length_class(length)}"]

    def locator(self, as_of: date) -> Locator:
        """Makes locations on `as_of`."""
        return Locator(self._library, as_of)

    def resolve(self, reference: Reference, as_of: date) -> Resolution:
        """What `reference` means on `as_of`."""
        return self._resolver.resolve(reference, as_of)


@lru_cache(maxsize=2)
def verifier_for(library: Library) -> Verifier:
    """The verifier of an opened library, made at the first call."""
    return Verifier(library)


def is_short(quotation: Quotation) -> bool:
    """Whether its words alone do not show that it is a quotation."""
    if quotation.block or len(quotation.words) > 10 * TERM:
        return False
    return len(fold_text(quotation.words)) < TERM and not _SENTENCE_MARK.search(quotation.words)


def length_class(length: int) -> str:
    """The class of `LENGTHS` that `length` falls into."""
    return next(name for below, name in LENGTHS if length < below)


class _Checker:
    """Checks the parts of one text on one day."""

    def __init__(self, verifier: Verifier, text: str, as_of: date) -> None:
        self._verifier = verifier
        self._concordance = verifier.concordance
        self._locator = verifier.locator(as_of)
        self._text = text
        self._as_of = as_of

    def quotation(self, quotation: Quotation, named: Named | None) -> Check:
        """The check of one quotation, with what is named beside it."""
        stands, mark, left_out = self._stands(quotation.words)
        whole = [found for found in stands if uncut(found) is found]
        if not whole:
            return self._changed(quotation, named, stands)
        stands = whole
        best = min(stands, key=lambda found: self._order(found, named))
        location = self._locator.location(best)
        if named is None or named.holds(best):
            note = notes.verbatim(location, mark=mark, left_out=left_out)
            return self._check(quotation, Verdict.VERBATIM, location, note=note)
        if not named.known:
            note = notes.not_in_named(named.label, location)
            return self._check(quotation, Verdict.NOT_FOUND, None, location, note=note)
        if named.holds_elsewhere(best):
            note = notes.verbatim(location, mark=mark, left_out=left_out, other_clause=named.clause_label)
            return self._check(quotation, Verdict.VERBATIM, location, note=note)
        return self._check(
            quotation, Verdict.MISPLACED, location, note=notes.misplaced(location, named.label)
        )

    def reference(self, reference: Reference) -> Check:
        """The check of one reference."""
        resolution = self._verifier.resolve(reference, self._as_of)
        verdict, location, note = self._reference(resolution)
        text = self._text[reference.start : reference.end]
        return Check("reference", text, reference.start, reference.end, verdict, location, None, (), note)

    def _reference(self, resolution: Resolution) -> tuple[Verdict, Location | None, str]:
        reference, view = resolution.reference, resolution.view
        written = self._text[reference.start : reference.end]
        title = reference.title or reference.own or ""
        if resolution.outcome is Outcome.FOUND and view is not None:
            location = self._locator.clauses(view, resolution.clauses)
            return Verdict.EXISTS, location, notes.clause_exists(location)
        if resolution.outcome is Outcome.NO_CLAUSE and view is not None:
            deepest = resolution.nearest.label if resolution.nearest else None
            document = view.document
            written = re.sub(r"^.*?》(?:[(（][^()（）]*[)）])?", "", written)
            note = notes.no_clause(document.title, document.version, written, deepest)
            return Verdict.NOT_FOUND, None, note
        if resolution.outcome is Outcome.NO_VERSION and view is not None:
            versions = "、".join(self._locator.versions(view.document.id))
            return Verdict.NOT_FOUND, None, notes.no_version(view.document.title, versions)
        if resolution.outcome is Outcome.NO_DOCUMENT:
            return Verdict.NOT_FOUND, None, notes.no_document(title)
        if resolution.outcome is Outcome.AMBIGUOUS:
            return Verdict.UNRESOLVED, None, notes.ambiguous(title)
        return Verdict.UNRESOLVED, None, notes.unresolved(itself=reference.itself)

    def _stands(self, words: str) -> tuple[list[Found], bool, int]:
        """Where `words` stand verbatim; whether but for the last mark; how much ellipses leave out."""
        if found := list(self._concordance.occurrences(words)):
            return found, False, 0
        bare = _FINAL_MARK.sub("", words.rstrip())
        cut = bare != words.rstrip() and len(fold_text(bare)) > 1
        if cut and (found := list(self._concordance.occurrences(bare))):
            return found, True, 0
        pieces = _pieces(words)
        if len(pieces) > 1 and all(len(fold_text(piece)) >= _MIN_PIECE for piece in pieces):
            for last in dict.fromkeys((pieces[-1], _FINAL_MARK.sub("", pieces[-1].rstrip()))):
                whole = [*pieces[:-1], last]
                if found := list(self._concordance.in_order(whole, _MAX_GAP)):
                    said = len(fold_text("".join(whole)))
                    return found, last != pieces[-1], len(fold_text(found[0].text)) - said
        return [], False, 0

    def _changed(self, quotation: Quotation, named: Named | None, cut: Sequence[Found]) -> Check:
        """Altered or not found: by the nearest passage of the whole, or of its pieces. Where the words
        stand only `cut` off from a negation or in the middle of a number, these places are the nearest."""
        raw = self._text[quotation.start : quotation.end]
        pieces = _pieces(quotation.words)
        longest = max(pieces, key=len, default="")
        nearest = self._nearest(longest, named)
        if cut:
            nearest = Near(uncut(min(cut, key=lambda found: self._order(found, named))), 1.0)
        if nearest is None:
            return self._check(quotation, Verdict.NOT_FOUND, note=notes.not_found())
        if len(pieces) > 1 and not cut:
            similar, found, diff = self._by_pieces(raw, quotation.words, nearest)
        else:
            similar, found = nearest.similarity, nearest.found
            diff = diff_of(raw, quotation.words, found)
        limit = self._verifier.limit(len(fold_text("".join(pieces))))
        if similar < limit and (joined := self._by_sentences(quotation.words, nearest)):
            similar, found = joined
            diff = diff_of(raw, quotation.words, found)
        if similar < limit:
            note = notes.not_in_named(named.label, None) if named and not named.known else notes.not_found()
            return self._check(quotation, Verdict.NOT_FOUND, note=note)
        location = self._locator.location(found)
        if named is not None and not named.known:
            note = notes.not_in_named(named.label, location)
            return self._check(quotation, Verdict.NOT_FOUND, None, location, note=note)
        elsewhere = named is not None and not named.holds(found) and not named.holds_elsewhere(found)
        note = notes.altered(location, diff, named.label if named and elsewhere else None)
        return self._check(quotation, Verdict.ALTERED, None, location, diff, note=note)

    def _nearest(self, words: str, named: Named | None) -> Near | None:
        """The nearest passage; one in what is named, where it is near enough to be meant."""
        if named is not None and (within := named.stretches):
            near = self._concordance.nearest(words, within=within)
            if near and near[0].similarity >= self._verifier.limit(len(fold_text(words))):
                return near[0]
        near = self._concordance.nearest(words)
        if not near:
            return None
        best = [each for each in near if each.similarity == near[0].similarity]
        return min(best, key=lambda each: self._order(each.found, named))

    def _by_pieces(self, raw: str, words: str, nearest: Near) -> tuple[float, Found, tuple[DiffStep, ...]]:
        """The comparison of a quotation with ellipses, piece by piece, in the document of `nearest`."""
        view = nearest.found.view
        document = Found(view, 0, len(view.document.text))
        steps: list[DiffStep] = []
        founds: list[Found] = []
        total = length = 0.0
        at = 0
        for start, end in _piece_spans(words):
            if start > at:
                steps.append(DiffStep("equal", raw[at:start], "……"))
            near = self._concordance.nearest(words[start:end], within=[document])
            size = len(fold_text(words[start:end]))
            length += size
            if near:
                total += near[0].similarity * size
                founds.append(near[0].found)
                steps += diff_of(raw[start:end], words[start:end], near[0].found)
            else:
                steps.append(DiffStep("insert", raw[start:end], ""))
            at = end
        if at < len(raw):
            steps.append(DiffStep("equal", raw[at:], "……"))
        first, last = (
            min(f.start for f in founds or [nearest.found]),
            max(f.end for f in founds or [nearest.found]),
        )
        close = last - first <= 2 * _MAX_GAP
        return total / max(length, 1), Found(view, first, last) if close else nearest.found, tuple(steps)

    def _by_sentences(self, words: str, nearest: Near) -> tuple[float, Found] | None:
        """Sentences run together that do not follow one another: the mean similarity of each to the
        document of `nearest`, and the stretch from the first to the last where they stand in order."""
        sentences = [words[start:end] for start, end in split_sentences(words, 0, len(words))]
        view = nearest.found.view
        if not 1 < len(sentences) <= _MAX_SENTENCES:
            return None
        document = [Found(view, 0, len(view.document.text))]
        near = [found[0] for each in sentences if (found := self._concordance.nearest(each, within=document))]
        if len(near) < len(sentences):
            return None
        sizes = [len(fold_text(each)) for each in sentences]
        similar = sum(each.similarity * size for each, size in zip(near, sizes, strict=True)) / sum(sizes)
        founds = [each.found for each in near]
        in_order = all(one.end <= other.start for one, other in pairwise(founds))
        if in_order and founds[-1].end - founds[0].start <= _MAX_GAP + 2 * len(words):
            return similar, Found(view, founds[0].start, founds[-1].end)
        return similar, nearest.found

    def _order(self, found: Found, named: Named | None) -> tuple[int, int, str, int]:
        """What goes first among several places: what is named, then what binds, then the newest."""
        place = 0
        if named is not None and not named.holds(found):
            place = 1 if named.holds_elsewhere(found) else 2
        return place, self._locator.rank(found), *self._locator.newest_first(found)

    def _check(
        self,
        quotation: Quotation,
        verdict: Verdict,
        location: Location | None = None,
        nearest: Location | None = None,
        diff: Sequence[DiffStep] = (),
        *,
        note: str,
    ) -> Check:
        start, end = quotation.start, quotation.end
        text = self._text[start:end]
        return Check("quotation", text, start, end, verdict, location, nearest, tuple(diff), note)


def _pieces(words: str) -> list[str]:
    return [words[start:end] for start, end in _piece_spans(words)]


def _piece_spans(words: str) -> Iterator[tuple[int, int]]:
    """The stretches between ellipses that hold any character."""
    at = 0
    for match in (*_ELLIPSIS.finditer(words), None):
        end = match.start() if match else len(words)
        if fold_text(words[at:end]):
            yield at, end
        at = match.end() if match else end


def _blanked(text: str, quotations: Sequence[Quotation]) -> str:
    """`text` with quotations as boxes, so that what they name is not taken for the draft's own words."""
    pieces, at = [], 0
    for quotation in quotations:
        pieces.append(text[at : quotation.start])
        pieces += ["\n" if char == "\n" else "□" for char in text[quotation.start : quotation.end]]
        at = quotation.end
    return "".join([*pieces, text[at:]])
