"""WeChat's side: calls as its servers make them, and how it reads a reply."""

import itertools
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fastapi.testclient import TestClient

from assistant.wechat.accounts import OFFICIAL_PATH, WORK_PATH
from assistant.wechat.cipher import MessageCipher, signature
from assistant.wechat.messages import read_fields

TOKEN = "a1b2c3d4e5f6a7b8c9"  # noqa: S105 - made up
KEY = "k" * 43
APP_ID = "wx1234567890abcdef"
_numbers = itertools.count(7_000_000_000_000_000_000)


@dataclass(frozen=True, slots=True)
class Caller:
    """One account as WeChat holds it."""

    client: TestClient
    clock: Callable[[], float]
    path: str = OFFICIAL_PATH
    token: str = TOKEN
    cipher: MessageCipher | None = field(default_factory=lambda: MessageCipher(KEY, APP_ID))

    def text(self, content: str, sender: str = "o_follower", number: int | None = None) -> Any:
        return self.send(
            f"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{content}]]></Content>"
            f"<MsgId>{number or next(_numbers)}</MsgId>",
            sender,
        )

    def event(self, event: str, key: str = "", sender: str = "o_follower") -> Any:
        return self.send(
            f"<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[{event}]]></Event>"
            f"<EventKey><![CDATA[{key}]]></EventKey>",
            sender,
        )

    def send(self, fields: str, sender: str = "o_follower") -> Any:
        body = (
            f"<xml><ToUserName><![CDATA[gh_account]]></ToUserName>"
            f"<FromUserName><![CDATA[{sender}]]></FromUserName><CreateTime>{int(self.clock())}</CreateTime>"
            f"{fields}</xml>"
        )
        return self.post(body)

    def post(self, body: str, **changed: str) -> Any:
        sealed = []
        if self.cipher is not None:
            sealed = [self.cipher.seal(body.encode(), secrets.token_bytes(16))]
            body = f"<xml><ToUserName>gh_account</ToUserName><Encrypt><![CDATA[{sealed[0]}]]></Encrypt></xml>"
        query = self.signed(*sealed) | changed
        return self.client.post(
            self.path, params=query, content=body.encode(), headers={"Content-Type": "text/xml"}
        )

    def signed(self, *sealed: str) -> dict[str, str]:
        timestamp, nonce = str(int(self.clock())), secrets.token_hex(5)
        query = {"timestamp": timestamp, "nonce": nonce}
        if self.path != WORK_PATH:
            query["signature"] = signature(self.token, timestamp, nonce)
        if sealed:
            query |= {"msg_signature": signature(self.token, timestamp, nonce, *sealed)}
        return query

    def read(self, response: Any) -> str:
        """The text that the follower sees; empty where nothing is said. Checks what WeChat would check."""
        assert response.status_code == 200, response.text
        if not response.content:
            return ""
        fields = read_fields(response.content)
        if self.cipher is not None:
            assert fields["MsgSignature"] == signature(
                self.token, fields["TimeStamp"], fields["Nonce"], fields["Encrypt"]
            )
            fields = read_fields(self.cipher.open(fields["Encrypt"]))
        assert (fields["FromUserName"], fields["MsgType"]) == ("gh_account", "text")
        assert len(fields["Content"].encode()) < 2048
        return fields["Content"]
