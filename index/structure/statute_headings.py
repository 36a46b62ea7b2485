"""编, 章, 节 and 条: which lines open one, by their wording and by the logic of their numbers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.structure.tree import Line
from index.text.numerals import CHINESE, NUMBER, chinese_numeral, numeral

RANKS = {"编": 0, "篇": 0, "部分": 0, "分编": 1, "章": 2, "节": 3}
_NAMES = {"编": "bk", "篇": "bk", "部分": "part", "分编": "pt", "章": "ch", "节": "s"}
_UNIT = re.compile(rf"\s*第\s*(?P<n>{NUMBER}?)\s*(?P<unit>分编|编|篇|部分|章|节)(?P<title>.*)$", re.DOTALL)
_ARTICLE = re.compile(rf"\s*第\s*(?P<n>{NUMBER}?)\s*条(?:\s?之\s?(?P<k>{CHINESE}+))?(?P<rest>.*)$", re.DOTALL)
_CLOSING_UNIT = re.compile(r"\s*附\s*则\s*$")
_TITLED = re.compile(r"\s*(?:【[^】\n]{1,40}】|\[[^\]\n]{1,40}\])")
_REFERENCE = re.compile(r"[\s]?[第规之的与和及或至到、，,。；;：:款项所中]")
"""What follows the number in a cross-reference (第三条第二款, 第三条规定的), not in a heading."""
_MAX_TITLE = 40
_NO_TITLE = re.compile(r"[。；：;:？！]")
_GAP = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class Unit:
    """A heading of a 编, 章 or 节: `title_start` is where its title begins on the line."""

    kind: str
    number: int
    title: str
    marker_end: int

    @property
    def name(self) -> str:
        """Its part of the address."""
        return f"{_NAMES[self.kind]}{self.number}"

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
    """The 编, 章 or 节 whose heading `line` could be."""
    match = _UNIT.match(line.text)
    if match is None:
        return None
    title = match["title"].strip()
    if len(title) > _MAX_TITLE or _NO_TITLE.search(title) or _REFERENCE.match(title):
        return None
    if match["unit"] == "部分" and not _GAP.match(match["title"] or " "):
        return None  # 第一部分学校 is a sentence's beginning
    number = _number(match["n"])
    return Unit(match["unit"], number, title, line.start + match.start("title")) if number else None


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
    clear = not rest or rest[0].isspace() or titled is not None
    if not clear and _REFERENCE.match(rest):
        return None
    number = _number(match["n"])
    inserted = _number(match["k"]) if match["k"] else 0
    marker_end = line.start + match.start("rest")
    text_start = marker_end + (titled.end() if titled else 0)
    return Article(number, inserted, marker_end, text_start, clear) if number else None


def chain(candidates: Sequence[tuple[int, Article]]) -> dict[int, Article]:
    """The articles among `candidates` (by line), by the logic of their numbers.

    Each has the next number; a number is skipped only where the text nowhere later has it (a repealed
    article, an excerpt), and never by a mark that could as well be a broken cross-reference.
    """
    last_line: dict[tuple[int, int], int] = {}
    for at, article in candidates:
        if article.clear:
            last_line[article.key] = at
    accepted: dict[int, Article] = {}
    last: tuple[int, int] | None = None
    for at, article in candidates:
        if last is not None and article.key in ((last[0] + 1, 0), (last[0], last[1] + 1)):
            follows = True
        elif not article.clear or (last is not None and article.key <= last):
            follows = False
        else:
            skipped = (1, 0) if last is None else (last[0] + 1, 0)
            follows = article.key == skipped or last_line.get(skipped, -1) <= at
        if follows:
            accepted[at], last = article, article.key
    return accepted
