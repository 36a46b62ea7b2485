"""Who may call: signatures, times, modes, sizes; and that every refusal is the same."""

import logging
import secrets
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from assistant.wechat.accounts import OFFICIAL_PATH, WORK_PATH
from assistant.wechat.cipher import MessageCipher, signature
from tests.assistant.api.problem import check_problem
from tests.assistant.wechat import samples
from tests.assistant.wechat.callers import APP_ID, KEY, TOKEN, Caller
from tests.assistant.wechat.conftest import OFFICIAL, Clock, MakeClient, Watched

WORK = {
    "wecom_token": samples.WORK_TOKEN,
    "wecom_corp_id": samples.WORK_ID,
    "wecom_aes_key": samples.WORK_KEY,
}
GREETING = "你好"


def refused(response: Any) -> None:
    """The one answer to what is not WeChat's."""
    problem = check_problem(response, 403, "not-wechat")
    same = {key: problem[key] for key in ("title", "detail")}
    assert same == {
        "title": "没有通过校验",
        "detail": "这个地址只给微信的服务器用；是微信发来的，"
        "请管理员核对后台里的 Token、密钥、编号和服务器的时间。",
    }


def test_without_settings_there_is_no_address(make_client: MakeClient) -> None:
    client = make_client()
    for path in (OFFICIAL_PATH, WORK_PATH):
        assert client.get(path).status_code == client.post(path, content=b"<xml></xml>").status_code == 404
    only_work = make_client(**WORK)
    assert only_work.get(OFFICIAL_PATH).status_code == 404
    refused(only_work.get(WORK_PATH))


def test_the_address_is_tried_in_the_clear(caller: Caller) -> None:
    query = caller.signed() | {"echostr": "5838479218127813673"}
    response = caller.client.get(caller.path, params=query)
    assert (response.status_code, response.text) == (200, "5838479218127813673")
    assert response.headers["content-type"].startswith("text/plain")
    assert response.headers["cache-control"] == "no-store"
    for changed in (
        {"signature": "0" * 40},
        {"nonce": "1"},
        {"timestamp": str(int(caller.clock()) + 1)},
        {"echostr": "<script>alert(1)</script>"},
        {"echostr": ""},
        {"signature": "微信"},
    ):
        refused(caller.client.get(caller.path, params=query | changed))
    refused(caller.client.get(caller.path))
    refused(caller.client.get(caller.path, params=[*query.items(), ("nonce", query["nonce"])]))


def test_the_address_is_tried_sealed_as_published(make_client: MakeClient, clock: Clock) -> None:
    client = make_client(**WORK)
    clock.now = float(samples.WORK_ECHO_QUERY["timestamp"]) + 2
    response = client.get(WORK_PATH, params=samples.WORK_ECHO_QUERY)
    assert (response.status_code, response.text) == (200, samples.WORK_ECHO)
    refused(client.get(WORK_PATH, params=samples.WORK_ECHO_QUERY | {"msg_signature": "0" * 40}))
    timestamp, nonce = str(int(clock.now)), "n"
    in_the_clear = {"timestamp": timestamp, "nonce": nonce, "echostr": "1"}
    signed = {"signature": signature(samples.WORK_TOKEN, timestamp, nonce)}
    refused(client.get(WORK_PATH, params=in_the_clear | signed))


def test_published_messages_are_taken(make_client: MakeClient, clock: Clock, watched: Watched) -> None:
    client = make_client(
        **WORK,
        wechat_token=samples.OFFICIAL_TOKEN,
        wechat_app_id=samples.OFFICIAL_ID,
        wechat_aes_key=samples.OFFICIAL_KEY,
    )
    clock.now = float(samples.WORK_QUERY["timestamp"])
    response = client.post(WORK_PATH, params=samples.WORK_QUERY, content=samples.WORK_BODY)
    assert response.status_code == 200
    assert watched.asked == ["hello"]
    clock.now = float(samples.OFFICIAL_QUERY["timestamp"])
    response = client.post(OFFICIAL_PATH, params=samples.OFFICIAL_QUERY, content=samples.OFFICIAL_BODY)
    assert response.status_code == 200
    assert watched.asked == ["hello", "abcdteT"]


def test_in_the_compatible_mode_only_what_is_sealed_counts(
    make_client: MakeClient, clock: Clock, watched: Watched
) -> None:
    client = make_client(
        wechat_token=samples.OFFICIAL_TOKEN,
        wechat_app_id=samples.OFFICIAL_ID,
        wechat_aes_key=samples.OFFICIAL_KEY,
    )
    clock.now = float(samples.OFFICIAL_QUERY["timestamp"])
    changed = samples.OFFICIAL_BODY.replace("<![CDATA[abcdteT]]>", "<![CDATA[别的话]]>")
    assert client.post(OFFICIAL_PATH, params=samples.OFFICIAL_QUERY, content=changed).status_code == 200
    assert watched.asked == ["abcdteT"]


