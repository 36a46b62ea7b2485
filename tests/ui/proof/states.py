"""Every state in which a person may see the pages: one table, for axe-core, the search for English and the
screenshots alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from tests.ui.chat.visit import DESK, QUESTION, Visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.ui.proof.world import World

SHARE = "公办幼儿园的占比要达到多少？"
LIST = "重点任务一共分成几项？"
NEAR = "公办幼儿园一个月收好多钱？"
NOTHING = "校服多少钱一套？"
BELIEF = "听说公办幼儿园占比要达到80%，是不是？"


@dataclass(frozen=True, slots=True)
class State:
    """One state: where it is opened, and what is done to get there."""

    name: str
    reach: Callable[[Visit, "World"], None] = lambda _visit, _world: None
    path: str = "/"
    at: Literal["plan", "two", "held"] = "plan"
    options: Mapping[str, Any] = field(default_factory=dict)
    """Of the browser's context."""
    faults: bool = False
    """Requests fail on the way there."""


def opened(
    browser: "Browser", world: "World", state: State, size: tuple[int, int] = DESK, **options: Any
) -> Visit:
    """A visit that is in `state`."""
    base = {"plan": world.plan, "two": world.two, "held": world.held.base}[state.at]
    visit = Visit(browser, base, size, state.path, **{**state.options, **options})
    state.reach(visit, world)
    if state.options.get("java_script_enabled", True):
        visit.at_rest()
    return visit


def _asks(*questions: str) -> Callable[[Visit, "World"], None]:
    def reach(visit: Visit, _world: "World") -> None:
        for question in questions:
            visit.ask(question)

    return reach


def _original(visit: Visit, _world: "World") -> None:
    visit.ask(QUESTION).locator("a.see").first.click()
    visit.original.locator("mark#quote").wait_for()


def _folded(visit: Visit, _world: "World") -> None:
    turn = visit.ask(BELIEF)
    for each in turn.locator("details.folded:not([open]) > summary").all():
        each.click()


def _related(visit: Visit, _world: "World") -> None:
    visit.ask(NEAR).locator(".related summary").click()


def _history(visit: Visit, _world: "World") -> None:
    visit.ask(QUESTION)
    visit.begin()
    visit.ask(SHARE)
    visit.history()


def _renaming(visit: Visit, world: "World") -> None:
    _history(visit, world)
    visit.page.locator("#history .rename").first.click()
    visit.page.locator("#history input").wait_for()


def _deleting(visit: Visit, world: "World") -> None:
    _history(visit, world)
    visit.page.locator("#history .delete").first.click()


def _display(visit: Visit, _world: "World") -> None:
    visit.page.locator("#open-display").click()
    visit.page.locator("#display").wait_for()


def _sharing(visit: Visit, _world: "World") -> None:
    visit.tool(visit.ask(QUESTION), "分享").click()
    visit.page.locator("#sharing").wait_for()


def _withdrawn(visit: Visit, world: "World") -> None:
    _sharing(visit, world)
    visit.page.locator("#share-withdraw").click()
    visit.page.locator("#share-said").get_by_text("已撤回").wait_for()


def _shared(visit: Visit, world: "World") -> None:
    _sharing(visit, world)
    visit.page.goto(visit.page.locator("#share-url").input_value())


def _share_gone(visit: Visit, world: "World") -> None:
    _sharing(visit, world)
    address = visit.page.locator("#share-url").input_value()
    visit.page.locator("#share-withdraw").click()
    visit.page.locator("#share-said").get_by_text("已撤回").wait_for()
    visit.page.goto(address)


def _sheet(visit: Visit, _world: "World") -> None:
    visit.ask(QUESTION)
    turn = visit.ask(SHARE)
    with visit.context.expect_page() as sheet:
        visit.tool(turn, "打印依据单").click()
    visit.page.close()
    visit.page = sheet.value
    visit.page.wait_for_load_state()


