import json
from pathlib import Path

import pytest

from index.errors import AddedDocumentsDamaged
from index.storage.catalog import CATALOG, read_catalog, write_catalog

ENTRIES = {"notice@2024-05-01": "b" * 20, "books@2024-05-01": "a" * 20}


def test_a_catalog_is_read_as_it_was_written(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "documents"
    write_catalog(folder, ENTRIES)
    assert read_catalog(folder) == ENTRIES
    assert list(read_catalog(folder)) == sorted(ENTRIES)
    write_catalog(folder, {})
    assert read_catalog(folder) == {}
    assert [path.name for path in folder.iterdir()] == [CATALOG]


def test_the_same_catalog_gives_the_same_file(tmp_path: Path) -> None:
    write_catalog(tmp_path / "one", ENTRIES)
    write_catalog(tmp_path / "other", dict(sorted(ENTRIES.items())))
    assert (tmp_path / "one" / CATALOG).read_bytes() == (tmp_path / "other" / CATALOG).read_bytes()


def test_where_nothing_was_added_the_catalog_is_empty(tmp_path: Path) -> None:
    assert read_catalog(tmp_path) == {}
    assert read_catalog(tmp_path / "missing") == {}
    (tmp_path / "file").touch()
    assert read_catalog(tmp_path) == {}
    assert read_catalog(tmp_path / "file") == {}


def test_a_directory_with_documents_and_no_catalog_has_lost_it(tmp_path: Path) -> None:
    (tmp_path / "books").mkdir()
    with pytest.raises(AddedDocumentsDamaged, match="index verify"):
        read_catalog(tmp_path)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "3", "null", json.dumps({"format": 1}), json.dumps({"documents": ["books"]})]
)
def test_a_broken_catalog_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / CATALOG).write_text(content, encoding="utf-8")
    with pytest.raises(AddedDocumentsDamaged):
        read_catalog(tmp_path)


def test_a_catalog_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / CATALOG).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(AddedDocumentsDamaged):
        read_catalog(tmp_path)