def test_plain_messages_are_taken_only_without_a_key(
    make_client: MakeClient, clock: Clock, caller: Caller
) -> None:
    plain = Caller(make_client(wechat_token=TOKEN), clock, cipher=None)
    assert "您好" in plain.read(plain.text(GREETING))
    downgraded = replace(plain, client=caller.client)
    refused(downgraded.text(GREETING))
    refused(replace(caller, client=plain.client).text(GREETING))


def test_what_was_tampered_with_is_refused(caller: Caller, watched: Watched) -> None:
    body = "<xml></xml>"
    for changed in (
        {"msg_signature": "0" * 40},
        {"msg_signature": "微" * 40},
        {"nonce": "x"},
        {"timestamp": "1"},
    ):
        refused(caller.post(body, **changed))
    refused(replace(caller, token="e" * 20).text(GREETING))
    refused(replace(caller, cipher=MessageCipher("e" * 43, APP_ID)).text(GREETING))
    refused(replace(caller, cipher=MessageCipher(KEY, "wx0000000000000000")).text(GREETING))
    cipher = MessageCipher(KEY, APP_ID)
    sealed = cipher.seal(body.encode(), secrets.token_bytes(16))
    for spoiled in (sealed[:-8], sealed[:-4] + "AAA=", "", "A" * 64):
        query = caller.signed(spoiled)
        content = f"<xml><Encrypt>{spoiled}</Encrypt></xml>"
        refused(caller.client.post(caller.path, params=query, content=content))
    assert watched.asked == []


@pytest.mark.parametrize(("seconds", "taken"), [(-601, False), (-599, True), (599, True), (602, False)])
def test_a_call_is_good_for_ten_minutes(caller: Caller, clock: Clock, seconds: int, taken: bool) -> None:
    now = clock.now
    elsewhere = replace(caller, clock=lambda: now + seconds)
    response = elsewhere.event("VIEW")
    if taken:
        assert (response.status_code, response.content) == (200, b"")
    else:
        refused(response)


def test_a_bomb_is_refused_even_from_wechat(caller: Caller) -> None:
    refused(caller.post('<!DOCTYPE x [<!ENTITY a "b">]><xml><Content>&a;</Content></xml>'))
    refused(caller.client.post(caller.path, params=caller.signed("x"), content="<!DOCTYPE x><xml></xml>"))


def test_what_is_too_large_is_refused_before_it_is_read(caller: Caller) -> None:
    for size in (33 * 1024, 65 * 1024):
        response = caller.client.post(caller.path, params=caller.signed("x"), content=b"<xml>" + b" " * size)
        check_problem(response, 413)


def test_other_methods_are_refused(caller: Caller) -> None:
    check_problem(caller.client.put(caller.path), 405)


def test_a_refusal_is_logged_without_what_was_sent(caller: Caller, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        refused(caller.post("<xml></xml>", nonce="机密机密"))
        refused(replace(caller, cipher=MessageCipher(KEY, "wx_other")).text("机密", sender="o_secret"))
        caller.text(GREETING, sender="o_secret")
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("assistant")]
    assert len([line for line in ours if "was refused" in line]) == 2
    for line in ours:
        assert not any(secret in line for secret in ("机密", "o_secret", TOKEN, KEY))


def test_the_description_of_the_interface_does_not_show_the_addresses(caller: Caller) -> None:
    assert "wechat" not in caller.client.get("/openapi.json").text


def test_a_reply_is_sealed_anew_each_time(caller: Caller) -> None:
    number = 42
    first, second = caller.text(GREETING, number=number), caller.text(GREETING, number=number)
    assert caller.read(first) == caller.read(second)
    assert first.content != second.content


def test_two_accounts_know_followers_apart(make_client: MakeClient, clock: Clock, watched: Watched) -> None:
    client: TestClient = make_client(**OFFICIAL, **WORK)
    official = Caller(client, clock)
    cipher = MessageCipher(samples.WORK_KEY, samples.WORK_ID)
    work = Caller(client, clock, WORK_PATH, samples.WORK_TOKEN, cipher)
    assert "您好" in official.read(official.text(GREETING, number=1))
    assert "您好" in work.read(work.text(GREETING, number=1))
    assert len(set(watched.conversations_asked)) == 2
