"""Asking: by keyboard and input method, several at once, stopped, too long, again, with a slow network."""

import re
import threading
from typing import TYPE_CHECKING

import pytest

from index.text.personal_data import mask
from tests.assistant.llm.server import Messages, Reply, passages_of
from tests.chromium import until
from tests.ui.chat.held import Held
from tests.ui.chat.visit import QUESTION, QUOTED, Visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Route

SHARE = "公办幼儿园的占比要达到多少？"
HOW = "老师的编制怎么解决？"
"""Other questions are answered from the document before the model writes."""
_LAST_IS = "document.querySelector('#turns').lastElementChild.dataset.status === '{}'"


def test_a_question_sent_while_one_runs_waits_and_is_answered(browser: "Browser", held: Held) -> None:
    visit = Visit(browser, held.base)
    first, second = held.fresh(), held.fresh()
    held.gate.close()
    visit.put(first)
    visit.until(_LAST_IS.format("running"))
    assert visit.stop.is_visible()
    assert visit.page.evaluate("document.body.dataset.state") == "running"
    visit.put(second)
    visit.until(_LAST_IS.format("queued"))
    visit.box.fill("还没写完的")
    assert visit.questions() == [first, second]
    held.gate.open()
    visit.until(_LAST_IS.format("answered"))
    assert [turn.get_attribute("data-status") for turn in visit.turns.all()] == ["answered"] * 2
    assert visit.box.input_value() == "还没写完的", "an answer that comes does not empty the box"
    visit.close()


def test_two_quick_questions_are_both_answered(visit: Visit) -> None:
    visit.put(QUESTION)
    visit.settled(visit.put(SHARE))
    assert visit.questions() == [QUESTION, SHARE]
    assert QUOTED in visit.turns.first.inner_text()


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_something_is_seen_to_go_on_while_a_model_writes(browser: "Browser", held: Held, motion: str) -> None:
    visit = Visit(browser, held.base, reduced_motion=motion)
    question = held.fresh()
    held.gate.close()
    turn = visit.put(question)
    now = turn.locator(".said", has_text=re.compile("已找到.*[0-9]秒"))
    now.wait_for()
    if motion == "no-preference":
        assert visit.page.evaluate("document.getAnimations().some(each => each.playState === 'running')")
    held.gate.open()
    visit.settled(turn)
    visit.close()


def test_checked_sentences_are_seen_while_the_model_writes(browser: "Browser", held: Held) -> None:
    looked = threading.Event()

    def slowly(messages: Messages) -> Reply:
        first = passages_of(messages)[0]
        return Reply(f"幼儿园一律免费。[1]\n{first}[1]\n" + "慢" * 40, last_after=looked)

    usual, held.model.script = held.model.script, slowly
    visit = Visit(browser, held.base)
    try:
        held.fresh()
        turn = visit.put(HOW)
        turn.locator(".text p").first.wait_for()
        assert "文件写的是" not in turn.inner_text(), "nothing precedes what the model writes"
        assert turn.get_attribute("data-status") == "running", "it is still written"
        assert "一律免费" not in turn.inner_text()
        looked.set()
        visit.settled(turn)
    finally:
        looked.set()
        held.model.script = usual
    assert turn.locator(".quotation, .mark").count() >= 1
    assert "一律免费" not in turn.inner_text()
    assert "慢慢" not in turn.inner_text()
    visit.close()


def test_an_answer_is_stopped_and_asked_again(browser: "Browser", held: Held) -> None:
    visit = Visit(browser, held.base)
    first = held.fresh()
    held.gate.close()
    visit.put(first)
    visit.until(_LAST_IS.format("running"))
    visit.stop.click()
    visit.until(_LAST_IS.format("stopped"))
    assert visit.page.evaluate("document.body.dataset.state") == "idle"
    assert not visit.stop.is_visible()
    assert first in [*visit.questions(), visit.box.input_value()]
    held.gate.open()
    visit.last.get_by_role("button", name="重新发送").click()
    visit.until(_LAST_IS.format("answered"))
    assert visit.questions() == [first]
    visit.page.reload()
    visit.ready()
    assert visit.questions() == [first], "what was stopped is not kept beside"
    visit.close()


