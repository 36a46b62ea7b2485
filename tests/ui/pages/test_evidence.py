"""The evidence sheet and the page under which an answer is shared."""

import base64
import hashlib
import html
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update
from starlette.middleware import Middleware

from assistant.access.rules import Rules
from assistant.api.app import AppOptions, create_app
from assistant.api.work import Lane
from assistant.schema import Answerer, Sentence, SentenceKind
from assistant.storage.conversations import Answered, conversation_of, new_secret
from assistant.storage.tables import shares
from ui.pages import evidence
from ui.pages.dates import moment_in_words
from ui.pages.faults import FaultPages
from ui.pages.html import rendered
from ui.pages.qr import qr_code
from ui.pages.sheet import quoted_documents, sheet_answer

if TYPE_CHECKING:
    from assistant.service import Assistant

QUESTION = "公办幼儿园的占比要达到多少？<img src=x onerror=alert(1)> 我电话13883456789"


@pytest.fixture(scope="module")
def client(server: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server, timeout=60) as opened:
        yield opened


def asked(client: httpx.Client, *questions: str) -> tuple[str, list[dict[str, Any]]]:
    """The secret of a conversation in which these questions are asked, and their answers."""
    first = client.post("/v1/ask", json={"question": questions[0]}).json()
    headers = {"X-Conversation-Secret": first["conversation_secret"]}
    rest = [
        client.post(
            "/v1/ask", json={"question": each, "conversation_id": first["conversation_id"]}, headers=headers
        ).json()
        for each in questions[1:]
    ]
    return first["conversation_secret"], [first, *rest]


def sheet(client: httpx.Client, secret: str, *answers: str) -> httpx.Response:
    return client.post("/sheet", data={"secret": secret, "answer": answers})


def questions_of(page: str) -> list[str]:
    return re.findall(r'class="who">问</span>(.*?)</h2>', page)


def test_the_sheet_says_what_was_asked_answered_and_quoted(
    client: httpx.Client, assistant: "Assistant"
) -> None:
    answer = client.post("/v1/ask", json={"question": QUESTION}).json()
    page = client.get(f"/v1/answers/{answer['id']}/evidence")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    text = page.text
    assert "<img" not in text
    assert "&lt;img src=x" in text
    assert "13883456789" not in text
    assert "[手机号]" in text
    assert f'<p class="short">{answer["short_answer"]}</p>' in text
    for citation in answer["citations"]:
        assert f"<blockquote>{citation['quote']}</blockquote>" in text
        assert f"》{citation['clause_label']}</p>" in text
        assert f"全文第{citation['start'] + 1}至{citation['end']}字" in text
        assert html.escape(f"{client.base_url}{citation['url']}") in text
    assert "《重庆市加快推进教育现代化实施方案（2020—2022年）》" in text
    assert "实施期2020—2022年，已满" in text
    stored = assistant.library.views()[0].document.text
    digests = re.findall(r'class="digest">([0-9a-f]{64})<', text)
    assert len(digests) == 2
    assert digests[1] == hashlib.sha256(stored.encode()).hexdigest()
    assert "仅供参考，以正式文件原文为准" in text
    again = client.get(f"/v1/answers/{answer['id']}/evidence")
    assert again.text == text
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-robots-tag"] == "noindex"


def test_a_sheet_names_no_answer_and_no_conversation(client: httpx.Client) -> None:
    secret, (answer,) = asked(client, "公办幼儿园的占比要达到多少？")
    for page in (
        sheet(client, secret, answer["id"]),
        client.get(f"/v1/answers/{answer['id']}/evidence"),
    ):
        assert page.status_code == 200
        assert not re.search(r"(ans|cnv)_[0-9a-f]", page.text), "paper goes through many hands"
        assert secret not in page.text


