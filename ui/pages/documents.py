"""GET /documents…: the list, the original for people with a quotation highlighted or words looked for, its
file, and all of this as parts of the chat's page."""

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from assistant.api.files import original_of
from index.library.library import DocumentView, Library
from index.schema import Clause, Document, version_order
from index.structure.outline import has_outline
from index.text.folding import fold_text
from ui.pages.coverage import Coverage, Covered, coverage, document_address
from ui.pages.facts import day_words, facts, full_title, notice, validity_words
from ui.pages.finding import MOST_LETTERS, Found, find
from ui.pages.html import GetAssistant, PageFault, card_of, embedded, html, kept, serve
from ui.pages.original import clause_at, outline, render_text
from ui.static_files import router as static_router

if TYPE_CHECKING:
    from assistant.service import Assistant

_NUMBER = re.compile(r"[0-9]{1,9}")
_EACH = 50
"""Documents on a page of the list."""
_KEPT_SECONDS = 60
"""For which the chat may show a document again without asking."""
_EMBEDDED_TITLE = 3
"""The level of the title's heading in the chat: below the page's own and that of the part."""

_UNKNOWN_DOCUMENT = (
    "没有找到这份文件。链接可能不完整，或文件已经移除。您可以从收录的文件里找，或回到问答页重新提问。"
)
_UNKNOWN_VERSION = "这份文件没有您要看的版本。您可以打开现在的版本。"
_UNKNOWN_CLAUSE = "这份文件里没有您要看的条款。您可以打开全文，从目录里找。"
_BAD_OFFSETS = "链接里标出引文的位置不对。您可以打开全文查看。"


@dataclass(frozen=True, slots=True)
class _Target:
    """What an address asks for, checked against the document."""

    view: DocumentView
    cited: Clause | None
    quote: tuple[int, int] | None
    named: Clause | None = None
    """The clause that the address names, where the quotation does not stand in it."""


def page_router(get_assistant: GetAssistant) -> APIRouter:
    """The routes of the documents' pages and of the static files."""
    router = APIRouter(include_in_schema=False)
    router.include_router(static_router)

    @router.get("/documents")
    def documents(request: Request) -> Response:
        """The list of documents, or of those whose title, issuer or number holds what is looked for."""
        return serve(request, get_assistant, lambda assistant: _list_page(request, coverage(assistant)))

    @router.get("/documents/{document_id}/original")
    def original(request: Request, document_id: str) -> Response:
        """The document's file: the call of the interface that gives it needs a key, and a link shows none."""
        return serve(
            request,
            get_assistant,
            lambda assistant: original_of(
                assistant, _target(assistant.library, assistant.clock(), document_id, request).view.document
            ),
        )

    @router.get("/documents/{document_id:path}")
    def document(request: Request, document_id: str) -> Response:
        """One document, read from the query by hand so that a wrong one gets a page, not JSON."""
        return serve(
            request, get_assistant, lambda assistant: _document_page(request, assistant, document_id)
        )

    return router


