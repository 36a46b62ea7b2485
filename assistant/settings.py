"""Settings from the environment, each with a default that works on a fresh machine."""

import ipaddress
import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from assistant.errors import InvalidSettings
from assistant.logs import LogFormat, LogLevel
from assistant.schema import Answerer
from index.settings import CORPUS, EmbeddingSettings, IndexSettings

ROOT = Path(__file__).resolve().parent.parent


def _host_names(value: Any) -> Any:
    """The names in `qa.example.cn, [2001:db8::1]`, addresses in the form that browsers write. Raises
    ValueError for one with a scheme, a port or a path."""
    given = value.split(",") if isinstance(value, str) else value
    return [host_name(name.strip()) for name in given if name.strip()]


def host_name(host: str) -> str:
    """`host`, a name or an address, as browsers write it in `Host`. Raises ValueError for neither."""
    bare = host.lower()
    if bare.startswith("["):
        return f"[{ipaddress.IPv6Address(bare[1:-1] if bare.endswith(']') else bare)}]"
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        if re.fullmatch(r"[a-z0-9._-]{1,253}", bare):
            return bare
        raise
    return f"[{address}]" if address.version == 6 else str(address)


def _networks(value: Any) -> Any:
    """The networks in `127.0.0.1, 10.0.0.0/8`. Raises ValueError for what is neither address nor network."""
    given = value.split(",") if isinstance(value, str) else value
    return [ipaddress.ip_network(str(each).strip()) for each in given if str(each).strip()]


Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Networks = Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_networks)]
HostNames = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_host_names)]


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """Which model, and how much it may take."""

    base_url: str
    model: str
    api_key: str = "none"
    temperature: float = 0.0
    max_tokens: int = 400
    budget_seconds: float = 20.0
    """For everything that one question asks of the model."""
    connect_seconds: float = 2.0
    retries: int = 1
    concurrency: int = 8
    """Calls at a time; who finds them all taken for a second gets the extract."""
    query_help: bool = False
    """Let it rewrite follow-ups and long stories before the search, too."""
    stream_usage: bool = True
    """Ask for token counts; a few servers do not know that option."""


