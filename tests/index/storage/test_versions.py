"""Index versions: kept while read, found after a crash, switched without harm to readers."""

import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from index.build.add_documents import add_documents
from index.build.build_index import build_index, index_status
from index.errors import IndexDamaged, IndexMissing
from index.readers.find_files import find_sources
from index.search.open_index import open_index
from index.search.searcher import Query
from index.settings import IndexSettings
from index.storage.catalog import write_catalog
from index.storage.document_files import key_of
from index.storage.version_documents import index_location
from index.storage.versions import choose, hold, hold_chosen, name_in_use

MakeCorpus = Callable[..., IndexSettings]
MakeFile = Callable[..., Path]
ROOT = Path(__file__).resolve().parents[3]

_READER = """
import sys
from contextlib import closing
from pathlib import Path
from index.search.open_index import open_index
from index.search.searcher import Query
from index.settings import IndexSettings

home = Path(sys.argv[1])
settings = IndexSettings(home / "state" / "index", home / "corpus")
asked = 0
seen = set()
while not (home / "stop").exists():
    with closing(open_index(settings)) as opened:
        keys = {f"{d.id}@{d.version}" for d in opened.documents}
        for _ in range(5):
            hits = opened.searcher.search(Query("居民怎么办借书证？")).hits
            assert any(hit.passage.text == "居民凭身份证免费办理借书证。" for hit in hits[:5]), hits
            found = {f"{hit.passage.document_id}@{hit.passage.document_version}" for hit in hits}
            assert found == keys, (found, keys)
            asked += 1
            if asked == 1:
                (home / f"ready-{sys.argv[2]}").touch()
    seen.add(opened.held.path.name)
    if len(seen) == 2:
        (home / f"seen-{sys.argv[2]}").touch()
print(asked, len(seen))
"""


def version_names(settings: IndexSettings) -> set[str]:
    return {path.name for path in settings.directory.glob("v-*")}


def add(settings: IndexSettings, path: Path) -> str:
    (document,) = add_documents(settings, find_sources([path])[0]).added
    return key_of(document)


def test_a_version_goes_once_nobody_reads_it(built: IndexSettings, make_file: MakeFile) -> None:
    reading = open_index(built)
    old = reading.held.path.name
    add(built, make_file())
    add(built, make_file("b.txt", "另一份\n内容。\n"))
    assert version_names(built) == {old, name_in_use(built.directory)}  # not the one in between
    assert len(reading.searcher.search(Query("借书证")).hits) > 0
    assert reading.original(reading.documents[0]).read_bytes() == reading.documents[0].text.encode()
    reading.close()
    reading.close()
    add(built, make_file("c.txt", "第三份\n内容。\n"))
    assert version_names(built) == {name_in_use(built.directory)}


def test_a_forgotten_reader_lets_go(built: IndexSettings, make_file: MakeFile) -> None:
    searcher = open_index(built).searcher  # which is all that is kept of it
    add(built, make_file())
    assert len(version_names(built)) == 2
    assert len(searcher.search(Query("借书证")).hits) > 0
    del searcher
    add(built, make_file("b.txt", "另一份\n内容。\n"))
    assert len(version_names(built)) == 1


def test_a_version_that_went_while_it_was_being_locked_is_not_opened(built: IndexSettings) -> None:
    version = choose(index_location(built))
    held = hold(version)
    assert held is not None
    version.rename(version.with_name("gone-it"))
    assert not held.is_at(version)
    assert hold(version) is None
    held.close()
    assert not held.is_at(version.with_name("gone-it"))


def test_an_opened_index_knows_when_it_is_outdated(built: IndexSettings, make_file: MakeFile) -> None:
    opened = open_index(built)
    assert not opened.outdated()
    build_index(built)  # nothing to do
    assert not opened.outdated()
    add(built, make_file())
    assert opened.outdated()
    fresh = open_index(built, opened.searcher.embedder)
    assert not fresh.outdated()
    (built.directory / "CURRENT").unlink()
    assert not fresh.outdated()  # the same version is found by its catalog
    for path in built.directory.glob("v-*"):
        path.rename(path.with_name("elsewhere" + path.name))
    assert not fresh.outdated()  # nothing better to open
    fresh.close()
    opened.close()


