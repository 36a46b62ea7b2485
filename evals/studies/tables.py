"""Questions over tables, the documents loaded beside the plan: is the right row cited?"""

import re
from collections.abc import Sequence
from typing import Any

from assistant.schema import Answer, Status
from assistant.service import Assistant
from assistant.settings import Settings
from evals.rows.table_rows import table_questions
from evals.runs.libraries import tables_settings
from index.text.folding import fold_text

_FIRST = 3
"""Citations among which the row must be."""
_OF_TABLE = re.compile(r"(?:^|\.)t\d+(?:\.r\d+)?$")


def tables(settings: Settings, split: str) -> str:
    """The report of one split (`train`, `dev`, `test`) as lines of text; its documents have an index of
    their own beside the plan."""
    rows = table_questions(split)
    assistant = Assistant.open(tables_settings(settings, split))
    ids = {view.document.source_name: view.document.id for view in assistant.library.views()}
    return "\n".join(_figures(assistant, rows, ids, chosen) for chosen in (False, True))


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
