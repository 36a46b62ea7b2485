"""Which document or clause a draft names beside a quotation: 《X》第十二条规定：“…”, “…”（《X》第十二条）."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.draft_check.quotations import Quotation
from index.library.clause_references import Reference
from index.library.title_mentions import Mention

_REACH = 60
_SAYS = "规定|提出|明确|要求|指出|强调|写明|载明|部署|所称|确定|写道|表述|原文|修改为|修订为|中|里|：|:"
_CLAUSE_TO_QUOTE = re.compile(r"[^。！？\n]{0,20}[：:]?\s*[（(]?")
_TITLE_TO_QUOTE = re.compile(rf"(?:的|[^。！？；\n]{{0,16}}?(?:{_SAYS})[^，。！？；\n]{{0,10}}[：:，,]?)?\s*")
_LINE_TO_QUOTE = re.compile(r"[^。！？\n]{0,30}[：:][ \t\u3000]*\n\s*(?:>\s*)*")
_QUOTE_TO_SOURCE = re.compile(
    r"[。.]?\s*[>\s]*(?:[（(]\s*|[—－-]{1,3}\s*)(?:详?见|参见|出自|引自|摘自|源自|载于|根据|依据)?"
    r"|[。，,]?\s*(?:详?见|参见|出自|引自|摘自|源自|载于|这是)"
)
_JOINT = re.compile(r"[ \u3000]?(?:[、，,和及与或]|以及|)[ \u3000]?")
_CUE = re.compile(
    r"(?:规定|提出|明确|要求|指出|强调|写明|载明|写道|表述|原文|称)[^，。！？；\n：:]{0,8}[：:]\s*$"
)
_LONGEST_CHAIN = 20
"""References that belong together beside one quotation; of a longer list those next to it count."""
_MARKS = 1
"""Characters between a quotation's words and what stands beside it: its mark."""


@dataclass(frozen=True, slots=True)
class NamedSource:
    """What is named beside a quotation: references to clauses, or else a document."""

    references: tuple[Reference, ...] = ()
    mention: Mention | None = None


class Surroundings:
    """The quotations, references and titles of one draft, to find what belongs together."""

    def __init__(
        self,
        text: str,
        quotations: Sequence[Quotation],
        references: Sequence[Reference],
        mentions: Sequence[Mention],
    ) -> None:
        self._text = text
        self._quotes = quotations
        self._quote_ends = [quotation.end for quotation in quotations]
        self._references = references
        self._reference_starts = [reference.start for reference in references]
        self._reference_ends = [reference.end for reference in references]
        self._mentions = mentions
        self._mention_starts = [mention.start for mention in mentions]
        self._mention_ends = [mention.end for mention in mentions]

    def source_of(self, quotation: Quotation) -> NamedSource | None:
        """What is named right after `quotation` in brackets, else right before it."""
        return self._after(quotation) or self._before(quotation)

    def is_introduced(self, quotation: Quotation) -> bool:
        """Whether a verb of saying and a colon lead to `quotation` (明确要求：“…”)."""
        end = max(0, quotation.start - _MARKS)
        return quotation.block or _CUE.search(self._text[max(0, end - 24) : end]) is not None

    def _after(self, quotation: Quotation) -> NamedSource | None:
        begin = min(len(self._text), quotation.end + (0 if quotation.block else _MARKS))
        at = bisect_left(self._reference_starts, begin)
        if at < len(self._references) and self._reads(_QUOTE_TO_SOURCE, begin, self._reference_starts[at]):
            chain = [self._references[at]]
            for reference in self._references[at + 1 : at + _LONGEST_CHAIN]:
                if not _JOINT.fullmatch(self._text, chain[-1].end, reference.start):
                    break
                chain.append(reference)
            return NamedSource(tuple(chain))
        at = bisect_left(self._mention_starts, begin)
        if at < len(self._mentions) and self._reads(_QUOTE_TO_SOURCE, begin, self._mention_starts[at]):
            return NamedSource(mention=self._mentions[at])
        return None

    def _before(self, quotation: Quotation) -> NamedSource | None:
        end = max(0, quotation.start - (0 if quotation.block else _MARKS))
        reference = bisect_right(self._reference_ends, end)
        mention = bisect_right(self._mention_ends, end)
        if reference and (
            not mention or self._reference_ends[reference - 1] >= self._mention_ends[mention - 1]
        ):
            last = self._references[reference - 1]
            if not self._leads(_CLAUSE_TO_QUOTE, last.end, end):
                return None
            chain = [last]
            for earlier in reversed(self._references[max(0, reference - _LONGEST_CHAIN) : reference - 1]):
                if not _JOINT.fullmatch(self._text, earlier.end, chain[-1].start):
                    break
                chain.append(earlier)
            return NamedSource(tuple(reversed(chain)))
        if mention and self._leads(_TITLE_TO_QUOTE, self._mention_ends[mention - 1], end):
            return NamedSource(mention=self._mentions[mention - 1])
        return None

    def _leads(self, pattern: "re.Pattern[str]", start: int, end: int) -> bool:
        """Whether the words from `start` to `end`, other quotations left out, join a name to a quotation."""
        pieces = []
        at = end
        number = bisect_right(self._quote_ends, end)
        while number and self._quotes[number - 1].start > start:
            quote = self._quotes[number - 1]
            pieces.append(self._text[quote.end + _MARKS : at])
            at = max(start, quote.start - _MARKS)
            if len(pieces) > _REACH:
                return False
            number -= 1
        if at - start > _REACH:
            return False
        pieces.append(self._text[start:at])
        between = "".join(reversed(pieces))
        if len(between) > _REACH:
            return False
        return bool(pattern.fullmatch(between) or _LINE_TO_QUOTE.fullmatch(between))

    def _reads(self, pattern: "re.Pattern[str]", start: int, end: int) -> bool:
        return end - start <= _REACH and pattern.fullmatch(self._text, start, end) is not None
