"""The life of an index: built, current, changed, killed, damaged."""

import dataclasses
import json
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from index.build.build_index import build_index, index_status
from index.build.ship_vectors import ship_vectors
from index.errors import (
    BuildInProgress,
    DocumentError,
    IndexDamaged,
    IndexMissing,
    InvalidMetadata,
    PolicyQAError,
    UndecodableDocument,
)
from index.search.open_index import open_index
from index.search.searcher import Query
from index.settings import CORPUS, IndexSettings

MakeCorpus = Callable[..., IndexSettings]
ROOT = Path(__file__).resolve().parents[3]

_KILLED = """
import os, signal, sys
from pathlib import Path
from index.build.build_index import build_index
from index.settings import IndexSettings
directory, corpus, when = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]

def die():
    os.kill(os.getpid(), signal.SIGKILL)

old, opened = {path.name for path in directory.glob("v-*")}, []

def note(event, arguments):
    if event == "open" and str(arguments[0]).startswith(f"{directory}/v-"):
        if Path(arguments[0]).relative_to(directory).parts[0] not in old:
            opened.append(arguments[0])
            if len(opened) == 2:  # so that one file is left
                die()

if when == "writing":
    sys.addaudithook(note)
build_index(IndexSettings(directory, corpus), lambda done, total: die() if when == "embedding" else None)
"""


def vectors_kept(settings: IndexSettings) -> int:
    with closing(sqlite3.connect(settings.cache / "vectors.sqlite")) as connection:
        return int(connection.execute("SELECT count(*) FROM vectors").fetchone()[0])


def first_label(settings: IndexSettings, question: str) -> str:
    return open_index(settings).searcher.search(Query(question)).hits[0].passage.label


def version_in_use(settings: IndexSettings) -> Path:
    return settings.directory / (settings.directory / "CURRENT").read_text(encoding="utf-8")


def versions(settings: IndexSettings) -> set[str]:
    return {path.name for path in settings.directory.glob("v-*")}


def test_a_second_build_does_nothing(make_corpus: MakeCorpus) -> None:
    settings = make_corpus()
    told: list[tuple[int, int]] = []
    assert build_index(settings, lambda done, total: told.append((done, total)))
    assert told[-1][0] == told[-1][1] > 0
    written = {path: path.stat().st_mtime_ns for path in settings.directory.rglob("*")}
    told.clear()
    assert not build_index(settings, lambda done, total: told.append((done, total)))
    assert told == []
    assert written == {path: path.stat().st_mtime_ns for path in settings.directory.rglob("*")}


def test_an_index_that_was_opened_is_still_current(built: IndexSettings) -> None:
    assert first_label(built, "借书证") == "二、1"
    assert not build_index(built)
    assert first_label(built, "借书证") == "二、1"


def test_status(make_corpus: MakeCorpus) -> None:
    settings = make_corpus()
    assert not index_status(settings).built
    build_index(settings)
    status = index_status(settings)
    assert (status.built, status.current) == (True, True)
    assert (
        status.counts["documents"] == status.counts["lay_questions"] == status.counts["open_questions"] == 1
    )
    make_corpus(text="题\n一、新的。\n")
    with pytest.raises(InvalidMetadata):
        index_status(settings)  # the quotation of the lay question is gone
    make_corpus(text="题\n一、新的。居民凭身份证免费办理借书证。\n")
    assert (index_status(settings).built, index_status(settings).current) == (True, False)


def test_a_changed_sentence_costs_one_vector(make_corpus: MakeCorpus, built: IndexSettings) -> None:
    from index.readers.corpus import load_document

    before, old = vectors_kept(built), version_in_use(built)
    text = load_document(built.corpus / "library.toml").text
    make_corpus(text=text.replace("每天开放８小时", "每天开放10小时"))
    assert build_index(built)
    assert vectors_kept(built) == before + 1
    assert version_in_use(built) != old
    opened = open_index(built)
    assert "每天开放10小时" in opened.documents[0].text
    assert any("10小时" in passage.text for passage in opened.searcher.passages)