def test_a_queued_question_can_be_taken_back(browser: "Browser", held: Held) -> None:
    visit = Visit(browser, held.base)
    first, second = held.fresh(), held.fresh()
    held.gate.close()
    visit.put(first)
    turn = visit.put(second)
    visit.until(_LAST_IS.format("queued"))
    turn.get_by_role("button", name="取消").click()
    visit.until("document.querySelectorAll('#turns > .turn[data-status=queued]').length === 0")
    held.gate.open()
    visit.settled(visit.turns.first)
    assert visit.turns.first.get_attribute("data-status") == "answered"
    assert visit.turns.locator(".quotation").count() >= 1
    visit.close()


def test_the_limit_is_told_while_typing_and_nothing_is_taken_away(visit: Visit) -> None:
    count = visit.page.locator("#count")
    near = "学" * 980
    visit.box.fill(near)
    assert "20" in count.inner_text(), "how many are left"
    visit.box.fill("学" * 1002)
    assert "多了2个字" in count.inner_text()
    visit.box.press("Enter")
    visit.page.wait_for_timeout(300)
    assert visit.turns.count() == 0
    assert visit.box.input_value() == "学" * 1002
    visit.box.fill("𠀀" * 1000)  # a thousand characters, two thousand of UTF-16
    assert "多了" not in count.inner_text()


def test_an_empty_question_is_not_sent(visit: Visit) -> None:
    visit.box.fill("  \n ")
    visit.box.press("Enter")
    visit.page.wait_for_timeout(300)
    assert visit.turns.count() == 0
    assert visit.box.evaluate("e => e === document.activeElement")


def test_shift_enter_makes_a_line(visit: Visit) -> None:
    visit.box.press_sequentially("甲")
    visit.box.press("Shift+Enter")
    visit.box.press_sequentially("乙")
    assert visit.box.input_value() == "甲\n乙"
    assert visit.turns.count() == 0


def test_enter_that_ends_a_composition_does_not_send(visit: Visit) -> None:
    """Chromium's own composition, as an input method makes it, and the events of browsers that send more."""
    visit.box.focus()
    session = visit.context.new_cdp_session(visit.page)
    session.send("Input.imeSetComposition", {"text": "xuexiao", "selectionStart": 7, "selectionEnd": 7})
    assert visit.box.input_value() == "xuexiao"
    enter = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229, "nativeVirtualKeyCode": 229}
    session.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **enter})
    session.send("Input.dispatchKeyEvent", {"type": "keyUp", **enter})
    session.send("Input.insertText", {"text": "学校"})
    assert visit.box.input_value() == "学校"
    assert visit.turns.count() == 0
    for options in ("isComposing: true", "keyCode: 229", "isComposing: true, keyCode: 229"):
        visit.box.evaluate(
            "e => ['keydown', 'keypress', 'keyup'].forEach(name => e.dispatchEvent(new KeyboardEvent(name, "
            f"{{key: 'Enter', code: 'Enter', bubbles: true, cancelable: true, {options}}})))"
        )
    visit.page.wait_for_timeout(300)
    assert visit.turns.count() == 0
    assert visit.box.input_value() == "学校"
    visit.box.press("Enter")
    visit.turns.first.wait_for()


def test_a_double_click_asks_once(visit: Visit) -> None:
    visit.box.fill(QUESTION)
    visit.send.dblclick()
    visit.settled(visit.turns.first)
    visit.page.wait_for_timeout(300)
    assert visit.questions() == [QUESTION]


def test_a_first_question_is_asked_by_one_click(visit: Visit) -> None:
    welcome = visit.page.locator("#welcome")
    assert welcome.get_by_role("group").count() >= 3, "parents, teachers, heads of schools"
    for name in ("家长", "教师", "学校管理者"):
        assert welcome.get_by_role("group", name=re.compile(f"^{name}")).count() == 1
    first = welcome.get_by_role("button").first
    question = first.inner_text()
    first.click()
    visit.settled(visit.turns.first)
    assert visit.questions() == [question]
    assert visit.turns.first.get_attribute("data-status") == "answered"


