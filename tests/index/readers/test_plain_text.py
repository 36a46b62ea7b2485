import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import UndecodableDocument
from index.readers.plain_text import decode, read

SENTENCE = "社区居民可以免费办理借书证，每次可以借五本书。"
TRADITIONAL = "社區居民可以免費辦理借書證，每次可以借五本書。"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("text", [SENTENCE, TRADITIONAL])
def test_chinese_text_is_read_in_every_usual_encoding(text: str, encoding: str) -> None:
    assert read(text.encode(encoding), "办法.txt").text == text


def test_traditional_text_is_read_in_its_own_encoding() -> None:
    assert decode(TRADITIONAL.encode("big5"), "办法.txt") == TRADITIONAL


@pytest.mark.parametrize(
    "mark",
    [
        codecs.BOM_UTF8,
        codecs.BOM_UTF16_LE,
        codecs.BOM_UTF16_BE,
        codecs.BOM_UTF32_LE,
        codecs.BOM_UTF32_BE,
        b"",
    ],
)
def test_a_byte_order_mark_alone_is_an_empty_text(mark: bytes) -> None:
    assert decode(mark, "办法.txt") == ""


def test_only_the_line_ends_of_windows_change() -> None:
    text = "甲\r\n乙\r丙\n\n\u3000丁\t\u2028戊\r\r\n"
    assert decode(text.encode(), "办法.txt") == "甲\n乙\r丙\n\n\u3000丁\t\u2028戊\r\n"
    assert decode("\ufeff甲\ufeff".encode(), "办法.txt") == "甲\ufeff"  # only the first is a mark


@pytest.mark.parametrize("text", ["library rules", "Библиотека", "ライブラリー規則"])
def test_other_scripts_are_read_in_utf_8(text: str) -> None:
    assert decode(text.encode(), "办法.txt") == text


@pytest.mark.parametrize(
    "data",
    [
        b"\x80\x81\xff",
        codecs.BOM_UTF16_LE + b"a",  # half a character
        codecs.BOM_UTF8 + b"\xff",
        "借\x01\x02书".encode(),
        "甲\0乙".encode(),
        "도서관 이용 안내입니다".encode("cp949"),
        bytes(range(256)) * 4,
    ],
)
def test_what_is_no_text_or_cannot_be_told_is_refused(data: bytes) -> None:
    with pytest.raises(UndecodableDocument, match="另存为 UTF-8"):
        decode(data, "办法.txt")


@settings(max_examples=50)
@given(st.text(st.sampled_from("社区居民可以免费办理借书证，。一二\n１ "), min_size=12, max_size=60))
def test_a_sentence_in_gb18030_is_told_by_its_characters(text: str) -> None:
    assert decode(text.encode("gb18030"), "办法.txt") == text
