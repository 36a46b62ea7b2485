"""In every state of the pages: no fault that axe-core knows, no English, nothing wider than the window."""

from typing import TYPE_CHECKING

import pytest

from tests.ui.chat.visit import SIZES
from tests.ui.proof.accessible import LOOKS, violations, violations_without_script
from tests.ui.proof.english import english, words_of
from tests.ui.proof.states import BY_NAME, STATES, opened
from tests.ui.proof.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from assistant.service import Assistant
    from tests.ui.chat.held import Held

PLAN = "chongqing-education-modernization-2020-2022"
_LOOKS = (
    {"type": "normal", "theme": "dark"},
    {"type": "elder", "theme": "light"},
    {"type": "elder", "theme": "dark"},
)
"""Besides the usual one: dark, 长者模式 with its high contrast, and both."""


@pytest.fixture
def world(server: str, two_server: str, held_server: "Held") -> "Iterator[World]":
    yield World(server, two_server, held_server)
    held_server.gate.open()


@pytest.fixture(scope="module")
def known(assistant: "Assistant") -> set[str]:
    """Words in Latin letters that the documents themselves have."""
    views = assistant.library.views()
    return {word for view in views for word in words_of(view.document.text + view.document.title)}


@pytest.mark.parametrize("name", BY_NAME)
def test_a_state_is_accessible_chinese_and_fits(
    browser: "Browser", world: World, known: set[str], name: str
) -> None:
    state = BY_NAME[name]
    look_at = violations if state.options.get("java_script_enabled", True) else violations_without_script
    visit = opened(browser, world, state)
    wrong = english(visit.page, known, (PLAN, world.held.admin_id)) + look_at(visit.page)
    if visit.page.evaluate("Boolean(window.policyQADisplay)"):
        for look in _LOOKS:
            visit.page.evaluate("look => policyQADisplay.choose(look)", look)
            wrong += [f"{look}: {each}" for each in look_at(visit.page, LOOKS)]
        visit.page.evaluate("policyQADisplay.choose({type: 'normal', theme: 'light'})")
    for size in ("phone", "400%"):
        width, height = SIZES[size]
        visit.page.set_viewport_size({"width": width, "height": height})
        wrong += [f"{size}: {each}" for each in look_at(visit.page, LOOKS)]
        if visit.page.evaluate("document.documentElement.scrollWidth - innerWidth") > 0:
            wrong.append(f"wider than the window at {size}")
    visit.close(faults=state.faults)
    assert wrong == []


def test_every_state_has_a_name_of_its_own() -> None:
    assert len(BY_NAME) == len(STATES)