def test_a_new_question_rebuilds_without_touching_passages(
    make_corpus: MakeCorpus, built: IndexSettings
) -> None:
    before = vectors_kept(built)
    make_corpus(questions={"居民凭身份证免费办理借书证": ["办张借书的卡要好多钱？", "借书证收不收费？"]})
    assert build_index(built)
    assert vectors_kept(built) == before + 1


def test_another_model_is_another_index(make_corpus: MakeCorpus) -> None:
    from index.build.content import fingerprint_of, read_content

    digests = {edition.key: edition.digest for edition in read_content(make_corpus().corpus)}
    assert fingerprint_of("a", digests) != fingerprint_of("b", digests)


@pytest.mark.parametrize("when", ["embedding", "writing"])
def test_a_killed_build_leaves_the_old_index_in_use(
    make_corpus: MakeCorpus, built: IndexSettings, when: str
) -> None:
    old = version_in_use(built).name
    make_corpus(text="题\n一、新的。居民凭身份证免费办理借书证。\n")
    arguments = [sys.executable, "-c", _KILLED, str(built.directory), str(built.corpus), when]
    died = subprocess.run(arguments, cwd=ROOT, check=False, capture_output=True)
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()
    assert version_in_use(built).name == old
    assert len(versions(built)) == (2 if when == "writing" else 1)
    assert first_label(built, "借书证怎么办") == "二、1"
    assert build_index(built)  # nothing that the dead build left is in the way
    assert first_label(built, "借书证怎么办") == "一、"
    assert versions(built) == {version_in_use(built).name}


def test_the_version_before_stays_for_a_server_that_has_it_open(
    make_corpus: MakeCorpus, built: IndexSettings
) -> None:
    serving = open_index(built)
    make_corpus(text="题\n一、新的。居民凭身份证免费办理借书证。\n")
    build_index(built)
    assert serving.searcher.search(Query("借书证")).hits[0].passage.label == "二、1"
    make_corpus()  # and back, while the first one is still open
    build_index(built)
    assert serving.searcher.search(Query("借书证")).hits[0].passage.label == "二、1"
    assert first_label(built, "借书证") == "二、1"


def test_two_builds_at_once_are_refused(make_corpus: MakeCorpus, built: IndexSettings) -> None:
    make_corpus(text="题\n一、新的。居民凭身份证免费办理借书证。\n")
    refused: list[str] = []

    def second(*_: int) -> None:
        if not refused:
            with pytest.raises(BuildInProgress) as error:
                build_index(built)
            refused.append(error.value.message)

    build_index(built, second)
    assert len(refused) == 1


def test_a_missing_index_says_what_to_do(make_corpus: MakeCorpus) -> None:
    with pytest.raises(IndexMissing, match="policy-qa index build"):
        open_index(make_corpus())


@pytest.mark.parametrize(
    "part",
    [
        "manifest.json",
        "documents/library-rules@2024-05-01.txt",
        "documents/library-rules@2024-05-01.json",
        "../chroma/chroma.sqlite3",
        "segments/*",
    ],
)
@pytest.mark.parametrize("how", ["deleted", "emptied", "scribbled"])
def test_a_damaged_index_is_noticed_and_built_anew(built: IndexSettings, part: str, how: str) -> None:
    (path,) = version_in_use(built).glob(part)
    if how == "deleted":
        path.unlink()
    elif how == "emptied":
        path.write_bytes(b"")
    else:
        data = path.read_bytes()
        path.write_bytes(b"\0" * 512 + data[512:] if len(data) > 512 else b"\0" * len(data))
    with pytest.raises(IndexDamaged, match="policy-qa index build"):
        open_index(built)
    assert not index_status(built).current
    assert build_index(built)
    assert first_label(built, "借书证") == "二、1"


def test_a_missing_version_directory_is_damage(built: IndexSettings) -> None:
    shutil.rmtree(version_in_use(built))
    with pytest.raises(IndexDamaged):
        open_index(built)
    assert build_index(built)


