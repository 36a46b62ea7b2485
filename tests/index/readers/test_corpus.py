from datetime import date
from pathlib import Path

import pytest

from index.errors import DocumentError, EmptyDocument, InvalidMetadata
from index.readers.corpus import load_corpus, load_document

TEXT = "社区读书办法\n一、借书证\n居民免费办理。\n"


def describe(folder: Path, name: str, text: str | None = TEXT, **fields: str) -> Path:
    """Write a description with `fields`, and beside it the text that it names."""
    lines = [f'{key} = "{value}"\n' for key, value in {"file": f"{name}.txt", **fields}.items()]
    path = folder / f"{name}.toml"
    path.write_text("".join(lines), encoding="utf-8")
    if text is not None:
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return path


def test_what_the_description_says_goes_before_the_text(tmp_path: Path) -> None:
    path = describe(tmp_path, "books", id="books", version="v1", title="读书规定", published="2024-05-01")
    document = load_document(path)
    assert (document.id, document.version, document.title) == ("books", "v1", "读书规定")
    assert document.published == date(2024, 5, 1)
    assert document.text == TEXT
    assert document.source_name == "books.txt"
    assert [clause.address for clause in document.clauses] == ["title", "1"]


def test_what_the_description_leaves_out_the_text_says(tmp_path: Path) -> None:
    document = load_document(describe(tmp_path, "books"))
    assert (document.id, document.title) == ("she-qu-du-shu-ban-fa", "社区读书办法")
    assert document.version == f"undated-{document.sha256[:8]}"


def test_a_corpus_is_ordered_by_id_and_version(tmp_path: Path) -> None:
    describe(tmp_path, "a", id="second", version="2024-01-01")
    describe(tmp_path, "b", id="first", version="2024-02-01")
    describe(tmp_path, "c", id="first", version="2023-02-01")
    (tmp_path / "d.txt").write_text("没有说明的文件", encoding="utf-8")
    keys = [(document.id, document.version) for document in load_corpus(tmp_path)]
    assert keys == [("first", "2023-02-01"), ("first", "2024-02-01"), ("second", "2024-01-01")]


def test_a_version_that_comes_twice_is_refused(tmp_path: Path) -> None:
    describe(tmp_path, "a", id="books", version="2024-01-01")
    describe(tmp_path, "b", id="books", version="2024-01-01")
    with pytest.raises(InvalidMetadata, match="“books”的版本“2024-01-01”出现了两次"):
        load_corpus(tmp_path)


def test_a_folder_without_descriptions_is_no_corpus(tmp_path: Path) -> None:
    (tmp_path / "books.txt").write_text(TEXT, encoding="utf-8")
    with pytest.raises(DocumentError, match="没有任何说明文件"):
        load_corpus(tmp_path)
    with pytest.raises(DocumentError, match="没有任何说明文件"):
        load_corpus(tmp_path / "missing")


def test_a_description_must_name_a_file_that_is_there(tmp_path: Path) -> None:
    path = describe(tmp_path, "books", text=None)
    with pytest.raises(DocumentError, match="找不到文件“books"):
        load_document(path)
    path.write_text("file = 3\n", encoding="utf-8")
    with pytest.raises(InvalidMetadata, match="缺少 file"):
        load_document(path)
    with pytest.raises(EmptyDocument):
        load_document(describe(tmp_path, "books", text=" \n"))


def test_a_malformed_field_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidMetadata, match="published"):
        load_document(describe(tmp_path, "books", published="去年"))