def test_a_sheet_that_a_program_fetched_looks_the_same_wherever_it_is_opened(client: httpx.Client) -> None:
    answer = client.post("/v1/ask", json={"question": "公办幼儿园的占比要达到多少？"}).json()
    page = client.get(f"/v1/answers/{answer['id']}/evidence")
    loaded = re.findall(r'\s(?:href|src)="([^"]*)"', page.text)
    assert loaded, "where the quotations stand"
    assert all(each.startswith(f"{client.base_url}/documents/") for each in loaded)
    assert "<link" not in page.text
    assert "<script" not in page.text
    (style,) = re.findall(r"<style>(.*?)</style>", page.text, re.DOTALL)
    assert ".code .ground { fill: #fff; }" in style
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}';" in page.headers["content-security-policy"]


def test_greetings_are_left_out_of_a_sheet_and_have_none(client: httpx.Client) -> None:
    secret, answers = asked(client, "你好", "公办幼儿园的占比要达到多少？", "谢谢")
    ids = [each["id"] for each in answers]
    assert [each["status"] for each in answers] == ["smalltalk", "answered", "smalltalk"]
    assert questions_of(sheet(client, secret, *ids).text) == ["公办幼儿园的占比要达到多少？"]
    assert sheet(client, secret, ids[0], ids[2]).status_code == 404


def test_a_sheet_of_several_answers_has_them_in_the_order_of_asking(client: httpx.Client) -> None:
    secret, answers = asked(
        client, "公办幼儿园的占比要达到多少？", "学校食堂一顿饭多少钱？", "家庭教育怎么做？"
    )
    ids = [each["id"] for each in answers]
    page = sheet(client, secret, ids[2], ids[0], ids[1], ids[0]).text
    assert questions_of(page) == [
        "公办幼儿园的占比要达到多少？",
        "学校食堂一顿饭多少钱？",
        "家庭教育怎么做？",
    ]
    assert "第3个问题，共3个" in page
    assert page.count("<h3>文件里没有写到</h3>") == 1
    for each in answers:
        assert all(f"<blockquote>{found['quote']}</blockquote>" in page for found in each["citations"])


def test_the_secret_alone_opens_a_sheet_and_only_of_its_own_answers(client: httpx.Client) -> None:
    secret, (own,) = asked(client, "公办幼儿园的占比要达到多少？")
    other_secret, (other,) = asked(client, "家庭教育怎么做？")
    wrong = [
        (secret, [other["id"]]),
        (secret, [own["id"], other["id"]]),
        (secret, ["ans_none", own["id"]]),
        (secret, []),
        (other_secret, [own["id"]]),
        ("", [own["id"]]),
        (own["conversation_id"], [own["id"]]),
        ("x" * 43, [own["id"]]),
    ]
    for given, ids in wrong:
        page = sheet(client, given, *ids)
        assert page.status_code == 404, (given, ids)
        assert page.headers["content-type"].startswith("text/html")
        assert "没有找到要打印的回答" in page.text
        assert "公办幼儿园" not in page.text
    assert client.get("/sheet").status_code == 404
    assert "没有找到要打印的回答" in client.get("/sheet").text
    too_many = sheet(client, secret, *(f"ans_{number}" for number in range(101)))
    assert too_many.status_code == 422
    assert "最多放100个" in too_many.text


def test_a_sheet_needs_no_key_where_the_interface_does(assistant: "Assistant") -> None:
    secret = new_secret()
    answer = assistant.ask("公办幼儿园的占比要达到多少？", new_conversation_id=conversation_of(secret))
    options = AppOptions(Rules(keys_needed=True, pages_open=True))
    app = create_app(lambda: assistant, assistant.store, options, [evidence.router])
    with TestClient(app, base_url="http://127.0.0.1") as shut:
        assert app.state.opening.wait(60)
        assert shut.get(f"/v1/answers/{answer.id}/evidence").status_code == 401
        page = shut.post("/sheet", data={"secret": secret, "answer": answer.id})
    assert page.status_code == 200
    assert answer.citations[0].quote in page.text


