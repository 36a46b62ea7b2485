"""References to clauses in running text: 《体育法》第十二条第二款第（三）项, 二、（二）2, 第十二条至第十五条.

Finding is pure: it knows no library; `index.library.resolve` finds what a reference means. A
reference without a title belongs to the document named last before it. 前款 and 本条 are no references.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.library.title_mentions import Mentions
from index.text.numerals import numeral

_SP = "[ \u3000]{0,2}"
_CHINESE = "[零〇一二两三四五六七八九十百千]{1,9}"
_N = f"(?:{_CHINESE}|[0-9０-９]{{1,4}})"
_UNITS = "分编|部分|编|篇|章|节|条|款|项|目|点|段"
_NTH = re.compile(
    rf"第{_SP}(?P<n>{_N}){_SP}(?P<unit>{_UNITS})(?:{_SP}之{_SP}(?P<k>{_CHINESE}|[0-9０-９]{{1,2}}))?"
)
_NTH_BRACKETED = re.compile(rf"第?{_SP}[(（]{_SP}(?P<n>{_N}){_SP}[)）]{_SP}(?P<unit>条|款|项|目|点)")
_TOP = re.compile(rf"(?P<n>[一二三四五六七八九十百]{{1,5}}){_SP}、?(?={_SP}[(（]{_SP}{_N}{_SP}[)）])")
_TOP_ALONE = re.compile(r"(?P<n>[一二三四五六七八九十百]{1,5})、")
_BRACKETED = re.compile(
    rf"{_SP}[(（]{_SP}(?P<n>[零一二三四五六七八九十百]{{1,6}}|[0-9０-９]{{1,3}}){_SP}[)）]"
)
_DIGITS = re.compile(
    rf"{_SP}(?P<n>[0-9０-９]{{1,3}})(?![0-9０-９％%年月日个名所亿万元])(?:[.．、点](?![0-9０-９]))?"
)
_CIRCLED = re.compile(rf"{_SP}(?P<n>[①-⑳])")
_SEPARATOR = "[、至到和及与]|[-—－~～]{1,2}"
_SHARED = re.compile(
    rf"第{_SP}(?P<list>{_N}(?:{_SP}(?:{_SEPARATOR}){_SP}第?{_N}){{1,20}}){_SP}(?P<unit>{_UNITS})"
)
_JOINT = re.compile(rf"{_SP}(?:[、，,和及与或]|以及){_SP}(?=第|[(（])")
_RANGE = re.compile(rf"{_SP}(?:[至到]|[-—－~～]{{1,2}}){_SP}(?=第|[(（])")
_ANCHOR = re.compile(r"第|[一二三四五六七八九十百]{1,5}(?=[ \u3000]{0,2}[、(（])|(?<=[》)）])[ \u3000]?[(（]")
_OF = re.compile(rf"{_SP}的?(?=第)")
_HEADING_BEFORE = re.compile(r"(?:^|\n)[ \t\u3000#>*+-]{0,12}$")
_CUE = re.compile(
    rf"{_SP}(?:规定|提出|明确|要求|指出|所称|所列|所述|载明|写明|强调|中|的|[、和至到]第|[“「『\"：:，,）)])"
)
"""What follows a reference at the start of a line, and never a heading."""
_ARTICLE_HEADING = re.compile(
    rf"(?m)^[ \t\u3000#*]{{0,8}}第{_SP}{_CHINESE}{_SP}条(?!{_SP}(?:第|规定|[的所中、和至到：:，,“]))"
)
_SENTENCE_END = re.compile(r"[。！？\n]")
_RANKS = dict(zip(_UNITS.split("|"), (1, 0, 0, 0, 2, 3, 4, 5, 6, 7, 7, 5), strict=True))
MARKS = {"一、": 0, "（一）": 1, "1": 2, "（1）": 3, "①": 4}
"""Marks of the levels of 公文, from the outermost."""
_BEGINS = frozenset({"条", "编", "分编", "篇", "章", "部分", "一、"})


@dataclass(frozen=True, slots=True)
class AddressPart:
    """One step of a reference: 第十七条之一 is unit 条, 17 and 1; （二） is unit （一） and 2.

    `unit` is the unit's word, or for the numbers of 公文 one of `MARKS`.
    """

    unit: str
    number: int
    inserted: int = 0

    @property
    def is_mark(self) -> bool:
        """Whether a bare number of 公文, and no word, gives the level."""
        return self.unit in MARKS

    @property
    def depth(self) -> int:
        """Grows inwards; comparable among words and among marks."""
        return MARKS[self.unit] if self.is_mark else _RANKS[self.unit]


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference at `start:end` of the text that was read, the title included where it is beside it.

    `parts` run from the outermost unit inwards; `last` closes a range (第十二条至第十五条) at the same
    depth. `title` is the document's name as written, brackets of a version included: beside the
    reference (`named`), or the last one before it. `own` is the kind in 本办法 and 《方案》. `itself`
    marks a reference of a text with articles of its own to those articles.
    """

    start: int
    end: int
    parts: tuple[AddressPart, ...]
    last: tuple[AddressPart, ...] | None = None
    title: str | None = None
    named: bool = False
    own: str | None = None
    itself: bool = False


