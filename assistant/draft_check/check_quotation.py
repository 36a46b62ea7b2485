"""One quotation against the documents: verbatim, altered or not found, and whether in its place."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from assistant.draft_check import notes
from assistant.draft_check.locations import Locator, diff_of
from assistant.draft_check.quotation_pieces import piece_spans, pieces_of
from assistant.draft_check.quotations import Quotation
from assistant.draft_check.source_lookup import ResolvedSource
from assistant.draft_check.truncation import uncut
from assistant.draft_check.verdicts import Check, DiffStep, Location, Verdict
from index.library.quotation_search import Near, QuotationSearch, Stretch
from index.structure.passages import split_sentences
from index.text.folding import fold_text

_FINAL_MARK = re.compile(r"[。，；、：,;:.]$")
_LONGEST = 10_000
"""Folded characters of a quotation that is compared with passages; a longer one is verbatim or not."""
_MIN_PIECE = 4
"""Folded characters of a piece beside an ellipsis; shorter ones stand everywhere."""
_MAX_GAP = 1500
"""Folded characters that one ellipsis may stand for."""
_MAX_PIECES = _MAX_SENTENCES = 40
"""More pieces or sentences are compared as one text, so that the time stays bounded."""


class QuotationChecker:
    """Checks the quotations of one text; `limit` gives, for a folded length, the similarity from which
    on a quotation counts as altered."""

    def __init__(
        self, text: str, quotation_search: QuotationSearch, locator: Locator, limit: Callable[[int], float]
    ) -> None:
        self._text = text
        self._quotation_search = quotation_search
        self._locator = locator
        self._limit = limit

    def check(self, quotation: Quotation, named: ResolvedSource | None) -> Check:
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
        found = self._check(
            quotation, Verdict.VERBATIM, location, note=notes.misplaced(location, named.label)
        )
        return replace(found, misplaced=True)

    def _stands(self, words: str) -> tuple[list[Stretch], bool, int]:
        """Where `words` stand verbatim; whether but for the last mark; how much ellipses leave out."""
        if found := list(self._quotation_search.occurrences(words)):
            return found, False, 0
        bare = _FINAL_MARK.sub("", words.rstrip())
        cut = bare != words.rstrip() and len(fold_text(bare)) > 1
        if cut and (found := list(self._quotation_search.occurrences(bare))):
            return found, True, 0
        pieces = pieces_of(words)
        if len(pieces) > 1 and all(len(fold_text(piece)) >= _MIN_PIECE for piece in pieces):
            for last in dict.fromkeys((pieces[-1], _FINAL_MARK.sub("", pieces[-1].rstrip()))):
                whole = [*pieces[:-1], last]
                if found := list(self._quotation_search.in_order(whole, _MAX_GAP)):
                    said = len(fold_text("".join(whole)))
                    return found, last != pieces[-1], len(fold_text(found[0].text)) - said
        return [], False, 0

    def _changed(self, quotation: Quotation, named: ResolvedSource | None, cut: Sequence[Stretch]) -> Check:
        """Altered or not found: by the nearest passage of the whole, or of its pieces. Where the words
        stand only `cut` off from a negation or in the middle of a number, these places are the nearest."""
        if len(fold_text(quotation.words)) > _LONGEST:
            return self._check(quotation, Verdict.NOT_FOUND, note=notes.too_long())
        raw = self._text[quotation.start : quotation.end]
        pieces = pieces_of(quotation.words)
        if len(pieces) > _MAX_PIECES:
            pieces = [quotation.words]
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
        limit = self._limit(len(fold_text("".join(pieces))))
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

    def _nearest(self, words: str, named: ResolvedSource | None) -> Near | None:
        """The nearest passage; one in what is named, where it is near enough to be meant."""
        if named is not None and (within := named.stretches):
            near = self._quotation_search.nearest(words, within=within)
            if near and near[0].similarity >= self._limit(len(fold_text(words))):
                return near[0]
        near = self._quotation_search.nearest(words)
        if not near:
            return None
        best = [each for each in near if each.similarity == near[0].similarity]
        return min(best, key=lambda each: self._order(each.found, named))

    def _by_pieces(self, raw: str, words: str, nearest: Near) -> tuple[float, Stretch, tuple[DiffStep, ...]]:
        """The comparison of a quotation with ellipses, piece by piece, in the document of `nearest`."""
        view = nearest.found.view
        document = Stretch(view, 0, len(view.document.text))
        steps: list[DiffStep] = []
        founds: list[Stretch] = []
        total = length = 0.0
        at = 0
        for start, end in piece_spans(words):
            if start > at:
                steps.append(DiffStep("equal", raw[at:start], "……"))
            near = self._quotation_search.nearest(words[start:end], within=[document])
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
        return total / max(length, 1), Stretch(view, first, last) if close else nearest.found, tuple(steps)

    def _by_sentences(self, words: str, nearest: Near) -> tuple[float, Stretch] | None:
        """Sentences run together that do not follow one another: the mean similarity of each to the
        document of `nearest`, and the stretch from the first to the last where they stand in order."""
        sentences = [words[start:end] for start, end in split_sentences(words, 0, len(words))]
        view = nearest.found.view
        if not 1 < len(sentences) <= _MAX_SENTENCES:
            return None
        document = [Stretch(view, 0, len(view.document.text))]
        near = [
            found[0] for each in sentences if (found := self._quotation_search.nearest(each, within=document))
        ]
        if len(near) < len(sentences):
            return None
        sizes = [len(fold_text(each)) for each in sentences]
        similar = sum(each.similarity * size for each, size in zip(near, sizes, strict=True)) / sum(sizes)
        founds = [each.found for each in near]
        in_order = all(one.end <= other.start for one, other in pairwise(founds))
        if in_order and founds[-1].end - founds[0].start <= _MAX_GAP + 2 * len(words):
            return similar, Stretch(view, founds[0].start, founds[-1].end)
        return similar, nearest.found

    def _order(self, found: Stretch, named: ResolvedSource | None) -> tuple[int, int, int, int]:
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
