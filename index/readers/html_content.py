"""Which lines of a saved page are its text, and what the page states of the text beside it.

A page without the furniture of a site is kept whole. Else a line is left out only where it is surely none of
the text: it is furniture by its words, or it stands outside of the element that the page itself gives for its
content, or the extractor library leaves it out, and it does not read as part of an official text.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.readers.html_furniture import (
    is_beside_foot,
    is_day,
    is_enclosure,
    is_foot,
    is_label,
    is_no_title,
    is_prose,
    is_tool,
    is_trail,
    main_names,
    stated,
    stated_in,
)
from index.readers.html_lines import Grid, Item, Line, Node, Picture, is_hidden
from index.text.folding import squeeze

if TYPE_CHECKING:
    from lxml.etree import _Element

_MOST = 0.6
"""Share of the page's text that an element must have which only perhaps holds the content."""
_LINKS = 3
"""Lines of links that are left out from which on a page belongs to a site."""
_LINKED = 0.5
"""Share of a line's characters that lead elsewhere from which on it is a link."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a page holds: its text, what it states beside it, and the tables that state it within the text."""

    items: list[Item]
    fields: Mapping[str, str]
    """By the page's own labels."""
    stating: Set[int]
    """Numbers of the items that are tables of what the page states: text, but no data."""


def main_elements(root: "_Element") -> set["_Element"]:
    """The elements that the page itself gives for its content; none where it gives none surely."""
    ids, classes, likely_ids, likely_classes = main_names()
    sizes = _sizes(root)
    sure: set[_Element] = set()
    likely: list[_Element] = []
    for element in root.iter():
        if not sizes.get(element):
            continue
        own = (element.get("id") or "").lower()
        kinds = set((element.get("class") or "").lower().split())
        if own in ids or kinds & classes:
            if sure.isdisjoint(element.iterancestors()):
                sure.add(element)
        elif (
            element.tag in {"main", "article"}
            or element.get("role") == "main"
            or own in likely_ids
            or kinds & likely_classes
        ):
            likely.append(element)
    if sure:
        return sure
    found = [element for element in likely if sizes[element] >= _MOST * sizes[root]]
    return set(found[-1:])  # the innermost that holds most


def choose(
    items: Sequence[Item], taken: Set[Node] | None, title: Set[str], told: Mapping[str, str]
) -> Content:
    """The items that are the page's text.

    `taken` are the texts that the extractor library takes for it, None where it does not tell; `title` are
    lines that may be its title, squeezed; `told` is what the head of the page states.
    """
    tables = {number: stated_in(item.rows) for number, item in enumerate(items) if isinstance(item, Grid)}
    beside = dict(told)
    has_main = any(item.in_main for item in items)
    reader = _Judge(items, taken, title, has_main)
    if not reader.has_furniture:
        for pairs in tables.values():
            beside.update({label: value for label, value in pairs.items() if value})
        return Content(list(items), beside, {number for number, pairs in tables.items() if pairs})
    kept: list[Item] = []
    stating: set[int] = set()
    for number, item in enumerate(items):
        found: Mapping[str, str] = tables[number] if isinstance(item, Grid) else reader.stated(number)
        for label, value in found.items():
            if value:
                beside.setdefault(label, value)
        if item.in_main and isinstance(item, Grid) and found:
            stating.add(len(kept))
        elif found or not reader.is_text(number):
            continue
        kept.append(item)
    if not kept:
        return Content(list(items), beside, set())
    return Content(kept, beside, stating)