def find_references(text: str, known: Sequence[str] = ()) -> tuple[Reference, ...]:
    """Every reference to a clause in `text`, in text order; offsets count its code points.

    `known` are names of documents that also count as named where they stand without 《》.
    A heading at the start of a line is no reference.
    """
    return find_in(text, Mentions(text, known))


def find_in(text: str, mentions: Mentions) -> tuple[Reference, ...]:
    """As `find_references`, with the documents named in `text` found already."""
    has_articles = len(_ARTICLE_HEADING.findall(text)) > 1
    sentence_ends = [match.start() for match in _SENTENCE_END.finditer(text)]
    written = len(text) - len(text.lstrip()), len(text.rstrip())
    found: list[Reference] = []
    done = 0
    for anchor in _ANCHOR.finditer(text):
        at = anchor.end() - len(anchor.group().lstrip(" \u3000"))
        if at < done or (first := next(links := _chains(text, at), None)) is None:
            continue
        naming = mentions.naming(at)
        named = naming.start < at
        if not named and not _stands_alone(first[2]):
            continue  # before the rest of the chain is read: each of its links is tried by itself
        chains = [first, *links]
        if not named and _is_heading(text, at, chains, written):
            continue
        title, itself = naming.title, False
        if naming.own is not None:
            earlier = mentions.last_of_kind(naming.own, naming.start)
            title, itself = (earlier.title if earlier else None), has_articles and earlier is None
        elif title is None:
            nearest = mentions.last(at)
            ended = nearest is None or bisect_left(sentence_ends, at) > bisect_left(
                sentence_ends, nearest.end
            )
            itself = has_articles and ended
            title = nearest.title if nearest and not itself else None
        start = naming.start
        for begin, end, parts, last in chains:
            found.append(Reference(min(start, begin), end, parts, last, title, named, naming.own, itself))
            start, done = len(text), end  # only the first of a chain holds the title
    return tuple(found)


_Chain = tuple[int, int, tuple[AddressPart, ...], tuple[AddressPart, ...] | None]


def _chains(text: str, at: int) -> Iterator[_Chain]:
    """The reference at `at` and those joined to it: 第十二条、第十三条; 第（一）项和第（三）项."""
    above: tuple[AddressPart, ...] = ()
    while True:
        if shared := _SHARED.match(text, at):
            for chain in _shared(shared, above):
                yield chain
                end, above = chain[1], chain[3] or chain[2]
        else:
            end, parts = _one(text, at)
            if not parts:
                return
            parts = _inherit(parts, above)
            last = None
            if through := _RANGE.match(text, end):
                far, closing = _one(text, through.end())
                closing = _inherit(closing, parts)
                if closing and closing[-1].unit == parts[-1].unit:
                    end, last = far, closing
            yield at, end, parts, last
            above = last or parts
        joint = _JOINT.match(text, end)
        if joint is None:
            return
        at = joint.end()


def _one(text: str, at: int) -> tuple[int, tuple[AddressPart, ...]]:
    """One chain of parts at `at`, outermost first, and where it ends."""
    parts: list[AddressPart] = []
    while found := _step(text, at, parts):
        at, part = found
        parts.append(part)
    return at, tuple(parts)


