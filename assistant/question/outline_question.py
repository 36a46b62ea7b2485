"""A question about a document's outline: what it wants (the text, the title, the headings below, how many,
where something stands) and which place it names, in any writing (二（六）4, 第二部分第六条第四点, 2.6.4,
重点任务的最后一项).

Pure text: `assistant.answering.outline_lookup` finds what a place means in a document.
"""

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from index.text.numerals import numeral

_DATA = Path(__file__).parents[1] / "data" / "outline_questions.toml"
_NUMBER = r"(?:[一二三四五六七八九十]{1,3}|[0-9]{1,3})"
_UNIT = (
    "部分|大块|板块|块|章|编|节|大点|小点|点|大项|小项|项|任务|大条|小条|条|款"
    "|个方面|个大项|个小点|个点|个任务|个|举措|措施|段"
)
_DOTTED = re.compile(
    r"(?<![0-9.])(?P<path>(?:[0-9]{1,2}|[一二三四五六七八九十])(?:[.．-](?:[0-9]{1,2}|[一二三四五六七八九十])){1,3})"
    r"(?![0-9.%亿万千百倍小米元个成度公平岁分人名所年月日吨])|^(?P<run>[一二三四五六七八九十]{2}[0-9])(?![0-9])"
)
_ALONE = r"(?=[的里中，。,.?？ (]|第|$)"
_STEP = re.compile(
    rf"(?P<last>倒数第(?P<from_end>{_NUMBER})|最后(?:的|那|一|个)*|最末尾?(?:的|那|一|个)*"
    rf"|末尾(?:的|那|一|个)*|打头(?:的|那|一|个)*|头一(?:个)?|首(?=项|条|个))"
    rf"(?P<last_unit>[大小]?(?:{_UNIT}))"
    rf"|第(?P<nth>{_NUMBER})(?:(?P<unit>个?[大小]?(?:{_UNIT}))|{_ALONE})"
    rf"|[(](?P<bracketed>{_NUMBER})[)](?!班|年级)"
    rf"|(?<![0-9一二三四五六七八九十这那哪每某同有])(?P<plain>{_NUMBER})(?P<plain_unit>大?(?:部分|块|板块|大项|大点))"
    rf"|(?<![0-9一二三四五六七八九十高初大小])(?P<bare>{_NUMBER})(?=[、.．]? ?[(]|、 ?[0-9])"
    rf"|(?<=[)、])(?P<after>[0-9]{{1,2}}|[一二三四五六七八九])(?![0-9年月日%个所、一二三四五六七八九])"
    rf"|(?<=[ .])(?P<spaced>{_NUMBER})(?=[ .]|$)"
)
_POINTED = re.compile(r"(?:那|这)(?:一|个)*(?:大|小)?(?P<unit>部分|板块|块|章|节|项|条|点|段)")
_LEVELS = ((("部分", "板块", "块", "章"), 1), (("节", "项"), 2), (("条", "点", "段"), 3))
_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾", "一二三四五六七八九十")


class Wanted(StrEnum):
    """What of the outline is asked."""

    TEXT = "text"
    TITLE = "title"
    HEADINGS = "headings"
    COUNT = "count"
    WHERE = "where"
    NEXT = "next"
    """The title of what comes after the named place."""
    BEFORE = "before"
    """The title of what comes before it."""
    CONTENT = "content"
    """Something that stands in the named place, no matter of the outline."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a place: the `number`-th from 1, from the end where negative; `unit` as written."""

    number: int
    unit: str
    bracketed: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class OutlineQuestion:
    """What is wanted, the steps to the place, and what the question says besides."""

    wanted: Wanted
    steps: tuple[Step, ...]
    unit: str
    """Of a count: what is counted, as written."""
    about: str
    """The question without steps and cues: a heading, a topic, or nothing."""
    besides: str
    """Of that what is no filler."""
    points: bool
    """It speaks of a unit of the outline (那一条, 这项)."""
    level: int | None
    """How deep that unit lies, where its word says so: 1 of 部分, 2 of 节 and 项, 3 of 点 and 条."""
    everywhere: bool
    """It speaks of the whole document."""


