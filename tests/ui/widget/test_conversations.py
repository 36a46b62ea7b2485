"""Whose conversation it is: kept over a reload of the portal's page, and seen by nobody else."""

from typing import TYPE_CHECKING, Any

from tests.ui.widget.portal import Portal, Visitor

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FIRST = "公办幼儿园的占比要达到多少？"
FOLLOW_UP = "这个比例要到哪年？"

_CALL = """async ([path, body, key, secret]) => {
    const headers = {Authorization: `Bearer ${key}`, "Content-Type": "application/json"};
    if (secret) headers["X-Conversation-Secret"] = secret;
    const asked = {method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body)};
    const response = await fetch(path, asked);
    return [response.status, await response.text()];
}"""


def begun(visitor: Visitor) -> dict[str, Any]:
    """The answer to the first question of one who opens the panel, as the server gave it."""
    visitor.open()
    return begun_by(visitor)


def begun_by(visitor: Visitor) -> dict[str, Any]:
    """As `begun`, for one who has opened the panel."""
    with visitor.page.expect_response("**/v1/ask") as response:
        visitor.context.route(
            "**/v1/ask",
            lambda route: route.continue_(headers={**route.request.headers, "accept": "application/json"}),
        )
        visitor.ask(FIRST)
    answer: dict[str, Any] = response.value.json()
    return answer


def test_a_reload_of_the_portals_page_keeps_the_conversation(browser: "Browser", near_portal: Portal) -> None:
    visitor = Visitor(browser, near_portal)
    begun(visitor)
    visitor.page.reload()
    visitor.open()
    assert visitor.turns.count() == 1
    assert FIRST in visitor.turns.first.inner_text()
    assert "2022" in visitor.ask(FOLLOW_UP).inner_text()
    visitor.page.get_by_role("button", name="新对话").click()
    visitor.turns.first.wait_for(state="detached")  # the frame is told so by a message
    visitor.page.reload()
    visitor.open()
    assert visitor.turns.count() == 0, "a new conversation leaves nothing of the old one"
    visitor.context.close()


def test_without_storage_a_reload_begins_anew(browser: "Browser", near_portal: Portal) -> None:
    visitor = Visitor(browser, near_portal)
    visitor.context.add_init_script(
        "Object.defineProperty(window, 'sessionStorage',"
        " {get() { throw new DOMException('', 'SecurityError') }})"
    )
    visitor.page.reload()
    begun(visitor)
    visitor.page.reload()
    visitor.open()
    assert visitor.turns.count() == 0
    assert visitor.errors == []
    visitor.context.close()


def test_two_visitors_with_one_key_see_nothing_of_each_other(browser: "Browser", near_portal: Portal) -> None:
    one, other = Visitor(browser, near_portal), Visitor(browser, near_portal)
    first = begun(one)
    other.open()
    assert other.turns.count() == 0
    assert begun_by(other)["conversation_id"] != first["conversation_id"]

    def tries(visitor: Visitor, path: str, body: Any = None, secret: str | None = None) -> tuple[int, str]:
        frame = next(f for f in visitor.page.frames if "/widget?" in f.url)
        status, text = frame.evaluate(_CALL, [path, body, near_portal.key, secret])
        return status, text

    on = {"question": FOLLOW_UP, "conversation_id": first["conversation_id"]}
    assert tries(one, "/v1/ask", on, first["conversation_secret"])[0] == 200
    for secret in (None, "A" * 43):
        assert tries(other, "/v1/ask", on, secret)[0] == 404
        status, text = tries(other, f"/v1/conversations/{first['conversation_id']}", None, secret)
        assert status == 404
        assert "公办幼儿园" not in text
        assert tries(other, "/v1/conversations", None, secret)[0] == 403
    one.context.close()
    other.context.close()
