"""The accounts that the settings name, and whether a call is WeChat's."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import SecretStr

from assistant.errors import InvalidSettings
from assistant.settings import Settings
from assistant.wechat.cipher import MessageCipher, Refused, same, signature
from assistant.wechat.messages import Message, read_fields, read_message, sealed_body

SKEW_SECONDS = 600
"""How far a call's time may lie from ours: a call that somebody recorded is worth nothing afterwards."""
OFFICIAL_PATH = "/wechat/official"
WORK_PATH = "/wechat/work"
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SHORT = re.compile(r"[!-~]{1,128}")
_ECHO = re.compile(r"[A-Za-z0-9+/=_-]{1,1024}")
_TOKEN = re.compile(r"[A-Za-z0-9]{3,32}")
_LONG_TOKEN = 16
"""Without an EncodingAESKey the token alone keeps followers' hashes secret: sixteen letters and digits are
95 bits."""

Query = Mapping[str, Sequence[str]]
"""The parameters of an address: of each name all its values."""


@dataclass(frozen=True, slots=True)
class Account:
    """One account: where it calls, and what its calls prove themselves with."""

    path: str
    token: str = field(repr=False)
    cipher: MessageCipher | None = field(default=None, repr=False)
    """Only what is sealed with it is taken; None: the account sends in the clear."""
    always_sealed: bool = False
    """Even the string that is to be echoed (WeCom)."""
    secret: bytes = field(default=b"", repr=False)
    """Keys the hashes of this account's followers."""

    def echo(self, query: Query, now: float) -> str:
        """What the call that tries the address wants to read. Raises Refused."""
        echoed = _one(query, "echostr", _ECHO)
        if self.always_sealed or "msg_signature" in query:
            self._check(query, "msg_signature", now, echoed)
            text = self._opened(echoed).decode("ascii", "replace")
        else:
            self._check(query, "signature", now)
            text = echoed
        if not _ECHO.fullmatch(text):
            raise Refused("a strange echo")
        return text

    def message(self, query: Query, body: bytes, now: float) -> Message:
        """The message that a call brings. Raises Refused."""
        if self.cipher is None:
            self._check(query, "signature", now)
            return read_message(body)
        sealed = read_fields(body).get("Encrypt", "")
        self._check(query, "msg_signature", now, sealed)
        return read_message(self._opened(sealed))

    def outgoing(self, body: str, now: float) -> str:
        """A reply as this account takes it: sealed and signed where its messages are."""
        if self.cipher is None:
            return body
        sealed = self.cipher.seal(body.encode(), secrets.token_bytes(16))
        timestamp, nonce = int(now), secrets.token_hex(8)
        return sealed_body(sealed, signature(self.token, str(timestamp), nonce, sealed), timestamp, nonce)

    def _check(self, query: Query, name: str, now: float, *sealed: str) -> None:
        timestamp, nonce = _one(query, "timestamp", _TIMESTAMP), _one(query, "nonce", _SHORT)
        if not same(_one(query, name, _SHORT), signature(self.token, timestamp, nonce, *sealed)):
            raise Refused("wrong signature")
        if abs(now - int(timestamp)) > SKEW_SECONDS:
            raise Refused("signed too long ago, or our clock is wrong")

    def _opened(self, sealed: str) -> bytes:
        if self.cipher is None:
            raise Refused("sealed, and there is no EncodingAESKey")
        return self.cipher.open(sealed)


def accounts(settings: Settings) -> tuple[Account, ...]:
    """The accounts that are set up; none by default. Raises InvalidSettings for one that is half set up."""
    given = (
        _Given(
            OFFICIAL_PATH,
            "POLICY_QA_WECHAT_",
            "APP_ID",
            _revealed(settings.wechat_token),
            settings.wechat_app_id,
            _revealed(settings.wechat_aes_key),
        ),
        _Given(
            WORK_PATH,
            "POLICY_QA_WECOM_",
            "CORP_ID",
            _revealed(settings.wecom_token),
            settings.wecom_corp_id,
            _revealed(settings.wecom_aes_key),
            always_sealed=True,
        ),
    )
    return tuple(_account(each) for each in given if each.token or each.receiver or each.key)


@dataclass(frozen=True, slots=True)
class _Given:
    """What the settings say of an account; empty where they say nothing."""

    path: str
    prefix: str
    id_name: str
    token: str = field(repr=False)
    receiver: str
    key: str = field(repr=False)
    always_sealed: bool = False


def _revealed(value: SecretStr | None) -> str:
    return value.get_secret_value() if value else ""


def _account(given: _Given) -> Account:
    token, key = f"{given.prefix}TOKEN", f"{given.prefix}AES_KEY"
    if not _TOKEN.fullmatch(given.token):
        raise InvalidSettings(f"{token} 要和后台里填的 Token 一样：3 到 32 位字母和数字，请补上或改正。")
    if bool(given.receiver) != bool(given.key) or (given.always_sealed and not given.key):
        raise InvalidSettings(f"{given.prefix}{given.id_name} 和 {key} 要一起设，请补上缺的一个。")
    if not given.key and len(given.token) < _LONG_TOKEN:
        raise InvalidSettings(
            f"没有设 {key} 时，{token} 至少要 {_LONG_TOKEN} 位，请换一个长的；最好改用安全模式，并设上密钥。"
        )
    try:
        cipher = MessageCipher(given.key, given.receiver) if given.key else None
    except ValueError as error:
        raise InvalidSettings(f"{key} 要是 43 位字母和数字，请从后台重新复制。") from error
    purpose = f"policy-qa followers of {given.path}".encode()
    secret = hmac.digest((given.key or given.token).encode(), purpose, hashlib.sha256)
    return Account(given.path, given.token, cipher, given.always_sealed, secret)


def _one(query: Query, name: str, form: re.Pattern[str]) -> str:
    """The only value of a parameter. Raises Refused where there are more or fewer, or it has another form."""
    values = query.get(name, ())
    if len(values) != 1 or not form.fullmatch(values[0]):
        raise Refused(f"no {name}, or a strange one")
    return values[0]
