"""GET /documents…: the original for people, with its outline and a quotation highlighted, and its file."""

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from assistant.api.files import original_of
from index.library.library import DocumentView, Library, starts
from index.schema import Document, Validity
from index.structure.outline import has_outline
from ui.pages.html import HEADERS, GetAssistant, PageFault, embedded, html, serve
from ui.pages.original import clause_at, outline, render_text
from ui.static_files import router as static_router

if TYPE_CHECKING:
    from assistant.service import Assistant

_OFFSET = re.compile(r"[0-9]{1,9}")

_UNKNOWN_DOCUMENT = "没有找到这份文件。链接可能不完整，或文件已经移除；您可以回到问答页重新提问。"
_UNKNOWN_VERSION = "这份文件没有您要看的版本。您可以打开现在的版本。"
_UNKNOWN_CLAUSE = "这份文件里没有您要看的条款。您可以打开全文，从目录里找。"
_BAD_OFFSETS = "链接里标出引文的位置不对。您可以打开全文查看。"


@dataclass(frozen=True, slots=True)
class _Target:
    """What an address asks for, checked against the document."""

    view: DocumentView
    cited: str | None
    quote: tuple[int, int] | None


def page_router(get_assistant: GetAssistant) -> APIRouter:
    """The routes of the original's page and of the static files."""
    router = APIRouter(include_in_schema=False)
    router.include_router(static_router)

    @router.get("/documents")
    def documents(request: Request) -> Response:
        """The list of documents; where there is only one, that one."""
        return serve(request, get_assistant, lambda assistant: _list_page(request, assistant))

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


def _list_page(request: Request, assistant: "Assistant") -> Response:
    today = assistant.clock()
    ids = assistant.library.ids()
    if len(ids) == 1:
        query = "?embed=1" if embedded(request) else ""
        return RedirectResponse(f"/documents/{ids[0]}{query}", status_code=307, headers=HEADERS)
    views = [view for identifier in ids if (view := assistant.library.get(identifier, as_of=today))]
    return html("list.html", embed=embedded(request), documents=[view.document for view in views])


def _document_page(request: Request, assistant: "Assistant", document_id: str) -> Response:
    today = assistant.clock()
    target = _target(assistant.library, today, document_id, request)
    document = target.view.document
    validity = assistant.library.validity(document, today)
    return html(
        "document.html",
        embed=embedded(request),
        document=document,
        titled=target.view.clause("title") is not None,
        facts=_facts(document, assistant.library),
        structured=has_outline(target.view.clauses),
        original=f"/documents/{document.id}/original?{urlencode({'version': document.version})}",
        versions=_versions(assistant.library, document),
        notice=_notice(document, validity, assistant.library),
        newer=_newer(assistant.library, document, today),
        full_url=_address(document, target),
        outline=outline(target.view, target.cited),
        cited=target.cited,
        body=render_text(target.view, target.cited, target.quote),
    )


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
    if address is None:
        clause = clause_at(view, quote[0]) if quote else None
        return _Target(view, clause.address if clause else None, quote)
    if view.clause(address) is None:
        raise PageFault(404, _UNKNOWN_CLAUSE, home)
    return _Target(view, address, quote)


def _quote(start: str | None, end: str | None, length: int, home: str) -> tuple[int, int] | None:
    if start is None and end is None:
        return None
    if start is None or end is None or not (_OFFSET.fullmatch(start) and _OFFSET.fullmatch(end)):
        raise PageFault(422, _BAD_OFFSETS, home)
    span = int(start), int(end)
    if not span[0] < span[1] <= length:
        raise PageFault(422, _BAD_OFFSETS, home)
    return span


def _address(document: Document, target: _Target) -> str:
    query: dict[str, str | int] = {"version": document.version}
    if target.cited:
        query["clause"] = target.cited
    if target.quote:
        query |= {"start": target.quote[0], "end": target.quote[1]}
    return f"/documents/{document.id}?{urlencode(query)}" + ("#quote" if target.quote else "")


def _versions(library: Library, document: Document) -> list[tuple[str, str, bool]]:
    """Every version, newest first, with its address and whether it is the one shown; none where it is the
    only one."""
    versions = library.versions(document.id)
    if len(versions) == 1:
        return []
    home = f"/documents/{document.id}"
    return [(v, f"{home}?{urlencode({'version': v})}", v == document.version) for v in reversed(versions)]


def _facts(document: Document, library: Library) -> list[tuple[str, str]]:
    """What is known of the document; what its text does not say is left out."""
    known = [
        ("发文机关", document.issuer),
        ("文号", document.number),
        ("通过日期", _day(document.passed)),
        ("发布日期", _day(document.published)),
        ("施行日期", _day(document.effective)),
        ("废止日期", _day(library.repealed(document))),
    ]
    if document.period_start and document.period_end:
        known.append(("实施期", f"{document.period_start}—{document.period_end}年"))
    return [(name, value) for name, value in known if value]


def _notice(document: Document, validity: Validity, library: Library) -> str | None:
    """One sentence on whether the document still binds; None where nothing need be said."""
    match validity:
        case Validity.EXPIRED:
            period = f"{document.period_start}—{document.period_end}年"
            return f"本文件的实施期为{period}，现已届满，内容供查阅参考。"
        case Validity.SUPERSEDED:
            return "这是旧版本，已有新版本。"
        case Validity.REPEALED:
            return f"本文件已于{_day(library.repealed(document))}废止，内容供查阅参考。"
        case Validity.NOT_YET:
            return f"本文件自{_day(starts(document))}起施行，现在尚未施行。"
        case Validity.IN_FORCE | Validity.UNKNOWN:
            return None


def _newer(library: Library, document: Document, today: date) -> str | None:
    """The address of the version in force, where that is another one."""
    current = library.get(document.id, as_of=today)
    if current is None or current.document.version <= document.version:
        return None
    return f"/documents/{document.id}?{urlencode({'version': current.document.version})}"


def _day(day: date | None) -> str | None:
    return f"{day.year}年{day.month}月{day.day}日" if day else None
