"""编, 章, 节 and 条: which lines open one, by their wording and by the logic of their numbers."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.structure.tree import Line, is_ended
from index.text.numerals import CHINESE, NUMBER, chinese_numeral, numeral

RANKS = {"编": 0, "篇": 0, "部分": 0, "分编": 1, "章": 2, "节": 3}
UNIT_NAMES = {"编": "bk", "篇": "bk", "部分": "part", "分编": "pt", "章": "ch", "节": "s"}
"""Of each kind of unit its part of an address, before its number."""
_UNIT = re.compile(rf"\s*第\s*(?P<n>{NUMBER}?)\s*(?P<unit>分编|编|篇|部分|章|节)(?P<title>.*)$", re.DOTALL)
_ARTICLE = re.compile(rf"\s*第\s*(?P<n>{NUMBER}?)\s*条(?:\s?之\s?(?P<k>{CHINESE}+))?(?P<rest>.*)$", re.DOTALL)
_CLOSING_UNIT = re.compile(r"\s*附\s*则\s*$")
_TITLED = re.compile(r"\s*(?:【[^】\n]{1,40}】|\[[^\]\n]{1,40}\])")
_REFERENCE = re.compile(r"\s?[第规之的与和及或至到、，,。；;：:款项所中]")
"""What follows the number in a cross-reference (第三条第二款, 第三条规定的); a title may begin so as well."""
_SEPARATED = re.compile(r"\s?[：:、](?!\s*第)")
"""What stands between number and text in 第一条：, 第一条、."""
_MAX_TITLE = 40
_NO_TITLE = re.compile(r"[。；：;:？！]")
_GAP = re.compile(r"\s")
_INSIDE = re.compile(rf"(?<=[。；：])\s*(?=第\s*(?P<n>{NUMBER}?)\s*条[\s【])")
_LEAST_LISTED = 3
_FEW_SKIPPED = 3
"""Articles that may be missing in one place of however short a text."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A heading of a 编, 章 or 节: `marker_end` is where its title begins."""

    kind: str
    number: int
    title: str
    marker_end: int
    doubtful: bool = False
    """Whether it could as well be a cross-reference that begins a line (第三章规定的程序)."""

    @property
    def name(self) -> str:
        """Its part of the address."""
        return f"{UNIT_NAMES[self.kind]}{self.number}"

    @property
    def label(self) -> str:
        """第二章."""
        return f"第{chinese_numeral(self.number)}{self.kind}"


@dataclass(frozen=True, slots=True)
class Article:
    """第十七条之一 at the start of a line; the text of the article begins at `text_start`."""

    number: int
    inserted: int
    """1 for 之一, 0 for the article itself."""
    marker_end: int
    text_start: int
    clear: bool
    """Whether white space, a title or nothing follows the number, as in a heading."""
    separated: bool = False
    """Whether a colon or the like follows the number (第一条：)."""

    @property
    def key(self) -> tuple[int, int]:
        """What the order of articles goes by."""
        return self.number, self.inserted

    @property
    def name(self) -> str:
        """Its part of the address."""
        return f"art{self.number}" + (f"-{self.inserted}" if self.inserted else "")

    @property
    def label(self) -> str:
        """第十七条之一."""
        inserted = f"之{chinese_numeral(self.inserted)}" if self.inserted else ""
        return f"第{chinese_numeral(self.number)}条{inserted}"


def unit_in(line: Line) -> Unit | None:
    """The 编, 章 or 节 whose heading `line` could be, by its wording alone."""
    match = _UNIT.match(line.text)
    if match is None:
        return None
    title = match["title"].strip()
    if line.level:
        title = title.rstrip("。")
    if len(title) > _MAX_TITLE or _NO_TITLE.search(title) or title.startswith(("、", "，", ",")):
        return None
    gap = bool(_GAP.match(match["title"] or " "))
    if match["unit"] == "部分" and not gap:
        return None  # 第一部分学校 is a sentence's beginning
    spaced = bool(_GAP.search(match["n"])) and not line.level
    return _unit(line, match, bool(_REFERENCE.match(title)) and (spaced or not gap))


def _unit(line: Line, match: re.Match[str], doubtful: bool) -> Unit | None:
    number = _number(match["n"])
    start = line.start + match.start("title")
    return Unit(match["unit"], number, match["title"].strip(), start, doubtful) if number else None


