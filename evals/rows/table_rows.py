"""Questions over tables: which row answers, or that none does."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from evals.rows.dataset import DATASETS
from evals.rows.reading_rows import Label, Quote, ReadingRow
from index.library.library import Library
from index.schema import Document, Passage, PassageKind
from index.structure.passages import make_passages
from index.text.folding import fold_text

AUTHOR = "tables"


def table_questions(split: str) -> list[dict[str, Any]]:
    """The questions of one split (`train`, `dev`, `test`) as they were written: `document`, `question`, `row`
    (its cells, merged values filled in; null where none answers), `key` (its own words)."""
    path = DATASETS / "tables" / f"{split}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def table_rows(library: Library, split: str) -> Iterator[ReadingRow]:
    """The same as rows that are read; `library` holds the documents."""
    held = {view.document.source_name: view.document for view in library.views()}
    passages = {name: make_passages(document) for name, document in held.items()}
    for number, asked in enumerate(table_questions(split), start=1):
        document = held[asked["document"]]
        gold = () if asked["row"] is None else _gold(asked, passages[asked["document"]])
        label = Label.UNANSWERABLE if asked["row"] is None else Label.ANSWERABLE
        yield ReadingRow(f"{split}-{number}", AUTHOR, _named(document), asked["question"], label, gold=gold)


def _gold(asked: Mapping[str, Any], passages: tuple[Passage, ...]) -> tuple[Quote, ...]:
    key = fold_text(asked["key"])
    words = {fold_text(cell) for cell in asked["row"] if cell}
    rows = [p for p in passages if p.kind is PassageKind.ROW and key in fold_text(p.text)]
    best = max(rows, key=lambda row: sum(word in fold_text(row.reads) for word in words), default=None)
    return (Quote(best.text),) if best else ()


def _named(document: Document) -> str:
    return f"{document.title}({document.version})"