def _step(text: str, at: int, parts: Sequence[AddressPart]) -> tuple[int, AddressPart] | None:
    """The next part of a chain, which goes deeper than the one before, and where it ends."""
    before = parts[-1] if parts else None
    word = at
    if before and (of := _OF.match(text, at)):
        word = of.end()
    if match := _NTH.match(text, word) or _NTH_BRACKETED.match(text, word):
        unit, inserted = match["unit"], match.groupdict().get("k")
        if inserted and unit != "条":
            return None
        part = AddressPart(unit, numeral(match["n"]), numeral(inserted) if inserted else 0)
        deeper = before is None or before.is_mark or part.depth > before.depth
        return (match.end(), part) if deeper else None
    if before is None:
        if match := _TOP.match(text, at) or _TOP_ALONE.match(text, at):
            return match.end(), AddressPart("一、", numeral(match["n"]))
        if match := _BRACKETED.match(text, at):
            return match.end(), _bracketed(match["n"])
        return None
    official = before.is_mark or before.unit == "部分"
    level = before.depth if before.is_mark else 0
    if match := _BRACKETED.match(text, at):
        part = _bracketed(match["n"])
        if official:
            return (match.end(), part) if part.depth > level else None
        return (match.end(), AddressPart("项", part.number)) if before.unit in ("条", "款") else None
    if official and level < MARKS["1"] and (match := _DIGITS.match(text, at)):
        return match.end(), AddressPart("1", numeral(match["n"]))
    if official and level < MARKS["①"] and (match := _CIRCLED.match(text, at)):
        return match.end(), AddressPart("①", numeral(match["n"]))
    return None


def _bracketed(number: str) -> AddressPart:
    return AddressPart("（1）" if number.isdecimal() else "（一）", numeral(number))


def _shared(match: "re.Match[str]", above: Sequence[AddressPart]) -> Iterator[_Chain]:
    """第十二、十三条 and 第十二至十五条: numbers that share a unit."""
    numbers = list(re.finditer(_N, match["list"]))
    offset = match.start("list")
    at, begin = 0, match.start()
    while at < len(numbers):
        parts = _inherit((AddressPart(match["unit"], numeral(numbers[at].group())),), above)
        last = None
        if at + 1 < len(numbers):
            between = match["list"][numbers[at].end() : numbers[at + 1].start()]
            if not re.search("[、和及与]", between):
                last = (*parts[:-1], AddressPart(match["unit"], numeral(numbers[at + 1].group())))
                at += 1
        end = match.end() if at + 1 == len(numbers) else offset + numbers[at].end()
        yield begin, end, parts, last
        at += 1
        if at < len(numbers):
            begin = offset + numbers[at].start()


def _inherit(parts: tuple[AddressPart, ...], above: Sequence[AddressPart]) -> tuple[AddressPart, ...]:
    """第（三）项 after 第十二条第（一）项 means 第十二条第（三）项."""
    if not parts or parts[0].unit in _BEGINS:
        return parts
    kept: list[AddressPart] = []
    for part in above:
        if part.unit == parts[0].unit or (part.is_mark == parts[0].is_mark and part.depth >= parts[0].depth):
            break
        kept.append(part)
    return (*kept, *parts)


def _stands_alone(parts: Sequence[AddressPart]) -> bool:
    """Whether an untitled reference says enough: 第二款 and 二、 alone do not."""
    return parts[0].unit in _BEGINS and (parts[0].unit not in ("部分", "一、") or len(parts) > 1)


def _is_heading(text: str, start: int, chains: Sequence[_Chain], written: tuple[int, int]) -> bool:
    """Whether what is found at `start` opens its line as a heading does. `written` is the text without the
    white space around it, as a span."""
    end = chains[-1][1]
    if not _HEADING_BEFORE.search(text[max(0, start - 14) : start]) or _CUE.match(text, end):
        return False
    if any(len(parts) > 1 and not parts[0].is_mark for _, _, parts, _ in chains):
        return False  # no heading says 第十二条第二款
    return written[0] < start or end < written[1]  # the whole text is no heading either
