"""Clauses to passages: one sentence each, never across a clause border."""

import re
from collections.abc import Iterator

from index.outline import parse_outline
from index.schema import Clause, Document, Passage, PassageKind

PASSAGES_VERSION = 1
"""Raise when the same clauses give other passages; a golden test watches this."""

_SENTENCE = re.compile(r"[^。！？!?]*(?:[。！？!?]+[”’」』）)]*|$)")


def split_sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Spans of the sentences in `text[start:end]`, without the white space around them."""
    for match in _SENTENCE.finditer(text, start, end):
        raw = match.group()
        if body := raw.strip():
            first = match.start() + raw.index(body[0])
            yield first, first + len(body)


def make_passages(document: Document, clauses: tuple[Clause, ...] | None = None) -> tuple[Passage, ...]:
    """All passages of `document` in text order; they give back its text but for white space."""
    passages: list[Passage] = []
    for clause in clauses if clauses is not None else parse_outline(document.text):
        spans: list[tuple[int, int, PassageKind]] = []
        if document.text[clause.start : clause.heading_end].strip():
            heading = document.text[clause.start : clause.heading_end]
            lead = len(heading) - len(heading.lstrip())
            spans.append((clause.start + lead, clause.start + len(heading.rstrip()), PassageKind.HEADING))
        for own_start, own_end in clause.own:
            for start, end in split_sentences(document.text, own_start, own_end):
                spans.append((start, end, PassageKind.SENTENCE))
        for start, end, kind in spans:
            passages.append(
                Passage(
                    id=f"{document.id}@{document.version}#{clause.address}:{start}-{end}",
                    document_id=document.id,
                    document_version=document.version,
                    address=clause.address,
                    label=clause.label,
                    path=clause.path,
                    kind=kind,
                    start=start,
                    end=end,
                    text=document.text[start:end],
                    ordinal=len(passages),
                )
            )
    return tuple(passages)