def _rated(visit: Visit, _world: "World") -> None:
    visit.tool(visit.ask(QUESTION), "有用").click()
    visit.last.get_by_text("谢谢").first.wait_for()


def _reasons(visit: Visit, _world: "World") -> None:
    visit.tool(visit.ask(QUESTION), "没用").click()
    visit.page.locator("#reasons").wait_for()


def _too_long(visit: Visit, _world: "World") -> None:
    visit.box.fill("学" * 1020)


def _empty(visit: Visit, _world: "World") -> None:
    visit.box.press("Enter")
    visit.page.locator("#fault").get_by_text("空").wait_for()


def _editing(visit: Visit, _world: "World") -> None:
    visit.tool(visit.ask(NEAR), "修改后再问").click()


def _failed(visit: Visit, _world: "World") -> None:
    visit.ask(QUESTION)
    visit.context.set_offline(True)
    visit.settled(visit.put(SHARE))


def _original_lost(visit: Visit, _world: "World") -> None:
    visit.context.route("**/documents/*", lambda route: route.abort())
    visit.ask(QUESTION).locator("a.see").first.click()
    visit.page.get_by_text("没有打开").first.wait_for()


def _tool_lost(visit: Visit, _world: "World") -> None:
    turn = visit.ask(QUESTION)
    visit.context.set_offline(True)
    visit.tool(turn, "分享").click()
    turn.get_by_text("连不上").wait_for()


def _restored_in_vain(visit: Visit, _world: "World") -> None:
    visit.ask(QUESTION)
    visit.context.route("**/chat/transcript", lambda route: route.abort())
    visit.page.reload()
    visit.page.locator("#fault").get_by_text("之前的对话").wait_for()


def _queued(visit: Visit, world: "World") -> None:
    world.held.gate.close()
    visit.put(world.held.fresh())
    visit.put(SHARE)
    visit.until("document.querySelector('#turns').lastElementChild.dataset.status === 'queued'")


def _stopped(visit: Visit, world: "World") -> None:
    world.held.gate.close()
    visit.put(world.held.fresh())
    visit.until("document.body.dataset.state === 'running'")
    visit.stop.click()
    visit.until("document.querySelector('#turns').lastElementChild.dataset.status === 'stopped'")


def _scope(visit: Visit, _world: "World") -> None:
    visit.page.locator("#scope summary").click()


def _found(visit: Visit, _world: "World") -> None:
    visit.page.locator("main a[href^='/documents/']").first.click()
    visit.page.wait_for_url("**/documents/*")


def _plain(visit: Visit, _world: "World") -> None:
    visit.page.get_by_label("您的问题").fill(QUESTION)
    visit.page.get_by_role("button", name="发送").click()
    visit.page.wait_for_url("**/ask*")


def _plain_fault(visit: Visit, _world: "World") -> None:
    visit.page.get_by_label("您的问题").fill("学" * 1020)
    visit.page.get_by_role("button", name="发送").click()
    visit.page.wait_for_url("**/ask*")


def _maintains(path: str) -> Callable[[Visit, "World"], None]:
    """The maintainers' page at `path`, logged in."""

    def reach(visit: Visit, world: "World") -> None:
        visit.page.get_by_label("管理员密钥").fill(world.held.admin_key())
        visit.page.get_by_role("button", name="登录").click()
        visit.page.wait_for_url("**/admin")
        visit.page.goto(visit.base + path)

    return reach


def _one_of(path: str, link: str) -> Callable[[Visit, "World"], None]:
    """The first page to which a maintainers' page links by addresses that begin with `link`."""

    def reach(visit: Visit, world: "World") -> None:
        _maintains(path)(visit, world)
        visit.page.locator(f"main a[href^='{link}']").first.click()
        visit.page.wait_for_load_state()

    return reach


def _wrong_key(visit: Visit, world: "World") -> None:
    world.held.assistant.store.counters.reset()
    visit.page.get_by_label("管理员密钥").fill("pqa_0123456789")
    visit.page.get_by_role("button", name="登录").click()
    visit.page.get_by_role("alert").wait_for()