def test_a_crash_between_commit_and_switch_is_found_and_finished(
    built: IndexSettings, make_file: MakeFile
) -> None:
    reading = open_index(built)
    old = reading.held.path.name
    key = add(built, make_file())
    new = name_in_use(built.directory)
    (built.directory / "CURRENT").write_text(old, encoding="utf-8")  # as the crash would leave it
    assert choose(index_location(built)).name == new
    assert index_status(built).current
    opened = open_index(built)
    assert key in [key_of(document) for document in opened.documents]
    opened.close()
    reading.close()
    assert build_index(built)  # switches, and embeds nothing
    assert name_in_use(built.directory) == new
    assert version_names(built) == {new}


def test_a_crash_before_the_commit_leaves_the_old_index(built: IndexSettings, make_file: MakeFile) -> None:
    reading = open_index(built)
    old = reading.held.path.name
    key = add(built, make_file())
    new = name_in_use(built.directory)
    write_catalog(built.collection, {})
    (built.directory / "CURRENT").write_text(old, encoding="utf-8")
    opened = open_index(built)
    assert [key_of(document) for document in opened.documents] == ["library-rules@2024-05-01"]
    opened.close()
    assert add(built, make_file()) == key
    assert name_in_use(built.directory) == new  # what the dead process finished is not made again
    reading.close()


def test_without_current_and_catalog_there_is_no_index(make_corpus: MakeCorpus, make_file: MakeFile) -> None:
    settings = make_corpus()
    with pytest.raises(IndexMissing):
        hold_chosen(index_location(settings))
    add(settings, make_file())
    (settings.directory / "CURRENT").unlink()
    open_index(settings).close()
    write_catalog(settings.collection, {"no-such": "stamp"})
    with pytest.raises(IndexMissing):
        open_index(settings)
    (settings.directory / "CURRENT").write_text("v-gone", encoding="utf-8")
    with pytest.raises(IndexDamaged):
        open_index(settings)


def test_whoever_opens_an_index_writes_nothing(built: IndexSettings) -> None:
    before = {path: path.stat().st_mtime_ns for path in built.directory.rglob("*")}
    with closing(open_index(built)) as opened:
        assert opened.searcher.search(Query("居民怎么办借书证？")).hits
    assert {path: path.stat().st_mtime_ns for path in built.directory.rglob("*")} == before


def test_what_is_unchanged_is_shared_with_the_version_before(
    built: IndexSettings, make_file: MakeFile
) -> None:
    with closing(open_index(built)) as old:
        add(built, make_file())
        with closing(open_index(built, old.searcher.embedder, old)) as new:
            (rules,) = old.documents
            assert any(document is rules for document in new.documents)
            at = [passage.id for passage in new.searcher.passages].index(old.searcher.passages[0].id)
            assert new.searcher.passages[at] is old.searcher.passages[0]


def test_two_processes_read_while_one_builds(
    built: IndexSettings, make_file: MakeFile, tmp_path: Path
) -> None:
    def await_both(done: str) -> None:
        until = time.monotonic() + 60
        while not all((tmp_path / f"{done}-{name}").exists() for name in ("a", "b")):
            assert time.monotonic() < until
            assert all(reader.poll() is None for reader in readers)
            time.sleep(0.01)

    readers = [
        subprocess.Popen(
            [sys.executable, "-c", _READER, str(tmp_path), name],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        for name in ("a", "b")
    ]
    try:
        await_both("ready")
        for number in range(4):
            add(built, make_file(f"{number}.txt", f"第{number}号通知\n一、内容\n内容是{number}。\n"))
        await_both("seen")
    finally:
        (tmp_path / "stop").touch()
        outputs = [reader.communicate(timeout=60) for reader in readers]
    for reader, (told, complaint) in zip(readers, outputs, strict=True):
        assert reader.returncode == 0, complaint
        asked, seen = map(int, told.split())
        assert asked >= 5
        assert seen >= 2
