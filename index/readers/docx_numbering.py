"""Word's automatic numbers, which stand outside the text: numbering.xml and the styles, counted.

After ECMA-376 part 1, 17.9: a paragraph names a list (`numId`) and a level (`ilvl`), itself or through its
style; a list is an abstract one with its own overrides; a level restarts when a higher one advances.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from index.readers.automatic_numbers import write_number

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_NO_GAP = "、）)。．，："
_LEVELS = 9
_BULLET, _NONE = "bullet", "none"


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    style: str
    text: str
    gap: str
    legal: bool
    restart: int | None


class AutomaticNumbering:
    """The numbers of one document, asked paragraph by paragraph in text order."""

    def __init__(self, numbering: Any, styles: Any) -> None:
        self._styles = {style.get(f"{_W}styleId"): style for style in _each(styles, "style")}
        self._abstract = {a.get(f"{_W}abstractNumId"): a for a in _each(numbering, "abstractNum")}
        self._lists = {n.get(f"{_W}numId"): n for n in _each(numbering, "num")}
        self._levels: dict[tuple[str, int], _Level | None] = {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        self._started: set[tuple[str, int]] = set()

    def of(self, paragraph: Any) -> str:
        """The number that Word shows before `paragraph` (`w:p`), with the gap after it; often none."""
        found = self._place(paragraph)
        if found is None:
            return ""
        list_id, depth = found
        level = self._level(list_id, depth)
        if level is None:
            return ""
        counts = self._counts[self._home(list_id)]
        fresh = (list_id, depth) not in self._started and self._overrides_start(list_id, depth)
        self._started.add((list_id, depth))
        counts[depth] = level.start if fresh or depth not in counts else counts[depth] + 1
        for deeper in [d for d in counts if d > depth]:
            below = self._level(list_id, deeper)
            if below is None or below.restart is None or depth < below.restart:
                del counts[deeper]
        if level.style in (_BULLET, _NONE) and "%" not in level.text:
            return level.text + level.gap if level.style == _NONE and level.text else ""
        return self._written(list_id, depth, level, counts)

    def _written(self, list_id: str, depth: int, level: _Level, counts: dict[int, int]) -> str:
        text = level.text
        for place in range(depth + 1):
            if f"%{place + 1}" not in text:
                continue
            other = self._level(list_id, place)
            style = "decimal" if level.legal or other is None else other.style
            value = counts.get(place, other.start if other else 1)
            shown = "" if style in (_BULLET, _NONE) else write_number(value, style)
            text = text.replace(f"%{place + 1}", shown)
        return text + ("" if not text or text[-1] in _NO_GAP else level.gap)

    def _place(self, paragraph: Any) -> tuple[str, int] | None:
        """The list and level of a paragraph: its own, else its style's or that of a style below it."""
        properties = paragraph.find(f"{_W}pPr")
        list_id = depth = None
        style = None
        if properties is not None:
            list_id, depth = _named(properties)
            own = properties.find(f"{_W}pStyle")
            style = own.get(f"{_W}val") if own is not None else None
        styled = style
        for _ in range(_LEVELS * 2):  # styles can be based on one another in a circle
            if list_id is not None or styled not in self._styles:
                break
            properties = self._styles[styled].find(f"{_W}pPr")
            if properties is not None:
                list_id, inherited = _named(properties)
                depth = depth if depth is not None else inherited
                if list_id is not None:
                    depth = self._linked(list_id, styled) or depth
                    break
            base = self._styles[styled].find(f"{_W}basedOn")
            styled = base.get(f"{_W}val") if base is not None else None
        if list_id is None or list_id == "0" or list_id not in self._lists:
            return None
        return list_id, min(depth or 0, _LEVELS - 1)

    def _linked(self, list_id: str, style: str | None) -> int | None:
        """The level of a list that names a paragraph style as its own."""
        abstract = self._abstract_of(list_id)
        for level in _each(abstract, "lvl"):
            named = level.find(f"{_W}pStyle")
            if named is not None and named.get(f"{_W}val") == style:
                return _integer(level.get(f"{_W}ilvl"), 0)
        return None

    def _home(self, list_id: str) -> str:
        """Lists over one abstract list count on, each from where the other stopped."""
        named = self._lists[list_id].find(f"{_W}abstractNumId")
        return str(named.get(f"{_W}val")) if named is not None else list_id

    def _abstract_of(self, list_id: str) -> Any:
        abstract = self._abstract.get(self._home(list_id))
        link = abstract.find(f"{_W}numStyleLink") if abstract is not None else None
        if link is None:
            return abstract
        wanted = link.get(f"{_W}val")
        for other in self._abstract.values():
            own = other.find(f"{_W}styleLink")
            if own is not None and own.get(f"{_W}val") == wanted:
                return other
        return abstract

    def _overridden(self, list_id: str, depth: int) -> Any:
        for override in _each(self._lists[list_id], "lvlOverride"):
            if _integer(override.get(f"{_W}ilvl"), -1) == depth:
                return override
        return None

    def _overrides_start(self, list_id: str, depth: int) -> bool:
        override = self._overridden(list_id, depth)
        return override is not None and override.find(f"{_W}startOverride") is not None

    def _level(self, list_id: str, depth: int) -> _Level | None:
        key = list_id, depth
        if key not in self._levels:
            self._levels[key] = self._read_level(list_id, depth)
        return self._levels[key]

    def _read_level(self, list_id: str, depth: int) -> _Level | None:
        override = self._overridden(list_id, depth)
        own = override.find(f"{_W}lvl") if override is not None else None
        if own is None:
            levels = _each(self._abstract_of(list_id), "lvl")
            own = next((x for x in levels if _integer(x.get(f"{_W}ilvl"), -1) == depth), None)
        if own is None:
            return None
        start = _integer(_value(own, "start"), 1)
        if override is not None and (forced := _value(override, "startOverride")) is not None:
            start = _integer(forced, start)
        gap = "" if _value(own, "suff") == "nothing" else " "
        restart = _value(own, "lvlRestart")
        return _Level(
            start=start,
            style=_value(own, "numFmt") or "decimal",
            text=_value(own, "lvlText") or "",
            gap=gap,
            legal=own.find(f"{_W}isLgl") is not None,
            restart=_integer(restart, 0) if restart is not None else None,
        )


def _each(parent: Any, name: str) -> Iterator[Any]:
    return iter(()) if parent is None else parent.iterfind(f"{_W}{name}")


def _named(properties: Any) -> tuple[str | None, int | None]:
    own = properties.find(f"{_W}numPr")
    if own is None:
        return None, None
    depth = _value(own, "ilvl")
    return _value(own, "numId"), _integer(depth, 0) if depth is not None else None


def _value(parent: Any, name: str) -> str | None:
    found = parent.find(f"{_W}{name}")
    value = found.get(f"{_W}val") if found is not None else None
    return None if value is None else str(value)


def _integer(text: str | None, otherwise: int) -> int:
    try:
        return int(text or "")
    except ValueError:
        return otherwise
