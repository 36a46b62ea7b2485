"""Nothing is lost: reload, back, another page, a second tab, a server that is gone and comes again."""

import random
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.copied import copied_state
from tests.launched import Launched, launched
from tests.ui.chat.held import QUESTIONS, Gate, Held, gated
from tests.ui.chat.visit import DESK, PHONE, QUESTION, QUOTED, Visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from assistant.settings import Settings

SHARE = "公办幼儿园的占比要达到多少？"
WHEN = "到哪一年？"
_KEPT = "Object.keys(localStorage).filter(key => key.startsWith('policy-qa:conversation:'))"


def _talked(visit: Visit) -> list[str]:
    visit.ask(QUESTION)
    visit.ask(SHARE)
    return visit.questions()


def _whole(visit: Visit, asked: list[str]) -> None:
    """The conversation stands there with its answers, and goes on where it was."""
    visit.ready()
    visit.turns.nth(len(asked) - 1).wait_for()
    assert visit.questions() == asked
    assert QUOTED in visit.turns.first.inner_text()
    answer = visit.ask(WHEN)
    assert "2022" in answer.locator(".reply").inner_text(), "what was said before is not known any more"


def _reload(visit: Visit) -> None:
    visit.page.reload()


def _back_and_forward(visit: Visit) -> None:
    visit.page.goto("about:blank")
    visit.page.go_back()
    visit.page.go_forward()
    visit.page.go_back()


def _document_and_back(visit: Visit) -> None:
    visit.page.get_by_role("navigation").get_by_role("link", name="收录的文件").click()
    visit.page.wait_for_url("**/documents")
    visit.page.get_by_role("link", name=re.compile("问答|提问")).first.click()


def _whole_original_and_back(visit: Visit) -> None:
    visit.page.goto(visit.base + "/documents")
    visit.page.locator("main a[href^='/documents/']").first.click()
    visit.page.go_back()
    visit.page.go_back()


@pytest.mark.parametrize("way", [_reload, _back_and_forward, _document_and_back, _whole_original_and_back])
def test_the_conversation_survives(visit: Visit, way: object) -> None:
    asked = _talked(visit)
    assert callable(way)
    way(visit)
    _whole(visit, asked)


def test_a_closed_tab_is_found_again_in_the_history(visit: Visit) -> None:
    asked = _talked(visit)
    visit.page.close()
    visit.page = visit.context.new_page()
    visit.page.goto(visit.base)
    visit.ready()
    visit.begin()
    visit.reopen(QUESTION[:8])
    _whole(visit, asked)


def test_two_tabs_keep_two_conversations(visit: Visit) -> None:
    asked = _talked(visit)
    first = visit.page
    second = visit.page = visit.context.new_page()
    second.goto(visit.base)
    visit.ready()
    visit.begin()
    visit.ask("校外培训机构怎么管？")
    visit.page = first
    answer = visit.ask(WHEN)
    assert "2022" in answer.locator(".reply").inner_text()
    for page, questions in ((second, ["校外培训机构怎么管？"]), (first, [*asked, WHEN])):
        visit.page = page
        page.reload()
        visit.ready()
        visit.turns.nth(len(questions) - 1).wait_for()
        assert visit.questions() == questions
    kept = first.evaluate(f"{_KEPT}.length")
    assert kept == 2


def test_a_half_written_question_is_there_after_a_reload(visit: Visit) -> None:
    visit.box.fill("想问一下，乡下的娃儿")
    visit.page.reload()
    visit.ready()
    assert visit.box.input_value() == "想问一下，乡下的娃儿"


def test_a_new_conversation_leaves_the_old_one_in_the_history(visit: Visit) -> None:
    asked = _talked(visit)
    visit.begin()
    assert visit.turns.count() == 0
    visit.reopen(QUESTION[:8])
    _whole(visit, asked)


def test_two_tabs_of_one_conversation_show_the_same(visit: Visit) -> None:
    asked = _talked(visit)
    first = visit.page
    second = visit.page = visit.context.new_page()
    second.goto(visit.base)
    visit.ready()
    assert visit.questions() == asked, "a new tab goes on where one was today"
    visit.ask(WHEN)
    visit.page = first
    visit.until("document.querySelectorAll('#turns > .turn').length === 3")
    assert visit.questions() == [*asked, WHEN]