def _list_page(request: Request, covered: Coverage) -> Response:
    words = _words(request)
    found = [each for each in covered.documents if _fits(each, words)]
    pages = max(1, -(-len(found) // _EACH))
    page = min(_number(request, "page"), pages)
    template = "list_part.html" if embedded(request) else "list.html"
    return html(
        template,
        card=card_of(request),
        words=words,
        most=MOST_LETTERS,
        total=len(covered.documents),
        count=len(found),
        documents=found[(page - 1) * _EACH : page * _EACH],
        page=page,
        pages=pages,
        address=lambda number: "/documents?" + urlencode({"q": words, "page": number}),
        day_words=day_words,
    )


def _fits(document: Covered, words: str) -> bool:
    """Whether each of the `words`, set apart by blanks, is in the title, the issuer or the number."""
    told = fold_text(" ".join(filter(None, (document.title, document.issuer, document.number))))
    return all(fold_text(word) in told for word in words.split())


def _document_page(request: Request, assistant: "Assistant", document_id: str) -> Response:
    library, today = assistant.library, assistant.clock()
    target = _target(library, today, document_id, request)
    document, address = target.view.document, document_address(target.view.document)
    part, words = embedded(request), _words(request)
    found = find(document.text, words, _number(request, "hit")) if words else None
    cited = target.cited.address if target.cited else None
    body = render_text(
        target.view,
        cited,
        target.quote,
        found.marks if found else (),
        _EMBEDDED_TITLE if part else 1,
    )
    page = html(
        "document_part.html" if part else "document.html",
        card=card_of(request),
        part=part,
        document=document,
        title=full_title(document.title),
        validity=validity_words(document, library, today),
        titled=target.view.clause("title") is not None,
        facts=facts(document, library, today),
        structured=has_outline(target.view.clauses),
        original=f"/documents/{document.id}/original?{urlencode({'version': document.version})}",
        versions=_versions(library, document),
        notice=notice(document, library, today),
        newer=_newer(library, document, today),
        address=address,
        full_url=_full(address, target),
        named=target.named,
        named_url=f"{address}&{urlencode({'clause': target.named.address})}" if target.named else "",
        outline=outline(target.view, cited) if not part else (),
        cited=target.cited,
        quoted=target.quote is not None,
        found=found,
        hit_url=lambda number: _hit(address, found, number),
        most=MOST_LETTERS,
        body=body,
    )
    return kept(request, page, _KEPT_SECONDS if part else 0)


def _words(request: Request) -> str:
    """What is looked for; "" where nothing is."""
    words = request.query_params.get("q", "")[:MOST_LETTERS].strip()
    return words if fold_text(words) else ""


def _number(request: Request, name: str) -> int:
    """A number from 1 in the query; 1 where it is none, since nothing depends on it but what is shown."""
    given = request.query_params.get(name, "")
    return max(1, int(given)) if _NUMBER.fullmatch(given) else 1


def _target(library: Library, today: date, document_id: str, request: Request) -> _Target:
    """Raises PageFault: 404 for what does not exist, 422 for malformed offsets."""
    query = request.query_params
    if not library.versions(document_id):
        raise PageFault(404, _UNKNOWN_DOCUMENT)
    home = f"/documents/{document_id}"
    view = library.get(document_id, query.get("version") or None, today)
    if view is None:
        raise PageFault(404, _UNKNOWN_VERSION, home)
    home += "?" + urlencode({"version": view.document.version})
    quote = _quote(query.get("start") or None, query.get("end") or None, len(view.document.text), home)
    address = query.get("clause") or None
    named = view.clause(address) if address else None
    if address and named is None:
        raise PageFault(404, _UNKNOWN_CLAUSE, home)
    if quote is None:
        return _Target(view, named, None)
    if named is not None and named.start < quote[1] and quote[0] < named.end:
        return _Target(view, named, quote)
    return _Target(view, clause_at(view, quote[0]), quote, named)


def _quote(start: str | None, end: str | None, length: int, home: str) -> tuple[int, int] | None:
    if start is None and end is None:
        return None
    if start is None or end is None or not (_NUMBER.fullmatch(start) and _NUMBER.fullmatch(end)):
        raise PageFault(422, _BAD_OFFSETS, home)
    span = int(start), int(end)
    if not span[0] < span[1] <= length:
        raise PageFault(422, _BAD_OFFSETS, home)
    return span


def _full(address: str, target: _Target) -> str:
    """The page of its own for what is shown in the chat."""
    query: dict[str, str | int] = {}
    if target.cited:
        query["clause"] = target.cited.address
    if target.quote:
        query |= {"start": target.quote[0], "end": target.quote[1]}
    anchor = "#quote" if target.quote else f"#c-{target.cited.address}" if target.cited else ""
    return (f"{address}&{urlencode(query)}" if query else address) + anchor


def _hit(address: str, found: Found | None, number: int) -> str:
    """The page with the same words looked for, at place `number`."""
    if found is None or not found.marks:
        return address
    query = urlencode({"q": found.words, "hit": number})
    return f"{address}&{query}#{found.marks[number - 1].name}"


def _versions(library: Library, document: Document) -> list[tuple[str, str, bool]]:
    """Every version, newest first, with its address and whether it is the one shown; none where it is the
    only one."""
    versions = library.versions(document.id)
    if len(versions) == 1:
        return []
    home = f"/documents/{document.id}"
    return [(v, f"{home}?{urlencode({'version': v})}", v == document.version) for v in reversed(versions)]


def _newer(library: Library, document: Document, today: date) -> str | None:
    """The address of the version in force, where that is another one."""
    current = library.get(document.id, as_of=today)
    if current is None or version_order(current.document.version) <= version_order(document.version):
        return None
    return document_address(current.document)
