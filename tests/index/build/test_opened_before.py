"""A new version is opened, as a server opens it, before anything says that it counts."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from index.build import build_index as building
from index.build.add_documents import add_documents, remove_documents
from index.build.build_index import build_index
from index.errors import IndexDamaged, IndexNotWritten
from index.readers.find_files import find_sources
from index.search.open_index import OpenIndex, open_index
from index.settings import IndexSettings
from index.storage.catalog import read_catalog
from index.storage.document_files import key_of
from index.storage.versions import name_in_use

MakeCorpus = Callable[..., IndexSettings]
MakeFile = Callable[..., Path]


def state(settings: IndexSettings) -> tuple[object, ...]:
    with closing(open_index(settings)) as opened:
        keys = tuple(map(key_of, opened.documents))
    versions = {path.name for path in settings.directory.glob("v-*")}
    entries = {path.relative_to(settings.collection) for path in settings.collection.glob("*/*")}
    return keys, dict(read_catalog(settings.collection)), versions, entries, name_in_use(settings.directory)


def refuse(*_: object) -> OpenIndex:
    raise IndexDamaged("索引不完整或已损坏，请运行 policy-qa index build 重建。")


def test_what_cannot_be_opened_is_not_called_added_or_removed(
    make_corpus: MakeCorpus, make_file: MakeFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = make_corpus()
    (there,) = add_documents(settings, find_sources([make_file()])[0]).added
    before = state(settings)
    monkeypatch.setattr(building, "open_version", refuse)
    sources, _ = find_sources([make_file("b.txt", "另一份通知\n一、内容\n内容是新的。\n")])
    for act in (
        lambda: add_documents(settings, sources),
        lambda: remove_documents(settings, there.id),
        lambda: build_index(settings, anew=True),
    ):
        with pytest.raises(IndexNotWritten, match=r"没有启用.*照常可用"):
            act()
        assert state(settings) == before
    monkeypatch.undo()
    assert len(add_documents(settings, sources).added) == 1
    assert remove_documents(settings, there.id) == (key_of(there),)
