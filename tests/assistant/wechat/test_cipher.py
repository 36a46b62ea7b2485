"""Signatures and encryption, against what WeChat publishes and against what it would never send."""

import base64
import os

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from assistant.wechat.cipher import MessageCipher, Refused, same, signature
from tests.assistant.wechat import samples

KEY, RECEIVER = samples.WORK_KEY, samples.WORK_ID


def sealed_raw(padded: bytes) -> str:
    """`padded` encrypted as it is, whatever stands at its end."""
    key = base64.b64decode(KEY + "=")
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


@pytest.mark.parametrize(("message", "sealed"), samples.SEALED.items())
def test_seals_and_opens_as_published(message: str, sealed: str) -> None:
    cipher = MessageCipher(samples.OFFICIAL_KEY, samples.SEALED_FOR)
    assert cipher.seal(message.encode(), samples.SALT) == sealed
    assert cipher.open(sealed).decode() == message


def test_signs_as_published() -> None:
    for token, query, sealed in (
        (samples.OFFICIAL_TOKEN, samples.OFFICIAL_QUERY, samples.OFFICIAL_SEALED),
        (samples.WORK_TOKEN, samples.WORK_ECHO_QUERY, samples.WORK_ECHO_QUERY["echostr"]),
    ):
        assert signature(token, query["timestamp"], query["nonce"], sealed) == query["msg_signature"]


@given(st.binary(max_size=3000), st.binary(min_size=16, max_size=16))
def test_what_is_sealed_opens_and_is_padded_to_32_bytes(message: bytes, salt: bytes) -> None:
    cipher = MessageCipher(KEY, RECEIVER)
    sealed = cipher.seal(message, salt)
    assert cipher.open(sealed) == message
    assert len(base64.b64decode(sealed)) % 32 == 0


BODY = b"s" * 16 + (5).to_bytes(4, "big") + b"hello" + RECEIVER.encode()
PAD = 32 - len(BODY) % 32


@pytest.mark.parametrize(
    "plain",
    [
        BODY + b"\0" * PAD,
        BODY + bytes([PAD]) * (PAD - 1) + b"\0",
        BODY + bytes([PAD]) * (PAD - 1) + bytes([33]),
        BODY + b"\1" + bytes([PAD]) * (PAD - 1),
        BODY[:-3] + bytes([PAD]) * (PAD + 3),
        b"s" * 16 + (2**32 - 1).to_bytes(4, "big") + BODY[20:] + bytes([PAD]) * PAD,
        b"s" * 16 + (4).to_bytes(4, "big") + BODY[20:] + bytes([PAD]) * PAD,
        bytes([32]) * 32,
        b"s" * 12 + bytes([20]) * 20,
        b"",
    ],
)
def test_wrong_padding_length_and_receiver_are_refused_alike(plain: bytes) -> None:
    with pytest.raises(Refused) as caught:
        MessageCipher(KEY, RECEIVER).open(sealed_raw(plain))
    assert caught.value.message == Refused("").message


@pytest.mark.parametrize("sealed", ["", "!", "QUJD", "汉字", "A" * 64 + "\n", sealed_raw(b"x" * 32)[:-4]])
def test_what_is_no_ciphertext_is_refused(sealed: str) -> None:
    with pytest.raises(Refused):
        MessageCipher(KEY, RECEIVER).open(sealed)


def test_another_accounts_message_is_refused() -> None:
    sealed = MessageCipher(KEY, "wx0000000000000000").seal(b"<xml></xml>", os.urandom(16))
    with pytest.raises(Refused):
        MessageCipher(KEY, RECEIVER).open(sealed)
    with pytest.raises(Refused):
        MessageCipher(samples.OFFICIAL_KEY, "wx0000000000000000").open(sealed)


@pytest.mark.parametrize("key", ["", "abc", "a" * 42, "a" * 44, "a" * 42 + "+", "a" * 42 + "\n"])
def test_what_is_no_key_is_an_error(key: str) -> None:
    with pytest.raises(ValueError, match="43"):
        MessageCipher(key, RECEIVER)


def test_strings_of_any_characters_can_be_compared() -> None:
    assert same("微信", "微信")
    assert not same("é", signature("a"))
