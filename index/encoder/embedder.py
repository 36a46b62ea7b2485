"""Text to vectors, behind LangChain's `Embeddings` interface.

`BundledEmbeddings` runs multilingual-e5-small (Wang et al., 2024, arXiv:2402.05672), trained further on
questions over official documents (docs/encoder.md); its files lie in this package, so that nothing is
downloaded. Any OpenAI-compatible endpoint can take its place in the settings.
"""

import hashlib
import math
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

from index.encoder.trained import Network, TrainedFiles
from index.encoder.words import DATA, words
from index.errors import EmbeddingError
from index.settings import EmbeddingSettings
from index.text.personal_data import mask

_QUESTION, _PASSAGE = "query: ", "passage: "
"""What stands before a text, by what it is."""
_BEGIN, _END = 0, 2
_MOST_PIECES = 512
_THREADS = 4
"""Passages that are read at once, at most."""
_TRAINED = TrainedFiles("向量模型", EmbeddingError)

Vectors = NDArray[np.float32]
"""One row a text, or one vector."""


class Embedder(Protocol):
    """What the index needs of a model: LangChain's two calls, questions in batches, and a name."""

    @property
    def model_id(self) -> str:
        """Stands for everything that shapes the vectors."""
        ...

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Vectors of passages, one a text. Raises EmbeddingError."""
        ...

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question. Raises EmbeddingError."""
        ...

    def embed_queries(self, texts: list[str]) -> list[list[float]]:
        """Vectors of questions, one a text. Raises EmbeddingError."""
        ...


class BundledEmbeddings(Embeddings):
    """The encoder in this package: 384 dimensions, unit length, deterministic, thread-safe. Each text runs
    alone and unpadded, so that its vector depends on nothing else."""

    model_id = "policy-qa-e5-1"

    def __init__(self, folder: Path = DATA) -> None:
        self._folder = folder
        self._network: Network | None = None
        self._lock = threading.Lock()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Vectors of passages, one a text. Raises EmbeddingError."""
        self._load()
        with ThreadPoolExecutor(max_workers=min(_THREADS, os.cpu_count() or 1)) as pool:
            return list(pool.map(lambda text: self._vector(_PASSAGE, text), texts))

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question. Raises EmbeddingError."""
        return self._vector(_QUESTION, text)

    def embed_queries(self, texts: list[str]) -> list[list[float]]:
        """Vectors of questions, one a text. Raises EmbeddingError."""
        return [self._vector(_QUESTION, text) for text in texts]

    def _vector(self, prefix: str, text: str) -> list[float]:
        network = self._load()
        pieces = words().pieces(prefix + (text or " "))[0][: _MOST_PIECES - 2]
        (vector,) = network.run(("vector",), {"words": words().vectors((_BEGIN, *pieces, _END))})
        found: list[float] = vector.tolist()
        return found

    def _load(self) -> Network:
        with self._lock:
            if self._network is None:
                card, files = _TRAINED.read(self._folder / "encoder.json")
                if card["id"] != BundledEmbeddings.model_id or card["words"] != words().identifier:
                    raise _TRAINED.of_another_version()
                self._network = _TRAINED.network(files["encoder.onnx"])
            return self._network


class EndpointEmbeddings(Embeddings):
    """Any OpenAI-compatible embeddings endpoint."""

    def __init__(self, settings: EmbeddingSettings) -> None:
        from langchain_openai import OpenAIEmbeddings
        from pydantic import SecretStr

        self._settings = settings
        self.model_id = f"endpoint-{settings.model}{_variant(settings)}"
        self._client = OpenAIEmbeddings(
            model=settings.model,
            base_url=settings.base_url,
            api_key=SecretStr(settings.api_key or "none"),
            check_embedding_ctx_length=False,  # would download token tables
        )

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Vectors of passages, one a text. Raises EmbeddingError."""
        return self._embed(self._settings.passage_prefix, texts)

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question, personal data masked. Raises EmbeddingError."""
        return self.embed_queries([text])[0]

    def embed_queries(self, texts: list[str]) -> list[list[float]]:
        """Vectors of questions, one a text, personal data masked. Raises EmbeddingError."""
        return self._embed(self._settings.query_prefix, [mask(text) for text in texts])

    def _embed(self, prefix: str, texts: list[str]) -> list[list[float]]:
        from openai import OpenAIError

        try:
            vectors = self._client.embed_documents([prefix + _clean(text) for text in texts])
        except OpenAIError as error:
            raise EmbeddingError("向量服务没有应答，请检查其地址、模型名与密钥。") from error
        return [_unit(vector) for vector in vectors] if self._settings.normalise else vectors


def make_embedder(settings: EmbeddingSettings) -> Embedder:
    """The embedder that the settings name."""
    return EndpointEmbeddings(settings) if settings.base_url else BundledEmbeddings()


def _variant(settings: EmbeddingSettings) -> str:
    """What besides the model's name shapes its vectors, as a short hash; empty for the defaults."""
    chosen = (settings.query_prefix, settings.passage_prefix, settings.normalise)
    if chosen == ("", "", False):
        return ""
    return "-" + hashlib.sha256(repr(chosen).encode()).hexdigest()[:8]


def _unit(vector: list[float]) -> list[float]:
    length = math.sqrt(sum(x * x for x in vector))
    return [x / length for x in vector] if length else vector


def _clean(text: str) -> str:
    """Without NUL, which ends a text in many services, and lone surrogates, which cannot be encoded; never
    empty."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8") or " "
