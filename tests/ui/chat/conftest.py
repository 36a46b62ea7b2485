"""The chat open in a browser: at a desk, on a phone, and with a model that takes its time."""

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.ui.chat.held import Held, held_chat
from tests.ui.chat.visit import PHONE, Visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from assistant.settings import Settings


@pytest.fixture
def visit(browser: "Browser", server: str) -> Iterator[Visit]:
    """Somebody at a desk."""
    opened = Visit(browser, server)
    yield opened
    opened.close()


@pytest.fixture
def phone(browser: "Browser", server: str) -> Iterator[Visit]:
    """Somebody with a phone."""
    opened = Visit(browser, server, PHONE, has_touch=True, is_mobile=True)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def held_server(settings: "Settings", tmp_path_factory: pytest.TempPathFactory) -> Iterator[Held]:
    """A chat whose model can be held."""
    with held_chat(settings, tmp_path_factory.mktemp("held")) as opened:
        yield opened


@pytest.fixture
def held(held_server: Held) -> Iterator[Held]:
    """The same; its gate is open again in the end."""
    yield held_server
    held_server.gate.open()


_CANTEENS = """# 青山区学校食堂管理办法

第一条 为加强学校食堂管理，保障师生饮食安全，制定本办法。

第二条 学校食堂的饭菜应当留样，留样不少于四十八小时。

第三条 学校负责人应当与学生一同用餐，每周不少于三次。

第四条 本办法自2025年9月1日起施行，有效期五年。
"""


@pytest.fixture(scope="session")
def two_server(settings: "Settings", tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Base address of a chat over the plan and an invented document."""
    from assistant.service import Assistant
    from index.build.add_documents import add_documents
    from index.build.build_index import build_index
    from index.readers.find_files import find_sources
    from tests.conftest import TODAY
    from tests.serving import served
    from ui.serve import compose

    folder = tmp_path_factory.mktemp("two")
    shutil.copytree(settings.state_dir / "cache", folder / "cache")
    own = settings.model_copy(update={"state_dir": folder})
    build_index(own.index())
    written = folder / "canteens.md"
    written.write_text(_CANTEENS, encoding="utf-8")
    assert len(add_documents(own.index(), find_sources([written])[0]).added) == 1
    assistant = Assistant.open(own, clock=lambda: TODAY)
    app = compose(lambda: assistant, assistant.store, folder=folder / "gradio")
    with served(app) as base:
        yield base
