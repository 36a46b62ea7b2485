"""What a change costs: editions whose files bear the old mark are not read, and every change is seen."""

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from index.build.add_documents import add_documents, remove_documents
from index.build.build_index import build_index, index_status
from index.build.marks import added_marks, corpus_mark
from index.build.plan import find_base, make_plan
from index.readers.find_files import find_sources
from index.schema import Document
from index.search.open_index import open_index
from index.settings import IndexSettings
from index.storage.added_documents import AddedDocuments
from index.storage.catalog import read_catalog
from index.storage.document_files import key_of

MakeCorpus = Callable[..., IndexSettings]
MakeFile = Callable[..., Path]


def add(settings: IndexSettings, path: Path) -> Document:
    (document,) = add_documents(settings, find_sources([path])[0]).added
    return document


def read_again(settings: IndexSettings) -> set[str]:
    """Keys of the editions that a build would read now."""
    collection = AddedDocuments(settings.collection)
    plan = make_plan(settings, collection.catalog(), collection, find_base(settings))
    return {key for key, planned in plan.editions.items() if planned.edition is not None}


def test_nothing_that_is_unchanged_is_read(
    make_corpus: MakeCorpus, make_file: MakeFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = make_corpus()
    notice = add(settings, make_file())
    assert read_again(settings) == set()
    loaded: list[str] = []
    kept = AddedDocuments.load

    def load(self: AddedDocuments, catalog: dict[str, str]) -> object:
        loaded.extend(catalog)
        return kept(self, catalog)

    monkeypatch.setattr(AddedDocuments, "load", load)
    second = add(settings, make_file("b.txt", "另一份通知\n一、内容\n内容是新的。\n"))
    assert loaded == [key_of(second)]
    loaded.clear()
    remove_documents(settings, second.id)
    assert loaded == []
    with closing(open_index(settings)) as opened:
        assert key_of(notice) in map(key_of, opened.documents)


def test_a_file_already_there_is_known_without_its_document_being_read(
    make_corpus: MakeCorpus, make_file: MakeFile
) -> None:
    settings = make_corpus()
    notice = add(settings, make_file())
    report = add_documents(
        settings, find_sources([make_file("别名.txt"), settings.corpus / "library.txt"])[0]
    )
    assert [key_of(there) for _, there in report.known] == [key_of(notice), "library-rules@2024-05-01"]
    assert report.known[0][1] == notice


def test_prepared_questions_of_an_added_document_are_seen(
    make_corpus: MakeCorpus, make_file: MakeFile
) -> None:
    settings = make_corpus()
    notice = add(settings, make_file())
    settings.questions.mkdir()
    file = settings.questions / f"{key_of(notice)}.questions.jsonl"
    for question, quote in (("几点关门？", "十一点"), ("谁能进？", "年满十六岁")):
        file.write_text(json.dumps({"quote": quote, "questions": [question]}, ensure_ascii=False), "utf-8")
        assert not index_status(settings).current
        assert read_again(settings) == {key_of(notice)}
        assert build_index(settings)
        with closing(open_index(settings)) as opened:
            assert question in [lay.text for _, lay, _ in opened.searcher.questions_of("questions")]
    file.unlink()
    assert build_index(settings)
    assert index_status(settings).current


def test_a_changed_corpus_is_read_and_what_is_the_same_is_taken_over(built: IndexSettings) -> None:
    description = built.corpus / "library.toml"
    description.write_text(f"# a remark\n{description.read_text('utf-8')}", encoding="utf-8")
    assert read_again(built) == {"library-rules@2024-05-01"}
    assert index_status(built).current  # the remark changes nothing that is indexed
    assert not build_index(built)


def test_a_mark_stands_for_the_files(make_corpus: MakeCorpus, tmp_path: Path) -> None:
    settings = make_corpus()
    first = corpus_mark(settings.corpus)
    assert corpus_mark(settings.corpus) == first
    (settings.corpus / "library-rules.vectors.npz").write_bytes(b"made from them")
    assert corpus_mark(settings.corpus) == first
    make_corpus(text="题\n一、新的。居民凭身份证免费办理借书证。\n")
    assert corpus_mark(settings.corpus) != first
    assert corpus_mark(tmp_path / "nowhere") == ""


def test_an_added_document_bears_its_stamp(make_corpus: MakeCorpus, make_file: MakeFile) -> None:
    settings = make_corpus()
    notice = add(settings, make_file())
    catalog = read_catalog(settings.collection)
    assert added_marks(catalog, settings.questions) == catalog
    settings.questions.mkdir()
    (settings.questions / "another@1.questions.jsonl").write_text("", encoding="utf-8")
    assert added_marks(catalog, settings.questions) == catalog
    (settings.questions / f"{key_of(notice)}.open.jsonl").write_text("", encoding="utf-8")
    assert added_marks(catalog, settings.questions) != catalog
