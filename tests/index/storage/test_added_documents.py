"""Documents that users add: what comes in, what is refused, what is kept, what goes."""

import dataclasses
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from index.build.add_documents import AddReport, add_documents, remove_documents
from index.build.build_index import build_index, index_status
from index.errors import (
    AddedDocumentsDamaged,
    AddedElsewhere,
    BuildInProgress,
    DocumentError,
    IndexNotWritten,
    ShippedDocument,
)
from index.readers.document import read_document
from index.readers.find_files import find_sources
from index.schema import Document, PassageKind
from index.search.open_index import open_index
from index.search.searcher import Query
from index.settings import IndexSettings
from index.storage.added_documents import AddedDocuments
from index.storage.catalog import CATALOG, read_catalog
from index.storage.document_files import key_of
from tests.index.conftest import NOTICE, NOTICE_NAME, NOTICE_QUESTION

MakeCorpus = Callable[..., IndexSettings]
MakeFile = Callable[..., Path]


def add(settings: IndexSettings, *paths: Path, identifier: str | None = None) -> AddReport:
    sources, refused = find_sources(paths)
    assert not refused
    return add_documents(settings, sources, identifier)


def keys(settings: IndexSettings) -> list[str]:
    opened = open_index(settings)
    try:
        return [key_of(document) for document in opened.documents]
    finally:
        opened.close()


def best(settings: IndexSettings, question: str) -> str:
    opened = open_index(settings)
    try:
        hits = opened.searcher.search(Query(question)).hits
        return next(hit.passage.text for hit in hits if hit.passage.kind is PassageKind.SENTENCE)
    finally:
        opened.close()


def entries(settings: IndexSettings) -> set[str]:
    return {f"{p.parent.name}@{p.name}" for p in settings.collection.glob("*/*") if p.is_dir()}


def test_an_added_document_is_found_and_kept_with_its_original(
    make_corpus: MakeCorpus, make_file: MakeFile
) -> None:
    settings = make_corpus()
    path = make_file()
    (document,) = add(settings, path).added
    path.unlink()
    assert document.version == "2024-06-01"
    assert document.title == "夜间阅览室开放通知"
    assert keys(settings) == sorted([key_of(document), "library-rules@2024-05-01"])
    assert best(settings, NOTICE_QUESTION) == "夜间阅览室每晚开放到十一点。"
    opened = open_index(settings)
    for each in opened.documents:
        original = opened.original(each).read_bytes()
        assert original.decode() == each.text
    opened.close()
    assert index_status(settings).current
    assert not build_index(settings)


def test_the_original_is_stored_once(make_corpus: MakeCorpus, make_file: MakeFile) -> None:
    settings = make_corpus()
    (document,) = add(settings, make_file()).added
    opened = open_index(settings)
    kept = AddedDocuments(settings.collection).original(key_of(document))
    assert opened.original(document).samefile(kept)
    shipped = next(d for d in opened.documents if d.id == "library-rules")
    assert not opened.original(shipped).samefile(settings.corpus / "library.txt")
    opened.close()


def test_known_vectors_are_not_computed_again(built: IndexSettings, make_file: MakeFile) -> None:
    import sqlite3
    from contextlib import closing

    def held() -> int:
        with closing(sqlite3.connect(built.cache / "vectors.sqlite")) as connection:
            return int(connection.execute("SELECT count(*) FROM vectors").fetchone()[0])

    before = held()
    add(built, make_file())
    passages = 5  # a title, two headings, two sentences
    assert held() == before + passages


def test_the_same_bytes_again_change_nothing(make_corpus: MakeCorpus, make_file: MakeFile) -> None:
    settings = make_corpus()
    (document,) = add(settings, make_file()).added
    written = {path: path.stat().st_mtime_ns for path in settings.collection.rglob("*.json")}
    version = (settings.directory / "CURRENT").read_text()
    report = add(settings, make_file("别的名字.txt"), settings.corpus / "library.txt")
    assert [(name, key_of(there)) for name, there in report.known] == [
        ("别的名字.txt", key_of(document)),
        ("library.txt", "library-rules@2024-05-01"),
    ]
    assert (report.added, report.refused) == ((), ())
    assert (settings.directory / "CURRENT").read_text() == version
    assert written.keys() == set(settings.collection.rglob("*.json"))


