"""The shape that has something to reckon: a page's address."""

from urllib.parse import parse_qs, unquote, urlsplit

from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.schema import page_url


def test_the_address_of_a_page_names_document_version_clause_and_place() -> None:
    assert page_url("library-rules", "2024-05-01", "2.2", 130, 135) == (
        "/documents/library-rules?version=2024-05-01&clause=2.2&start=130&end=135"
    )


def test_what_an_address_cannot_hold_is_escaped() -> None:
    url = page_url("图书 规则?#&", "第1版", "art2.p1", 0, 0)
    assert url.isascii()
    assert " " not in url
    parts = urlsplit(url)
    assert (unquote(parts.path), parts.fragment) == ("/documents/图书 规则?#&", "")
    assert parse_qs(parts.query) == {
        "version": ["第1版"],
        "clause": ["art2.p1"],
        "start": ["0"],
        "end": ["0"],
    }


@settings(max_examples=50, deadline=None)
@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/")),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
)
def test_every_id_and_version_comes_back_from_the_address(identifier: str, version: str) -> None:
    parts = urlsplit(page_url(identifier, version, "1", 2, 3))
    assert unquote(parts.path.removeprefix("/documents/")) == identifier
    assert parse_qs(parts.query)["version"] == [version]