def test_a_file_whose_encoding_cannot_be_told_leaves_the_old_index_in_use(built: IndexSettings) -> None:
    (built.corpus / "library.txt").write_bytes(bytes(range(128, 256)) * 3)
    with pytest.raises(UndecodableDocument):
        build_index(built)
    assert first_label(built, "借书证") == "二、1"


@pytest.mark.parametrize(
    ("file", "content", "says"),
    [
        ("library.toml", "id = ", "TOML"),
        ("library.toml", 'id = "a"\nfile = "x"', "x"),
        ("library.toml", 'id = "UPPER"\nfile = "library.txt"', "小写"),
        (
            "library.toml",
            'id = "ok-id"\nversion = "1"\ntitle = "t"\nfile = "library.txt"\npublished = "x"',
            "日期",
        ),
        (
            "library.toml",
            'id = "ok-id"\nversion = "1"\ntitle = "t"\nfile = "library.txt"\npublished = 2024-05-01T00:00:00',
            "日期",
        ),
        (
            "library.toml",
            'id = "ok-id"\nversion = "1"\ntitle = "t"\nfile = "library.txt"\nperiod = 2020',
            "period",
        ),
        ("library-rules.questions.jsonl", "{", "JSON"),
        ("library-rules.questions.jsonl", '{"quote": "居民"}', "questions"),
        ("library-rules.questions.jsonl", '["quote"]', "questions"),
        ("library-rules.questions.jsonl", '{"quote": "查无此句", "questions": ["?"]}', "0 处"),
        ("library-rules.open.jsonl", '{"clause": "1"}', "missing"),
    ],
)
def test_what_is_wrong_with_a_corpus_is_named(
    make_corpus: MakeCorpus, file: str, content: str, says: str
) -> None:
    settings = make_corpus()
    (settings.corpus / file).write_text(content, encoding="utf-8")
    with pytest.raises(DocumentError, match=says):
        build_index(settings)
    assert not settings.directory.exists()


def test_a_corpus_without_documents_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    with pytest.raises(DocumentError):
        build_index(IndexSettings(tmp_path / "index", tmp_path / "corpus"))


def test_one_version_twice_is_an_error(make_corpus: MakeCorpus) -> None:
    settings = make_corpus()
    shutil.copy(settings.corpus / "library.toml", settings.corpus / "again.toml")
    with pytest.raises(InvalidMetadata, match="两次"):
        build_index(settings)


def test_shipped_vectors_spare_the_embedding(make_corpus: MakeCorpus, tmp_path: Path) -> None:
    settings = make_corpus()
    (written,) = ship_vectors(settings)
    assert written == settings.corpus / "library-rules.vectors.npz"
    first = written.read_bytes()
    elsewhere = dataclasses.replace(settings, directory=tmp_path / "fresh" / "index")
    assert build_index(elsewhere)
    assert vectors_kept(elsewhere) == 0
    assert first_label(elsewhere, "借书证") == "二、1"
    ship_vectors(settings)
    assert written.read_bytes() == first


def test_the_shipped_vectors_of_the_plan_are_complete() -> None:
    from index.build.content import read_content
    from index.encoder.embedder import make_embedder
    from index.settings import EmbeddingSettings
    from index.storage.vector_cache import content_key, read_shipped

    model = make_embedder(EmbeddingSettings()).model_id
    for edition in read_content(CORPUS):
        shipped = read_shipped(CORPUS / f"{edition.document.id}.vectors.npz")
        wanted = {content_key(model, kind, text) for kind, text in edition.embedded()}
        assert wanted == shipped.keys(), "run `policy-qa index ship-vectors`"


def test_the_manifest_names_no_place_on_this_machine(make_corpus: MakeCorpus, tmp_path: Path) -> None:
    settings = make_corpus()
    build_index(settings)
    manifest = (version_in_use(settings) / "manifest.json").read_text(encoding="utf-8")
    assert str(tmp_path) not in manifest
    assert list(json.loads(manifest)["editions"]) == ["library-rules@2024-05-01"]


def test_every_error_message_is_a_chinese_sentence(make_corpus: MakeCorpus) -> None:
    with pytest.raises(PolicyQAError) as error:
        open_index(make_corpus())
    assert error.value.message.endswith("。")
