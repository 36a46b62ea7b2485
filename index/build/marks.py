"""What an edition is read from, as a short mark: equal marks give equal editions, without reading."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from index.storage.catalog import Catalog

_MADE_FROM_THEM = (".npz",)
"""Vectors that come with the corpus say nothing that its texts do not."""


def corpus_mark(corpus: Path) -> str:
    """40 hexadecimal digits that stand for every file of the corpus; empty where there is none."""
    found = hashlib.sha256()
    paths = sorted(
        path for path in corpus.rglob("*") if path.is_file() and path.suffix not in _MADE_FROM_THEM
    )
    for path in paths:
        found.update(f"{path.relative_to(corpus)}\0{_digest(path)}\0".encode("utf-8", "surrogateescape"))
    return found.hexdigest()[:40] if paths else ""


def added_marks(catalog: Catalog, questions: Path) -> Mapping[str, str]:
    """The mark of each added document by `id@version`: its stamp, and the questions that were prepared for
    it."""
    prepared: dict[str, list[str]] = defaultdict(list)
    for path in sorted(questions.glob("*.jsonl")):
        key = path.name.removesuffix(".jsonl").rpartition(".")[0]
        if key in catalog:
            prepared[key].append(f"{path.name}\0{_digest(path)}")
    return {
        key: _short("\0".join((stamp, *prepared[key]))) if key in prepared else stamp
        for key, stamp in catalog.items()
    }


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:40]
