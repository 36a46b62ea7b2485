"""The documents as resources: their list, their stored text, their outline."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, unquote, urlencode

from mcp.types import Resource, ResourceTemplate, TextResourceContents

from assistant.api.described import detail_of, summary_of
from assistant.api.document_models import DocumentList
from assistant.errors import UnknownDocument
from assistant.mcp.tools import view_of

if TYPE_CHECKING:
    from assistant.service import Assistant

LIST = "policy://documents"
PAGE = 100
"""Documents that one page of the list of resources names."""
_JSON, _TEXT = "application/json", "text/plain"
_ADDRESS = re.compile(
    r"policy://documents/(?P<id>[^/?#]{1,600})(?P<outline>/outline)?(?:\?(?P<query>[^#]*))?"
)

TEMPLATES = (
    ResourceTemplate(
        name="document",
        title="一份文件的原文",
        uri_template="policy://documents/{id}{?version}",
        description="全文，引文的起止位置按它的字数计；不填 version 就取今天有效的版本，没有则取最新的。",
        mime_type=_TEXT,
    ),
    ResourceTemplate(
        name="outline",
        title="一份文件的目录",
        uri_template="policy://documents/{id}/outline{?version}",
        description="文件的标题、文号、日期、效力和各级条款的地址（JSON）。",
        mime_type=_JSON,
    ),
)


def listed(assistant: "Assistant", start: int) -> tuple[tuple[Resource, ...], int | None]:
    """The resources of the documents from the `start`-th on, before the first of them the list itself; and
    where the next page begins, None after the last one."""
    ids = assistant.library.ids()
    today = assistant.clock()
    found = [Resource(name="documents", title="全部文件", uri=LIST, mime_type=_JSON)] if start == 0 else []
    for identifier in ids[start : start + PAGE]:
        document = view_of(assistant.library, identifier, None, today).document
        found.append(
            Resource(
                name=identifier,
                title=document.title,
                uri=address_of(identifier, document.version),
                description=f"{document.version} 版全文",
                mime_type=_TEXT,
                size=len(document.text.encode("utf-8", "replace")),
            )
        )
    return tuple(found), start + PAGE if start + PAGE < len(ids) else None


def read(assistant: "Assistant", uri: str) -> Sequence[TextResourceContents]:
    """What lies at `uri`. Raises UnknownDocument."""
    today, library = assistant.clock(), assistant.library
    if uri == LIST:
        views = (view_of(library, identifier, None, today) for identifier in library.ids())
        summaries = [summary_of(library, view, today) for view in views]
        return [_contents(uri, DocumentList(documents=summaries).model_dump_json(), _JSON)]
    match = _ADDRESS.fullmatch(uri)
    given = parse_qs(match["query"] or "", keep_blank_values=True) if match else {}
    if match is None or given.keys() - {"version"}:
        raise UnknownDocument(
            "没有这个资源；可用的有 policy://documents、policy://documents/文件编号 和 "
            "policy://documents/文件编号/outline，后两个可加 ?version=版本。"
        )
    view = view_of(library, unquote(match["id"]), given.get("version", [None])[0], today)
    if match["outline"]:
        return [_contents(uri, detail_of(library, view, today).model_dump_json(), _JSON)]
    return [_contents(uri, view.document.text, _TEXT)]


def address_of(identifier: str, version: str) -> str:
    """The address of a version's text."""
    return f"{LIST}/{quote(identifier, safe='')}?{urlencode({'version': version})}"


def _contents(uri: str, text: str, kind: str) -> TextResourceContents:
    return TextResourceContents(uri=uri, text=text, mime_type=kind)
