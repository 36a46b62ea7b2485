"""`policy-qa index verify`: finds what is wrong, repairs what can be, and names what cannot."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from index.build.add_documents import add_documents, remove_documents
from index.build.build_index import build_index
from index.build.check_index import IndexReport, verify_index
from index.readers.find_files import find_sources
from index.schema import Document
from index.search.open_index import open_index
from index.settings import IndexSettings
from index.storage.document_files import key_of
from index.storage.versions import name_in_use
from tests.copied import copy_whole
from tests.index.conftest import NOTICE, NOTICE_NAME

MakeCorpus = Callable[..., IndexSettings]
MakeFile = Callable[..., Path]


@pytest.fixture
def settings(make_corpus: MakeCorpus) -> IndexSettings:
    return make_corpus()


@pytest.fixture(scope="module")
def with_notice(small_home: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Document]:
    """A state to be copied to which the notice was added, and the notice."""
    home = tmp_path_factory.mktemp("notice")
    copy_whole(small_home, home)
    path = home / NOTICE_NAME
    path.write_text(NOTICE, encoding="utf-8")
    settings = IndexSettings(home / "state" / "index", home / "corpus")
    (document,) = add_documents(settings, find_sources([path])[0]).added
    return home / "state", document


@pytest.fixture
def notice(settings: IndexSettings, with_notice: tuple[Path, Document]) -> Document:
    """The notice, added."""
    state, document = with_notice
    copy_whole(state, settings.directory.parent)
    return document


def version(settings: IndexSettings) -> Path:
    return settings.directory / name_in_use(settings.directory)


def home(settings: IndexSettings, document: Document) -> Path:
    return settings.collection / document.id / document.version


def texts(settings: IndexSettings) -> dict[str, str]:
    with closing(open_index(settings)) as opened:
        return {key_of(document): document.text for document in opened.documents}


def repaired(settings: IndexSettings, says: str) -> None:
    """The fault is found without touching anything, then repaired, then there is none."""
    only_checked = verify_index(settings, repair=False)
    assert any(says in sentence for sentence in only_checked.found), only_checked
    assert only_checked.left == only_checked.found
    assert verify_index(settings, repair=False) == only_checked
    verdict = verify_index(settings)
    assert verdict.found == only_checked.found
    assert verdict.left == ()
    assert verify_index(settings).found == ()


def test_a_sound_index_is_sound(settings: IndexSettings, notice: Document) -> None:
    before = name_in_use(settings.directory)
    with closing(open_index(settings)) as opened:
        passages = len(opened.searcher.passages)
    assert verify_index(settings) == IndexReport(2, passages, (), ())
    assert name_in_use(settings.directory) == before


def test_a_missing_index_is_built(settings: IndexSettings) -> None:
    repaired(settings, "还没有建立")


def test_a_stale_index_is_brought_up_to_date(settings: IndexSettings, make_corpus: MakeCorpus) -> None:
    build_index(settings)
    make_corpus(text="题\n一、新的。居民凭身份证免费办理借书证。\n")
    repaired(settings, "不一致")


@pytest.mark.parametrize("part", ["documents", "../chroma", "segments", "manifest.json", "in-use"])
def test_a_part_that_is_missing_is_made_anew(settings: IndexSettings, notice: Document, part: str) -> None:
    before = texts(settings)
    path = version(settings) / part
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    repaired(settings, "损坏")
    assert texts(settings) == before


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE embedding_metadata SET string_value = '改过的话。' WHERE rowid = ?", "位置对不上"),
        ("UPDATE embedding_metadata SET int_value = int_value + 1 WHERE rowid = ?", "位置对不上"),
    ],
)
def test_a_passage_that_was_tampered_with_is_found(
    settings: IndexSettings, notice: Document, statement: str, says: str
) -> None:
    database = settings.directory / "chroma" / "chroma.sqlite3"
    key = "start" if "int_value" in statement else "chroma:document"
    with closing(sqlite3.connect(database)) as connection, connection:
        (row,) = connection.execute(
            "SELECT m.rowid FROM embedding_metadata m JOIN embeddings e ON e.id = m.id"
            " WHERE m.key = ? AND e.embedding_id LIKE ? || '%' LIMIT 1",
            (key, key_of(notice)),
        ).fetchone()
        connection.execute(statement, (row,))
    repaired(settings, says)


def test_a_passage_under_another_clause_is_found(settings: IndexSettings, notice: Document) -> None:
    database = settings.directory / "chroma" / "chroma.sqlite3"
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE embedding_metadata SET string_value = '9' WHERE key = 'address'")
    repaired(settings, "条款不一致")


def test_vectors_that_are_gone_are_found(settings: IndexSettings, notice: Document) -> None:
    chroma = settings.directory / "chroma"
    database = chroma / "chroma.sqlite3"
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("DELETE FROM embeddings_queue")
    for path in chroma.iterdir():
        if path.is_dir():
            for file in path.iterdir():
                file.write_bytes(b"")
    repaired(settings, "损坏")


def test_a_changed_text_in_the_index_is_found(settings: IndexSettings, notice: Document) -> None:
    before = texts(settings)
    path = version(settings) / "documents" / f"{key_of(notice)}.txt"
    path.write_text(notice.text.replace("十一点", "十二点"), encoding="utf-8")
    repaired(settings, "损坏")
    assert texts(settings) == before


@pytest.mark.parametrize("name", ["text.txt", "document.json"])
@pytest.mark.parametrize("content", [b"", b"{}", "改过的话。".encode()])
def test_a_damaged_entry_is_made_anew(
    settings: IndexSettings, notice: Document, name: str, content: bytes
) -> None:
    (home(settings, notice) / name).write_bytes(content)
    repaired(settings, key_of(notice))
    assert texts(settings)[key_of(notice)] == notice.text


def test_a_lost_catalog_is_taken_from_the_index(settings: IndexSettings, notice: Document) -> None:
    (settings.collection / "catalog.json").write_bytes(b"")
    repaired(settings, "catalog.json")
    assert key_of(notice) in texts(settings)


def test_without_catalog_and_index_there_is_a_sentence(settings: IndexSettings, notice: Document) -> None:
    (settings.collection / "catalog.json").unlink()
    shutil.rmtree(settings.directory)
    verdict = verify_index(settings)
    assert any("备份" in sentence for sentence in verdict.left)
    assert home(settings, notice).is_dir()


def test_a_lost_original_comes_back_from_the_index(settings: IndexSettings, notice: Document) -> None:
    shutil.rmtree(home(settings, notice) / "original")
    repaired(settings, "完好")
    assert (home(settings, notice) / "original" / notice.source_name).read_text("utf-8") == notice.text


def test_a_damaged_original_is_named_and_can_be_removed(settings: IndexSettings, notice: Document) -> None:
    original = home(settings, notice) / "original" / notice.source_name
    original.chmod(0o644)
    original.write_text("改过的话。", encoding="utf-8")  # the index has the very same file
    for repair in (False, True, True):
        verdict = verify_index(settings, repair)
        assert any(f"docs remove {key_of(notice)}" in sentence for sentence in verdict.left)
    assert texts(settings)[key_of(notice)] == notice.text  # which still answers
    remove_documents(settings, notice.id)
    assert verify_index(settings).found == ()


def test_nothing_left_of_an_entry_is_named_and_can_be_removed(
    settings: IndexSettings, notice: Document
) -> None:
    shutil.rmtree(home(settings, notice))
    shutil.rmtree(version(settings) / "originals")
    verdict = verify_index(settings)
    assert any(f"docs remove {key_of(notice)}" in sentence for sentence in verdict.left)
    remove_documents(settings, notice.id)
    assert verify_index(settings).found == ()
