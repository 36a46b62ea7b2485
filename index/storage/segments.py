"""What is searched, as immutable files: a segment holds entries, vectors and words of some editions.

A version names its segments and the editions that count in each. Adding a document writes a small segment,
removing one names it no longer; the others are the same files in the next version. From time to time small
ones are put together (`index.build.compaction`), as Lucene does, so that there are few.

Arrays of a segment (`index.storage.array_file`), for each collection C:

    editions           JSON list of `id@version`, in the order of their entries
    C/starts (e+1,)    edition i has the entries starts[i]:starts[i+1]
    C/columns          JSON list of the names of the metadata
    C/rows, C/ends     JSON lists [id, text, metadata…] end to end, and where each ends, 0 first
    C/vectors (n, d)   of unit length
    passages/heading   the heading of a passage's clause, from its edition's first passage; -1: none
    questions/passage  the passage that answers a lay question, from its edition's first
    C/terms, posts, at, times, lengths    index.storage.bm25, of passages and lay questions
    words, words/ends  for each edition a JSON list of the words of its passages, end to end, 0 first
"""

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from index.encoder.embedder import Vectors
from index.storage.array_file import Arrays, read_arrays
from index.storage.bm25 import Postings, make_postings, merge_postings
from index.storage.entries import COLLECTIONS, PASSAGES, QUESTIONS, SHAPES, Entries, Metadata

LEXICAL = (PASSAGES, QUESTIONS)
"""Collections that are searched by words, too."""
_EDITIONS = "editions"
_WORDS, _WORD_ENDS = "words", "words/ends"
_HEADING, _PASSAGE = "passages/heading", "questions/passage"
_POSTINGS = tuple(field.name for field in fields(Postings))


@dataclass(frozen=True, slots=True)
class EditionEntries:
    """All that is searched of one edition. `words` are the tokens of its passages and lay questions."""

    key: str
    entries: Mapping[str, Entries]
    words: Mapping[str, Sequence[Sequence[str]]]
    headings: Sequence[int]
    answering: Sequence[int]
    vocabulary: Sequence[str]
    """The words of two characters or more that its passages hold, in order."""


class Segment:
    """One segment, mapped into memory. Only reads; what it made of an entry is kept for the next who asks."""

    def __init__(self, arrays: Arrays) -> None:
        self._arrays = arrays
        self.editions: tuple[str, ...] = tuple(_from_json(arrays[_EDITIONS]))
        self._at = {key: number for number, key in enumerate(self.editions)}
        self._columns = {name: _from_json(arrays[f"{name}/columns"]) for name in COLLECTIONS}
        self._objects: dict[str, list[Any]] = {name: [None] * self.size(name) for name in COLLECTIONS}

    def size(self, name: str) -> int:
        """How many entries it has in collection `name`, whether they count or not."""
        return len(self._arrays[f"{name}/ends"]) - 1

    def span(self, name: str, key: str) -> tuple[int, int]:
        """First entry of an edition in collection `name`, and the one behind its last."""
        starts, number = self._arrays[f"{name}/starts"], self._at[key]
        return int(starts[number]), int(starts[number + 1])

    def count(self, key: str) -> int:
        """How many entries an edition has in all collections."""
        return sum(end - start for start, end in (self.span(name, key) for name in COLLECTIONS))

    def vocabulary(self, key: str) -> list[str]:
        """The words of two characters or more that an edition's passages hold."""
        found: list[str] = _from_json(self._words(key))
        return found

    def vectors(self, name: str) -> Vectors:
        """One row an entry, of unit length."""
        return self._arrays[f"{name}/vectors"]

    def postings(self, name: str) -> Postings:
        """The words of passages or lay questions."""
        return Postings(*(self._arrays[f"{name}/{part}"] for part in _POSTINGS))

    @property
    def headings(self) -> NDArray[np.int32]:
        """For each passage the heading of its clause, counted from its edition's first passage; -1: none."""
        return self._arrays[_HEADING]

    @property
    def answering(self) -> NDArray[np.int32]:
        """For each lay question the passage that answers it, counted from its edition's first."""
        return self._arrays[_PASSAGE]

    def entry(self, name: str, row: int) -> tuple[str, str, Metadata]:
        """Id, text and metadata of an entry."""
        ends = self._arrays[f"{name}/ends"]
        data = self._arrays[f"{name}/rows"][ends[row] : ends[row + 1]]
        key, text, *values = _from_json(data)
        return key, text, dict(zip(self._columns[name], values, strict=True))

    def object(self, name: str, row: int) -> Any:
        """The passage, question or claim of an entry."""
        held = self._objects[name]
        made = held[row]
        if made is None:
            made = held[row] = SHAPES[name](*self.entry(name, row))
        return made

    def part(self, keys: Sequence[str]) -> Arrays:
        """The arrays of these editions alone, postings left out, in the order of `keys`."""
        found: dict[str, NDArray[Any]] = {_EDITIONS: _to_json(list(keys))}
        words = [self._words(key) for key in keys]
        found[_WORDS], found[_WORD_ENDS] = _joined(words), _starts(list(map(len, words)))
        for name in COLLECTIONS:
            spans = [self.span(name, key) for key in keys]
            rows = _ranges(spans)
            ends = self._arrays[f"{name}/ends"]
            found[f"{name}/starts"] = _starts([end - start for start, end in spans])
            found[f"{name}/columns"] = self._arrays[f"{name}/columns"]
            data = [self._arrays[f"{name}/rows"][ends[start] : ends[end]] for start, end in spans]
            found[f"{name}/rows"] = _joined(data)
            found[f"{name}/ends"] = _starts(np.diff(ends)[rows])
            found[f"{name}/vectors"] = self.vectors(name)[rows]
            if name == PASSAGES:
                found[_HEADING] = self.headings[rows]
            if name == QUESTIONS:
                found[_PASSAGE] = self.answering[rows]
        return found

    def _words(self, key: str) -> NDArray[Any]:
        ends, number = self._arrays[_WORD_ENDS], self._at[key]
        return self._arrays[_WORDS][ends[number] : ends[number + 1]]

    def moved(self, name: str, keys: Sequence[str], first: int = 0) -> NDArray[np.int32]:
        """New positions of its entries where those of `keys` follow each other from `first` on; -1 for the
        others."""
        rows = _ranges([self.span(name, key) for key in keys])
        positions = np.full(self.size(name), -1, dtype=np.int32)
        positions[rows] = np.arange(first, first + len(rows), dtype=np.int32)
        return positions