def outline_question(text: str) -> OutlineQuestion | None:
    """What `text` (cleaned) asks of the outline; None where it names no place and has no cue."""
    forms = _forms()
    steps = tuple(_steps(text.translate(_FORMAL)))
    count, where = forms.count.search(text), forms.where.search(text)
    bare = forms.bare_count.search(text) if steps else None
    wanted, cue = Wanted.CONTENT, None
    beside = next((name for name in (Wanted.NEXT, Wanted.BEFORE) if getattr(forms, name).search(text)), None)
    if beside is not None:
        wanted, cue = beside, getattr(forms, beside).search(text)
        steps = tuple(step for step in steps if not cue.start() <= step.start < cue.end())
    elif count and not _overlaps(count, steps):
        wanted, cue = Wanted.COUNT, count
    elif where:
        wanted, cue = Wanted.WHERE, where
        steps = tuple(step for step in steps if not where.start() <= step.start < where.end())
    elif found := forms.whole_text.search(text):
        wanted, cue = Wanted.TEXT, found
    else:
        for name in (Wanted.HEADINGS, Wanted.TITLE, Wanted.TEXT):
            if found := getattr(forms, name).search(text):
                wanted, cue = name, found
                break
        if wanted in (Wanted.CONTENT, Wanted.TEXT) and bare and not _overlaps(bare, steps):
            wanted, cue = Wanted.COUNT, bare
    if wanted is Wanted.CONTENT and not steps:
        return None
    about = _without(text, [(step.start, step.end) for step in steps] + ([cue.span()] if cue else []))
    besides = without_filler(about)
    if wanted is Wanted.CONTENT and not besides:
        wanted = Wanted.TEXT  # nothing but a place
    unit = (cue.groupdict().get("unit") or "") if cue and wanted is Wanted.COUNT else ""
    points, everywhere = forms.points.search(text) is not None, forms.everywhere.search(text) is not None
    return OutlineQuestion(wanted, steps, unit, about, besides, points, _level(text), everywhere)


def _level(text: str) -> int | None:
    pointed = _POINTED.search(text)
    return next((level for units, level in _LEVELS if pointed and pointed["unit"] in units), None)


def without_filler(text: str) -> str:
    """What `text` says besides courtesy and words for documents and their parts."""
    return re.sub(r"[\W_]+", "", _forms().filler.sub("", text))


def _overlaps(count: re.Match[str], steps: tuple[Step, ...]) -> bool:
    return any(step.start < count.end() and count.start() < step.end for step in steps)


def _steps(text: str) -> list[Step]:
    if dotted := _DOTTED.search(text):
        path: list[str] = re.split(r"[.．-]", dotted["path"]) if dotted["path"] else list(dotted["run"])
        return [Step(numeral(number), "", False, *dotted.span()) for number in path]
    steps: list[Step] = []
    for match in _STEP.finditer(text):
        written = next(
            match[name]
            for name in ("from_end", "nth", "bracketed", "plain", "bare", "after", "spaced", "last")
            if match[name]
        )
        if match["last"]:
            first = match["last"].startswith(("头", "首", "打"))
            number = 1 if first else -(numeral(match["from_end"]) if match["from_end"] else 1)
            unit = match["last_unit"]
        else:
            number, unit = numeral(written), match["unit"] or match["plain_unit"] or ""
        if match["spaced"] and not steps:
            continue
        steps.append(Step(number, unit, bool(match["bracketed"]), match.start(), match.end()))
    return steps


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    chars = list(text)
    for start, end in spans:
        chars[start:end] = " " * (end - start)
    return "".join(chars)


@dataclass(frozen=True, slots=True)
class _Forms:
    count: re.Pattern[str]
    bare_count: re.Pattern[str]
    points: re.Pattern[str]
    everywhere: re.Pattern[str]
    where: re.Pattern[str]
    next: re.Pattern[str]
    before: re.Pattern[str]
    headings: re.Pattern[str]
    title: re.Pattern[str]
    text: re.Pattern[str]
    whole_text: re.Pattern[str]
    filler: re.Pattern[str]


@lru_cache(maxsize=1)
def _forms() -> _Forms:
    data = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    return _Forms(
        **{name: re.compile("|".join(f"(?:{form})" for form in data[name])) for name in _Forms.__slots__}
    )
