"""GET / and POST /ask: the page, and the same with an answer for a browser without script."""

import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from fastapi.testclient import TestClient
from lxml import html

from assistant.access.rules import Rules
from assistant.api import work
from assistant.api.app import AppOptions, create_app
from assistant.api.problems import busy
from assistant.errors import IndexMissing
from assistant.schema import MAX_QUESTION
from assistant.storage.conversations import conversation_of, new_secret
from tests.assistant.api.problem import LOOPBACK, PLAN, check_problem
from tests.ui.chat.test_view import HOSTILE, SCRAMBLED
from ui.chat.page import chat_router

if TYPE_CHECKING:
    from assistant.service import Assistant

QUESTION = "公办幼儿园的占比要达到多少？"
NEXT = "这个比例要到哪年？"


def client_of(
    open_assistant: "Callable[[], Assistant]", assistant: "Assistant", rules: Rules | None = None
) -> TestClient:
    app = create_app(open_assistant, assistant.store, AppOptions(rules or Rules()))
    app.include_router(chat_router(app.state.opening.assistant))
    app.state.opening.start()
    app.state.opening.wait(60)
    return TestClient(app, base_url=LOOPBACK)


@pytest.fixture(scope="module")
def client(assistant: "Assistant") -> Iterator[TestClient]:
    with client_of(lambda: assistant, assistant) as opened:
        yield opened


class Form:
    """The page in a browser without script."""

    def __init__(self, client: TestClient | httpx.Client, response: Any = None) -> None:
        self.client = client
        self.response: Any = response or client.get("/")
        self.page: Any = html.fromstring(self.response.text)

    def send(self, question: str | None = None, **fields: Any) -> "Form":
        """The page after the form was sent, with what stands in it unless `fields` say otherwise."""
        sent = {"question": self.box if question is None else question, "secret": self.secret}
        sent["documents"] = self.page.xpath("//input[@name='documents'][@checked]/@value")
        response = self.client.post("/ask", data={**sent, **fields})
        assert response.status_code == 200, response.text
        return Form(self.client, response)

    @property
    def secret(self) -> str:
        return str(self.page.xpath("//form[@id='ask']//input[@name='secret']/@value")[0])

    @property
    def box(self) -> str:
        return str(self.page.xpath("//textarea[@id='question']")[0].text or "")

    @property
    def fault(self) -> str:
        return str(self.page.xpath("//p[@id='fault']")[0].text_content().strip())

    @property
    def questions(self) -> list[str]:
        return [each.get("data-question") for each in self.page.xpath("//ol[@id='turns']/li")]


def test_the_page_before_the_first_question(client: TestClient) -> None:
    response = client.get("/")
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["cache-control"] == "no-cache"
    form = Form(client, response)
    assert form.page.get("lang") == "zh-CN"
    assert form.page.xpath("//title/text()") == ["教育政策问答"]
    assert (
        "收录《重庆市加快推进教育现代化实施方案（2020—2022年）》"
        in form.page.xpath("//header")[0].text_content()
    )
    assert (form.secret, form.box, form.fault, form.questions) == ("", "", "", [])
    assert not form.page.xpath("//section[@id='welcome'][@hidden]")
    suggested = form.page.xpath(
        "//section[@id='welcome']//button[@name='suggested'][@form='ask'][@type='submit']"
    )
    assert all(each.get("value") == each.text_content() for each in suggested)
    assert not form.page.xpath("//*[@id='scope']"), "of one document there is nothing to choose"
    assert form.page.xpath("//textarea/@data-most") == [str(MAX_QUESTION)]


def test_the_page_loads_nothing_but_our_own_files_and_none_of_gradios(server: str) -> None:
    with httpx.Client(base_url=server) as browser:
        page = browser.get("/")
        assert "gradio" not in page.text.lower()
        found: Any = html.fromstring(page.text)
        files = found.xpath("//script/@src | //link/@href | //img/@src")
        assert files
        for file in files:
            assert file.startswith("/ui/static/"), file
            kept = browser.get(file)
            assert kept.status_code == 200, file
            assert "immutable" in kept.headers["cache-control"]
            assert b"gradio-app" not in kept.content
        assert not found.xpath("//script[not(@src)] | //style | //@style | //@onclick | //iframe")


def test_the_policy_lets_nothing_else_run(client: TestClient) -> None:
    for response in (client.get("/"), client.post("/ask", data={"question": QUESTION})):
        policy = dict(
            part.strip().partition(" ")[::2]
            for part in response.headers["content-security-policy"].split(";")
        )
        assert policy["default-src"] == "'none'"
        assert {policy[name] for name in ("script-src", "style-src", "connect-src", "form-action")} == {
            "'self'"
        }
        assert policy["frame-ancestors"] == "'self'"
        assert response.headers["x-content-type-options"] == "nosniff"


