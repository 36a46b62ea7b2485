"""Documents named in running text: 《体育法》（2022年修订）, 体育法 without brackets, 本办法."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from index.library.titles import KINDS, parse_title
from index.text.tokens import cut

_NOTE = r"(?P<note>[(（][^()（）《》\n]{1,30}[)）])?"
_BOOK = re.compile(rf"《(?P<title>[^《》\n]{{1,120}}(?:《[^《》\n]{{1,80}}》[^《》\n]{{0,40}})?)》{_NOTE}")
_NOTE_AT_END = re.compile(r"[(（][^()（）《》\n]{1,30}[)）]$")
_GLUE = re.compile(r"(?:的|之|中的?|里的?|内)?[ \u3000]?")
_GLUE_AT_END = re.compile(r"(?:的|之|中的?|里的?)?[ \u3000]?$")
_YEAR_BEFORE = re.compile(r"(?P<year>(?:19|20)\d{2})年(?:版|修订的?|修正的?|修改的?|公布的?)?(?:的)?$")
_KIND = re.compile("|".join(KINDS))
_POINTING = re.compile(r"^.*(?:[这那该本此]|上述)(?:[一几]?[个份部项套种件]|些)?")
"""What points to a document that is no part of its name: 这个, 那份."""
_POSSESSOR = re.compile(r"(?P<whose>[\u4e00-\u9fff]{2,20})的$")
_OWN = ("本", "该", "此", "上述")
_NO_OWN = ("基本法", "根本法")
_MAX_BARE = 40
_LOOK_BACK = 80
_LOOK_BACK_NAME = 8
_STATE = "中华人民共和国"
_LEAD_IN = re.compile(
    r"^.*(?:根据|依据|依照|按照|遵照|参照|比照|违反|符合|落实|贯彻|执行|遵守|适用|引用|查阅|修改|关于|对照|结合"
    r"|参见|详见|请问|想问|问下|问一下|说说|讲讲|看看|看下|了解|知道|什么是|我国|现行|新修订的?|修订后的?|旧的?"
    r"|以及|[以和与及或在由对从见即于是按依据把将的年版原新])"
)
"""What may stand before a bare title and is no part of it: everything up to its last occurrence."""
_NO_TITLE = re.compile(r"前|其他|有关|相关|国家规定|法律规定|另行规定|各项规定")


@dataclass(frozen=True, slots=True)
class Mention:
    """A document named at `start:end`; `title` as written, without 《》, with the brackets after it."""

    start: int
    end: int
    title: str


@dataclass(frozen=True, slots=True)
class DocumentNaming:
    """How the document of a reference is named: by a title beside it, or by 本办法 (`own`)."""

    start: int
    title: str | None = None
    own: str | None = None


def find_mentions(text: str, known: Sequence[str] = ()) -> tuple[Mention, ...]:
    """Every 《title》 in `text`, and every bare name of `known`, in text order, none inside another; each
    with the year that stands beside it."""
    found = [
        Mention(m.start(), m.end(), m["title"] + (m["note"] or _year_before(text, m.start())))
        for m in _BOOK.finditer(text)
    ]
    if known:
        names = "|".join(map(re.escape, sorted(known, key=lambda name: -len(name))))
        pattern = re.compile(f"(?P<title>{names}){_NOTE}")
        ends, books = [mention.end for mention in found], len(found)
        for match in pattern.finditer(text):
            at = bisect_right(ends, match.start())
            free = at == len(ends) or at >= books or found[at].start >= match.end()
            if free and _begins_here(text, match.start()):
                note = match["note"] or _year_before(text, match.start())
                found.append(Mention(match.start(), match.end(), match["title"] + note))
        found.sort(key=lambda mention: mention.start)
    return tuple(found)


def _begins_here(text: str, at: int) -> bool:
    """Whether a bare name can begin at `at`: 教育法 does not in 民办教育法."""
    if not at or not "\u4e00" <= text[at - 1] <= "\u9fff":
        return True
    before = text[max(0, at - _LOOK_BACK_NAME) : at]
    return before.endswith(_STATE) or _LEAD_IN.fullmatch(before) is not None


class Mentions:
    """The documents named in one text, and which of them a place in it can mean."""

    def __init__(self, text: str, known: Sequence[str] = ()) -> None:
        self._text = text
        self.found = find_mentions(text, known)
        self._ends = [mention.end for mention in self.found]
        self._last: list[Mention | None] = [None]  # by how many were named before
        for mention in self.found:
            self._last.append(self._last[-1] if mention.title in KINDS else mention)
        self._by_kind: dict[str, list[Mention]] = {}
        for mention in self.found:
            core = parse_title(mention.title).core
            for kind in KINDS:
                if core.endswith(kind) and core != kind:
                    self._by_kind.setdefault(kind, []).append(mention)

    def last(self, at: int) -> Mention | None:
        """The document named last before offset `at`, 《方案》 and its like left out."""
        return self._last[bisect_right(self._ends, at)]

    def last_of_kind(self, kind: str, at: int) -> Mention | None:
        """The document named last before `at` whose title ends with `kind`."""
        named = self._by_kind.get(kind, [])
        index = bisect_right(named, at, key=lambda mention: mention.end)
        return named[index - 1] if index else None

    def naming(self, at: int) -> DocumentNaming:
        """How a reference that begins at `at` names its document, and where the name begins."""
        index = bisect_right(self._ends, at)
        if index and _GLUE.fullmatch(self._text, self._ends[index - 1], at):
            mention = self.found[index - 1]
            if mention.title in KINDS:
                return DocumentNaming(mention.start, None, mention.title)
            return DocumentNaming(mention.start, mention.title)
        return self._bare(at)

    def bare_names(self) -> tuple[Mention, ...]:
        """What else in the text ends as titles do, and may name a document: 渔业条例, 镇里的意见; what only
        points to one (这个条例) is none."""
        ends = {0}
        for word in cut(self._text):
            ends.add(max(ends) + len(word))
        named = (
            self._ending_with(match)
            for match in _KIND.finditer(self._text)
            if match.end() in ends
            and not any(mention.start < match.end() <= mention.end for mention in self.found)
        )
        return tuple(mention for mention in named if mention is not None)

    def _ending_with(self, kind: re.Match[str]) -> Mention | None:
        """The bare name that ends with `kind`."""
        naming = self._bare(kind.end())
        title = naming.title or ""
        if not title and naming.own is None and (before := _POSSESSOR.search(self._text[: kind.start()])):
            whose = _LEAD_IN.sub("", before["whose"])
            title = whose and f"{whose}的{kind.group()}"
        if pointing := _POINTING.match(title.removesuffix(kind.group())):
            title = title[pointing.end() :]
        if title in ("", *KINDS):
            return None
        return Mention(kind.end() - len(title), kind.end(), title)

    def _bare(self, at: int) -> DocumentNaming:
        """A name without 《》 that ends right before `at`."""
        low = max(0, at - _LOOK_BACK)
        before = self._text[low:at]
        before = before[: _GLUE_AT_END.search(before).start()]  # type: ignore[union-attr] # matches empty
        note = _NOTE_AT_END.search(before)
        name = before[: note.start()] if note else before
        kind = next((kind for kind in KINDS if name.endswith(kind)), None)
        if kind is None:
            return DocumentNaming(at)
        for own in _OWN:
            if name.endswith(own + kind) and not name.endswith(_NO_OWN):
                return DocumentNaming(low + len(name) - len(own + kind), None, kind)
        run = len(name)
        while run and len(name) - run < _MAX_BARE and "\u4e00" <= name[run - 1] <= "\u9fff":
            run -= 1
        title = name[run:]
        if cut := _LEAD_IN.match(title[: -len(kind)]):
            run += cut.end()
            title = title[cut.end() :]
        if _NO_TITLE.match(title):
            return DocumentNaming(at)
        if title == kind:
            return DocumentNaming(low + run, None, kind) if kind in _NAMES_ALONE else DocumentNaming(at)
        year = _year_before(name, run)
        return DocumentNaming(low + run, title + (note.group() if note else year))


_NAMES_ALONE = ("实施方案", "方案", "行动计划", "实施办法", "实施细则", "实施意见", "纲要")
"""Kinds that name a document by themselves where a reference follows: 方案二、（五）."""


def _year_before(text: str, at: int) -> str:
    """（2022年） where 2022年 or 2022年修订的 stands right before `at`, else nothing."""
    match = _YEAR_BEFORE.search(text[max(0, at - 12) : at])
    return f"（{match['year']}年版）" if match else ""
