"""Invented documents with tables, read as the readers read them, and the pages that show them."""

import html
import re
from datetime import date
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from fastapi import APIRouter, FastAPI
from starlette.testclient import TestClient

from index.library.library import DocumentView, Library
from index.readers import html as web_page
from index.readers import markdown
from index.schema import Document
from index.structure.outline import outlined
from ui.pages.documents import page_router

if TYPE_CHECKING:
    from assistant.service import Assistant

FEES = """<h1>河湾镇收费办法</h1><p>一、收费</p><p>按下表收取。</p><p>表1 收费标准</p>
<table><thead><tr><th rowspan=2>学段<th colspan=2>春季<tr><th>学费<th>住宿费</thead>
<tr><td rowspan=2>小学<td>0<td><tr><td>&lt;script&gt;alert(1)&lt;/script&gt;<td>300 &amp; 400
<tr><td colspan=3>另有规定的除外</table><p>以上为标准。</p><p>二、时间</p><p>九月起。</p>"""
PHONES = "<h1>河湾镇电话</h1><p>一、电话</p><table><tr><td>东区<td>11<tr><td>西区<td>22</table>"
AID = """# 河湾镇资助办法

## 一、资助

| 项目 | 标准 |
|:---|---:|
| **助学金** | 2000 |
| 免费\\|教科书 |  |

## 二、附则
"""


def held(source: str) -> DocumentView:
    """The document that `source`, a web page or else Markdown, gives."""
    read, name = (web_page.read, "a.html") if source.startswith("<") else (markdown.read, "a.md")
    found = read(source.encode(), name)
    document = Document(
        "a", "1", "办法", found.text, "0", name, markup=found.markup, tables=tuple(found.tables)
    )
    view = Library([outlined(document)]).get("a")
    assert view
    return view


def router_of(view: DocumentView) -> APIRouter:
    """The routes of `pages_of`."""
    library = SimpleNamespace(library=Library([view.document]), clock=lambda: date(2026, 3, 2))
    return page_router(lambda: cast("Assistant", library))


def pages_of(view: DocumentView) -> TestClient:
    """The pages of a library with this one document."""
    app = FastAPI()
    app.include_router(router_of(view))
    return TestClient(app)


def text_of(markup: str) -> str:
    """The characters of HTML, without its tags."""
    return html.unescape(re.sub(r"<[^>]*>", "", markup))