def test_a_conversation_that_another_tab_removed_does_not_stay_on_the_page(visit: Visit) -> None:
    asked = _talked(visit)
    first = visit.page
    visit.page = visit.context.new_page()
    visit.page.goto(visit.base)
    visit.ready()
    assert visit.questions() == asked
    history = visit.history()
    for _ in range(2):  # the second time it is meant
        history.get_by_role("button", name="删除").first.click()
    history.get_by_text("已删除").wait_for()
    visit.page = first
    visit.page.locator("#fault").get_by_text("已经不在了").wait_for()
    assert visit.questions() == []
    visit.ask(WHEN)
    assert visit.questions() == [WHEN]


def test_a_conversation_is_renamed_and_deleted(visit: Visit) -> None:
    visit.ask(QUESTION)
    history = visit.history()
    history.get_by_role("button", name="改名").first.click()
    name = history.get_by_role("textbox").first
    name.fill("<b>运动</b>")
    name.press("Enter")
    history.get_by_text("<b>运动</b>").wait_for()
    visit.page.reload()
    visit.ready()
    history = visit.history()
    history.get_by_text("<b>运动</b>").wait_for()
    secret = visit.page.evaluate(f"JSON.parse(localStorage[{_KEPT}[0]]).secret")
    for _ in range(2):  # the second time it is meant
        history.get_by_role("button", name="删除").first.click()
    history.get_by_text("<b>运动</b>").wait_for(state="detached")
    visit.page.reload()
    visit.ready()
    assert visit.turns.count() == 0
    assert secret not in visit.page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")


def test_conversations_that_stood_in_one_list_are_taken_over(visit: Visit) -> None:
    asked = _talked(visit)
    visit.page.evaluate(
        f"""(() => {{
          const all = {_KEPT}.map(key => JSON.parse(localStorage[key]));
          localStorage.clear();
          localStorage['policy-qa:conversations'] = JSON.stringify(all);
        }})()"""
    )
    visit.page.reload()
    _whole(visit, asked)
    assert visit.page.evaluate("localStorage['policy-qa:conversations']") is None
    assert visit.history().locator("#conversations li").count() == 1


def test_of_two_tabs_that_are_answered_in_the_same_moment_none_is_lost(visit: Visit) -> None:
    """What the other tab keeps comes between this one's reading and its writing."""
    other = {"secret": "b" * 43, "title": "另一个网页里的", "updated": 1}
    visit.page.evaluate(
        """other => {
          const write = Storage.prototype.setItem;
          Storage.prototype.setItem = function (key, value) {
            if (this === localStorage && key.startsWith('policy-qa:conversation')) {
              Storage.prototype.setItem = write;
              const one = key.endsWith('conversations');
              const [at, all] = one ? [key, [other]] : [`policy-qa:conversation:${other.secret}`, other];
              write.call(this, at, JSON.stringify(all));
            }
            write.call(this, key, value);
          };
        }""",
        other,
    )
    visit.ask(QUESTION)
    history = visit.history()
    assert history.get_by_text("另一个网页里的").count() == 1
    assert history.locator("#conversations li").count() == 2


def test_a_failed_question_stays_and_is_sent_again_by_one_tap(browser: "Browser", server: str) -> None:
    visit = Visit(browser, server)
    visit.ask(QUESTION)
    visit.context.set_offline(True)
    turn = visit.put(SHARE)
    visit.settled(turn)
    assert turn.get_attribute("data-status") == "failed"
    assert SHARE in [*visit.questions(), visit.box.input_value()]
    visit.context.set_offline(False)
    visit.last.get_by_role("button", name="重新发送").click()
    visit.last.locator(".reply .quotation").first.wait_for()
    visit.settled(visit.last)
    assert visit.questions() == [QUESTION, SHARE], "the question stands once"
    visit.close(faults=True)


@pytest.fixture(scope="module")
def gone_and_back(
    settings: "Settings", tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Launched, Gate]]:
    """A server in a process of its own, whose answers a model writes that can be held."""
    folder = tmp_path_factory.mktemp("lost")
    with gated() as (model, gate):
        environment = {
            "POLICY_QA_ANSWERER": "llm",
            "POLICY_QA_LLM_BASE_URL": model.base_url,
            "POLICY_QA_LLM_MODEL": "scripted",
            "POLICY_QA_LLM_BUDGET_SECONDS": "60",
            "POLICY_QA_CACHE_SECONDS": "0",
        }
        copied_state(settings, folder / "state")
        with launched(folder / "state", environment, folder / "log") as server:
            yield server, gate