def _paused(visit: Visit, world: "World") -> None:
    pause = world.held.assistant.store.pause
    pause.begin(None, "系统维护，今天下午三点恢复。")
    visit.settled(visit.put(SHARE))
    pause.end()


_WITHOUT_SCRIPT = {"java_script_enabled": False}
STATES = (
    State("first-view"),
    State("first-view-two-documents", at="two"),
    State("answered", _asks(QUESTION)),
    State("answered-by-two-documents", _asks(QUESTION), at="two"),
    State("conversation", _asks(QUESTION, SHARE, "到哪一年？")),
    State("list", _asks(LIST)),
    State("clause", _asks("残疾孩子上学有什么保障？")),
    State("refusal-with-clauses", _related),
    State("refusal", _asks(NOTHING)),
    State("another-place", _asks("北京的幼儿园怎么收费？")),
    State("correction", _asks(BELIEF)),
    State("greeting", _asks("你好")),
    State("long-question", _asks("请问" + "新生入学要准备哪些材料、在哪里报名，" * 12)),
    State("quotation-in-place", _folded),
    State("original", _original),
    State("scope", _scope, at="two"),
    State("history", _history),
    State("renaming", _renaming),
    State("deleting", _deleting),
    State("display", _display),
    State("sharing", _sharing),
    State("withdrawn", _withdrawn),
    State("rated", _rated),
    State("reasons", _reasons),
    State("editing", _editing),
    State("too-long", _too_long),
    State("empty", _empty),
    State("queued", _queued, at="held"),
    State("stopped", _stopped, at="held"),
    State("server-gone", _failed, faults=True),
    State("original-lost", _original_lost, faults=True),
    State("tool-lost", _tool_lost, faults=True),
    State("conversation-lost", _restored_in_vain, faults=True),
    State("without-script", path="/", options=_WITHOUT_SCRIPT),
    State("answered-without-script", _plain, options=_WITHOUT_SCRIPT),
    State("fault-without-script", _plain_fault, options=_WITHOUT_SCRIPT, faults=True),
    State("documents", path="/documents"),
    State("documents-two", path="/documents", at="two"),
    State("document", _found, path="/documents"),
    State("about", path="/about"),
    State("shared", _shared),
    State("share-gone", _share_gone, faults=True),
    State("sheet", _sheet),
    State("paused", _paused, at="held", faults=True),
    State("admin-login", path="/admin/login", at="held"),
    State("admin-wrong-key", _wrong_key, path="/admin/login", at="held", faults=True),
    State("admin-start", _maintains("/admin"), path="/admin/login", at="held"),
    State("admin-documents", _maintains("/admin/documents"), path="/admin/login", at="held"),
    State(
        "admin-document", _one_of("/admin/documents", "/admin/documents/show"), path="/admin/login", at="held"
    ),
    State("admin-add", _maintains("/admin/documents/new"), path="/admin/login", at="held"),
    State("admin-questions", _maintains("/admin/questions"), path="/admin/login", at="held"),
    State("admin-exchange", _one_of("/admin/questions", "/admin/questions/"), path="/admin/login", at="held"),
    State("admin-lacking", _maintains("/admin/lacking"), path="/admin/login", at="held"),
    State("admin-ratings", _maintains("/admin/ratings"), path="/admin/login", at="held"),
    State("admin-speed", _maintains("/admin/speed"), path="/admin/login", at="held"),
    State("admin-rows", _maintains("/admin/rows"), path="/admin/login", at="held"),
    State("admin-running", _maintains("/admin/running"), path="/admin/login", at="held"),
    State("admin-acts", _maintains("/admin/acts"), path="/admin/login", at="held"),
    State(
        "nothing-here", path="/nothing", options={"extra_http_headers": {"Accept": "text/html"}}, faults=True
    ),
)
"""All states."""
BY_NAME = {state.name: state for state in STATES}
