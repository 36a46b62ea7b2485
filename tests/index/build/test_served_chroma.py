"""An index whose entries a Chroma server keeps: the same life, and it serves without the server."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from index.build.add_documents import add_documents, remove_documents
from index.build.build_index import build_index, index_status
from index.build.check_index import verify_index
from index.errors import StoreUnreachable
from index.readers.find_files import find_sources
from index.search.open_index import open_index
from index.search.searcher import Query
from index.settings import IndexSettings
from index.storage.chroma import CHROMA, open_record
from index.storage.document_files import key_of
from index.storage.manifest import read_manifest
from index.storage.versions import name_in_use
from tests.index.conftest import NOTICE_QUESTION
from tests.index.storage.chroma_server import chroma_server

MakeCorpus = Callable[..., IndexSettings]
MakeFile = Callable[..., Path]
RULES = "library-rules@2024-05-01"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with chroma_server(tmp_path_factory.mktemp("server") / "data") as url:
        yield url


@pytest.fixture
def settings(make_corpus: MakeCorpus, server: str) -> IndexSettings:
    return replace(make_corpus(), chroma_url=server)


def keys(settings: IndexSettings) -> list[str]:
    with closing(open_index(settings)) as opened:
        return [key_of(document) for document in opened.documents]


def named(settings: IndexSettings) -> set[str]:
    return set(read_manifest(settings.directory / name_in_use(settings.directory)).collections)


def test_building_adding_removing_and_verifying(settings: IndexSettings, make_file: MakeFile) -> None:
    assert build_index(settings)
    assert not build_index(settings)
    (notice,) = add_documents(settings, find_sources([make_file()])[0]).added
    assert keys(settings) == [RULES, key_of(notice)]
    with closing(open_index(settings)) as opened:
        assert opened.searcher.search(Query(NOTICE_QUESTION)).hits[0].passage.document_id == notice.id
    assert verify_index(settings).found == ()
    assert index_status(settings).current
    with open_record(settings) as record:
        assert record.names() == named(settings)
    remove_documents(settings, notice.id)
    assert keys(settings) == [RULES]
    with open_record(settings) as record:
        assert record.names() == named(settings)
    assert not (settings.directory / CHROMA).exists()


def test_what_the_server_lost_is_noticed_and_made_anew(settings: IndexSettings) -> None:
    build_index(settings)
    with open_record(settings) as record:
        record.keep_only(frozenset())
    assert keys(settings) == [RULES]  # which answers as before
    assert not index_status(settings).current
    assert build_index(settings)
    assert index_status(settings).current
    assert verify_index(settings, repair=False).found == ()


def test_without_the_server_it_answers_and_changes_nothing(
    settings: IndexSettings, make_file: MakeFile
) -> None:
    build_index(settings)
    before = {path.name for path in settings.directory.iterdir()}
    gone = replace(settings, chroma_url="http://127.0.0.1:9")
    assert keys(gone) == [RULES]
    with pytest.raises(StoreUnreachable, match=r"POLICY_QA_CHROMA_URL.*照常可用"):
        add_documents(gone, find_sources([make_file()])[0])
    assert keys(settings) == [RULES]
    assert {path.name for path in settings.directory.iterdir()} == before


def test_entries_move_to_a_server_and_back_with_the_next_build(settings: IndexSettings) -> None:
    local = replace(settings, chroma_url=None)
    build_index(local)
    assert not index_status(settings).current
    assert build_index(settings)
    assert verify_index(settings, repair=False).found == ()
    assert build_index(local)
    assert verify_index(local, repair=False).found == ()
