"""Settings from the environment, each with a default that works on a fresh machine."""

from functools import lru_cache
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from assistant.errors import InvalidSettings
from index.embed import EmbeddingSettings
from index.load import CORPUS
from index.settings import IndexSettings

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """`POLICY_QA_<NAME>` in the environment sets each field."""

    model_config = SettingsConfigDict(env_prefix="POLICY_QA_")

    state_dir: Path = Field(default=ROOT / "var", description="index, caches, conversations, added documents")
    corpus_dir: Path = Field(default=CORPUS, description="where the documents lie")
    database_url: str | None = Field(default=None, description="SQLAlchemy URL; default SQLite")
    embedding_base_url: str | None = Field(default=None, description="OpenAI-compatible embeddings endpoint")
    embedding_model: str = Field(default="multilingual-e5-small-q4", description="its model")
    embedding_api_key: str | None = Field(default=None, description="its key", repr=False)
    contact: str = Field(default="当地教育主管部门", description="whom to ask where documents are silent")

    def index(self) -> IndexSettings:
        """The part of the settings that the index needs."""
        return IndexSettings(
            directory=self.state_dir / "index",
            corpus=self.corpus_dir,
            embedding=EmbeddingSettings(
                self.embedding_base_url, self.embedding_model, self.embedding_api_key
            ),
            documents=self.state_dir / "documents",
        )

    def conversations_url(self) -> str:
        """SQLAlchemy URL of the conversation store."""
        return self.database_url or f"sqlite:///{self.state_dir / 'conversations.sqlite'}"


@lru_cache(maxsize=1)
def load_settings() -> Settings:
    """The settings of this process. Raises InvalidSettings."""
    try:
        return Settings()
    except ValidationError as error:
        names = "、".join(f"POLICY_QA_{str(e['loc'][0]).upper()}" for e in error.errors())
        raise InvalidSettings(f"这些设置的值不合规：{names}，请改正后再启动。") from error
