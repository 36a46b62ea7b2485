"""Documents and clauses in the shapes in which the interface shows them."""

from collections import defaultdict
from datetime import date

from assistant.api import document_models
from assistant.errors import UnknownClause, UnknownDocument
from index.library.library import DocumentView, Library
from index.schema import Clause, clause_id
from index.structure.faults import told
from index.structure.levels import levels_of


def find(library: Library, identifier: str, version: str | None, today: date) -> DocumentView:
    """The named version of a document, else the one in force `today`. Raises UnknownDocument."""
    view = library.get(identifier, version, today)
    if view is not None:
        return view
    if library.versions(identifier):
        raise UnknownDocument("这份文件没有这个版本，请从它的 versions 里选，或不填版本。")
    raise UnknownDocument("没有这个编号的文件，请从 /v1/documents 列出的里面选。")


def summary_of(library: Library, view: DocumentView, today: date) -> document_models.DocumentSummary:
    """A document in one line of a list."""
    described = view.document
    return document_models.DocumentSummary(
        id=described.id,
        version=described.version,
        title=described.title,
        number=described.number,
        issuer=described.issuer,
        jurisdiction=described.jurisdiction,
        published=described.published,
        effective=described.effective,
        repealed=library.repealed(described),
        versions=list(library.versions(described.id)),
        validity=library.validity(described, today),
        clauses=len(view.clauses),
    )


def detail_of(library: Library, view: DocumentView, today: date) -> document_models.DocumentDetail:
    """A document with its outline and what maintainers should look at."""
    described = view.document
    warnings = [
        document_models.DocumentWarning(kind=each.kind, text=told(each), start=each.start, page=each.page)
        for each in described.warnings
    ]
    return document_models.DocumentDetail(
        **dict(summary_of(library, view, today)),
        levels=levels_of(view.clauses),
        tables=len(described.tables),
        warnings=warnings,
        outline=outline_of(view),
    )


def clause_of(view: DocumentView, address: str) -> document_models.ClauseDetail:
    """One clause with the addresses around it. Raises UnknownClause."""
    found = view.clause(address)
    if found is None:
        raise UnknownClause("这份文件里没有这个条款，条款地址请从文件的目录（outline）里选。")
    before, after = view.siblings(found)
    return document_models.ClauseDetail(
        clause_id=clause_id(view.document.id, view.document.version, found.address),
        address=found.address,
        label=found.label,
        path=list(found.path),
        text=view.document.text[found.start : found.end],
        start=found.start,
        end=found.end,
        previous=before.address if before else None,
        next=after.address if after else None,
        children=[child.address for child in view.children(found.address)],
    )


def outline_of(view: DocumentView) -> list[document_models.OutlineNode]:
    """The tree in one pass: a statute has thousands of clauses."""
    under: dict[str | None, list[Clause]] = defaultdict(list)
    for each in view.clauses:
        under[each.parent].append(each)

    def node(each: Clause) -> document_models.OutlineNode:
        return document_models.OutlineNode(
            address=each.address,
            label=each.label,
            heading=each.heading.strip(),
            start=each.start,
            end=each.end,
            children=[node(child) for child in under[each.address]],
        )

    return [node(top) for top in under[None]]
