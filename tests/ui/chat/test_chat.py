"""The chat as a person meets it: a real browser, the real application, the real plan."""

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from ui.chat.blocks import EXAMPLES
from ui.chat.markdown import STANDING_LINE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FrameLocator, Locator, Page

DESKTOP = (1440, 900)
PHONE = (390, 844)
QUESTION = "娃儿一天在学校能运动好久？"
QUOTED = "每天１小时校园体育活动时间"


class Chat:
    """One open chat page, and every host it asked for anything."""

    def __init__(self, browser: "Browser", base: str, size: tuple[int, int]) -> None:
        self.context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, locale="en-US", reduced_motion="reduce"
        )
        self.hosts: set[str | None] = set()
        self.errors: list[str] = []
        self.refused: list[str] = []
        self.context.on("request", lambda request: self._asked(request.url))
        self.context.on("response", lambda response: self._answered(response.url, response.status))
        self.page: Page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(error.message))
        self.page.goto(base)
        self.box.wait_for()

    def _asked(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob"):
            self.hosts.add(parts.hostname)

    def _answered(self, url: str, status: int) -> None:
        if status >= 400:
            self.refused.append(f"{status} {url}")

    @property
    def box(self) -> "Locator":
        return self.page.get_by_placeholder("写下您想问的事")

    @property
    def answers(self) -> "Locator":
        return self.page.locator("#pq-chat [data-testid='bot']")

    @property
    def original(self) -> "FrameLocator":
        return self.page.frame_locator("#pq-original")

    def ask(self, question: str) -> "Locator":
        """The answer to `question`, once it is all there."""
        before = self.answers.count()
        self.box.fill(question)
        self.box.press("Enter")
        answer = self.answers.nth(before)
        answer.get_by_text(STANDING_LINE).wait_for()
        return answer


@pytest.fixture
def chat(browser: "Browser", server: str) -> Iterator[Chat]:
    opened = Chat(browser, server, DESKTOP)
    yield opened
    opened.context.close()
    assert opened.hosts == {"127.0.0.1"}
    assert opened.errors == []
    assert opened.refused == [], "the page needs a route that is shut"


@pytest.fixture
def phone(browser: "Browser", server: str) -> Iterator[Chat]:
    opened = Chat(browser, server, PHONE)
    yield opened
    opened.context.close()
    assert opened.hosts == {"127.0.0.1"}
    assert opened.errors == []
    assert opened.refused == [], "the page needs a route that is shut"


def _in_view(chat: Chat, mark: "Locator") -> bool:
    box = mark.bounding_box()
    size = chat.page.viewport_size
    assert box
    assert size
    return box["y"] >= 0 and box["y"] + min(box["height"], 40) <= size["height"]


def _wait_until(chat: Chat, condition: str) -> None:
    """Not Playwright's own, which evaluates text in the page, where the policy forbids it."""
    for _ in range(100):
        if chat.page.evaluate(condition):
            return
        chat.page.wait_for_timeout(100)
    pytest.fail(condition)


def test_a_citation_opens_highlighted_beside_the_answer(chat: Chat) -> None:
    answer = chat.ask(QUESTION)
    assert QUOTED in answer.inner_text()
    assert "二、（一）4" in answer.inner_text()
    address = chat.page.url
    answer.locator("blockquote a").first.click()
    mark = chat.original.locator("mark#quote")
    mark.wait_for()
    assert QUOTED in mark.inner_text()
    assert _in_view(chat, mark)
    assert chat.original.locator(".cited").get_attribute("id") == "c-2.1.4"
    assert chat.page.url == address
    assert len(chat.context.pages) == 1


def test_the_marker_in_the_answer_opens_the_same_place(chat: Chat) -> None:
    answer = chat.ask(QUESTION)
    answer.locator("p > a", has_text="[1]").first.click()
    chat.original.locator("mark#quote").wait_for()


def test_an_example_is_asked_by_one_click(chat: Chat) -> None:
    chat.page.get_by_role("button", name=EXAMPLES[0]).click()
    chat.answers.first.get_by_text(STANDING_LINE).wait_for()
    assert QUOTED in chat.answers.first.inner_text()


def test_a_follow_up_question_is_understood_in_its_conversation(chat: Chat) -> None:
    chat.ask("公办幼儿园的占比要达到多少？")
    answer = chat.ask("这个比例要到哪年？")
    assert "2022" in answer.inner_text()
    assert answer.locator("blockquote").count() >= 1


def test_what_the_plan_does_not_say_names_whom_to_ask(chat: Chat) -> None:
    text = chat.ask("公办幼儿园一个月收好多钱？").inner_text()
    assert "当地教育主管部门" in text
    assert "相关条款" in text
    assert "原文依据" not in text


def test_where_nothing_is_near_no_clause_is_shown(chat: Chat) -> None:
    text = chat.ask("校服多少钱一套？").inner_text()
    assert "12345" in text
    assert "相关条款" not in text
    assert "原文依据" not in text


def test_a_new_conversation_begins_empty(chat: Chat) -> None:
    chat.ask(QUESTION)
    chat.page.get_by_role("button", name="新对话").click()
    chat.page.get_by_text("您好，想了解哪项教育政策？").wait_for()
    assert chat.answers.count() == 0


def test_the_interface_is_chinese_whatever_the_browser_prefers(chat: Chat) -> None:
    assert chat.page.evaluate("navigator.language") == "zh-CN"
    assert chat.page.locator("html").get_attribute("lang") == "zh-CN"
    assert chat.page.get_by_role("button", name="发送").is_visible()


@pytest.mark.parametrize(
    "hostile",
    [
        "<img src=x onerror=\"document.title='hacked'\"><script>document.title='hacked'</script>校服",
        "![图](https://example.com/a.png) [点我](https://example.com) www.example.com a@example.com",
        "$$\\frac{1}{2}$$ %%%LATEX_BLOCK_0%%% \\(x\\) ```js alert(1)``` ~~~",
        "# 标题 **粗** _斜_ | a | b | <details><summary>x</summary></details> &lt;b&gt;",
        "javascript:alert(1) <javascript:alert(1)> [x](javascript:alert(1)) <think>想</think>",
    ],
)
def test_what_people_type_is_shown_as_text(chat: Chat, hostile: str) -> None:
    chat.ask(hostile)
    asked = chat.page.locator("#pq-chat [data-testid='user']").first
    assert asked.inner_text().strip() == hostile
    inside = "img, a, script, code, pre, strong, em, del, h1, table, details, .katex"
    assert asked.locator(inside).count() == 0
    assert chat.page.title() == "教育政策问答"


def test_an_empty_and_an_overlong_question_do_no_harm(chat: Chat) -> None:
    chat.box.fill("   ")
    chat.box.press("Enter")
    chat.page.get_by_text("问题是空的").wait_for()
    chat.page.wait_for_timeout(500)  # a second question is taken once the first is through
    chat.box.fill("学" * 1001)
    chat.box.press("Enter")
    chat.answers.first.get_by_text("最多1000个字").wait_for()
    assert chat.answers.count() == 1
    assert QUOTED in chat.ask(QUESTION).inner_text()


def test_on_a_phone_the_original_lies_below_and_comes_into_view(phone: Chat) -> None:
    talk = phone.page.locator("#pq-talk").bounding_box()
    side = phone.page.locator("#pq-side").bounding_box()
    assert talk
    assert side
    assert side["y"] >= talk["y"] + talk["height"]
    assert side["width"] <= PHONE[0]
    phone.ask(QUESTION).locator("blockquote a").first.click()
    mark = phone.original.locator("mark#quote")
    mark.wait_for()
    _wait_until(phone, "document.getElementById('pq-side').getBoundingClientRect().top < 40")
    assert _in_view(phone, mark)
    phone.page.get_by_text("返回对话").click()
    _wait_until(phone, "document.getElementById('pq-talk').getBoundingClientRect().top >= -2")
    wide = phone.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE[0]