def test_one_title_and_date_with_other_words_is_refused_and_the_rest_comes_in(
    make_corpus: MakeCorpus, make_file: MakeFile
) -> None:
    settings = make_corpus()
    other = "公告栏管理办法\n一、张贴\n张贴公告要先登记。\n"
    report = add(
        settings,
        make_file(),
        make_file(f"b/{NOTICE_NAME}", NOTICE.replace("十一点", "十点")),
        make_file("公告栏管理办法(2023-01-01).txt", other),
    )
    assert [document.title for document in report.added] == ["夜间阅览室开放通知", "公告栏管理办法"]
    (refusal,) = report.refused
    assert refusal.name == NOTICE_NAME
    assert "--replace" in refusal.reason
    assert best(settings, NOTICE_QUESTION) == "夜间阅览室每晚开放到十一点。"
    assert best(settings, "张贴公告要做什么？") == "张贴公告要先登记。"


def test_the_same_title_with_another_date_is_another_version(
    make_corpus: MakeCorpus, make_file: MakeFile
) -> None:
    settings = make_corpus()
    (first,) = add(settings, make_file(), identifier="night-room").added
    changed = NOTICE.replace("十一点", "十点")
    (second,) = add(settings, make_file("夜间阅览室开放通知(2025-01-01).txt", changed)).added
    assert (first.id, second.id) == ("night-room", "night-room")
    newer = (settings.corpus / "library.txt").read_text(encoding="utf-8").replace("８小时", "９小时")
    (third,) = add(settings, make_file("社区图书馆开放办法(2025-02-02).txt", newer)).added
    assert key_of(third) == "library-rules@2025-02-02"  # beside a shipped one, which keeps its questions
    assert len(keys(settings)) == 4


def test_another_title_never_takes_over_an_id(make_corpus: MakeCorpus, make_file: MakeFile) -> None:
    settings = make_corpus()
    (first,) = add(settings, make_file()).added
    path = make_file("另一份(2024-06-01).txt", NOTICE.replace("夜间阅览室开放通知", "另一份通知"))
    sidecar = path.with_suffix(".toml")
    sidecar.write_text(f'id = "{first.id}"\n', encoding="utf-8")
    report = add(settings, path)
    assert [r.name for r in report.refused] == ["另一份(2024-06-01).txt"]  # that id and date are taken
    assert len(keys(settings)) == 2


def test_an_id_that_cannot_be_a_name_is_refused(built: IndexSettings, make_file: MakeFile) -> None:
    for identifier in ("../up", "A", "a/b", "", "a..b", "x" * 300, "中文"):
        report = add(built, make_file(), identifier=identifier)
        assert [refusal.name for refusal in report.refused] == [NOTICE_NAME], identifier
    assert entries(built) == set()


def test_a_removed_document_is_gone(make_corpus: MakeCorpus, make_file: MakeFile) -> None:
    settings = make_corpus()
    add(settings, make_file(), identifier="night-room")
    changed = NOTICE.replace("十一点", "十点")
    add(settings, make_file("夜间阅览室开放通知(2025-01-01).txt", changed))
    assert remove_documents(settings, "night-room", "2024-06-01") == ("night-room@2024-06-01",)
    assert entries(settings) == {"night-room@2025-01-01"}
    assert best(settings, NOTICE_QUESTION) == "夜间阅览室每晚开放到十点。"
    assert remove_documents(settings, "night-room") == ("night-room@2025-01-01",)
    assert entries(settings) == set()
    assert keys(settings) == ["library-rules@2024-05-01"]
    assert len(add(settings, make_file()).added) == 1  # and may come back


def test_what_cannot_be_removed_is_said(built: IndexSettings) -> None:
    with pytest.raises(DocumentError, match="自带"):
        remove_documents(built, "library-rules")
    with pytest.raises(DocumentError, match="docs list"):
        remove_documents(built, "nothing")


def test_a_text_that_was_damaged_is_read_again_from_the_original(
    make_corpus: MakeCorpus, make_file: MakeFile
) -> None:
    settings = make_corpus()
    (document,) = add(settings, make_file()).added
    home = settings.collection / document.id / document.version
    for name, content in (("text.txt", b"scribble"), ("text.txt", b""), ("document.json", b"{")):
        (home / name).write_bytes(content)
        (read,) = AddedDocuments(settings.collection).load(read_catalog(settings.collection))
        assert (read.document.text, read.fresh) == (document.text, True)
        build_index(settings, anew=True)
        (read,) = AddedDocuments(settings.collection).load(read_catalog(settings.collection))
        assert (read.document.text, read.fresh) == (document.text, False)


