"""Where a question and its answer stand: the question at the top, the answer's first line in view."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest

from tests.ui.chat.held import Held
from tests.ui.chat.questions import MIXED
from tests.ui.chat.visit import SIZES, Visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_SOME = (0, 2, 9, 11, 28)


def _placed(visit: Visit, questions: Sequence[str]) -> list[str]:
    """What is wrong with where each of `questions` stands, asked after the reader has scrolled away."""
    wrong = []
    for number, question in enumerate(questions):
        visit.page.evaluate(f"scrollTo(0, {'0' if number % 2 else 'document.body.scrollHeight'})")
        turn = visit.put(question)
        visit.at_rest()
        sent = visit.first_line(turn.locator(".asked"))
        visit.settled(turn)
        asked, first = (visit.first_line(turn.locator(part)) for part in (".asked", ".reply"))
        if not (sent["whole"] and sent["uncovered"]):
            wrong.append(f"{question[:20]}: not in view when it was sent, {sent}")
        if not (asked["whole"] and asked["uncovered"]):
            wrong.append(f"{question[:20]}: not in view when it was answered, {asked}")
        elif asked["top"] > max(0.4 * asked["height"], 120):
            wrong.append(f"{question[:20]}: not at the top, {asked}")
        if not (first["whole"] and first["uncovered"]):
            wrong.append(f"{question[:20]}: the answer begins out of view, {first}")
    return wrong


@pytest.mark.parametrize("size", list(SIZES))
def test_after_sending_the_question_is_at_the_top_and_the_answer_begins_in_view(
    browser: "Browser", server: str, size: str
) -> None:
    visit = Visit(browser, server, SIZES[size])
    wrong = _placed(visit, [MIXED[at] for at in _SOME])
    visit.close()
    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("size", list(SIZES))
def test_thirty_mixed_questions_are_placed_well(browser: "Browser", server: str, size: str) -> None:
    wrong = []
    for half in (MIXED[:15], MIXED[15:]):  # two conversations, each within its limit of questions a minute
        visit = Visit(browser, server, SIZES[size])
        wrong += _placed(visit, half)
        visit.close()
    assert wrong == []


@pytest.mark.parametrize("size", list(SIZES))
def test_nothing_is_wider_than_the_window(browser: "Browser", server: str, size: str) -> None:
    visit = Visit(browser, server, SIZES[size])
    for question in (MIXED[0], MIXED[2], MIXED[11], "长" * 300, "A" * 300):
        visit.ask(question)
    visit.last.locator(".reply").scroll_into_view_if_needed()
    widest = visit.page.evaluate("document.documentElement.scrollWidth")
    visit.close()
    assert widest <= SIZES[size][0]


def test_type_of_twice_the_size_and_wide_spacing_cut_nothing_off(browser: "Browser", server: str) -> None:
    """WCAG 1.4.12: line height 1.5, letters 0.12 em, words 0.16 em, paragraphs 2 em apart."""
    visit = Visit(browser, server, SIZES["phone"])
    visit.ask(MIXED[0])
    visit.page.evaluate(_SPACED)
    cut = visit.page.evaluate(_CUT)
    widest = visit.page.evaluate("document.documentElement.scrollWidth")
    visit.close()
    assert cut == []
    assert widest <= SIZES["phone"][0]


@pytest.mark.parametrize("key", [True, False])
def test_an_answer_is_brought_to_the_top_however_its_question_was_sent(
    browser: "Browser", held: Held, key: bool
) -> None:
    visit = Visit(browser, held.base, SIZES["phone"])
    visit.ask(held.fresh())
    held.gate.close()
    visit.box.fill(held.fresh())
    if key:
        visit.box.press("Enter")
    else:
        visit.send.click()
    visit.turns.nth(1).wait_for()
    visit.page.evaluate("scrollTo(0, 0)")  # as where a keyboard goes away, or the window is turned
    held.gate.open()
    visit.settled(visit.last)
    top = visit.last.evaluate("e => e.getBoundingClientRect().top")
    visit.close()
    assert 0 <= top < 20


_SPACED = """(() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important } p { margin-bottom: 2em !important }
    html { font-size: 200% !important }`);
  document.adoptedStyleSheets.push(sheet);
})()"""
"""A reader's own style; set through the browser, since the page's policy lets no element do it."""
_CUT = """(() => [...document.querySelectorAll('body *')].filter(element => {
  if (!element.checkVisibility({visibilityProperty: true}) || !element.textContent.trim()) return false;
  if (element.closest('.hidden, .skip, textarea')) return false;
  const style = getComputedStyle(element);
  const clips = style.overflow !== 'visible' || style.textOverflow === 'ellipsis';
  const high = element.scrollHeight - element.clientHeight, wide = element.scrollWidth - element.clientWidth;
  return clips && (high > 2 || wide > 2) && !['auto', 'scroll'].includes(style.overflowY);
}).map(element => element.outerHTML.slice(0, 120)))()"""
