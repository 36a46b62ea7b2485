"""The grammar of statutes: 编, 章, 节, 条, 款, 项, 目."""

from collections.abc import Sequence

from index.schema import Span
from index.structure.numbering import Nesting, numbered, written
from index.structure.statute_headings import RANKS, Article, Unit, article_in, chain, is_closing_unit, unit_in
from index.structure.tree import Line, Node, is_ended
from index.text.numerals import chinese_numeral

_MIN_ARTICLES = 2
_MAX_NEXT_TITLE = 30


def articles_in(lines: Sequence[Line]) -> dict[int, Article]:
    """The articles by the index of their line; empty where the text is no statute."""
    candidates = [(at, article) for at, line in enumerate(lines) if (article := article_in(line))]
    found = chain(candidates)
    return found if len(found) >= _MIN_ARTICLES else {}


def body_start(lines: Sequence[Line], articles: dict[int, Article]) -> int:
    """Index of the line where the statute itself begins: its first unit or article."""
    first = min(articles)
    start = first
    while start and (unit_in(lines[start - 1]) or _titles_unit(lines, start - 1)):
        start -= 1
    return start


def statute_outline(lines: Sequence[Line], articles: dict[int, Article], region: Node | None) -> list[Node]:
    """Nodes of a statute's lines, which begin with a unit or an article; `articles` by line index."""
    nodes: list[Node] = []
    units: list[tuple[int, int, Node]] = []  # rank, number, node
    pieces: list[tuple[Line, int]] = []
    article: Node | None = None
    skip = False

    def finish() -> None:
        if article is not None:
            nodes.extend(_article(article, pieces))
        pieces.clear()

    for at, line in enumerate(lines):
        if skip:
            skip = False
            continue
        if found := articles.get(at):
            finish()
            parent = units[-1][2] if units else region
            label = f"{region.label}{found.label}" if region else found.label
            article = Node(found.name, label, line.first, found.text_start, parent, region)
            article.marker_end = found.marker_end if found.text_start > found.marker_end else 0
            nodes.append(article)
            pieces.append((line, found.text_start))
            continue
        unit = unit_in(line) or (_closing(line, units) if is_closing_unit(line) else None)
        if unit and _continues(unit, units):
            finish()
            article = None
            rank = RANKS[unit.kind]
            while units and units[-1][0] >= rank:
                units.pop()
            above = units[-1][2] if units else region
            end = line.end
            if not unit.title and at + 1 < len(lines) and at + 1 not in articles and _is_title(lines[at + 1]):
                end, skip = lines[at + 1].end, True
            node = Node(
                unit.name, f"{above.label if above else ''}{unit.label}", line.first, end, above, above
            )
            if is_closing_unit(line):
                node.label = f"{above.label if above else ''}附则"
            node.marker_end = min(unit.marker_end, end)
            units.append((rank, unit.number, node))
            nodes.append(node)
        elif article is not None:
            pieces.append((line, line.first))
        elif nodes:
            nodes[-1].own.append((line.first, line.end))
    finish()
    return nodes


def _closing(line: Line, units: Sequence[tuple[int, int, Node]]) -> Unit | None:
    """附则 without a number takes the next one."""
    chapters = [number for rank, number, _ in units if rank == RANKS["章"]]
    return Unit("章", chapters[-1] + 1, "附则", line.first) if chapters else None


def _continues(unit: Unit, units: Sequence[tuple[int, int, Node]]) -> bool:
    """The number logic of units: the next of its kind, or the first below a new higher one."""
    same = [number for rank, number, _ in units if rank == RANKS[unit.kind]]
    if same:
        return unit.number > same[-1]
    return True  # the first below its parent; chapters may run on through several 编


def _is_title(line: Line) -> bool:
    text = line.text.strip()
    return len(text) <= _MAX_NEXT_TITLE and not is_ended(text) and unit_in(line) is None


def _titles_unit(lines: Sequence[Line], at: int) -> bool:
    """Whether line `at` is the title of a unit whose number stands alone on the line before."""
    above = unit_in(lines[at - 1]) if at else None
    return above is not None and not above.title and _is_title(lines[at])


def _article(article: Node, pieces: Sequence[tuple[Line, int]]) -> list[Node]:
    """The 款, 项 and 目 of an article, whose text the `pieces` are (a line, and where it begins)."""
    paragraphs: list[tuple[list[Span], list[Node]]] = []
    found = [None if at == 0 else numbered(line) for at, (line, _) in enumerate(pieces)]
    nesting = Nesting(found)
    stack: list[Node] = []
    ended = True
    for at, (line, start) in enumerate(pieces):
        text = line.text[start - line.start :]
        if not text.strip():
            continue
        number = found[at]
        depth = nesting.depth(at, number) if number and paragraphs else None
        if number and depth is not None:
            nesting.push(number, depth)
            del stack[depth:]
            name = f"i{number.number}" if depth == 0 else str(number.number)
            item = Node(name, "", line.first, line.first, own=[(line.first, line.end)], divisible=False)
            item.parent = item.base = stack[-1] if stack else None
            item.label = (
                f"第（{chinese_numeral(number.number)}）项"
                if depth == 0
                else f"第{number.number}目"
                if depth == 1
                else written(number.mark, number.number)
            )
            stack.append(item)
            paragraphs[-1][1].append(item)
        elif not ended and stack:
            stack[-1].own.append((start, line.end))
        elif not ended:
            paragraphs[-1][0].append((start, line.end))
        else:
            paragraphs.append(([(start, line.end)], []))
            nesting.open.clear()
            stack.clear()
        ended = is_ended(text)
    return _numbered_paragraphs(article, paragraphs)


def _numbered_paragraphs(article: Node, paragraphs: Sequence[tuple[list[Span], list[Node]]]) -> list[Node]:
    """The nodes below an article; where it has one 款, this 款 is the article itself."""
    nodes: list[Node] = []
    for number, (spans, items) in enumerate(paragraphs, start=1):
        if len(paragraphs) == 1:
            home = article
            home.own = spans
        else:
            label = f"{article.label}第{chinese_numeral(number)}款"
            home = Node(f"p{number}", label, spans[0][0], spans[0][0], article, article, spans)
            nodes.append(home)
        home.divisible = False
        for item in items:
            above = item.parent or home
            item.parent = item.base = above
            item.label = f"{above.label}{item.label}"
            nodes.append(item)
    return nodes