@pytest.fixture
def visited(browser: "Browser", gone_and_back: tuple[Launched, Gate]) -> Iterator[Visit]:
    server, gate = gone_and_back
    if not server.runs:
        server.start()
    gate.open()
    visit = Visit(browser, server.base)
    yield visit
    gate.open()
    visit.close(faults=True)
    assert visit.errors == []


def test_a_server_that_was_started_anew_knows_the_conversation(
    visited: Visit, gone_and_back: tuple[Launched, Gate]
) -> None:
    server, _ = gone_and_back
    visited.ask(SHARE)
    server.kill()
    server.start()
    assert visited.questions() == [SHARE], "nothing changes on the page"
    assert "2022" in visited.ask(WHEN).locator(".reply").inner_text()


def test_a_question_whose_server_dies_is_kept_and_answered_by_one_tap(
    visited: Visit, gone_and_back: tuple[Launched, Gate]
) -> None:
    server, gate = gone_and_back
    visited.ask(SHARE)
    gate.close()
    turn = visited.put(QUESTION)
    visited.until("document.querySelector('#turns').lastElementChild.dataset.status === 'running'")
    server.kill()
    visited.settled(turn)
    assert visited.last.get_attribute("data-status") == "failed"
    said = visited.last.inner_text()
    assert QUESTION in said
    assert not any(word in said for word in ("Error", "Connection", "Failed"))
    gate.open()
    server.start()
    visited.last.get_by_role("button", name="重新发送").click()
    visited.until("document.querySelector('#turns').lastElementChild.dataset.status === 'answered'")
    assert visited.questions() == [SHARE, QUESTION]
    assert "2022" in visited.ask(WHEN).locator(".reply").inner_text()


def test_a_page_that_is_reloaded_while_the_server_is_gone_comes_back(
    visited: Visit, gone_and_back: tuple[Launched, Gate]
) -> None:
    server, _ = gone_and_back
    visited.ask(SHARE)
    server.kill()
    turn = visited.put(WHEN)
    visited.settled(turn)
    server.start()
    visited.page.reload()
    visited.ready()
    assert visited.questions()[0] == SHARE
    kept = [*visited.questions(), visited.box.input_value()]
    assert WHEN in kept, "what was asked in vain is in the box or in its turn"


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_in_forty_tries_no_conversation_is_lost(visited: Visit, gone_and_back: tuple[Launched, Gate]) -> None:
    server, _ = gone_and_back
    chance = random.Random(20)
    asked: list[str] = []
    lost = []
    for number, way in enumerate(("reload", "back", "restart", "tab") * 10):
        if number % 8 == 0 and asked:
            visited.begin()
            asked = []
        asked.append(chance.choice(QUESTIONS))
        visited.ask(asked[-1])
        match way:
            case "reload":
                visited.page.reload()
            case "back":
                visited.page.goto(f"{visited.base}/documents")
                visited.page.go_back()
            case "restart":
                server.kill()
                server.start()
                if chance.random() < 0.5:
                    visited.page.reload()
            case "tab":
                visited.page.close()
                visited.page = visited.context.new_page()
                visited.page.goto(visited.base)
        visited.ready()
        if visited.questions() != asked or visited.turns.locator(".reply.answered").count() != len(asked):
            lost.append(f"{number} {way}: {visited.questions()} in place of {asked}")
    assert lost == []


def test_what_is_cut_off_a_title_is_marked(visit: Visit) -> None:
    kept = f"{_KEPT}.map(key => JSON.parse(localStorage[key]))"
    latest = f"{kept}.sort((one, other) => other.updated - one.updated)[0].title"
    long = f"请问{QUESTION}{QUESTION}"
    visit.ask(long)
    assert visit.page.evaluate(latest) == f"{long[:24]}…"
    visit.begin()
    visit.ask(QUESTION)
    assert visit.page.evaluate(latest) == QUESTION


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_that_answering_is_paused_is_seen_beside_a_conversation_too(
    browser: "Browser", held_server: Held, size: tuple[int, int]
) -> None:
    visit = Visit(browser, held_server.base, size)
    visit.ask(QUESTION)
    visit.ask(SHARE)
    pause = held_server.assistant.store.pause
    pause.begin(None, "系统维护，今天下午三点恢复。")
    try:
        visit.page.reload()
        visit.ready()
        visit.turns.nth(1).wait_for()
        visit.at_rest()
        line = visit.first_line(visit.page.locator(".stopped"))
    finally:
        pause.end()
    assert line["whole"]
    assert line["uncovered"]
    visit.close()