def edition_arrays(edition: EditionEntries) -> Arrays:
    """The arrays of a segment with one edition."""
    vocabulary = _to_json(list(edition.vocabulary))
    found: dict[str, NDArray[Any]] = {
        _EDITIONS: _to_json([edition.key]),
        _WORDS: vocabulary,
        _WORD_ENDS: _starts([len(vocabulary)]),
        _HEADING: np.asarray(edition.headings, dtype=np.int32),
        _PASSAGE: np.asarray(edition.answering, dtype=np.int32),
    }
    for name in COLLECTIONS:
        held = edition.entries[name]
        rows = [
            json.dumps([key, text, *meta.values()], ensure_ascii=False).encode("utf-8", "surrogatepass")
            for key, text, meta in zip(held.ids, held.texts, held.metadatas, strict=True)
        ]
        found[f"{name}/starts"] = _starts([len(held)])
        found[f"{name}/columns"] = _to_json(list(held.metadatas[0]) if len(held) else [])
        found[f"{name}/rows"] = np.frombuffer(b"".join(rows), dtype=np.uint8)
        found[f"{name}/ends"] = _starts(list(map(len, rows)))
        found[f"{name}/vectors"] = unit_rows(held.vectors)
    for name in LEXICAL:
        found.update(_named(name, make_postings(edition.words[name])))
    return found


def merge_segments(parts: Sequence[tuple[Segment, Sequence[str]]]) -> Arrays:
    """The arrays of one segment with the named editions of each of several, one after the other."""
    pieces = [segment.part(keys) for segment, keys in parts]
    found: dict[str, NDArray[Any]] = {
        _EDITIONS: _to_json([key for _, keys in parts for key in keys]),
        _WORDS: _joined([piece[_WORDS] for piece in pieces]),
        _WORD_ENDS: _starts(np.concatenate([np.diff(piece[_WORD_ENDS]) for piece in pieces])),
        _HEADING: np.concatenate([piece[_HEADING] for piece in pieces]),
        _PASSAGE: np.concatenate([piece[_PASSAGE] for piece in pieces]),
    }
    for name in COLLECTIONS:
        for array in ("starts", "ends"):
            found[f"{name}/{array}"] = _starts(
                np.concatenate([np.diff(piece[f"{name}/{array}"]) for piece in pieces])
            )
        found[f"{name}/rows"] = np.concatenate([piece[f"{name}/rows"] for piece in pieces])
        filled = [piece for piece in pieces if len(piece[f"{name}/ends"]) > 1] or pieces[:1]
        found[f"{name}/columns"] = filled[0][f"{name}/columns"]
        found[f"{name}/vectors"] = np.concatenate([piece[f"{name}/vectors"] for piece in filled])
    for name in LEXICAL:
        moved, size = [], 0
        for segment, keys in parts:
            positions = segment.moved(name, keys, size)
            size += int((positions >= 0).sum())
            moved.append((segment.postings(name), positions))
        found.update(_named(name, merge_postings(moved, size)))
    return found


def unit_rows(vectors: Vectors) -> Vectors:
    """`vectors` scaled to unit length, but for rows of zeros."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return scaled


_opened: "WeakValueDictionary[tuple[int, ...], Segment]" = WeakValueDictionary()
_lock = threading.Lock()


def open_segment(path: Path) -> Segment:
    """The segment in a file; one that this process has open already, under this or another name, is the same
    object. Raises OSError, ValueError or KeyError."""
    with _lock:
        found = path.stat()
        key = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)
        segment = _opened.get(key)
        if segment is None:
            segment = _opened[key] = Segment(read_arrays(path))
        return segment


def _named(name: str, postings: Postings) -> Arrays:
    return {f"{name}/{part}": getattr(postings, part) for part in _POSTINGS}


def _ranges(spans: Sequence[tuple[int, int]]) -> NDArray[np.int64]:
    ranges = [np.arange(start, end, dtype=np.int64) for start, end in spans]
    return np.concatenate([np.zeros(0, np.int64), *ranges])


def _joined(data: Sequence[NDArray[Any]]) -> NDArray[np.uint8]:
    return np.concatenate([np.zeros(0, np.uint8), *data])


def _starts(sizes: Sequence[int] | NDArray[Any]) -> NDArray[np.int64]:
    ends: NDArray[np.int64] = np.r_[0, np.cumsum(np.asarray(sizes, dtype=np.int64))].astype(np.int64)
    return ends


def _to_json(value: object) -> NDArray[np.uint8]:
    return np.frombuffer(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"), np.uint8)


def _from_json(data: NDArray[Any]) -> Any:
    return json.loads(data.tobytes().decode("utf-8", "surrogatepass"))
