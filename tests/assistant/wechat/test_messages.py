"""Bodies: what is read from them, what is refused, and what replies look like."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.wechat.cipher import Refused
from assistant.wechat.messages import (
    MAX_BYTES,
    Message,
    plain_text,
    read_fields,
    read_message,
    sealed_body,
    text_reply,
)
from tests.assistant.wechat import samples

TEXT = (
    "<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[o_1]]></FromUserName>"
    "<CreateTime>1348831860</CreateTime><MsgType><![CDATA[text]]></MsgType>"
    "<Content><![CDATA[一<b>&amp;]]></Content><MsgId>1234567890123456</MsgId></xml>"
)
BOMB = (
    '<!DOCTYPE xml [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)


def test_a_message_is_read_with_its_fields() -> None:
    message = read_message(TEXT.encode())
    assert (message.sender, message.receiver, message.kind) == ("o_1", "gh_1", "text")
    assert message.fields["Content"] == "一<b>&amp;"
    assert message.mark == ("message", "o_1", "1234567890123456")
    assert "o_1" not in repr(message)
    published = read_message(samples.OFFICIAL_BODY.encode())
    assert published.sender == samples.OFFICIAL_SENDER


def test_an_event_is_told_from_others_by_its_time_and_sender() -> None:
    def event(sender: str, created: int, key: str) -> Message:
        return read_message(
            f"<xml><ToUserName>g</ToUserName><FromUserName>{sender}</FromUserName><CreateTime>{created}"
            f"</CreateTime><MsgType>event</MsgType><Event>CLICK</Event><EventKey>{key}</EventKey></xml>".encode()
        )

    assert event("a", 1, "k").mark == event("a", 1, "k").mark
    assert (
        len({event(*each).mark for each in (("a", 1, "k"), ("b", 1, "k"), ("a", 2, "k"), ("a", 1, "l"))}) == 4
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<html></html>",
        b"<xml>",
        b"<xml></xml><xml></xml>",
        b"\xff<xml></xml>",
        TEXT.encode("utf-16"),
        '<?xml version="1.0" encoding="utf-16"?>'.encode("utf-16") + TEXT.encode("utf-16-le"),
        f"{BOMB}<xml><Content>&j;</Content></xml>".encode(),
        f'<?xml version="1.0"?>{BOMB}<xml><Content>&j;</Content></xml>'.encode(),
        f"<!-- -->{BOMB}<xml><Content>&j;</Content></xml>".encode(),
        b'<!DOCTYPE xml SYSTEM "file:///etc/passwd"><xml></xml>',
        b'<!DOCTYPE xml [<!ENTITY f SYSTEM "file:///etc/passwd">]><xml><Content>&f;</Content></xml>',
        b"<xml><Content>&f;</Content></xml>",
        b"<xml>" + b"<a>" * 3000 + b"</a>" * 3000 + b"</xml>",
        b"<xml><Content>1</Content><Content>2</Content></xml>",
        b"<xml>" + b" " * MAX_BYTES + b"</xml>",
    ],
)
def test_what_wechat_would_not_send_is_refused(body: bytes) -> None:
    with pytest.raises(Refused):
        read_fields(body)


def test_the_words_of_a_document_type_are_only_words_in_a_message() -> None:
    body = TEXT.replace("一<b>&amp;", BOMB).encode()
    assert read_message(body).fields["Content"] == BOMB


@pytest.mark.parametrize("lost", ["ToUserName", "FromUserName", "CreateTime", "MsgType"])
def test_a_body_without_what_every_message_has_is_refused(lost: str) -> None:
    with pytest.raises(Refused):
        read_message(TEXT.replace(lost, "Other").encode())
    with pytest.raises(Refused):
        read_message(TEXT.replace("1348831860", "昨天").encode())


@given(st.text())
def test_any_text_comes_back_from_the_reply_as_it_is_shown(text: str) -> None:
    shown = plain_text(text)
    reply = text_reply(read_message(TEXT.encode()), shown, 1_700_000_000)
    fields = read_fields(reply.encode())
    assert fields == {
        "ToUserName": "o_1",
        "FromUserName": "gh_1",
        "CreateTime": "1700000000",
        "MsgType": "text",
        "Content": shown,
    }


def test_nothing_in_a_reply_is_markup() -> None:
    said = plain_text('看<a href="http://evil.example">这里</a>，1<2 <!-- \u202e倒\x00')
    assert said == '看＜a href="http://evil.example">这里＜/a>，1<2 ＜!-- 倒'


def test_a_sealed_reply_has_the_documented_fields() -> None:
    assert read_fields(sealed_body("c2VhbGVk", "0a", 1, "n").encode()) == {
        "Encrypt": "c2VhbGVk",
        "MsgSignature": "0a",
        "TimeStamp": "1",
        "Nonce": "n",
    }
