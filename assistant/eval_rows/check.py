"""What is wrong with one evaluation row, in words for whoever wrote it."""

from collections.abc import Iterator

from assistant.eval_rows.row import Gold, Row
from assistant.schema import Status
from index.library.library import DocumentView, Library
from index.text.folding import fold_text

SPLITS = ("dev", "test")


def row_faults(row: Row) -> Iterator[str]:
    """What is wrong with a row, its gold aside (`gold_fault`)."""
    if row.split not in SPLITS:
        yield f"split 是“{row.split}”，只能是 dev 或 test"
    for status in (row.status, *row.also):
        if status not in set(Status):
            yield f"没有“{status}”这个结果"
    if not row.turns or not all(turn.strip() for turn in row.turns):
        yield "有一句提问是空的"
    if row.forbidden:
        return
    if row.gold and row.status != Status.ANSWERED:
        yield "结果不是作答，就不能有应引的条款"
    if not row.gold and row.status == Status.ANSWERED:
        yield "结果是作答，却没有写应引的条款和原文"
    quotes = "".join(fold_text(gold.quote) for gold in row.gold)
    for variants in row.facts:
        if not any(fold_text(variant) in quotes for variant in variants):
            yield f"应引的原文里没有要点“{'”或“'.join(variants)}”"


def gold_fault(gold: Gold, library: Library) -> str | None:
    """What is wrong with a piece of gold: no such document or clause, or not its words."""
    view = gold_view(gold, library)
    if view is None:
        return f"没有文件“{gold.document}”" if gold.document else "没有写是哪份文件"
    clause = view.clause(gold.clause)
    if clause is None:
        return f"文件里没有条款 {gold.clause}"
    if not gold.quote.strip():
        return f"条款 {gold.clause} 没有写应引的原文"
    if gold.quote not in view.document.text[clause.start : clause.end]:
        return f"条款 {gold.clause} 里没有这句原文：{gold.quote}"
    return None


def gold_view(gold: Gold, library: Library) -> DocumentView | None:
    """The document that `gold` is about; without a name, the only one that the library has."""
    identifier, _, version = gold.document.partition("@")
    if not identifier:
        ids = library.ids()
        return library.get(ids[0]) if len(ids) == 1 else None
    return library.get(identifier, version or None)