def test_what_could_be_asked_next_is_asked_by_one_click(visit: Visit) -> None:
    turn = visit.ask(QUESTION)
    following = turn.locator(".follow-ups button")
    assert 1 <= following.count() <= 3
    question = following.first.inner_text()
    following.first.click()
    visit.turns.nth(1).wait_for()
    visit.settled(visit.last)
    assert visit.questions() == [QUESTION, question]
    assert visit.last.get_attribute("data-status") == "answered", "it is offered, so it is answered"


def test_over_a_slow_network_the_question_is_seen_at_once(visit: Visit) -> None:
    held: list[Route] = []
    visit.page.route("**/*", lambda route: held.append(route))
    turn = visit.put(QUESTION)
    assert visit.box.input_value() == ""
    until(visit.page, lambda: held)
    assert turn.get_attribute("data-status") == "running"
    visit.page.unroute("**/*")  # lets go what is held
    visit.settled(turn)
    assert QUOTED in turn.inner_text()


def test_a_question_is_edited_and_asked_again(visit: Visit) -> None:
    visit.ask("公办幼儿园一个月收好多钱？")
    turn = visit.turns.first
    visit.tool(turn, "修改后再问").click()
    assert visit.box.input_value() == "公办幼儿园一个月收好多钱？"
    assert visit.box.evaluate("e => e === document.activeElement")
    visit.box.fill(SHARE)
    visit.box.press("Enter")
    visit.until(_LAST_IS.format("answered"))
    assert visit.questions()[-1] == SHARE
    assert "50" in visit.last.locator(".reply").inner_text() or "５０" in visit.last.inner_text()


def test_documents_are_chosen_and_only_they_answer(browser: "Browser", two_server: str) -> None:
    visit = Visit(browser, two_server)
    chooser = visit.page.locator("#scope")
    chooser.locator("summary").click()
    chooser.get_by_role("checkbox", name="食堂").check()
    assert visit.ask(QUESTION).get_attribute("data-status") != "answered"
    visit.page.reload()
    visit.ready()
    chooser.locator("summary").click()
    assert chooser.get_by_role("checkbox", name="食堂").is_checked()
    chooser.get_by_role("checkbox", name="食堂").uncheck()
    assert QUOTED in visit.ask(QUESTION).inner_text()
    visit.close()


def test_with_two_documents_nothing_is_said_twice(browser: "Browser", two_server: str) -> None:
    visit = Visit(browser, two_server)
    for question, words in ((QUESTION, QUOTED), ("食堂的饭菜要留样多久？", "留样不少于四十八小时")):
        text = visit.ask(question).locator(".reply").inner_text()
        assert text.count(words) == 1, text
    visit.close()


@pytest.mark.parametrize(
    "hostile",
    [
        "<img src=x onerror=\"document.title='hacked'\"><script>document.title='hacked'</script>校服",
        "![图](https://example.com/a.png) [点我](https://example.com) www.example.com a@example.com",
        "$$\\frac{1}{2}$$ %%%LATEX_BLOCK_0%%% \\(x\\) ```js alert(1)``` ~~~",
        "# 标题 **粗** _斜_ | a | b | <details><summary>x</summary></details> &lt;b&gt; {{7*7}} ${7*7}",
        "javascript:alert(1) <svg onload=alert(1)> [x](javascript:alert(1)) <think>想</think>",
    ],
)
def test_what_people_type_is_shown_as_text(visit: Visit, hostile: str) -> None:
    title = visit.page.title()
    for again in (False, True):
        if again:
            visit.page.reload()
            visit.ready()
        else:
            visit.ask(hostile)
        asked = visit.turns.first.locator(".asked")
        asked.wait_for()
        assert visit.questions()[0] == mask(hostile), "as it is kept, without an address of mail"
        inside = "img, a, script, code, pre, strong, em, del, h1, table, details, svg, think"
        assert asked.locator(inside).count() == 0
        assert visit.page.title() == title
    visit.history()
    assert visit.page.locator("#history img, #history script, #history svg").count() == 0