class Settings(BaseSettings):
    """`POLICY_QA_<NAME>` in the environment sets each field; where it does not, a file `policy_qa_<name>` in
    the folder `POLICY_QA_SECRETS_DIR` does, so that no secret needs to stand in an environment."""

    model_config = SettingsConfigDict(env_prefix="POLICY_QA_")

    state_dir: Path = Field(default=ROOT / "var", description="index, caches, conversations, added documents")
    corpus_dir: Path = Field(default=CORPUS, description="where the documents lie")
    hosts: HostNames = Field(
        default=(), description="names, by commas, besides this machine's own under which it is reached"
    )
    upload_megabytes: int = Field(
        default=20, ge=1, le=50, description="largest file that can be added over HTTP, in MiB"
    )
    proxies: Networks = Field(
        default=(),
        description="addresses or networks, by commas, of proxies whose X-Forwarded-For is believed",
    )
    max_connections: int | None = Field(
        default=None, ge=16, description="clients' open connections; default what the limit of files allows"
    )
    database_url: str | None = Field(default=None, description="SQLAlchemy URL; default SQLite")
    require_keys: bool = Field(default=False, description="programs need an access key on this machine too")
    publish_pages: bool = Field(
        default=False, description="people open the pages without a key where programs need one"
    )
    key_per_minute: int = Field(default=600, ge=1, description="calls of one access key a minute")
    key_per_day: int = Field(default=100_000, ge=1, description="calls of one access key a day")
    address_per_minute: int = Field(
        default=240, ge=1, description="calls of one address a minute, without a key or with a page's key"
    )
    address_per_day: int = Field(default=10_000, ge=1, description="the same a day")
    conversation_per_minute: int = Field(
        default=20, ge=1, description="questions of one conversation a minute"
    )
    retention_days: int = Field(
        default=180, ge=0, description="conversations are erased so long after their last question; 0: never"
    )
    chroma_url: str | None = Field(
        default=None,
        pattern=r"^https?://",
        description="Chroma server that keeps the entries; default a directory",
    )
    embedding_base_url: str | None = Field(default=None, description="OpenAI-compatible embeddings endpoint")
    embedding_model: str = Field(
        default="policy-qa-e5-1", description="its model; without an endpoint the bundled one"
    )
    embedding_api_key: str | None = Field(default=None, description="its key", repr=False)
    embedding_query_prefix: str = Field(default="", description="put before questions, as it was trained")
    embedding_passage_prefix: str = Field(default="", description="put before passages")
    embedding_normalise: bool = Field(default=False, description="scale its vectors to unit length")
    answerer: Answerer = Field(default=Answerer.EXTRACTIVE, description="who writes unless a request says")
    llm_base_url: str | None = Field(default=None, description="OpenAI-compatible chat endpoint, up to /v1")
    llm_model: str | None = Field(default=None, description="its model")
    llm_api_key: SecretStr | None = Field(default=None, description="its key")
    llm_budget_seconds: float = Field(
        default=20.0, gt=0, le=300, description="for all that one question asks of it"
    )
    llm_connect_seconds: float = Field(default=2.0, gt=0, le=60, description="until a connection stands")
    llm_max_tokens: int = Field(default=400, ge=16, le=8192, description="of one reply")
    llm_temperature: float = Field(default=0.0, ge=0, le=2, description="0 for the likeliest words")
    llm_retries: int = Field(default=1, ge=0, le=5, description="after a refused or broken call")
    llm_concurrency: int = Field(default=8, ge=1, le=256, description="calls at a time")
    llm_query_help: bool = Field(default=False, description="let it rewrite follow-ups and long stories")
    llm_stream_usage: bool = Field(default=True, description="ask for token counts")
    cache_seconds: int = Field(
        default=3600, ge=0, le=3600, description="how long answers are kept to be given again; 0: not at all"
    )
    log_format: LogFormat = Field(default=LogFormat.JSON, description="json or text, one line a record")
    log_level: LogLevel = Field(default=LogLevel.INFO, description="debug, info, warning or error")
    log_questions: bool = Field(default=False, description="log questions too, personal data masked")
    operator: str = Field(default="", description="who runs the service, as it is named to people")
    contact: str = Field(default="当地教育主管部门", description="whom to ask where documents are silent")
    public_url: str = Field(
        default="",
        pattern=r"^(https?://[^\s/?#]+(/[^\s?#]*)?)?$",
        max_length=200,
        description="address under which people reach the service, for links that leave it",
    )
    wechat_token: SecretStr | None = Field(default=None, description="Token of the official account")
    wechat_app_id: str = Field(default="", description="its AppID")
    wechat_aes_key: SecretStr | None = Field(default=None, description="its EncodingAESKey, 43 characters")
    wecom_token: SecretStr | None = Field(default=None, description="Token of the WeCom application")
    wecom_corp_id: str = Field(default="", description="CorpID of the enterprise")
    wecom_aes_key: SecretStr | None = Field(default=None, description="the application's EncodingAESKey")
    wechat_per_minute: int = Field(default=20, ge=1, le=600, description="messages of one follower a minute")

    @property
    def upload_bytes(self) -> int:
        """`upload_megabytes` in bytes."""
        return self.upload_megabytes * 1024 * 1024

    def index(self) -> IndexSettings:
        """The part of the settings that the index needs."""
        return IndexSettings(
            directory=self.state_dir / "index",
            corpus=self.corpus_dir,
            embedding=EmbeddingSettings(
                self.embedding_base_url,
                self.embedding_model,
                self.embedding_api_key,
                self.embedding_query_prefix,
                self.embedding_passage_prefix,
                self.embedding_normalise,
            ),
            documents=self.state_dir / "documents",
            chroma_url=self.chroma_url,
        )

    def chat_model(self) -> ModelSettings | None:
        """The language model, where one is set up. Raises InvalidSettings where only half of it is."""
        if self.llm_base_url is None and self.llm_model is None:
            if self.answerer is Answerer.LLM:
                raise InvalidSettings(
                    "POLICY_QA_ANSWERER 是 llm，请再设 POLICY_QA_LLM_BASE_URL 和 POLICY_QA_LLM_MODEL。"
                )
            return None
        if self.llm_base_url is None or self.llm_model is None:
            raise InvalidSettings("POLICY_QA_LLM_BASE_URL 和 POLICY_QA_LLM_MODEL 要一起设，请补上缺的一个。")
        return ModelSettings(
            base_url=self.llm_base_url,
            model=self.llm_model,
            api_key=self.llm_api_key.get_secret_value() if self.llm_api_key else "none",
            temperature=self.llm_temperature,
            max_tokens=self.llm_max_tokens,
            budget_seconds=self.llm_budget_seconds,
            connect_seconds=self.llm_connect_seconds,
            retries=self.llm_retries,
            concurrency=self.llm_concurrency,
            query_help=self.llm_query_help,
            stream_usage=self.llm_stream_usage,
        )

    def conversations_url(self) -> str:
        """SQLAlchemy URL of the conversation store."""
        return self.database_url or f"sqlite:///{self.state_dir / 'conversations.sqlite'}"


@lru_cache(maxsize=1)
def load_settings() -> Settings:
    """The settings of this process. Raises InvalidSettings."""
    secrets = os.environ.get("POLICY_QA_SECRETS_DIR") or None
    if secrets and not Path(secrets).is_dir():
        raise InvalidSettings(f"POLICY_QA_SECRETS_DIR 指的文件夹“{secrets}”不存在，请改正后再启动。")
    options: dict[str, Any] = {"_secrets_dir": secrets}
    try:
        return Settings(**options)
    except ValidationError as error:
        names = "、".join(f"POLICY_QA_{str(e['loc'][0]).upper()}" for e in error.errors())
        raise InvalidSettings(f"这些设置的值不合规：{names}，请改正后再启动。") from error