class _Judge:
    """Tells the text of one page from its furniture."""

    def __init__(
        self, items: Sequence[Item], taken: Set[Node] | None, title: Set[str], has_main: bool
    ) -> None:
        self._items = items
        self._taken = taken
        self._title = title
        self._has_main = has_main
        texts = [_text(item) for item in items]
        self._trails = [is_trail(text) for text in texts]
        self._tools = [is_tool(text) for text in texts]
        self._feet = [is_foot(text) for text in texts]
        self._prose = [self._reads_as_text(number, text) for number, text in enumerate(texts)]
        firm = [number for number, item in enumerate(items) if item.in_main or self._is_firm(number)]
        self._first = firm[0] if firm else 0
        self._body = next((number for number in firm if not self._is_above_body(number)), 0)
        self._last = firm[-1] if firm else len(items)
        self._headings = self._heading_before(items)
        has_feet = any(self._feet[self._last + 1 :])
        for number in range(self._last + 1, len(items) if has_feet else 0):
            self._feet[number] |= is_beside_foot(texts[number])
        links = sum(self._is_dropped_link(number) for number in range(len(items)))
        self.has_furniture = bool(firm) and (has_main or any(self._trails) or links >= _LINKS or has_feet)

    def is_text(self, number: int) -> bool:
        """Whether an item is part of the page's text."""
        item = self._items[number]
        if isinstance(item, Picture):
            return item.in_main or (not self._has_main and self._first <= number <= self._last)
        if self._trails[number] or (self._tools[number] and not isinstance(item, Grid)):
            return False
        if item.in_main:
            return True
        if squeeze(_text(item)) in self._title or (isinstance(item, Line) and item.heading in self._headings):
            return True
        if self._feet[number] and (self._has_main or number > self._last):
            return False
        if self._has_main or not self._is_taken(item):
            return self._prose[number]
        outside = not self._first <= number <= self._last
        return self._prose[number] or not (outside and (self._is_link(item) or is_no_title(_text(item))))

    def stated(self, number: int) -> Mapping[str, str]:
        """What a line beside the text states by known labels."""
        item = self._items[number]
        if not isinstance(item, Line) or item.in_main or not (self._has_main or number < self._body):
            return {}
        before = self._items[number - 1] if number else None
        if isinstance(before, Line) and (label := is_label(before.text)) and not is_label(item.text):
            return {label: item.text}
        if label := is_label(item.text):
            return {label: ""}
        return stated(item.text)

    def _reads_as_text(self, number: int, text: str) -> bool:
        item = self._items[number]
        if isinstance(item, Grid):
            return len(item.rows) > 1 and not self._is_link(item)
        if self._is_link(item):
            return is_enclosure(text)
        following = self._items[number + 1] if number + 1 < len(self._items) else None
        return is_prose(text) or (isinstance(following, Line) and is_day(following.text))

    def _is_firm(self, number: int) -> bool:
        """Whether an item is surely text: what stands after the last of them can be the foot of the page."""
        item = self._items[number]
        return self._prose[number] and not self._feet[number] and self._is_taken(item)

    def _is_taken(self, item: Item) -> bool:
        return self._taken is None or not item.nodes or not self._taken.isdisjoint(item.nodes)

    def _is_link(self, item: Item) -> bool:
        return item.linked > _LINKED * len(squeeze(_text(item)))

    def _is_dropped_link(self, number: int) -> bool:
        item = self._items[number]
        return self._is_link(item) and not self._is_taken(item) and not self._prose[number]

    def _is_above_body(self, number: int) -> bool:
        """Whether a line that reads as text is the title, or states something of the text."""
        item = self._items[number]
        if item.in_main:
            return False
        if not isinstance(item, Line):
            return isinstance(item, Grid) and bool(stated_in(item.rows))
        before = self._items[number - 1] if number else None
        if isinstance(before, Line) and is_label(before.text):
            return True
        return squeeze(item.text) in self._title or item.heading is not None or bool(stated(item.text))

    def _heading_before(self, items: Sequence[Item]) -> Set[object]:
        """The heading that stands last before the text."""
        before = [
            item.heading
            for item in items[: self._first]
            if isinstance(item, Line) and item.heading is not None
            if not self._is_link(item) and not is_no_title(item.text)
        ]
        return set(before[-1:])


def _text(item: Item) -> str:
    if not isinstance(item, Grid):
        return item.text if isinstance(item, Line) else ""
    return "".join(cell.text for row in item.rows for cell in row)


def _sizes(root: "_Element") -> dict["_Element", int]:
    """Characters of visible text below each element."""
    from lxml import etree

    sizes: dict[_Element, int] = {root: 0}
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, element in walker:
        if event == "start":
            if element is not root and is_hidden(element):
                walker.skip_subtree()
                continue
            sizes[element] = len(squeeze(element.text or ""))
        elif element in sizes and element is not root:
            parent = element.getparent()
            if parent is not None:
                sizes[parent] += sizes[element]
        if event == "end" and element is not root:
            parent = element.getparent()
            if parent is not None and parent in sizes:
                sizes[parent] += len(squeeze(element.tail or ""))
    return sizes
