"""Clauses to passages: one sentence each, never across a clause border."""

import re
from collections.abc import Iterator, Mapping

from index.schema import Clause, Document, Passage, PassageKind
from index.structure.table_rows import caption_span, is_row, is_table, row_contexts
from index.text.folding import shown, squeeze
from index.text.numerals import CHINESE, NUMBER

PASSAGES_VERSION = 5
"""Raise when the same clauses give other passages; a golden test watches this."""

_ARTICLE = re.compile(r"(?:.*\.)?art\d+(?:-\d+)?")
_ITEM = re.compile(r"\.i?\d+$")
_NUMBER_ALONE = re.compile(rf"第\s*{NUMBER}?\s*条(?:\s?之\s?{CHINESE}+)?")
_OPENING = 60
_SENTENCE = re.compile(r"[^。！？!?]*(?:[。！？!?]+[”’」』）)]*|$)")


def split_sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Spans of the sentences in `text[start:end]`, without the white space around them."""
    for match in _SENTENCE.finditer(text, start, end):
        raw = match.group()
        if body := raw.strip():
            first = match.start() + raw.index(body[0])
            yield first, first + len(body)


def make_passages(document: Document) -> tuple[Passage, ...]:
    """All passages of `document` in text order; with the headings of its articles (第十二条) and of its
    tables' columns, which say nothing alone and are none, they give back its text but for white space and
    markup."""
    clauses = document.clauses
    at = {clause.address: clause for clause in clauses}
    is_statute = any(_ARTICLE.fullmatch(clause.address) for clause in clauses)
    text = shown(document.text, document.markup)
    rows = row_contexts(document, text)
    captions = {end: start for start, end in (caption_span(text, table) for table in document.tables)}
    passages: list[Passage] = []
    for clause in clauses:
        context = rows.get(clause.address) or (_context(document, clause, at) if is_statute else "")
        for start, end, kind in _spans(text, clause, captions):
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
                    context=context,
                    page=document.page(start),
                )
            )
    return tuple(passages)


def search_text(passage: Passage) -> str:
    """A passage as it is embedded and indexed."""
    if passage.kind is PassageKind.ROW:
        return passage.context.replace("\n", " ")
    return f"{passage.context} {passage.text}" if passage.context else passage.text


def _spans(text: str, clause: Clause, captions: Mapping[int, int]) -> Iterator[tuple[int, int, PassageKind]]:
    heading = clause.heading.strip()
    if heading and not (_ARTICLE.fullmatch(clause.address) and _NUMBER_ALONE.fullmatch(heading)):
        start = clause.start + clause.heading.index(heading[0])
        yield start, start + len(heading), PassageKind.HEADING
    if is_table(clause):
        return
    if is_row(clause):
        yield from ((start, end, PassageKind.ROW) for start, end in clause.own if start < end)
        return
    for own_start, own_end in clause.own:
        for start, end in split_sentences(text, own_start, own_end):
            heads = end in captions and captions[end] <= start
            yield start, end, PassageKind.HEADING if heads else PassageKind.SENTENCE


def _context(document: Document, clause: Clause, at: Mapping[str, Clause]) -> str:
    """Title and chapter, and for a list item the words that open its list."""
    title = document.title.removeprefix("中华人民共和国")
    units = [heading for heading in clause.path if not _NUMBER_ALONE.fullmatch(heading)][:1]
    above = at.get(clause.parent or "")
    if above is None or not _ITEM.search(clause.address):
        return " ".join((title, *units))
    opening = "".join(document.text[start:end] for start, end in above.own)
    return " ".join((title, *units, squeeze(opening)[-_OPENING:]))
