"""An assistant with invented documents, as far as the pages ask one."""

from collections.abc import Sequence
from datetime import date
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from fastapi import FastAPI
from starlette.testclient import TestClient

from assistant.settings import Settings
from index.library.library import Library
from index.schema import Document
from index.structure.outline import outlined
from ui.pages.about import about_router
from ui.pages.documents import page_router

if TYPE_CHECKING:
    from assistant.service import Assistant

TODAY = date(2026, 3, 2)
LAW = """河湾市学校安全条例
第一章　总则
第一条　为了保障学校安全，制定本条例。
第二条　本市的学校安全工作，适用本条例。
前款所称学校，包括幼儿园、中小学校。
第二章　附则
第三条　本条例自2023年6月1日起施行。
"""


def document(text: str = LAW, **known: Any) -> Document:
    """A document read from `text`, whose title is its first line; `known` is what else is known of it."""
    title = text.splitlines()[0]
    given = {"id": "law", "version": "2023-03-01", "title": title, **known}
    return outlined(Document(text=text, sha256="0" * 64, source_name="a.txt", **given))


def assistant_of(documents: Sequence[Document], **settings: Any) -> "Assistant":
    """What the pages need of an assistant over `documents`."""
    made = SimpleNamespace(library=Library(documents), clock=lambda: TODAY, settings=Settings(**settings))
    return cast("Assistant", made)


def pages_of(documents: Sequence[Document], **settings: Any) -> TestClient:
    """The pages about `documents`."""
    made = assistant_of(documents, **settings)
    app = FastAPI()
    app.include_router(page_router(lambda: made))
    app.include_router(about_router(lambda: made))
    return TestClient(app)