def test_a_newer_reader_reads_again_and_keeps_id_and_version(
    make_corpus: MakeCorpus, make_file: MakeFile
) -> None:
    settings = make_corpus()
    path = make_file()
    path.with_suffix(".toml").write_text(
        'id = "night-room"\nversion = "first"\npublished = 2024-06-01\n', encoding="utf-8"
    )
    (document,) = add(settings, path).added
    described = settings.collection / "night-room" / "first" / "document.json"
    fields = json.loads(described.read_bytes())
    described.write_text(json.dumps({**fields, "reading": {"formats": 0}}), encoding="utf-8")
    (read,) = AddedDocuments(settings.collection).load(read_catalog(settings.collection))
    assert read.fresh
    assert read.document == document
    AddedDocuments(settings.collection).keep(read)
    assert json.loads(described.read_bytes()) == fields


def test_a_lost_catalog_is_never_taken_for_an_empty_one(make_corpus: MakeCorpus, make_file: MakeFile) -> None:
    settings = make_corpus()
    (document,) = add(settings, make_file()).added
    catalog = settings.collection / CATALOG
    for lose in (catalog.unlink, lambda: catalog.write_text("{"), lambda: catalog.write_text("[]")):
        lose()
        for act in (
            lambda: build_index(settings),
            lambda: add(settings, make_file("b.txt", "另一份\n内容。\n")),
            lambda: remove_documents(settings, document.id),
        ):
            with pytest.raises(AddedDocumentsDamaged, match="index verify"):
                act()
        assert entries(settings) == {key_of(document)}
        assert best(settings, NOTICE_QUESTION) == "夜间阅览室每晚开放到十一点。"


def test_nothing_is_added_while_another_process_builds(make_corpus: MakeCorpus, make_file: MakeFile) -> None:
    settings = make_corpus()
    path = make_file()
    refused: list[str] = []

    def second(*_: int) -> None:
        if not refused:
            with pytest.raises(BuildInProgress) as error:
                add(settings, path)
            refused.append(error.value.message)

    build_index(settings, second)
    assert len(refused) == 1
    assert keys(settings) == ["library-rules@2024-05-01"]


def test_what_fails_on_the_way_leaves_nothing_behind(built: IndexSettings, make_file: MakeFile) -> None:
    before = {path.name for path in built.directory.iterdir()}

    def stop(*_: int) -> None:
        raise KeyboardInterrupt

    sources, _ = find_sources([make_file()])
    with pytest.raises(KeyboardInterrupt):
        add_documents(built, sources, on_progress=stop)
    assert entries(built) == set()
    assert keys(built) == ["library-rules@2024-05-01"]
    assert {path.name for path in built.directory.iterdir()} == before


def test_a_collection_that_cannot_be_written_is_one_sentence(
    built: IndexSettings, make_file: MakeFile
) -> None:
    in_the_way = built.directory.parent / "file"
    in_the_way.write_text("x", encoding="utf-8")
    elsewhere = dataclasses.replace(built, documents=in_the_way / "documents")
    with pytest.raises(IndexNotWritten, match="磁盘空间"):
        add(elsewhere, make_file())
    assert keys(built) == ["library-rules@2024-05-01"]


def test_documents_of_the_corpus_come_before_added_ones_of_the_same_key(
    make_corpus: MakeCorpus, make_file: MakeFile
) -> None:
    settings = make_corpus()
    text = "社区图书馆开放办法\n一、别的\n别的内容。\n"
    path = make_file("a.txt", text)
    path.with_suffix(".toml").write_text('version = "2024-05-02"\n', encoding="utf-8")
    (document,) = add(settings, path).added
    assert key_of(document) == "library-rules@2024-05-02"
    toml = settings.corpus / "library.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("2024-05-01", "2024-05-02"), encoding="utf-8")
    assert build_index(settings)  # the program now ships that version itself
    opened = open_index(settings)
    held: tuple[Document, ...] = opened.documents
    opened.close()
    assert [key_of(each) for each in held] == ["library-rules@2024-05-02"]
    assert "借书证" in held[0].text


def replace_with(settings: IndexSettings, path: Path, identifier: str | None = None) -> AddReport:
    return add_documents(settings, find_sources([path])[0], identifier, replacing=True)


def leftovers(settings: IndexSettings) -> list[str]:
    return [path.name for path in settings.collection.iterdir() if path.name.startswith(".")]


