"""Versions that grow from the one before: positions agree, and damage is not inherited."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from index.build.add_documents import add_documents
from index.build.build_index import build_index
from index.build.check_index import verify_index
from index.readers.find_files import SourceFile
from index.search.open_index import open_index
from index.search.searcher import Query
from index.settings import IndexSettings

MakeCorpus = Callable[..., IndexSettings]


def test_positions_agree_where_one_id_begins_another(make_corpus: MakeCorpus) -> None:
    """As strings `library-rules-2@…` stands before `library-rules@…`; as documents behind it."""
    settings = make_corpus()
    folder = settings.corpus
    (folder / "second.txt").write_text(
        "蓝鲸登记办法\n一、登记。登记满三年的蓝鲸可以领取证书。\n", encoding="utf-8"
    )
    (folder / "second.toml").write_text(
        'id = "library-rules-2"\nversion = "2024-05-01"\ntitle = "蓝鲸登记办法"\nfile = "second.txt"\n',
        encoding="utf-8",
    )
    row = {"quote": "登记满三年的蓝鲸可以领取证书", "questions": ["蓝鲸拿证要等几年？"]}
    text = json.dumps(row, ensure_ascii=False) + "\n"
    (folder / "library-rules-2.questions.jsonl").write_text(text, encoding="utf-8")
    build_index(settings)
    with closing(open_index(settings)) as opened:
        searcher = opened.searcher
        assert all(map(searcher.finds_by_words, range(len(searcher.passages))))
        for question in ("蓝鲸登记满三年", "蓝鲸拿证要等几年？"):
            best = searcher.search(Query(question)).hits[0]
            assert best.passage.document_id == "library-rules-2"
            assert max(best.signals.bm25, best.signals.bm25_question) > 0.5
        others = [h for h in searcher.search(Query("蓝鲸")).hits if h.passage.document_id == "library-rules"]
        assert {hit.signals.bm25 for hit in others} == {0.0}


@pytest.mark.parametrize("name", ["header.bin", "data_level0.bin", "embeddings"])
def test_a_database_damaged_at_its_size_is_repaired_and_never_inherited(
    built: IndexSettings, make_file: Callable[..., Path], name: str
) -> None:
    database = built.directory / "chroma"
    if name == "embeddings":
        with closing(sqlite3.connect(database / "chroma.sqlite3")) as connection, connection:
            connection.execute("DELETE FROM embeddings WHERE id = (SELECT min(id) FROM embeddings)")
    else:
        for path in database.glob(f"*/{name}"):
            path.write_bytes(bytes(path.stat().st_size))
    path = make_file()
    report = add_documents(built, [SourceFile(path, path.name)])
    assert len(report.added) == 1
    with closing(open_index(built)) as opened:
        assert len(opened.documents) == 2
    assert verify_index(built, repair=False).found == ()
