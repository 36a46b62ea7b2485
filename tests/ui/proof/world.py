"""The applications that the states of the pages need: over the plan, two documents, and a held model."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.serving import served
from tests.ui.chat.held import Held, held_chat

if TYPE_CHECKING:
    from assistant.settings import Settings

_CANTEENS = """# 青山区学校食堂管理办法

第一条 为加强学校食堂管理，保障师生饮食安全，制定本办法。

第二条 学校食堂的饭菜应当留样，留样不少于四十八小时。

第三条 学校负责人应当与学生一同用餐，每周不少于三次。

第四条 本办法自2025年9月1日起施行，有效期五年。
"""


@dataclass(frozen=True, slots=True)
class World:
    """Addresses of the applications."""

    plan: str
    two: str
    held: Held


@contextmanager
def two_documents(settings: "Settings", folder: Path) -> Iterator[str]:
    """Base address of a chat over the plan and an invented document; its state lies in `folder`."""
    from assistant.service import Assistant
    from index.build.add_documents import add_documents
    from index.readers.find_files import find_sources
    from tests.conftest import TODAY
    from tests.copied import copied_state
    from ui.serve import compose

    own = copied_state(settings, folder)
    written = folder / "canteens.md"
    written.write_text(_CANTEENS, encoding="utf-8")
    assert len(add_documents(own.index(), find_sources([written])[0]).added) == 1
    assistant = Assistant.open(own, clock=lambda: TODAY)
    app = compose(lambda: assistant, assistant.store, folder=folder / "gradio")
    with served(app) as base:
        yield base


@contextmanager
def world(folder: Path) -> Iterator[World]:
    """All of them, with their state in `folder`, for tools outside the tests."""
    from assistant.service import Assistant
    from assistant.settings import ROOT, Settings
    from index.build.build_index import build_index
    from tests.conftest import TODAY
    from ui.serve import compose

    for name in ("two", "held"):
        (folder / name).mkdir()
    (folder / "cache").symlink_to(ROOT / "var" / "cache")
    settings = Settings(state_dir=folder)
    build_index(settings.index())
    assistant = Assistant.open(settings, clock=lambda: TODAY)
    app = compose(lambda: assistant, assistant.store, folder=folder / "gradio")
    with ExitStack() as opened:
        plan = opened.enter_context(served(app))
        two = opened.enter_context(two_documents(settings, folder / "two"))
        held = opened.enter_context(held_chat(settings, folder / "held"))
        yield World(plan, two, held)
