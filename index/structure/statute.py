"""The grammar of statutes: 编, 章, 节, 条, 款, 项, 目."""

from collections.abc import Sequence

from index.schema import DocumentWarning
from index.structure.articles import article_nodes
from index.structure.faults import gap
from index.structure.groups import Group, groups_in
from index.structure.statute_headings import (
    RANKS,
    Article,
    Unit,
    article_in,
    chain,
    is_closing_unit,
    skipped,
    unit_in,
    units_in,
)
from index.structure.tree import Line, Node, Outline, is_ended

_MIN_ARTICLES = 2
_MAX_NEXT_TITLE = 30


def articles_in(lines: Sequence[Line]) -> dict[int, Article]:
    """The articles by the index of their line; empty where the text is no statute."""
    candidates = [(at, article) for at, line in enumerate(lines) if (article := article_in(line))]
    found = chain(candidates)
    return found if len(found) >= _MIN_ARTICLES else {}


def statute_outline(lines: Sequence[Line], articles: dict[int, Article], region: Node | None) -> Outline:
    """The outline of a statute with these `articles` (by line index): it begins with its first unit, group
    heading or article."""
    reading = _Reading(lines, articles, region)
    start = reading.start()
    for at in range(start, len(lines)):
        reading.take(at)
    reading.finish()
    at_article = {article: at for at, article in articles.items()}
    missing = [gap(lines[at_article[after]], label) for after, label in skipped(list(articles.values()))]
    return Outline(start, reading.nodes, [*reading.warnings, *missing])


class _Reading:
    """The state while a statute is read from top to bottom."""

    def __init__(self, lines: Sequence[Line], articles: dict[int, Article], region: Node | None) -> None:
        self.nodes: list[Node] = []
        self.warnings: list[DocumentWarning] = []
        self._lines = lines
        self._articles = articles
        self._region = region
        self._units_at = units_in(lines)
        self._groups_at = groups_in(lines, articles)
        self._units: list[tuple[int, int, Node]] = []  # rank, number, node
        bare = [at for at, group in self._groups_at.items() if group.bare]
        self._lost = not all(is_closing_unit(lines[at]) for at in bare)
        """Whether other headings have lost their number, so that nobody can tell the next one."""
        self._groups: list[Node] = []
        self._pieces: list[Line] = []
        self._article: Node | None = None
        self._skip = -1

    def start(self) -> int:
        """Index of the line where the statute itself begins."""
        start = min(self._articles)
        while start and (
            start - 1 in self._units_at
            or start - 1 in self._groups_at
            or _titles_unit(self._lines, start - 1, self._units_at)
        ):
            start -= 1
        return start

    def take(self, at: int) -> None:
        """Read line `at`."""
        line = self._lines[at]
        if at == self._skip:
            return
        if article := self._articles.get(at):
            self._open_article(line, article)
        elif unit := self._units_at.get(at) or self._closing(line):
            self._open_unit(at, line, unit)
        elif group := self._groups_at.get(at):
            self._open_group(line, group)
        elif self._article is not None:
            self._pieces.append(_from(line, line.first))
        elif self.nodes:
            self.nodes[-1].own.append((line.first, line.end))

    def finish(self) -> None:
        """Close the open article."""
        if self._article is not None:
            self.nodes.extend(article_nodes(self._article, self._pieces, self.warnings))
        self._pieces = []
        self._article = None

    def _above(self) -> Node | None:
        if self._groups:
            return self._groups[-1]
        return self._units[-1][2] if self._units else self._region

    def _open_article(self, line: Line, found: Article) -> None:
        self.finish()
        label = f"{self._region.label}{found.label}" if self._region else found.label
        node = Node(found.name, label, line.first, found.text_start, self._above(), self._region)
        node.marker_end = found.marker_end if found.text_start > found.marker_end else 0
        self._article = node
        self.nodes.append(node)
        self._pieces = [_from(line, found.text_start)]

    def _open_unit(self, at: int, line: Line, unit: Unit) -> None:
        self.finish()
        self._groups.clear()
        rank = RANKS[unit.kind]
        while self._units and self._units[-1][0] >= rank:
            self._units.pop()
        above = self._units[-1][2] if self._units else self._region
        end = line.end
        following = self._lines[at + 1] if at + 1 < len(self._lines) else None
        if not unit.title and following and at + 1 not in self._articles and _is_title(following):
            end, self._skip = following.end, at + 1
        label = "附则" if is_closing_unit(line) else unit.label
        node = Node(unit.name, f"{above.label if above else ''}{label}", line.first, end, above, above)
        node.marker_end = min(unit.marker_end, end)
        self._units.append((rank, unit.number, node))
        self.nodes.append(node)

    def _open_group(self, line: Line, group: Group) -> None:
        self.finish()
        if group.bare:  # a chapter's title that lost its number stands where a chapter does
            while self._units and self._units[-1][0] >= RANKS["章"]:
                self._units.pop()
        del self._groups[group.depth :]
        above = self._above()
        base = self._groups[-1] if self._groups else self._region
        label = f"{above.label if above else ''}{group.label}"
        node = Node(group.name, label, line.first, line.end, above, base)
        node.marker_end = group.marker_end
        self._groups.append(node)
        self.nodes.append(node)

    def _closing(self, line: Line) -> Unit | None:
        """附则 without a number takes the next one."""
        chapters = [number for rank, number, _ in self._units if rank == RANKS["章"]]
        if not chapters or not is_closing_unit(line) or self._lost:
            return None
        return Unit("章", chapters[-1] + 1, "附则", line.first)


def _from(line: Line, start: int) -> Line:
    """The line from offset `start` of the text on."""
    return Line(start, line.end, line.text[start - line.start :])


def _is_title(line: Line) -> bool:
    text = line.text.strip()
    return len(text) <= _MAX_NEXT_TITLE and not is_ended(text) and unit_in(line) is None


def _titles_unit(lines: Sequence[Line], at: int, units: dict[int, Unit]) -> bool:
    """Whether line `at` is the title of a unit whose number stands alone on the line before."""
    above = units.get(at - 1)
    return above is not None and not above.title and _is_title(lines[at])