def test_a_sheet_counts_as_many_calls_as_it_has_answers(assistant: "Assistant") -> None:
    secret = new_secret()
    conversation = conversation_of(secret)
    first = assistant.ask("公办幼儿园的占比要达到多少？", new_conversation_id=conversation)
    ids = [first.id] + [assistant.ask("家庭教育怎么做？", conversation_id=conversation).id for _ in range(4)]
    assistant.store.counters.reset()
    options = AppOptions(Rules(keys_needed=True, pages_open=True, address_minute="7/minute"))
    app = create_app(lambda: assistant, assistant.store, options, [evidence.router], [Middleware(FaultPages)])
    browser = {"Accept": "text/html"}
    with TestClient(app, base_url="http://127.0.0.1", headers=browser) as shut:
        assert app.state.opening.wait(60)
        given = {"secret": secret, "answer": ids}
        assert shut.post("/sheet", data=given).status_code == 200
        refused = shut.post("/sheet", data=given)
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) > 0
        assert "您的请求太频繁了" in refused.text
    assistant.store.counters.reset()


def test_sheets_are_made_one_at_a_time_and_a_full_line_is_told(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, (answer,) = asked(client, "公办幼儿园的占比要达到多少？")
    lane, go, begun = Lane("test", 1, waiting=0), threading.Event(), threading.Event()
    monkeypatch.setattr(evidence, "SHEETS", lane)

    def hold() -> None:
        begun.set()
        go.wait(60)

    running = lane.begin(hold)
    assert begun.wait(60)
    try:
        form = {"secret": secret, "answer": answer["id"]}
        page = client.post("/sheet", data=form, headers={"Accept": "text/html"})
        assert page.status_code == 503
        assert "请过几秒再试" in page.text
        assert int(page.headers["retry-after"]) > 0
    finally:
        go.set()
        running.result(60)
    assert sheet(client, secret, answer["id"]).status_code == 200


def test_the_code_is_that_of_the_quotations_address_or_of_the_shared_page(client: httpx.Client) -> None:
    secret, (answer,) = asked(client, "公办幼儿园的占比要达到多少？")
    address = f"{client.base_url}{answer['citations'][0]['url']}"
    assert f'd="{qr_code(address).path}"' in sheet(client, secret, answer["id"]).text
    url = client.post(f"/v1/answers/{answer['id']}/share").json()["url"]
    assert f'd="{qr_code(url).path}"' in client.get(url).text


def test_what_a_model_wrote_is_told_from_the_text(assistant: "Assistant") -> None:
    given = assistant.ask("公办幼儿园的占比要达到多少？")
    written = replace(
        given,
        answerer=Answerer.LLM,
        model="某模型",
        sentences=(
            Sentence("公办园要占一半以上。", (1,), kind=SentenceKind.PARAPHRASE),
            Sentence(f"「{given.citations[0].quote}」", (1,), kind=SentenceKind.QUOTE),
        ),
    )
    shown = sheet_answer(Answered("？", written, datetime.now(UTC)), assistant, "https://qa.example.cn")
    assert [(each.text, each.kind) for each in shown.lines] == [("公办园要占一半以上。", "转述")]
    assert shown.written == "由大模型（某模型）转述，每句都与引文核对过"


def test_a_quotation_whose_text_was_replaced_says_so(assistant: "Assistant") -> None:
    given = assistant.ask("公办幼儿园的占比要达到多少？")
    moved = replace(given.citations[0], start=given.citations[0].start + 1)
    gone = replace(given.citations[0], marker=2, document_version="2019-01-01")
    answer = replace(given, citations=(given.citations[0], moved, gone))
    shown = sheet_answer(Answered("？", answer, datetime.now(UTC)), assistant, "https://qa.example.cn")
    assert [each.held for each in shown.citations] == [True, False, False]
    home = f"https://qa.example.cn/documents/{given.citations[0].document_id}"
    assert shown.citations[0].address == f"https://qa.example.cn{given.citations[0].url}"
    assert [each.address for each in shown.citations[1:]] == [home, home], "its place is not there any more"
    assert [bool(each.digest) for each in quoted_documents([answer], assistant.library)] == [True, False]


def test_a_document_that_was_removed_is_not_offered_to_look_at(assistant: "Assistant") -> None:
    given = assistant.ask("公办幼儿园的占比要达到多少？")
    gone = replace(given, citations=tuple(replace(each, document_id="gone") for each in given.citations))
    shown = sheet_answer(Answered("？", gone, datetime.now(UTC)), assistant, "https://qa.example.cn")
    assert {each.address for each in shown.citations} == {""}
    assert shown.code is None
    page = rendered("shared.html", each=shown, documents=(), operator="", expires="")
    assert "收录的原文已更换或移除" in page
    assert "在原文里查看" not in page
    assert "/documents/gone" not in page


def test_faults_of_the_sheet_are_problem_objects(client: httpx.Client) -> None:
    response = client.get("/v1/answers/ans_none/evidence")
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"


def test_a_shared_page_shows_one_answer_until_it_is_withdrawn(client: httpx.Client) -> None:
    first = client.post("/v1/ask", json={"question": "公办幼儿园的占比要达到多少？"}).json()
    secret = {"X-Conversation-Secret": first["conversation_secret"]}
    further = {"question": "家庭教育怎么做？", "conversation_id": first["conversation_id"]}
    second = client.post("/v1/ask", json=further, headers=secret).json()
    share = f"/v1/answers/{second['id']}/share"
    url = client.post(share).json()["url"]
    page = client.get(url)
    assert page.status_code == 200
    assert "家庭教育怎么做？" in page.text
    assert "公办幼儿园的占比要达到多少？" not in page.text
    assert first["conversation_id"] not in page.text
    assert not re.search(r"(ans|cnv)_[0-9a-f]", page.text), "whoever reads it could share it on, or rate it"
    assert page.headers["cache-control"] == "no-store"
    assert re.search(r"有效期至20\d\d年\d+月\d+日 \d\d:\d\d（北京时间）", page.text)
    assert '<meta property="og:title" content="家庭教育怎么做？">' in page.text
    assert '<meta name="robots" content="noindex">' in page.text
    client.delete(share).raise_for_status()
    for address in (url, "/a/x"):
        gone = client.get(address)
        assert gone.status_code == 404
        assert "撤回" in gone.text
        assert 'href="/"' in gone.text


def test_a_follow_up_is_printed_with_what_it_asks_and_shared_without(client: httpx.Client) -> None:
    first = "集团化办学覆盖率要达到多少？"
    secret, (_, follow_up) = asked(client, first, "那是哪一年要达到？")
    told = f"接着前面的话问，即：{first.rstrip('？')}，那是哪一年要达到？"
    assert told in sheet(client, secret, follow_up["id"]).text
    headers = {"X-Conversation-Secret": secret}
    url = client.post(f"/v1/answers/{follow_up['id']}/share", headers=headers).json()["url"]
    assert "接着前面的话问" not in client.get(url).text


def test_a_shared_page_ends_on_the_day_that_it_names(client: httpx.Client, assistant: "Assistant") -> None:
    answer = client.post("/v1/ask", json={"question": "公办幼儿园的占比要达到多少？"}).json()
    made = client.post(f"/v1/answers/{answer['id']}/share").json()
    assert moment_in_words(datetime.fromisoformat(made["expires"])) in client.get(made["url"]).text
    past = datetime.now(UTC) - timedelta(seconds=1)
    with assistant.store.database.begin() as connection:
        connection.execute(update(shares).where(shares.c.answer_id == answer["id"]).values(expires_at=past))
    gone = client.get(made["url"])
    assert gone.status_code == 404
    assert "已经到期" in gone.text


def test_moments_are_told_in_the_time_of_the_whole_country() -> None:
    assert moment_in_words(datetime(2026, 3, 1, 16, 5, tzinfo=UTC)) == "2026年3月2日 00:05（北京时间）"
