"""Questions over tables, the documents loaded beside the plan: is the right row cited?"""

import json
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant.schema import Answer, Status
from assistant.service import Assistant
from assistant.settings import Settings
from evals.rows.dataset import DATASETS
from index.build.add_documents import add_documents
from index.readers.find_files import find_sources
from index.text.folding import fold_text

TABLES = DATASETS / "tables"
_FIRST = 3
"""Citations among which the row must be."""
_OF_TABLE = re.compile(r"(?:^|\.)t\d+(?:\.r\d+)?$")


def tables(settings: Settings, split: str) -> str:
    """The report of one split (`dev`, `test`) as lines of text; the documents are loaded into a library of
    their own, which is gone afterwards."""
    rows = [json.loads(line) for line in (TABLES / f"{split}.jsonl").read_text(encoding="utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as folder:
        own = settings.model_copy(update={"state_dir": Path(folder)})
        sources, _ = find_sources([TABLES / split])
        report = add_documents(own.index(), sources)
        ids = {document.source_name: document.id for document in report.added}
        assistant = Assistant.open(own)
        lines = [_figures(assistant, rows, ids, chosen) for chosen in (False, True)]
    return "\n".join(lines)


def _figures(assistant: Assistant, rows: Sequence[dict[str, Any]], ids: dict[str, str], chosen: bool) -> str:
    right = refused = 0
    faults: list[str] = []
    for row in rows:
        document = ids[row["document"]]
        answer = assistant.ask(row["question"], documents=[document] if chosen else None)
        fits = answer.status is not Status.ANSWERED if row["row"] is None else _cites(answer, row, document)
        right += fits and row["row"] is not None
        refused += fits and row["row"] is None
        if not fits:
            faults.append(f"  {row['document']} {row['question']}：{answer.answer[:60]!r}")
    answerable = sum(row["row"] is not None for row in rows)
    name = "document chosen" if chosen else "all documents"
    head = f"{name}: right row {right}/{answerable}, refused {refused}/{len(rows) - answerable}"
    return "\n".join([head, *faults])


def _cites(answer: Answer, row: dict[str, Any], document: str) -> bool:
    """Whether one of the first citations is the gold row: its own cells, with the key among them."""
    wanted = {fold_text(cell) for cell in row["row"] if cell}
    for citation in answer.citations[:_FIRST]:
        if citation.document_id != document or not _OF_TABLE.search(citation.clause_id):
            continue
        cells = [fold_text(cell) for cell in re.split(r"[\t|]", citation.quote) if cell.strip()]
        own = all(any(cell in words for words in wanted) for cell in cells)
        if own and fold_text(row["key"]) in fold_text(citation.quote):
            return True
    return False
