"""WeChat's XML: messages in, replies out.

Bodies are small and of one shape: `<xml>` with fields. A document type, and with it any entity, could only
stand before `<xml>`, so nothing may.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from assistant.wechat.cipher import Refused

MAX_BYTES = 32 * 1024
"""Of a body. The longest text that a person can send has 2 KiB; it comes sealed and, in the compatible mode,
once more in the clear, which makes 7 KiB."""
_START = re.compile(r"\s*(?:<\?xml[^<>]{0,80}\?>\s*)?<xml>")
_DIGITS = re.compile(r"[0-9]{1,20}")
_NOT_TEXT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff\ufffe\uffff]"
)
_TAG = re.compile(r"<(?=[A-Za-z/!])")


@dataclass(frozen=True, slots=True)
class Message:
    """What a follower sent or did. Who it is stands in no log."""

    sender: str = field(repr=False)
    """OpenID, or UserID."""
    receiver: str = field(repr=False)
    created: str
    """Seconds since 1970, as they were sent."""
    kind: str
    """`text`, `voice`, `event`, …"""
    fields: Mapping[str, str] = field(repr=False)
    """Every field by its name."""

    @property
    def mark(self) -> tuple[str, ...]:
        """What tells it from every other message, and is the same whenever it is sent again."""
        if number := self.fields.get("MsgId", ""):
            return ("message", self.sender, number)
        event = (self.fields.get("Event", ""), self.fields.get("EventKey", ""))
        return ("event", self.sender, self.created, *event)


def read_fields(body: bytes) -> dict[str, str]:
    """The fields of a body by name; those that have fields of their own are left out. Raises Refused for
    what is no body of WeChat's, entities and document types among it."""
    if len(body) > MAX_BYTES:
        raise Refused("too large")
    try:
        text = body.decode()
        if not _START.match(text):
            raise Refused("not a message")
        parser = etree.XMLParser(
            encoding="utf-8",
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        root = etree.fromstring(body, parser)
    except (UnicodeDecodeError, etree.XMLSyntaxError) as error:
        raise Refused("not a message") from error
    fields: dict[str, str] = {}
    for child in root:
        name = str(child.tag)
        if name in fields:
            raise Refused("a field stands twice")
        if len(child) == 0:
            fields[name] = child.text or ""
    return fields


def read_message(body: bytes) -> Message:
    """The message in a body. Raises Refused for what is none."""
    fields = read_fields(body)
    sender, receiver = fields.get("FromUserName", ""), fields.get("ToUserName", "")
    created, kind = fields.get("CreateTime", ""), fields.get("MsgType", "")
    if not (sender and receiver and kind and _DIGITS.fullmatch(created)):
        raise Refused("not a message")
    return Message(sender, receiver, created, kind.lower(), fields)


def text_reply(message: Message, text: str, now: int) -> str:
    """The body that replies `text` to `message`."""
    return _body(
        ToUserName=message.sender,
        FromUserName=message.receiver,
        CreateTime=now,
        MsgType="text",
        Content=text,
    )


def sealed_body(sealed: str, signed: str, timestamp: int, nonce: str) -> str:
    """The body around a sealed reply."""
    return _body(Encrypt=sealed, MsgSignature=signed, TimeStamp=timestamp, Nonce=nonce)


def plain_text(text: str) -> str:
    """`text` as WeChat shows it character by character: without what nobody sees and XML cannot carry; the
    sign that would begin a tag, which WeChat takes for a link, is the wide one."""
    return _TAG.sub("＜", _NOT_TEXT.sub("", text))


def _body(**fields: str | int) -> str:
    inner = "".join(
        f"<{name}>{value if isinstance(value, int) else _cdata(value)}</{name}>"
        for name, value in fields.items()
    )
    return f"<xml>{inner}</xml>"


def _cdata(text: str) -> str:
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"
