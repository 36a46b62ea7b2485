"""What a file was read as, as JSON: for who looks before it is added."""

from datetime import date
from typing import Any

from index.readers.metadata import not_found
from index.schema import Document
from index.structure.faults import told
from index.structure.levels import levels_of


def report_of(document: Document) -> dict[str, Any]:
    """What the document says of itself, its clauses with their place, what may be wrong, and the names of the
    fields that nobody states (`missing`). Offsets count code points of the stored text."""
    first, last = document.period_start, document.period_end
    return {
        "title": document.title,
        "number": document.number,
        "issuer": document.issuer,
        "jurisdiction": document.jurisdiction,
        "authority": document.authority,
        "passed": _day(document.passed),
        "published": _day(document.published),
        "effective": _day(document.effective),
        "repealed": _day(document.repealed),
        "period": f"{first}-{last}" if first and last else None,
        "version": document.version,
        "characters": len(document.text),
        "pages": len(document.pages),
        "tables": len(document.tables),
        "levels": levels_of(document.clauses),
        "clauses": [
            {
                "address": clause.address,
                "parent": clause.parent,
                "label": clause.label,
                "heading": " ".join(clause.heading.split()),
                "start": clause.start,
                "end": clause.end,
            }
            for clause in document.clauses
        ],
        "warnings": [
            {"kind": warning.kind, "text": told(warning), "start": warning.start, "page": warning.page}
            for warning in document.warnings
        ],
        "missing": list(not_found(document)),
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
