"""Headings of groups between the articles of a judicial interpretation: 二、受理, then 第三条."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from index.structure.markup import document_title
from index.structure.nesting import Nesting
from index.structure.numbering import Mark, numbered, written
from index.structure.statute_headings import Article, unit_in
from index.structure.tree import Line, is_ended

_MAX_TITLE = 40
_MAX_BARE = 20
_SIGN = re.compile(r"[^\w\s、（）()]")
_MARKS = (Mark.LIST, Mark.BRACKETED)


@dataclass(frozen=True, slots=True)
class Group:
    """A heading of a group of articles. `depth` counts the groups that it stands below."""

    name: str
    label: str
    depth: int
    marker_end: int
    bare: bool = False
    """Whether it is a title without a number."""


def groups_in(lines: Sequence[Line], articles: Mapping[int, Article]) -> dict[int, Group]:
    """The group headings by the index of their line: a short title right before an article or another such
    title. A number goes on from group to group; one without a number is marked up as a heading, or stands
    as a paragraph of its own without any sign (a chapter's title that lost its number)."""
    candidates: set[int] = set()
    first = min(articles, default=len(lines))
    title = document_title(lines)
    for at in range(len(lines) - 1, -1, -1):
        after = at + 1
        stands_before = after in articles or (after in candidates and not _same_kind(lines[at], lines[after]))
        if not stands_before or at in articles or not _is_title(lines[at]):
            continue
        if numbered(lines[at]) is not None:
            fits = not _is_item(lines, at, articles)
        else:
            bare = after in articles and at > first and _stands_apart(lines, at)
            fits = bare or (bool(lines[at].level) and at != title)
        if fits:
            candidates.add(at)
    found = [numbered(line) if at in candidates else None for at, line in enumerate(lines)]
    nesting = Nesting(found)
    groups: dict[int, Group] = {}
    titles = 0
    for at in sorted(candidates):
        line, number = lines[at], found[at]
        if number is None:
            titles += 1
            nesting.open.clear()
            groups[at] = Group(f"h{titles}", f"“{line.text.strip()}”", 0, line.first, bare=True)
        elif (depth := nesting.depth(at, number)) is not None:
            nesting.push(number, depth)
            label = written(number.mark, number.number)
            groups[at] = Group(str(number.number), label, depth, number.marker_end)
    return groups


def _is_title(line: Line) -> bool:
    text = line.text.strip()
    if len(text) > _MAX_TITLE or is_ended(text) or unit_in(line) is not None:
        return False
    number = numbered(line)
    if number is not None:
        return number.mark in _MARKS and not number.weak
    return not line.above_table and (bool(line.level) or (len(text) <= _MAX_BARE and not _SIGN.search(text)))


def _stands_apart(lines: Sequence[Line], at: int) -> bool:
    """Whether line `at` is a paragraph of its own: what is before it has ended, or is a heading."""
    return is_ended(lines[at - 1].text) or unit_in(lines[at - 1]) is not None


def _is_item(lines: Sequence[Line], at: int, articles: Mapping[int, Article]) -> bool:
    """Whether line `at` is the last item of the list that ends the article before it."""
    number = numbered(lines[at])
    if number is None:
        return False
    if number.number == 1:
        return bool(at) and lines[at - 1].text.rstrip().endswith(("：", ":"))
    for before in range(at - 1, -1, -1):
        earlier = numbered(lines[before])
        if earlier and (earlier.mark, earlier.number) == (number.mark, number.number - 1):
            return True
        if before in articles:
            return False
    return False


def _same_kind(line: Line, other: Line) -> bool:
    number, following = numbered(line), numbered(other)
    return number is not None and following is not None and number.mark is following.mark
