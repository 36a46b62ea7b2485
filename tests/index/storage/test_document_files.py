import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.schema import Authority, Document
from index.storage.document_files import (
    decode_text,
    dump_fields,
    encode_text,
    key_of,
    load_fields,
    make_document,
)
from index.structure.outline import outlined

FULL = outlined(
    Document(
        id="books",
        version="2024-05-01",
        title="松林市读书办法",
        text="# 读书办法\n一、借书证\n免费办理。\n二、借期\n三十天。\n",
        sha256="0" * 64,
        source_name="办法\ud800.md",  # a name that nothing can encode
        number="松府发〔2024〕5号",
        issuer="松林市人民政府",
        passed=date(2024, 4, 30),
        published=date(2024, 5, 1),
        effective=date(2024, 6, 1),
        repealed=date(2026, 1, 1),
        period_start=2024,
        period_end=2026,
        authority=Authority.POLICY,
        jurisdiction="松林市",
        markup=((0, 2),),
        pages=(0, 10),
    )
)
BARE = Document("books", "v1", "办法", "文", "", "a.txt")


@pytest.mark.parametrize("document", [FULL, BARE])
def test_a_document_comes_back_from_its_files(document: Document) -> None:
    fields = load_fields(dump_fields(document))
    assert make_document(fields, decode_text(encode_text(document.text))) == document


def test_the_fields_hold_no_text_and_whatever_else_is_kept() -> None:
    fields = load_fields(dump_fields(FULL, stamp="甲", title="另题"))
    assert "text" not in fields
    assert fields["stamp"] == "甲"
    assert fields["title"] == "另题"
    assert fields["passed"] == "2024-04-30"
    assert make_document(fields, FULL.text) == replace(FULL, title="另题")


def test_every_object_in_the_fields_can_be_revived() -> None:
    data = dump_fields(BARE, sidecar={"published": {"$day": "2024-05-01"}})
    revived = load_fields(data, lambda value: date(2024, 5, 1) if "$day" in value else value)
    assert revived["sidecar"] == {"published": date(2024, 5, 1)}


@settings(max_examples=50)
@given(st.text(st.characters(codec=None, categories=None), max_size=50))
def test_any_text_survives(text: str) -> None:
    assert decode_text(encode_text(text)) == text


def test_a_key_names_document_and_version() -> None:
    assert key_of(FULL) == "books@2024-05-01"


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'"books"', b"\xff\xff"])
def test_what_is_no_description_is_an_error(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 json says what
        load_fields(data)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"published": "2024-13-01"}, ValueError),
        ({"authority": "king"}, ValueError),
        ({"markup": [[1]]}, ValueError),
        ({"markup": 3}, TypeError),
        ({"clauses": [{"address": "1"}]}, KeyError),
    ],
)
def test_a_malformed_field_is_an_error(change: dict[str, object], error: type[Exception]) -> None:
    fields = {**json.loads(dump_fields(FULL)), **change}
    with pytest.raises(error):
        make_document(fields, FULL.text)


def test_a_missing_field_is_an_error() -> None:
    fields = load_fields(dump_fields(BARE))
    del fields["title"]
    with pytest.raises(TypeError, match="title"):
        make_document(fields, BARE.text)


def test_bytes_that_are_no_text_are_an_error() -> None:
    with pytest.raises(UnicodeDecodeError):
        decode_text(b"\xff")
