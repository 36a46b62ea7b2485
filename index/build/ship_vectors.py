"""Vectors that come with the corpus, so that a fresh machine need not make them."""

from pathlib import Path

from index.build.build_index import vector_cache
from index.build.content import read_content
from index.build.write_version import Progress
from index.encoder.embedder import Vectors, make_embedder
from index.settings import IndexSettings
from index.storage.vector_cache import PASSAGE, QUESTION, content_key, write_shipped
from index.text import tokens


def ship_vectors(
    settings: IndexSettings, on_progress: Progress = lambda done, total: None
) -> tuple[Path, ...]:
    """Write `<document id>.vectors.npz` into the corpus for each document; the files written.

    Raises DocumentError or EmbeddingError.
    """
    tokens.keep_cache_in(settings.cache)
    embedder = make_embedder(settings.embedding)
    wanted: dict[str, list[tuple[str, str]]] = {}
    for edition in read_content(settings.corpus):
        wanted.setdefault(edition.document.id, []).extend(edition.embedded())
    cache = vector_cache(settings, embedder)
    total, done = sum(map(len, wanted.values())), 0

    def count(more: int) -> None:
        nonlocal done
        done += more
        on_progress(done, total)

    written = []
    for identifier, pairs in wanted.items():
        vectors: dict[bytes, Vectors] = {}
        for kind in (PASSAGE, QUESTION):
            texts = [text for own, text in dict.fromkeys(pairs) if own == kind]
            rows = cache.embed(kind, texts, count)
            keys = [content_key(embedder.model_id, kind, text) for text in texts]
            vectors.update(zip(keys, rows, strict=True))
        path = settings.corpus / f"{identifier}.vectors.npz"
        write_shipped(path, vectors)
        written.append(path)
    return tuple(written)
