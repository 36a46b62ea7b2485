"""Titles as people write them: 体育法 for 中华人民共和国体育法, a version in brackets, an elided middle.

A title is compared by its folded core: without the state's name in front, without the brackets at its
end. What such brackets say is kept: years that belong to the title (2020—2022年) must agree with the
document's own, years of a version (2022年修订) choose among its versions.
"""

import re
from dataclasses import dataclass

from index.library.attached_texts import attached_titles
from index.library.library import Library
from index.text.folding import fold_text

_STATE = "中华人民共和国"
_PLACE = re.compile(r"^[\u4e00-\u9fff]{2,5}?(?:省|市|自治区|自治州|自治县)(?=.{4})")
_BRACKETS = re.compile(r"\(([^()]{0,40})\)$")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_VERSION_WORDS = re.compile(r"修订|修正|修改|公布|通过|施行|发布|版|现行|试行|暂行")
_ELISION = re.compile(r"\.{3,}")
_BOOK_MARKS = re.compile("[《》〈〉<>]")
"""Of titles within a title, which are written with either."""
_MIN_TAIL = 4
_POLICY_KINDS = ("方案", "意见", "纲要", "规划", "计划", "通知")
KINDS = tuple(
    sorted(
        (
            *("实施条例", "实施办法", "实施细则", "实施方案", "实施意见", "行动计划", "暂行条例", "暂行办法"),
            *("法", "条例", "办法", "规定", "细则", "方案", "意见", "通知", "决定", "规则", "纲要", "规划"),
            *("计划", "标准", "准则", "章程", "公约", "制度", "指南", "要点"),
        ),
        key=len,
        reverse=True,
    )
)
"""Words that titles of official documents end with, the longest first."""
_LAW = "法"


@dataclass(frozen=True, slots=True)
class Title:
    """A title taken apart. `years` belong to the title itself, `version_years` to one version."""

    core: str
    years: frozenset[str]
    version_years: frozenset[str]


def parse_title(title: str) -> Title:
    """The parts of `title` as written, with or without 《》."""
    rest = fold_text(title).strip("《》<>")
    years: set[str] = set()
    version_years: set[str] = set()
    while match := _BRACKETS.search(rest):
        inside = match[1]
        found = _YEAR.findall(inside)
        is_period = len(found) > 1 or (found and not _VERSION_WORDS.search(inside) and "-" in inside)
        (years if is_period else version_years).update(found)
        rest = rest[: match.start()].removesuffix("》")
    core = _BOOK_MARKS.sub("", rest.removeprefix(_STATE))
    return Title(core, frozenset(years), frozenset(version_years))


class TitleIndex:
    """The documents of a library by title."""

    def __init__(self, library: Library) -> None:
        self._titles: dict[str, set[Title]] = {}
        self._exact: dict[str, set[str]] = {}
        self._issued: dict[str, set[str]] = {}
        """By the titles of what they issue; they count where no document has the title itself."""
        for identifier in library.ids():
            for version in library.versions(identifier):
                view = library.get(identifier, version)
                if view is None:
                    continue
                self._note(identifier, parse_title(view.document.title), self._exact)
                for attached in attached_titles(view):
                    self._note(identifier, parse_title(attached), self._issued)

    def _note(self, identifier: str, title: Title, cores: dict[str, set[str]]) -> None:
        self._titles.setdefault(identifier, set()).add(title)
        for core in {title.core, _PLACE.sub("", title.core)}:
            cores.setdefault(core, set()).add(identifier)

    def names(self) -> tuple[str, ...]:
        """Every core by which a document is known, the longest first."""
        return tuple(
            sorted(
                (core for core in {*self._exact, *self._issued} if len(core) > 1), key=lambda core: -len(core)
            )
        )

    def find(self, title: str) -> tuple[str, ...]:
        """Ids of the documents that `title` can mean, ordered; empty where none has that name.

        Laws go by their whole name. A plan or notice may also be named by the end of its title
        (教育现代化实施方案), any document by a title whose middle is left out with an ellipsis.
        """
        wanted = parse_title(title)
        pieces = [piece for piece in _ELISION.split(wanted.core) if piece]
        if len(pieces) > 1 or pieces != [wanted.core]:
            found = {i for i in self._titles if self._elided(i, wanted.core, pieces)}
        else:
            found = set(self._exact.get(wanted.core) or self._issued.get(wanted.core) or ())
            whole = {i for i in found if any(t.core == wanted.core for t in self._titles[i])}
            found = whole or found
            if not found and len(wanted.core) >= _MIN_TAIL and wanted.core.endswith(_POLICY_KINDS):
                found = {
                    i for i in self._titles if any(t.core.endswith(wanted.core) for t in self._titles[i])
                }
        return tuple(sorted(i for i in found if self._years_agree(i, wanted)))

    def shortened(self, name: str) -> tuple[str, ...]:
        """Ids of the documents whose title `name` shortens: it leaves characters out, none at the end
        (教育方案 for 教育现代化实施方案). Laws go by their whole name."""
        kind = kind_of(name)
        if not kind or kind == _LAW:
            return ()
        wanted = re.compile(".*".join(map(re.escape, fold_text(name).removesuffix(kind))))
        return tuple(
            sorted(i for i, titles in self._titles.items() if any(_shortens(wanted, kind, t) for t in titles))
        )

    def ending_with(self, kind: str) -> tuple[str, ...]:
        """Ids of the documents whose title ends with `kind`: what 本办法 and 《方案》 can mean."""
        return tuple(
            sorted(i for i, titles in self._titles.items() if any(t.core.endswith(kind) for t in titles))
        )

    def _elided(self, identifier: str, core: str, pieces: list[str]) -> bool:
        if not pieces:
            return False
        pattern = ".*".join(map(re.escape, pieces))
        head = "" if _ELISION.match(core) else "^"
        return any(re.search(f"{head}{pattern}$", t.core) for t in self._titles[identifier])

    def _years_agree(self, identifier: str, wanted: Title) -> bool:
        return not wanted.years or any(t.years == wanted.years for t in self._titles[identifier])


def kind_of(title: str) -> str:
    """The word of `KINDS` that `title` ends with, the longest; empty where it ends with none."""
    return next((kind for kind in KINDS if title.endswith(kind)), "")


def _shortens(wanted: re.Pattern[str], kind: str, title: Title) -> bool:
    own = kind_of(title.core)
    return own.endswith(kind) and wanted.search(title.core.removesuffix(own)) is not None
