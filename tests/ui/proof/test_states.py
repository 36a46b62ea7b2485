"""In every state of the pages: no fault that axe-core knows, no English, nothing wider than the window."""

from typing import TYPE_CHECKING

import pytest

from tests.ui.chat.visit import PHONE, SIZES, Visit
from tests.ui.proof.accessible import violations, violations_without_script
from tests.ui.proof.english import english, words_of
from tests.ui.proof.states import BY_NAME, STATES, State, opened
from tests.ui.proof.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from assistant.service import Assistant
    from tests.ui.chat.held import Held

_LOOKS = (
    {"type": "normal", "theme": "dark"},
    {"type": "elder", "theme": "light"},
    {"type": "elder", "theme": "dark"},
)
"""Besides the usual one: dark, 长者模式 with its high contrast, and both."""
_WIDE = "document.documentElement.scrollWidth - innerWidth"


@pytest.fixture
def world(server: str, two_server: str, held_server: "Held") -> "Iterator[World]":
    yield World(server, two_server, held_server)
    held_server.gate.open()


@pytest.fixture(scope="module")
def known(assistant: "Assistant") -> set[str]:
    """Words in Latin letters that the documents themselves have."""
    views = assistant.library.views()
    return {word for view in views for word in words_of(view.document.text + view.document.title)}


def _violations(visit: Visit, state: State) -> list[str]:
    scripted = state.options.get("java_script_enabled", True)
    return violations(visit.page) if scripted else violations_without_script(visit.page)


@pytest.mark.parametrize("name", BY_NAME)
def test_a_state_is_accessible_and_chinese(
    browser: "Browser", world: World, known: set[str], name: str
) -> None:
    state = BY_NAME[name]
    visit = opened(browser, world, state)
    wrong = english(visit.page, known)
    wrong += _violations(visit, state)
    if visit.page.evaluate("Boolean(window.policyQADisplay)"):
        for look in _LOOKS:
            visit.page.evaluate("look => policyQADisplay.choose(look)", look)
            wrong += [f"{look}: {each}" for each in violations(visit.page)]
    visit.close(faults=state.faults)
    assert wrong == []


@pytest.mark.parametrize("name", BY_NAME)
def test_a_state_fits_a_phone_and_four_hundred_percent(browser: "Browser", world: World, name: str) -> None:
    state = BY_NAME[name]
    visit = opened(browser, world, state, PHONE)
    wrong = [f"phone: {each}" for each in _violations(visit, state)]
    if visit.page.evaluate(_WIDE) > 0:
        wrong.append("wider than a phone")
    width, height = SIZES["400%"]
    visit.page.set_viewport_size({"width": width, "height": height})
    if visit.page.evaluate(_WIDE) > 0:
        wrong.append("wider than the window at 400 %")
    visit.close(faults=state.faults)
    assert wrong == []


def test_every_state_has_a_name_of_its_own() -> None:
    assert len(BY_NAME) == len(STATES)
