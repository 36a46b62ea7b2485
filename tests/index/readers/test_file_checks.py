import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import DocumentError, DocumentTooLarge, EmptyDocument
from index.readers.file_checks import MAX_BYTES, check_size, read_source, safe_name


def test_a_file_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "办法.txt"
    path.write_bytes("甲\r\n\0".encode())
    assert read_source(path) == "甲\r\n\0".encode()


def test_what_is_no_regular_file_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "办法.txt"
    target.write_bytes(b"x")
    (tmp_path / "链接.txt").symlink_to(target)
    os.mkfifo(tmp_path / "管道.txt")
    (tmp_path / "空.txt").touch()
    with pytest.raises(DocumentError, match="找不到文件“没有"):
        read_source(tmp_path / "没有.txt")
    with pytest.raises(DocumentError, match="是一个符号链接"):
        read_source(tmp_path / "链接.txt")
    with pytest.raises(DocumentError, match="不是普通文件"):
        read_source(tmp_path / "管道.txt")  # and does not wait for a writer
    with pytest.raises(EmptyDocument, match="是空的"):
        read_source(tmp_path / "空.txt")
    with pytest.raises(DocumentError, match="打不开"):
        read_source(tmp_path / "a\0b.txt")


def test_the_limit_itself_is_allowed() -> None:
    check_size(1, "办法.txt")
    check_size(MAX_BYTES, "办法.txt")
    with pytest.raises(EmptyDocument):
        check_size(0, "办法.txt")
    with pytest.raises(DocumentTooLarge, match="有 50 MB，超过了 50 MB"):
        check_size(MAX_BYTES + 1, "办法.txt")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("读书办法.txt", "读书办法.txt"),
        ("读\u3000书\xa0办法.txt", "读 书 办法.txt"),
        ("C:\\文件\\读书办法.docx", "读书办法.docx"),
        ("../../读书办法.txt", "读书办法.txt"),
        ("读书?办法*<1>.txt", "读书_办法__1_.txt"),
        ("办法\u202etxt.exe", "办法txt.exe"),  # a sign that turns the reading direction
        ("e\u0301.txt", "é.txt"),
        ("con.txt", "_con.txt"),
        ("LPT1", "_LPT1"),
        ("console.txt", "console.txt"),
        ("..办法", "办法"),
        ("办法. .", "办法"),
        ("", "未命名"),
        ("文件/", "未命名"),
    ],
)
def test_a_name_is_made_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_a_long_name_is_cut_between_characters_and_keeps_its_ending() -> None:
    name = safe_name("读" * 100 + ".docx")
    assert name == "读" * 65 + ".docx"
    assert len(name.encode()) <= 200
    ending = "a" * 16
    assert safe_name(f"{'读' * 100}.{ending}") == f"{'读' * 61}.{ending}"
    assert safe_name(f"{'读' * 100}.{ending}a") == "读" * 66  # too long for an ending


@settings(max_examples=50)
@given(st.text(st.characters(codec=None, categories=None), max_size=80))
def test_any_name_becomes_one_that_leads_nowhere(name: str) -> None:
    made = safe_name(name)
    assert made
    assert made == made.strip()
    assert made.isprintable()
    assert len(made.encode()) <= 200
    assert not set(made) & set('/\\<>:"|?*')


def test_a_folder_is_said_to_be_one(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="是文件夹"):
        read_source(tmp_path)


@pytest.mark.parametrize(("name", "safe"), [("- ~a.txt", "a.txt"), ("- con.txt", "_con.txt")])
def test_white_space_does_not_hide_what_a_name_may_not_begin_with(name: str, safe: str) -> None:
    assert safe_name(name) == safe
