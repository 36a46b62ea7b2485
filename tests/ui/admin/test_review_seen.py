"""Maintainers' pages of questions and figures in a browser: for everybody, on a phone, without scripts."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from assistant.storage.ratings import Rating, Reason
from tests.ui.admin.conftest import Site
from tests.ui.admin.questions import ELSEWHERE, OPEN, asked
from tests.ui.proof.accessible import violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

_WIDE = "document.documentElement.scrollWidth - innerWidth"
_SMALL = """[...document.querySelectorAll('a, button, input:not([type=hidden]), select, summary')]
  .filter(each => each.checkVisibility() && getComputedStyle(each).display != 'inline')
  .filter(each => !each.matches('.skip'))
  .map(each => [each.outerHTML.slice(0, 80), each.closest('label') ?? each])
  .filter(([, each]) => each.getBoundingClientRect().height < 24).map(([name]) => name)"""


@pytest.fixture(scope="module")
def answers(site: Site) -> dict[str, str]:
    """Ids of a rated answer, a refusal, and a follow-up."""
    for days in range(1, 6):
        asked(site, OPEN, days_ago=days)
    first = asked(site, OPEN, rating=Rating.DOWN, reasons=(Reason.UNCLEAR,), comment="看不懂" * 40)
    refused = asked(site, ELSEWHERE, rating=Rating.UP)
    second = asked(site, "那周末呢？" + "长" * 200, after=first)
    return {"answer": first["id"], "refused": refused["id"], "follow_up": second["id"]}


@pytest.fixture
def opened(browser: "Browser", site: Site) -> "Iterator[Any]":
    """Opens pages of a browser that is logged in."""
    contexts = []

    def open_page(**options: Any) -> "Page":
        site.store.counters.reset()
        context = browser.new_context(base_url=site.base, locale="zh-CN", **options)
        contexts.append(context)
        page = context.new_page()
        page.goto("/admin")
        page.get_by_label("管理员密钥").fill(site.key())
        page.get_by_role("button", name="登录").click()
        page.wait_for_url("**/admin")
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width", [1280, 390, 320])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_they_are_for_everybody(opened: Any, answers: dict[str, str], width: int, scheme: str) -> None:
    page = opened(viewport={"width": width, "height": 800}, color_scheme=scheme)
    wrong = []
    for path in (
        "/admin", "/admin/questions", "/admin/questions?status=refused&unsure=1&q=没有", "/admin/lacking",
        f"/admin/questions/{answers['answer']}", f"/admin/questions/{answers['refused']}",
        f"/admin/questions/{answers['follow_up']}", f"/admin/rows/{answers['follow_up']}",
        f"/admin/rows/{answers['refused']}", "/admin/rows", "/admin/ratings", "/admin/speed",
    ):  # fmt: skip
        page.goto(path)
        for details in page.locator("details:not([open]) > summary").all():
            details.click()
        wrong += [f"{path}: {each}" for each in violations(page)]
        wrong += [f"{path}: small: {each}" for each in page.evaluate(_SMALL)]
        if page.evaluate(_WIDE) > 0:
            wrong.append(f"{path}: wider than the window")
    assert wrong == []


def test_from_a_complaint_to_a_row_without_scripts(site: Site, opened: Any, answers: dict[str, str]) -> None:
    page = opened(java_script_enabled=False)
    page.get_by_role("link", name=OPEN).first.click()
    assert page.url.endswith(answers["answer"])
    assert page.locator('a[href^="/documents/rules?"]').inner_text().startswith("《图书馆开放办法》一")
    page.get_by_role("link", name="做成评测题").click()
    page.get_by_label("题型").select_option("数量、比例、金额")
    page.get_by_label("平日开放八小时").check()
    page.get_by_label("要点").fill("九小时")
    page.get_by_role("button", name="做成评测题").click()
    assert "没有要点“九小时”" in page.get_by_role("alert").inner_text()
    page.get_by_label("要点").fill("八小时")
    page.get_by_role("button", name="做成评测题").click()
    assert page.get_by_role("status").inner_text().startswith("已做成评测题")
    with page.expect_download() as downloading:
        page.get_by_role("link", name="下载全部").click()
    assert "八小时" in downloading.value.path().read_text(encoding="utf-8")
    page.get_by_role("link", name="全部提问").click()
    page.get_by_label("结果").select_option("没能回答的（未涉及和题外）")
    page.get_by_role("button", name="筛选").click()
    expect(page.locator("a.asked")).to_have_text([ELSEWHERE])
    page.locator("a.asked").click()
    assert "为什么没答" in page.locator("main").inner_text()
    page.get_by_role("link", name="回到列表").click()
    assert "status=refused" in page.url
    site.store.made_rows.remove(answers["answer"])
