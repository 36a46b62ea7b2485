"""Tables in the outline: each is a clause below the one in whose text it stands, and each row below its
header one below that."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from index.schema import Table
from index.structure.tree import Line, Node

_APART = ("title", "source", "record", "contents", "preamble", "enclosures", "signature")
"""Nodes that no table belongs to, though it may follow them."""


def without_tables(lines: Sequence[Line], tables: Sequence[Table]) -> list[Line]:
    """The lines that belong to no table; of each it is known whether a table follows it."""
    starts = [table.start for table in tables]
    kept: list[Line] = []
    for line in lines:
        at = bisect_right(starts, line.first) - 1
        if at < 0 or line.first >= tables[at].end:
            kept.append(line)
        elif kept and not kept[-1].above_table:
            kept[-1] = replace(kept[-1], above_table=True)
    return kept


def with_tables(text: str, nodes: Sequence[Node], tables: Sequence[Table]) -> list[Node]:
    """`nodes`, in text order, with those of the tables among them."""
    ordered = sorted(nodes, key=lambda node: node.start)
    starts = [node.start for node in ordered]
    counts: Counter[int] = Counter()
    added: list[Node] = []
    for table in tables:
        at = bisect_right(starts, table.start) - 1
        above = ordered[at] if at >= 0 else None
        while above is not None and (not above.name or above.name in _APART):
            above = above.parent
        counts[id(above)] += 1
        added += _table(text, table, counts[id(above)], above)
    return sorted([*ordered, *added], key=lambda node: node.start)


def _table(text: str, table: Table, number: int, above: Node | None) -> Iterator[Node]:
    label = f"{above.label if above else ''}表{number}"
    node = Node(f"t{number}", label, table.start, table.start, above, above, divisible=False)
    spans = row_spans(text, table)
    node.own = [span for span in spans[: table.headers] if span[0] < span[1]]
    yield node
    for row, (start, end) in enumerate(spans[table.headers :], start=1):
        yield Node(f"r{row}", f"{label}第{row}行", start, start, node, node, [(start, end)], divisible=False)


def row_spans(text: str, table: Table) -> list[tuple[int, int]]:
    """Where each row's text stands: from its first cell to its last, without white space around."""
    spans = []
    at = table.start
    for cells in table.rows:
        filled = [cell for cell in cells if cell.start < cell.end]
        start = min((cell.start for cell in filled), default=at)
        end = max((cell.end for cell in filled), default=at)
        at = max(at, end)
        own = text[start:end]
        start += len(own) - len(own.lstrip())
        spans.append((start, start + len(own.strip())))
    return spans
