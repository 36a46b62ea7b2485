"""More passages than one statement of SQLite takes variables (32,766), and a hundred thousand, made up."""

import hashlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from index.build import check_index, plan
from index.build.add_documents import add_documents, remove_documents
from index.build.build_index import build_index, index_status
from index.readers.find_files import find_sources
from index.search import open_index as opening
from index.search.searcher import Query, Searcher
from index.settings import IndexSettings

MakeCorpus = Callable[..., IndexSettings]
MakeFile = Callable[..., Path]


class Embedder:
    """Stands for the model: a text's vector comes from its hash."""

    model_id = "made-vectors"

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        digests = [hashlib.sha256(text.encode()).digest()[:4] for text in texts]
        return [[byte - 127.5 for byte in digest] for digest in digests]

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]

    def embed_queries(self, texts: list[str]) -> list[list[float]]:
        return self.embed_documents(texts)


@pytest.fixture(autouse=True)
def _made_vectors(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (plan, opening, check_index):
        monkeypatch.setattr(module, "make_embedder", lambda settings: Embedder(), raising=False)


def large(count: int) -> str:
    return "编号登记大全\n" + "".join(f"登记号{number}。\n" for number in range(count))


def found(searcher: Searcher, number: int) -> bool:
    query = f"登记号{number}。"
    hits = searcher.search(Query(query)).hits
    return hits[0].passage.text == query and hits[0].signals.dense_passage == pytest.approx(1)


def check_many(settings: IndexSettings, make_file: MakeFile, count: int, thoroughly: bool) -> None:
    build_index(settings)
    sources, _ = find_sources([make_file("大全(2024-01-01).txt", large(count))])
    (document,) = add_documents(settings, sources, "all-numbers").added
    assert index_status(settings).current
    with closing(opening.open_index(settings)) as opened:
        searcher = opened.searcher
        assert searcher.sizes()["passages"] > count
        assert all(found(searcher, number) for number in (0, 32_766, 32_767, count - 1))
        vectors = searcher.entries_of("passages", "all-numbers@2024-01-01").vectors
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(1)
    if not thoroughly:
        return
    assert check_index.verify_index(settings, repair=False).found == ()
    assert remove_documents(settings, document.id) == ("all-numbers@2024-01-01",)
    with closing(opening.open_index(settings)) as opened:
        assert opened.searcher.sizes()["passages"] < count
        assert opened.searcher.search(Query("居民怎么办借书证？")).hits


def test_more_passages_than_a_statement_has_variables(make_corpus: MakeCorpus, make_file: MakeFile) -> None:
    check_many(make_corpus(), make_file, 32_800, thoroughly=False)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_a_hundred_thousand_passages(make_corpus: MakeCorpus, make_file: MakeFile) -> None:
    check_many(make_corpus(), make_file, 100_000, thoroughly=True)
