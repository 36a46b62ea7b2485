"""Signatures and encryption of WeChat's messages, in the documented form that both kinds of account share.

A signature is the SHA-1 of the sorted strings, joined. A sealed message is base64 of AES-256-CBC over
`16 random bytes | length of the message, 4 bytes big-endian | message | receiver`, padded by PKCS#7 to 32
bytes; the first half of the key is the initial vector.
"""

import base64
import binascii
import hashlib
import hmac
import re

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from assistant.errors import PolicyQAError

_KEY = re.compile(r"[A-Za-z0-9]{43}")
_BLOCK_BITS = 256
"""Of the padding; the blocks of AES have 128."""
_SALT = 16
_HEAD = _SALT + 4


class Refused(PolicyQAError):
    """A call that WeChat did not make, or not for this account. `reason` is for the log, and never for the
    caller, who shall not learn which check failed."""

    def __init__(self, reason: str) -> None:
        super().__init__("这个请求没有通过校验；请检查公众平台或企业微信后台里的 Token、密钥和网址。")
        self.reason = reason


def signature(*parts: str) -> str:
    """The signature over `parts`, of which the token is one: 40 hexadecimal digits."""
    joined = "".join(sorted(parts)).encode()
    return hashlib.sha1(joined).hexdigest()  # noqa: S324 - the form is WeChat's


def same(given: str, wanted: str) -> bool:
    """Whether two strings are the same, in a time that does not tell where they differ."""
    return hmac.compare_digest(given.encode(), wanted.encode())


class MessageCipher:
    """Seals and opens messages for one receiver (AppID, or CorpID)."""

    def __init__(self, encoding_key: str, receiver: str) -> None:
        """`encoding_key`: the EncodingAESKey, 43 letters and digits. Raises ValueError for any other."""
        if not _KEY.fullmatch(encoding_key):
            raise ValueError("an EncodingAESKey has 43 letters and digits")
        key = base64.b64decode(encoding_key + "=")
        self._cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16]))
        self._receiver = receiver.encode()

    def seal(self, message: bytes, salt: bytes) -> str:
        """`message` sealed; `salt` are 16 random bytes."""
        padder = PKCS7(_BLOCK_BITS).padder()
        plain = salt + len(message).to_bytes(4, "big") + message + self._receiver
        encryptor = self._cipher.encryptor()
        padded = padder.update(plain) + padder.finalize()
        return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()

    def open(self, sealed: str) -> bytes:
        """The message in `sealed`. Raises Refused where it is not sealed with this key, for this receiver."""
        try:
            data = base64.b64decode(sealed, validate=True)
            decryptor = self._cipher.decryptor()
            unpadder = PKCS7(_BLOCK_BITS).unpadder()
            plain = unpadder.update(decryptor.update(data) + decryptor.finalize()) + unpadder.finalize()
        except (binascii.Error, ValueError) as error:
            raise Refused("not sealed with this key") from error
        end = _HEAD + int.from_bytes(plain[_SALT:_HEAD], "big")
        if len(plain) < _HEAD or not hmac.compare_digest(plain[end:], self._receiver):
            raise Refused("sealed for another receiver")
        return plain[_HEAD:end]