def test_a_replaced_document_is_the_one_that_is_found(make_corpus: MakeCorpus, make_file: MakeFile) -> None:
    settings = make_corpus()
    (first,) = add(settings, make_file()).added
    report = replace_with(settings, make_file(content=NOTICE.replace("十一点", "十点")))
    assert [key_of(document) for document in report.replaced] == [key_of(first)]
    assert (report.added, report.known, report.refused) == ((), (), ())
    assert best(settings, NOTICE_QUESTION) == "夜间阅览室每晚开放到十点。"
    assert AddedDocuments(settings.collection).original(key_of(first)).read_text().count("十点") == 1
    assert leftovers(settings) == []
    assert index_status(settings).current


def test_what_is_said_of_a_document_can_be_replaced_alone(
    make_corpus: MakeCorpus, make_file: MakeFile
) -> None:
    settings = make_corpus()
    path = make_file()
    (first,) = add(settings, path).added
    assert first.number is None
    assert [key_of(there) for _, there in replace_with(settings, path).known] == [key_of(first)]
    path.with_suffix(".toml").write_text('number = "某图发〔2024〕5号"\n', encoding="utf-8")
    (changed,) = replace_with(settings, path).replaced
    assert (key_of(changed), changed.number) == (key_of(first), "某图发〔2024〕5号")
    opened = open_index(settings)
    assert next(d for d in opened.documents if d.id == first.id).number == "某图发〔2024〕5号"
    opened.close()


def test_what_is_not_dated_is_replaced_in_its_place(make_corpus: MakeCorpus, make_file: MakeFile) -> None:
    settings = make_corpus()
    path = make_file("夜间阅览室开放通知.txt")
    (first,) = add(settings, path).added
    path.with_suffix(".toml").write_text('issuer = "某图书馆"\n', encoding="utf-8")
    (changed,) = replace_with(settings, path).replaced
    assert key_of(changed) == key_of(first)
    assert entries(settings) == {key_of(first)}


def test_neither_a_shipped_document_nor_one_under_another_id_is_replaced(
    built: IndexSettings, make_file: MakeFile
) -> None:
    shipped = make_file("社区图书馆开放办法(2024-05-01).txt", "社区图书馆开放办法\n一、开放\n不开放。\n")
    (refusal,) = replace_with(built, shipped).refused
    assert isinstance(refusal.error, ShippedDocument)
    (document,) = add(built, make_file()).added
    (refusal,) = replace_with(built, make_file(), "another-id").refused
    assert isinstance(refusal.error, AddedElsewhere)
    assert key_of(document) in refusal.reason
    assert entries(built) == {key_of(document)}


def test_a_replacement_that_fails_leaves_the_old_one(
    make_corpus: MakeCorpus, make_file: MakeFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = make_corpus()
    (first,) = add(settings, make_file()).added

    def fail(*_: object) -> None:
        raise IndexNotWritten("磁盘满了，请腾出空间。")

    with monkeypatch.context() as patched:
        patched.setattr("index.build.add_documents.write_version", fail)
        with pytest.raises(IndexNotWritten):
            replace_with(settings, make_file(content=NOTICE.replace("十一点", "十点")))
    assert leftovers(settings) == []
    assert "十一点" in AddedDocuments(settings.collection).original(key_of(first)).read_text()
    assert not build_index(settings)


@pytest.mark.parametrize("committed", [False, True])
def test_a_replacement_that_was_killed_is_one_or_the_other(
    make_corpus: MakeCorpus, make_file: MakeFile, committed: bool
) -> None:
    settings = make_corpus()
    (first,) = add(settings, make_file()).added
    key = key_of(first)
    collection = AddedDocuments(settings.collection)
    data = NOTICE.replace("十一点", "十点").encode()
    stamp = collection.write(read_document(data, NOTICE_NAME, {}), data, {})
    home = settings.collection / first.id / first.version
    if committed:
        collection.commit({key: stamp})
    else:
        shutil.move(home, settings.collection / ".new-left")  # killed between the two renames
        assert "十一点" in collection.original(key).read_text(), "read meanwhile"
    (other,) = add(
        settings, make_file("公告栏管理办法(2023-01-01).txt", "公告栏管理办法\n一、张贴\n先登记。\n")
    ).added
    assert entries(settings) == {key, key_of(other)}
    assert leftovers(settings) == []
    expected = "十点" if committed else "十一点"
    assert expected in collection.original(key).read_text()
    assert best(settings, NOTICE_QUESTION) == f"夜间阅览室每晚开放到{expected}。"
