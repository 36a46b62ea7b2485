"""What the index is told: where it lives and what it is made of."""

from dataclasses import dataclass, field
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"
"""The documents that come with the program."""


@dataclass(frozen=True, slots=True)
class EmbeddingSettings:
    """Which model embeds; without `base_url` the bundled one."""

    base_url: str | None = None
    model: str = "policy-qa-e5-1"
    api_key: str | None = None
    query_prefix: str = ""
    """Put before each question, as the model was trained (`query: `)."""
    passage_prefix: str = ""
    normalise: bool = False
    """Scale vectors to unit length, for an endpoint that does not."""


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """`directory` holds the index, `corpus` the shipped documents, `documents` those that users added
    (by default beside the index)."""

    directory: Path
    corpus: Path = CORPUS
    embedding: EmbeddingSettings = field(default_factory=EmbeddingSettings)
    documents: Path | None = None
    chroma_url: str | None = None
    """`http://host:port` of a Chroma server that keeps the entries; None: a database in `directory`."""

    @property
    def cache(self) -> Path:
        """The directory of what can be made again: vectors, jieba's dictionary."""
        return self.directory.parent / "cache"

    @property
    def questions(self) -> Path:
        """The directory of the lay questions of documents that users added, by `id@version`."""
        return self.collection.parent / "questions"

    @property
    def collection(self) -> Path:
        """The directory of the documents that users added."""
        return self.documents or self.directory.parent / "documents"
