"""The maintainers' pages in a real browser: added, replaced, removed and switched by mouse, keyboard and
without a script; as axe-core judges them; narrow, dark, in forced colours."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import expect

from tests.chromium import drawn
from tests.ui.admin.conftest import Site
from tests.ui.admin.test_documents import NAME, NOTICE, ids, remove

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Dialog, FilePayload, Page

VIEWS: dict[str, dict[str, Any]] = {
    "desk": {"viewport": {"width": 1280, "height": 800}},
    "phone, dark": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
    "400 %": {"viewport": {"width": 320, "height": 256}},
    "forced colours": {"viewport": {"width": 1280, "height": 800}, "forced_colors": "active"},
}
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
    window.violations.push(event.effectiveDirective));
"""
_SPACING = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
    word-spacing: .16em !important; } p { margin-bottom: 2em !important; }`);
  document.adoptedStyleSheets = [sheet];
}"""
_TARGETS = """() => [...document.querySelectorAll("a, button, input, select, textarea, summary")]
.filter((each) => {
  const box = each.getBoundingClientRect();
  const inline = each.closest("p, li, td, th") && getComputedStyle(each).display === "inline";
  const labels = [...(each.labels || [])];
  const labelled = labels.some((label) => label.getBoundingClientRect().height >= 24);
  return box.width && !inline && !labelled && !each.matches(".skip, [type=hidden]")
    && (box.width < 24 || box.height < 24);
}).map((each) => each.outerHTML.slice(0, 100))"""
_FOCUS = """() => {
  const each = document.activeElement, style = getComputedStyle(each);
  const ringed = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return [each.textContent.trim() || each.id, ringed];
}"""


class Desk:
    """A browser window that notes errors and whatever the policy forbids."""

    def __init__(self, context: "BrowserContext", site: Site) -> None:
        self.site = site
        self.page: Page = context.new_page()
        self.page.set_default_timeout(120_000)
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(error.message))
        self.page.on("dialog", self._noted)

    def _noted(self, dialog: "Dialog") -> None:
        self.errors.append(dialog.message)
        dialog.dismiss()

    def log_in(self) -> None:
        """Type the key."""
        self.site.store.counters.reset()
        self.page.goto("/admin/login")
        self.page.get_by_label("管理员密钥").fill(self.site.key())
        self.page.get_by_role("button", name="登录").click()
        self.page.get_by_role("button", name="退出").wait_for()

    def choose(self, name: str, content: str | bytes) -> None:
        """Choose a file and have it read."""
        data = content if isinstance(content, bytes) else content.encode()
        file: FilePayload = {"name": name, "mimeType": "text/plain", "buffer": data}
        self.page.get_by_label("文件", exact=True).set_input_files(file)
        self.page.get_by_role("button", name="读这份文件").click()

    def draft(self, text: str = NOTICE, name: str = NAME) -> None:
        """Hand a file in and see how it was read."""
        self.page.goto("/admin/documents/new")
        self.choose(name, text)
        self.page.get_by_role("heading", name="核对：").wait_for()

    def add(self, text: str = NOTICE, name: str = NAME) -> None:
        """Have it count."""
        self.draft(text, name)
        self.page.get_by_role("button", name="收录", exact=True).click()
        self.page.get_by_text("已收录。下面是读出的目录").wait_for()


@pytest.fixture
def opened(browser: "Browser", site: Site, request: pytest.FixtureRequest) -> "Iterator[BrowserContext]":
    """A browser as one of `VIEWS` has it, or as the test's parameter says."""
    view = getattr(request, "param", VIEWS["desk"])
    context = browser.new_context(base_url=site.base, locale="zh-CN", **view)
    context.add_init_script(_WATCH)
    yield context
    context.close()


@pytest.fixture
def desk(opened: "BrowserContext", site: Site) -> Iterator[Desk]:
    """A window that is logged in; in the end what was added is gone, and nothing was wrong."""
    made = Desk(opened, site)
    made.log_in()
    yield made
    assert made.errors == []
    site.store.pause.end()
    visitor = site.visitor()
    with visitor.http:
        visitor.log_in()
        for key in ids(site):
            if not key.startswith("rules@"):
                remove(visitor, key.partition("@")[0])


def _form(desk: Desk) -> None:
    desk.page.goto("/admin/documents/new")


def _fault(desk: Desk) -> None:
    desk.page.goto("/admin/documents/new")
    desk.choose("表.xlsx", b"x")
    desk.page.get_by_text("不能读取 .xlsx").wait_for()


def _added(desk: Desk) -> None:
    desk.add()


def _changed_by_two(desk: Desk) -> None:
    """Saved from a form that another window's form has left behind."""
    page, other = desk.page, desk.page.context.new_page()
    desk.add("自习室开放通知\n一、时间\n每天开放。\n", "自习室(2024-07-01).txt")
    other.set_default_timeout(120_000)
    other.goto(page.url)
    other.get_by_label("废止日期").fill("2025-01-01")
    other.get_by_role("button", name="保存").click()
    other.get_by_text("说明已保存").wait_for()
    other.close()
    page.get_by_label("发文机关").fill("某市图书馆")
    page.get_by_role("button", name="保存").click()
    page.get_by_role("heading", name="刚被别人改过").wait_for()
    page.get_by_role("row", name="废止日期 2025-01-01 （没有改）").wait_for()
    assert page.get_by_label("废止日期").input_value() == "2025-01-01"
    assert page.get_by_label("发文机关").input_value() == "某市图书馆"


def _paused(desk: Desk) -> None:
    desk.page.goto("/admin/running")
    desk.page.get_by_role("button", name="暂停问答").click()
    desk.page.get_by_role("heading", name="问答已暂停").wait_for()


def _refused(desk: Desk) -> None:
    desk.page.get_by_role("button", name="退出").click()
    desk.page.get_by_label("管理员密钥").fill("wrong")
    desk.page.get_by_role("button", name="登录").click()
    desk.page.get_by_text("这把密钥不能登录").wait_for()


def _at(path: str) -> Callable[[Desk], None]:
    def enter(desk: Desk) -> None:
        desk.page.goto(path)

    return enter


STATES: dict[str, Callable[[Desk], None]] = {
    "list": _at("/admin/documents"),
    "form": _form,
    "fault": _fault,
    "draft": lambda desk: desk.draft("夜间阅览室\n一、甲\n甲。\n三、丙\n丙。\n", "夜间阅览室.txt"),
    "added": _added,
    "changed by two": _changed_by_two,
    "shipped": _at("/admin/documents/show?id=rules"),
    "removal": _at("/admin/documents/remove?id=rules"),
    "running": _at("/admin/running"),
    "paused": _paused,
    "acts": _at("/admin/acts"),
    "not there": _at("/admin/documents/show?id=none"),
    "refused": _refused,
}
every_view = pytest.mark.parametrize("opened", VIEWS.values(), ids=VIEWS, indirect=True)


@every_view
def test_axe_finds_nothing_nothing_is_cut_and_targets_are_large_enough(desk: Desk) -> None:
    page, said = desk.page, []
    for name, enter in STATES.items():
        enter(desk)
        found = Axe().run(page, options={"runOnly": _TAGS, "resultTypes": ["violations"]})
        for each in found.response["violations"]:
            said += [(name, each["id"], node["html"][:120]) for node in each["nodes"]]
        said += [(name, "target", each) for each in page.evaluate(_TARGETS)]
        assert page.viewport_size is not None
        width = page.viewport_size["width"]
        for spaced in (False, True):
            if spaced:
                page.evaluate(_SPACING)
            if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
                said.append((name, "wide", f"{wide} {spaced}"))
        assert page.evaluate("window.violations") == []
        page.evaluate("document.adoptedStyleSheets = []")
    assert said == []


def test_a_file_is_dropped_looked_at_added_replaced_changed_and_removed(desk: Desk) -> None:
    page = desk.page
    page.goto("/admin/documents/new")
    dropped = page.evaluate_handle(
        """([name, text]) => {
        const data = new DataTransfer();
        data.items.add(new File([text], name));
        return data; }""",
        [NAME, NOTICE],
    )
    zone = page.locator("[data-drop]")
    page.get_by_text("也可以把文件拖到这里").wait_for()
    zone.dispatch_event("dragover", {"dataTransfer": dropped})
    assert "over" in (zone.get_attribute("class") or "")
    zone.dispatch_event("drop", {"dataTransfer": dropped})
    page.route("**/admin/documents/check", lambda _route: None)  # the server takes its time
    page.get_by_role("button", name="读这份文件").click()
    page.locator("[data-stage]", has_text="正在").wait_for()
    assert page.get_by_role("button", name="读这份文件").is_disabled()
    expect(page.get_by_role("button", name="读这份文件")).to_be_focused()
    with page.expect_navigation(url="**/draft?of=*"):
        page.unroute("**/admin/documents/check")  # lets go what is held
    assert page.get_by_text("没有读到：文号、发文机关、发布日期").is_visible()
    page.get_by_label("发文机关").fill("某市图书馆")
    page.get_by_label("编号").fill("night-room")
    page.get_by_role("button", name="收录", exact=True).click()
    page.get_by_text("说明改过了，已重新读过").wait_for()
    page.get_by_role("button", name="收录", exact=True).click()
    page.get_by_text("已收录。下面是读出的目录").wait_for()
    page.get_by_text("二、对象").wait_for()
    page.get_by_label("废止日期").fill("2025-01-01")
    page.get_by_role("button", name="保存").click()
    page.get_by_text("已废止；添加的文件").wait_for()
    page.get_by_role("link", name="换这一版的文件").click()
    desk.choose(NAME, NOTICE.replace("十一点", "十点"))
    page.get_by_role("button", name="换成这一份").click()
    page.get_by_text("已换成这一份").wait_for()
    page.get_by_text("已废止；添加的文件").wait_for()
    page.get_by_role("link", name="移除").click()
    page.get_by_role("button", name="确认移除").click()
    page.get_by_text("已移除。").wait_for()
    assert ids(desk.site) == ["rules@2024-05-01"]


def test_a_file_that_fails_is_said_so_in_place_and_can_be_tried_again(desk: Desk) -> None:
    before = ids(desk.site)
    _fault(desk)
    page = desk.page
    assert page.url.endswith("/admin/documents/new")
    assert page.get_by_role("alert").filter(has_text="不能读取").is_visible()
    field = page.get_by_label("文件", exact=True)
    expect(field).to_be_focused()
    expect(field).to_have_accessible_description(re.compile("不能读取"))
    page.get_by_text("补充说明").click()
    page.get_by_label("施行日期").fill("明年")
    page.get_by_text("补充说明").click()
    desk.choose(NAME, NOTICE)
    wrong = page.get_by_label("施行日期")
    expect(wrong).to_be_focused()
    expect(wrong).to_have_attribute("aria-invalid", "true")
    expect(wrong).to_have_accessible_description(re.compile("如 2024-06-01.*不是有效的日期"))
    expect(field).not_to_have_attribute("aria-invalid", "true")
    wrong.fill("")
    desk.choose(NAME, b"x" * (21 * 1024 * 1024))
    page.get_by_text("文件最大 20 MiB").wait_for()
    desk.site.store.database.close()
    page.context.clear_cookies()
    desk.choose(NAME, NOTICE)
    page.get_by_text("登录已经到期或被停用").wait_for()
    assert ids(desk.site) == before


def test_a_server_that_goes_meanwhile_is_said_so(desk: Desk) -> None:
    page = desk.page
    page.goto("/admin/documents/new")
    page.route("**/admin/documents/check", lambda route: route.abort())
    desk.choose(NAME, NOTICE)
    page.get_by_text("与服务器的连接断了").wait_for()
    assert page.get_by_role("button", name="读这份文件").is_enabled()


@pytest.mark.parametrize("opened", [{"java_script_enabled": False, **VIEWS["desk"]}], indirect=True)
def test_without_a_script_all_of_it_works_too(desk: Desk) -> None:
    desk.add()
    page = desk.page
    page.get_by_role("link", name="移除").click()
    page.get_by_role("button", name="确认移除").click()
    page.get_by_text("已移除。").wait_for()
    page.goto("/admin/documents/new")
    page.get_by_text("补充说明").click()
    page.get_by_label("标题").fill("留着的标题")
    desk.choose("表.xlsx", b"x")
    page.get_by_text("不能读取 .xlsx").wait_for()
    assert page.get_by_label("标题").input_value() == "留着的标题"
    _paused(desk)
    page.get_by_role("button", name="恢复问答").click()
    page.get_by_role("heading", name="正在回答问题").wait_for()


def test_by_keyboard_alone(opened: "BrowserContext", site: Site, tmp_path: Path) -> None:
    desk = Desk(opened, site)
    page, keys = desk.page, desk.page.keyboard

    def to(name: str) -> None:
        drawn(page)
        for _ in range(60):
            said, ringed = page.evaluate(_FOCUS)
            if said == name:
                assert ringed, name
                return
            keys.press("Tab")
        pytest.fail(f"{name} is not reached")

    file = tmp_path / NAME
    file.write_text(NOTICE, encoding="utf-8")
    # Asked for long before, as the order can reach a busy page after the key that opens the chooser.
    page.on("filechooser", lambda chooser: chooser.set_files(file))
    site.store.counters.reset()
    page.goto("/admin/login")
    field, key = page.get_by_label("管理员密钥"), site.key()
    expect(field).to_be_focused()
    drawn(page)
    keys.type(key)
    expect(field).to_have_value(key)
    keys.press("Enter")
    page.get_by_role("button", name="退出").wait_for()
    drawn(page)
    keys.press("Tab")
    assert page.evaluate(_FOCUS)[0] == "跳到正文"
    to("运行")
    keys.press("Enter")
    page.get_by_role("heading", name="运行", exact=True).wait_for()
    to("暂停问答")
    keys.press("Enter")
    page.get_by_role("heading", name="问答已暂停").wait_for()
    to("恢复问答")
    keys.press("Enter")
    page.get_by_role("heading", name="正在回答问题").wait_for()
    to("文件")
    keys.press("Enter")
    page.get_by_role("heading", name="文件", exact=True).wait_for()
    to("添加文件")
    keys.press("Enter")
    page.get_by_role("heading", name="添加文件", exact=True).wait_for()
    to("file")
    with page.expect_file_chooser():
        keys.press("Space")
    expect(page.get_by_label("文件", exact=True)).to_have_value(f"C:\\fakepath\\{NAME}")
    to("读这份文件")
    keys.press("Enter")
    page.get_by_role("heading", name="核对：").wait_for()
    to("放弃")
    keys.press("Enter")
    page.get_by_text("已放弃，什么都没有改变").wait_for()
    to("退出")
    keys.press("Enter")
    page.get_by_text("已退出").wait_for()
    assert desk.errors == []


def test_markup_in_titles_and_names_does_nothing(desk: Desk) -> None:
    page = desk.page
    title = '<img src=x onerror="document.title=1">通知'
    desk.draft(NOTICE.replace("夜间阅览室开放通知", title), '夜间"<svg onload=alert(2)>.txt')
    page.get_by_label("编号").fill("night-room")
    page.get_by_label("标题").fill(title)
    page.get_by_role("button", name="重新检查").click()
    page.wait_for_url("**/draft?of=*")
    page.get_by_role("button", name="收录", exact=True).click()
    page.get_by_text("已收录。下面是读出的目录").wait_for()
    for path in ("/admin/documents", "/admin/documents/show?id=night-room", "/admin/acts"):
        page.goto(path)
        assert page.locator("main img, main svg").count() == 0
        assert page.evaluate("window.violations") == []
    assert page.title() != "1"


def test_the_login_is_sent_to_no_other_page_and_read_by_no_script(desk: Desk) -> None:
    page = desk.page
    assert page.evaluate("document.cookie") == ""
    with page.expect_request("**/documents") as asked:
        page.goto("/documents")
    assert "policy_qa_admin" not in asked.value.all_headers().get("cookie", "")
    page.goto("/admin/acts")
    assert page.get_by_role("button", name="退出").is_visible()
    page.get_by_role("button", name="退出").click()
    page.get_by_text("已退出").wait_for()
    page.go_back()
    page.get_by_role("heading", name="管理员登录").wait_for()  # nothing was kept to be shown again