def units_in(lines: Sequence[Line]) -> dict[int, Unit]:
    """The headings of 编, 章 and 节 by the index of their line: each has a higher number than the last of
    its kind below the same one above it; what could be a cross-reference must have the very next, and
    begin a paragraph."""
    found: dict[int, Unit] = {}
    open_units: list[Unit] = []
    candidates = {at: unit for at, line in enumerate(lines) if (unit := unit_in(line))}
    listed = _listed(candidates)
    for at, unit in candidates.items():
        if at in listed:
            continue
        rank = RANKS[unit.kind]
        before = next((each.number for each in open_units if RANKS[each.kind] == rank), None)
        if unit.doubtful:
            begins = not at or is_ended(lines[at - 1].text) or at - 1 in found
            follows = begins and unit.number == (before or 0) + 1
        else:
            follows = before is None or unit.number > before
        if follows:
            open_units = [each for each in open_units if RANKS[each.kind] < rank]
            open_units.append(unit)
            found[at] = unit
    return found


def _listed(candidates: Mapping[int, Unit]) -> set[int]:
    """The headings that only list what comes: three or more of a kind, one right after the other, which stand
    again further down."""
    last = {(unit.kind, unit.number): at for at, unit in candidates.items()}
    listed: set[int] = set()
    run: list[int] = []
    for at, unit in [*candidates.items(), (-1, None)]:
        if run and (unit is None or at != run[-1] + 1 or unit.kind != candidates[run[-1]].kind):
            again = [each for each in run if last[candidates[each].kind, candidates[each].number] > run[-1]]
            listed |= set(again) if len(run) >= _LEAST_LISTED else set()
            run = []
        run.append(at)
    return listed


def _number(written: str) -> int:
    """The number, 0 for what is none: 第十2条 mixes two writings."""
    try:
        return numeral(written)
    except ValueError:
        return 0


def is_closing_unit(line: Line) -> bool:
    """附则 without a number, as some regulations close."""
    return _CLOSING_UNIT.match(line.text) is not None


def article_in(line: Line) -> Article | None:
    """The article that `line` could open."""
    match = _ARTICLE.match(line.text)
    if match is None:
        return None
    rest = match["rest"]
    titled = _TITLED.match(rest)
    separated = _SEPARATED.match(rest)
    clear = not rest or rest[0].isspace() or titled is not None
    if not clear and not separated and _REFERENCE.match(rest):
        return None
    number = _number(match["n"])
    inserted = _number(match["k"]) if match["k"] else 0
    marker_end = line.start + match.start("rest")
    text_start = marker_end + (titled.end() if titled else separated.end() if separated else 0)
    found = Article(number, inserted, marker_end, text_start, clear, separated is not None)
    return found if number else None


def with_inner_articles(lines: Sequence[Line]) -> list[Line]:
    """`lines`, cut before articles that a line has inside it, where no line begins with that number and the
    article before it is the last one seen."""
    begun = {article.number for line in lines if (article := article_in(line))}
    if not begun:
        return list(lines)
    last = 0
    cut: list[Line] = []
    for line in lines:
        first = article_in(line)
        last = first.number if first and first.number == last + 1 else last
        at = 0
        for match in _INSIDE.finditer(line.text):
            number = _number(match["n"])
            if number == last + 1 and number not in begun:
                cut.append(Line(line.start + at, line.start + match.end(), line.text[at : match.end()]))
                at, last = match.end(), number
        rest = line if not at else Line(line.start + at, line.end, line.text[at:])
        cut.append(rest)
    return cut


def chain(candidates: Sequence[tuple[int, Article]]) -> dict[int, Article]:
    """The articles among `candidates` (by line), by the logic of their numbers.

    Each has the next number; a number is skipped only where the text nowhere later has it (a repealed
    article, an excerpt), and never by a mark that could as well be a broken cross-reference.
    """
    last_line: dict[tuple[int, int], int] = {}
    for at, article in candidates:
        if article.clear:
            last_line[article.key] = at
    keys = {article.key for _, article in candidates}
    accepted: dict[int, Article] = {}
    last: tuple[int, int] | None = None
    for at, article in candidates:
        if last is not None and article.key in ((last[0] + 1, 0), (last[0], last[1] + 1)):
            follows = True
        elif last is None and article.key == (1, 0) and (1, 0) not in last_line:
            follows = (2, 0) in keys  # none of its kind is clear
        elif not article.clear or (last is not None and article.key <= last):
            follows = False
        else:
            next_one = (1, 0) if last is None else (last[0] + 1, 0)
            few = last is None or article.number - next_one[0] <= max(_FEW_SKIPPED, len(accepted))
            follows = article.key == next_one or (few and last_line.get(next_one, -1) <= at)
        if follows:
            accepted[at], last = article, article.key
    return accepted


def skipped(articles: Sequence[Article]) -> list[tuple[Article, str]]:
    """For each article before which others are missing, the label of what is missing."""
    found = []
    for before, after in pairwise(articles):
        if after.number > before.number + 1:
            first, last = (f"第{chinese_numeral(n)}条" for n in (before.number + 1, after.number - 1))
            found.append((after, first if first == last else f"{first}至{last}"))
    return found