def test_head_tells_the_same_and_sends_nothing(client: TestClient) -> None:
    head, got = client.head("/"), client.get("/")
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-type", "content-length", "content-security-policy", "cache-control", "vary"):
        assert head.headers[name] == got.headers[name]
    plain = client.get("/", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.text == got.text


def test_a_question_is_answered_on_the_page_and_goes_on_with_its_secret(
    client: TestClient, assistant: "Assistant"
) -> None:
    first = Form(client).send(QUESTION)
    assert first.response.headers["cache-control"] == "no-store"
    assert first.questions == [QUESTION]
    assert "50％以上" in first.page.xpath("//li[@class='turn']")[0].text_content()
    assert (first.box, first.fault) == ("", "")
    assert first.page.xpath("//section[@id='welcome'][@hidden]")
    assert not first.page.xpath("//button[@data-tool='copy']"), "no button that needs script"
    second = first.send(NEXT)
    assert second.secret == first.secret
    assert second.questions == [QUESTION, NEXT]
    assert "2022" in second.page.xpath("//li[@class='turn']")[1].text_content()
    kept = assistant.store.conversations.transcript(conversation_of(first.secret))
    assert [each.answer.id for each in kept] == second.page.xpath("//li[@class='turn']/@data-answer")
    ids = second.page.xpath("//@id")
    assert len(ids) == len(set(ids))


def test_only_the_last_turn_offers_what_else_may_be_asked(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.chat.view.follow_ups", lambda answer, library: ("还有呢？",))
    page = Form(client).send(QUESTION).send(NEXT).page
    turns = page.xpath("//ol[@id='turns']/li")
    assert [each.xpath(".//button[@name='suggested']/@value") for each in turns] == [[], ["还有呢？"]]


def test_a_suggestion_is_asked_and_what_stood_in_the_box_stays(client: TestClient) -> None:
    form = Form(client).send("我想问的是", suggested=QUESTION)
    assert (form.questions, form.box) == ([QUESTION], "我想问的是")


@pytest.mark.parametrize("nothing", ["", "   ", "\n\u3000\t"])
def test_an_empty_question_is_said_to_be_empty(client: TestClient, nothing: str) -> None:
    form = Form(client).send(nothing)
    assert "问题是空的" in form.fault
    assert (form.secret, form.questions) == ("", [])
    again = form.send(QUESTION).send(nothing)
    assert "问题是空的" in again.fault
    assert again.questions == [QUESTION], "what stood there stays"
    assert again.send(NEXT).questions == [QUESTION, NEXT]


def test_a_fault_keeps_the_question_and_what_stood_there(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = Form(client).send(QUESTION)
    long = "学" * (MAX_QUESTION + 1)
    refused = form.send(long)
    assert f"最多{MAX_QUESTION}个字" in refused.fault
    assert (refused.box, refused.questions, refused.secret) == (long, [QUESTION], form.secret)
    lane = work.Lane("page-test", 1, waiting=0)
    leave = threading.Event()
    holding = lane.begin(leave.wait)
    with monkeypatch.context() as full:
        full.setattr(work, "ANSWERING", lane)
        waits = form.send(NEXT)
    leave.set()
    holding.result()
    assert (waits.fault, waits.box, waits.questions) == (busy().detail, NEXT, [QUESTION])
    assert waits.send().questions == [QUESTION, NEXT]


def test_a_conversation_that_is_gone_is_said_to_be_and_the_next_question_begins_another(
    client: TestClient, assistant: "Assistant"
) -> None:
    form = Form(client).send(QUESTION)
    assistant.store.conversations.delete(conversation_of(form.secret))
    lost = form.send(NEXT)
    assert "已经找不到了" in lost.fault
    assert (lost.box, lost.secret, lost.questions) == (NEXT, "", [])
    again = lost.send()
    assert again.questions == [NEXT]
    assert again.secret != form.secret


@pytest.mark.parametrize("secret", ["a" * 43, "x", "../" + "a" * 40, "密" * 43, "cnv_" + "0" * 32])
def test_a_made_up_secret_opens_nothing(client: TestClient, secret: str) -> None:
    form = Form(client).send(QUESTION, secret=secret)
    assert "已经找不到了" in form.fault
    assert (form.questions, form.secret) == ([], "")


def test_what_the_asker_says_of_themselves_is_masked(client: TestClient) -> None:
    page = Form(client).send(f"我电话13883456789，{QUESTION}").response.text
    assert "13883456789" not in page
    assert "[手机号]" in page


@pytest.mark.parametrize("hostile", [*HOSTILE, SCRAMBLED])
def test_whatever_is_sent_stands_on_the_page_as_text(client: TestClient, hostile: str) -> None:
    for form in (
        Form(client).send(hostile),
        Form(client).send("学" * MAX_QUESTION + hostile),
        Form(client).send(hostile, suggested=hostile),
        Form(client).send(QUESTION, secret=hostile),
        Form(client).send(QUESTION, documents=[hostile]),
    ):
        page = form.page
        assert not page.xpath(
            "//img | //h1[text()='x'] | //b | //@onerror | //@onmouseover | //@onfocus | //@autofocus"
        )
        assert not page.xpath("//script[not(@src)] | //comment()")
        assert page.xpath("//title/text()") == ["教育政策问答"]
        assert len(page.xpath("//form[@id='ask']")) == len(page.xpath("//textarea[@id='question']")) == 1
    assert form.fault, "no such document"


def test_only_texts_are_read_from_the_form(client: TestClient) -> None:
    parts = {"question": (None, QUESTION)}
    typed = client.post("/ask", files=parts)
    assert Form(client, typed).questions == [QUESTION]
    for name in ("question", "suggested", "secret", "documents", "more"):
        refused = client.post("/ask", files={**parts, name: ("canary.txt", b"canary", "text/plain")})
        problem = check_problem(refused, 400)
        assert "canary" not in str(problem)
    many = client.post("/ask", content="&".join(["documents=x"] * 2000), headers=_FORM)
    check_problem(many, 400)
    check_problem(client.post("/ask", content=b"question=" + b"a" * 70_000, headers=_FORM), 413)
    other = client.post("/ask", json={"question": QUESTION})
    assert "问题是空的" in Form(client, other).fault
    for method in ("GET", "PUT", "DELETE"):
        check_problem(client.request(method, "/ask"), 405)
    foreign = client.post("/ask", data={"question": QUESTION}, headers={"Origin": "https://evil.example"})
    check_problem(foreign, 403)


_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def test_of_several_documents_some_can_be_chosen_and_stay_chosen(two_server: str) -> None:
    with httpx.Client(base_url=two_server, timeout=60) as browser:
        form = Form(browser)
        offered = form.page.xpath("//details[@id='scope'][not(@open)]//input[@name='documents']")
        assert len(offered) == 2
        assert not any("checked" in each.attrib for each in offered)
        titles = " ".join(each.getparent().text_content() for each in offered)
        assert "《青山区学校食堂管理办法》" in titles
        assert "《重庆市加快推进教育现代化实施方案" in titles
        assert form.page.xpath("//span[@id='scope-said']/text()") == ["全部文件"]
        canteens = next(each.get("value") for each in offered if each.get("value") != PLAN)
        question = "学校食堂的饭菜留样要多久？"
        found = form.send(question, documents=[canteens])
        assert "四十八小时" in found.page.xpath("//li[@class='turn']")[0].text_content()
        assert found.page.xpath("//details[@id='scope'][@open]//input[@checked]/@value") == [canteens]
        assert found.page.xpath("//span[@id='scope-said']/text()") == ["选中的1份文件"]
        other = form.send(question, documents=[PLAN])
        assert "四十八小时" not in other.page.xpath("//li[@class='turn']")[0].text_content()
        gone = form.send(question, documents=[PLAN, "removed"])
        assert "不再收录" in gone.fault
        assert gone.box == question


def test_while_nothing_is_open_the_page_is_there_and_says_why(assistant: "Assistant") -> None:
    def missing() -> "Assistant":
        raise IndexMissing("还没有索引，请先运行 policy-qa index build。")

    form = Form(client_of(missing, assistant))
    assert form.response.status_code == 200
    assert "还没有索引" in form.fault
    assert form.page.xpath("//textarea[@id='question']")
    assert not form.page.xpath("//p[@class='covers']")
    secret = new_secret()
    sent = form.send(QUESTION, secret=secret)
    assert "还没有索引" in sent.fault
    assert (sent.box, sent.secret) == (QUESTION, secret), "nothing is lost"


def test_while_answering_is_stopped_the_page_says_so_and_keeps_the_question(
    client: TestClient, assistant: "Assistant"
) -> None:
    form = Form(client).send(QUESTION)
    assistant.store.pause.begin(None, "今晚维护，八点以后再问。<b>")
    try:
        assert Form(client).page.xpath("//p[@class='stopped']/text()") == [
            "现在暂停回答：今晚维护，八点以后再问。<b>"
        ]
        refused = form.send(NEXT)
    finally:
        assistant.store.pause.end()
    assert "今晚维护" in refused.fault
    assert (refused.box, refused.questions) == (NEXT, [QUESTION])
    assert not Form(client).page.xpath("//p[@class='stopped']")


def test_published_pages_need_no_key_and_questions_are_counted(assistant: "Assistant") -> None:
    rules = Rules(
        keys_needed=True, pages_open=True, address_minute="5/minute", conversation_minute="2/minute"
    )
    with client_of(lambda: assistant, assistant, rules) as client:
        form = Form(client).send(QUESTION).send(NEXT)
        often = form.send("还有呢？")
        assert "太频繁" in often.fault
        assert (often.box, often.questions) == ("还有呢？", [QUESTION, NEXT])
        assert client.get("/").status_code == 200
        check_problem(client.post("/ask", data={"question": QUESTION}), 429)
