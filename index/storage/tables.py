"""The collections of one version over all its segments, in the order of `edition_order`."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from index.encoder.embedder import Vectors
from index.schema import edition_order
from index.storage.bm25 import Bm25Index
from index.storage.entries import COLLECTIONS, PASSAGES, Metadata
from index.storage.segments import Segment

Shape = TypeVar("Shape")


class Tables:
    """All collections of one version. `segments` come with the keys of the editions that count in each."""

    def __init__(self, segments: Sequence[tuple[Segment, Sequence[str]]]) -> None:
        self.segments = tuple(segment for segment, _ in segments)
        holders = {key: number for number, (_, keys) in enumerate(segments) for key in keys}
        self.editions = tuple(sorted(holders, key=edition_order))
        self._holders = [holders[key] for key in self.editions]
        self.tables: Mapping[str, Table] = {name: Table(name, self, self._holders) for name in COLLECTIONS}

    def vocabulary(self) -> frozenset[str]:
        """The words of two characters or more that its passages hold."""
        holders = zip(self.editions, self._holders, strict=True)
        return frozenset(word for key, at in holders for word in self.segments[at].vocabulary(key))

    def headings(self) -> NDArray[np.int64]:
        """For each passage the position of the heading of its clause, -1 where there is none."""
        table = self.tables[PASSAGES]
        found = table.gather([segment.headings for segment in self.segments]).astype(np.int64)
        return np.where(found < 0, found, found + table.starts[table.edition])

    def answering(self, name: str) -> NDArray[np.int64]:
        """For each lay question (collection `name`) the position of the passage that answers it."""
        table, passages = self.tables[name], self.tables[PASSAGES]
        found = table.gather([segment.answering for segment in self.segments]).astype(np.int64)
        return found + passages.starts[table.edition]


class Table:
    """One collection: what stands at which position, in which segment."""

    def __init__(self, name: str, version: Tables, holders: Sequence[int]) -> None:
        self.name = name
        self._segments = version.segments
        sizes = [segment.size(name) for segment in self._segments]
        offsets = np.r_[0, np.cumsum(sizes)].astype(np.int64)
        spans = [
            self._segments[holder].span(name, key)
            for key, holder in zip(version.editions, holders, strict=True)
        ]
        lengths = np.asarray([end - start for start, end in spans], dtype=np.int64)
        self.starts: NDArray[np.int64] = np.r_[0, np.cumsum(lengths)].astype(np.int64)
        """(editions + 1,): the edition at i has the positions starts[i]:starts[i + 1]."""
        self.edition: NDArray[np.int64] = np.repeat(np.arange(len(lengths)), lengths)
        """(n,): the number of each entry's edition."""
        first = np.asarray(
            [start + offsets[holder] for (start, _), holder in zip(spans, holders, strict=True)], np.int64
        )
        self.rows: NDArray[np.int64] = np.arange(len(self)) + np.repeat(first - self.starts[:-1], lengths)
        """(n,): the row of each entry where all segments' rows follow each other."""
        self._holder = np.repeat(np.asarray(holders, dtype=np.int64), lengths)
        self._row = self.rows - offsets[self._holder]

    def __len__(self) -> int:
        return int(self.starts[-1])

    def gather(self, columns: Sequence[NDArray[Any]]) -> NDArray[Any]:
        """One value an entry, out of one column a segment."""
        return np.concatenate(columns)[self.rows] if columns else np.zeros(0, np.int64)

    def vectors(self) -> list[Vectors]:
        """The vectors of each segment; entry i has row `rows[i]` of them one below the other."""
        return [segment.vectors(self.name) for segment in self._segments]

    def vector(self, position: int) -> Vectors:
        """The vector of an entry, of unit length."""
        row: Vectors = self._segments[self._holder[position]].vectors(self.name)[self._row[position]]
        return row

    def bm25(self) -> Bm25Index:
        """The lexical index of its entries."""
        parts = []
        for number, segment in enumerate(self._segments):
            own = self._holder == number
            positions = np.full(segment.size(self.name), -1, dtype=np.int32)
            positions[self._row[own]] = np.flatnonzero(own)
            parts.append((segment.postings(self.name), positions))
        return Bm25Index(parts, len(self))

    def entry(self, position: int) -> tuple[str, str, Metadata]:
        """Id, text and metadata of an entry."""
        segment: Segment = self._segments[self._holder[position]]
        return segment.entry(self.name, int(self._row[position]))

    def object(self, position: int) -> Any:
        """The passage, question or claim at a position."""
        return self._segments[self._holder[position]].object(self.name, int(self._row[position]))

    def objects(self, positions: Sequence[int]) -> list[Any]:
        """Those at many positions."""
        at = np.asarray(positions, dtype=np.int64)
        places = zip(self._holder[at].tolist(), self._row[at].tolist(), strict=True)
        return [self._segments[holder].object(self.name, row) for holder, row in places]


class Objects(Sequence[Shape], Generic[Shape]):
    """What a table holds, made when it is asked for."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def __len__(self) -> int:
        return len(self._table)

    @overload
    def __getitem__(self, at: int) -> Shape: ...

    @overload
    def __getitem__(self, at: slice) -> tuple[Shape, ...]: ...

    def __getitem__(self, at: int | slice) -> Shape | tuple[Shape, ...]:
        if isinstance(at, slice):
            return tuple(self[position] for position in range(*at.indices(len(self))))
        found: Shape = self._table.object(range(len(self))[at])
        return found

    def __iter__(self) -> Iterator[Shape]:
        return map(self._table.object, range(len(self)))
