"""Settings from the environment."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from assistant.errors import InvalidSettings
from assistant.schema import Answerer
from assistant.settings import ROOT, ModelSettings, Settings, host_name, load_settings


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No setting of the machine's own, and none kept from here."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"POLICY_QA_{name.upper()}", raising=False)
    load_settings.cache_clear()
    yield
    load_settings.cache_clear()


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("QA.Example.cn", "qa.example.cn"),
        ("localhost", "localhost"),
        ("192.168.1.1", "192.168.1.1"),
        ("2001:DB8:0::1", "[2001:db8::1]"),
        ("[2001:db8::1]", "[2001:db8::1]"),
        ("x" * 253, "x" * 253),
    ],
)
def test_a_host_is_written_as_browsers_write_it(written: str, name: str) -> None:
    assert host_name(written) == name


@pytest.mark.parametrize(
    "written",
    [
        "",
        "http://qa.cn",
        "qa.cn:8000",
        "qa.cn/x",
        "a b",
        "图书馆.cn",
        "x" * 254,
        "[2001:db8::1]:80",
        "[2001:db8::1",
        "[1.2.3.4]",
    ],
)
def test_what_is_no_host_is_an_error(written: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        host_name(written)


@pytest.mark.parametrize(
    ("value", "hosts"),
    [
        ("qa.example.cn, [2001:DB8::1] ,", ("qa.example.cn", "[2001:db8::1]")),
        ("", ()),
        (" , ", ()),
    ],
)
def test_hosts_are_read_from_a_list_with_commas(
    monkeypatch: pytest.MonkeyPatch, value: str, hosts: tuple[str, ...]
) -> None:
    monkeypatch.setenv("POLICY_QA_HOSTS", value)
    assert Settings().hosts == hosts
    assert Settings(hosts=("A.cn", "::1")).hosts == ("a.cn", "[::1]")


def test_a_fresh_machine_needs_no_setting() -> None:
    made = load_settings()
    assert made is load_settings()
    assert (made.state_dir, made.answerer, made.chat_model()) == (ROOT / "var", Answerer.EXTRACTIVE, None)
    assert made.conversations_url() == f"sqlite:///{ROOT / 'var' / 'conversations.sqlite'}"


def test_everything_that_is_kept_lies_in_the_state_directory(tmp_path: Path) -> None:
    made = Settings(state_dir=tmp_path, embedding_base_url="http://e/v1", embedding_normalise=True)
    index = made.index()
    assert (index.directory, index.collection) == (tmp_path / "index", tmp_path / "documents")
    assert (index.embedding.base_url, index.embedding.normalise) == ("http://e/v1", True)
    assert made.conversations_url() == f"sqlite:///{tmp_path}/conversations.sqlite"
    assert Settings(database_url="postgresql://h/d").conversations_url() == "postgresql://h/d"


def test_a_model_takes_all_its_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICY_QA_LLM_BASE_URL", "http://m/v1")
    monkeypatch.setenv("POLICY_QA_LLM_MODEL", "qwen")
    assert Settings().chat_model() == ModelSettings("http://m/v1", "qwen")
    monkeypatch.setenv("POLICY_QA_LLM_API_KEY", "sk-机密")
    monkeypatch.setenv("POLICY_QA_LLM_BUDGET_SECONDS", "7.5")
    monkeypatch.setenv("POLICY_QA_LLM_RETRIES", "0")
    monkeypatch.setenv("POLICY_QA_LLM_QUERY_HELP", "true")
    made = Settings()
    assert made.chat_model() == ModelSettings(
        "http://m/v1", "qwen", "sk-机密", budget_seconds=7.5, retries=0, query_help=True
    )
    assert "sk-机密" not in repr(made)


@pytest.mark.parametrize(
    "given",
    [
        {"llm_base_url": "http://m/v1"},
        {"llm_model": "qwen"},
        {"answerer": Answerer.LLM},
    ],
)
def test_half_a_model_is_an_error(given: dict[str, str]) -> None:
    with pytest.raises(InvalidSettings, match="POLICY_QA_LLM_MODEL"):
        Settings.model_validate(given).chat_model()


def test_so_many_calls_at_a_time_and_no_more() -> None:
    assert Settings(llm_concurrency=256).llm_concurrency == 256
    for calls in (0, 257):
        with pytest.raises(ValidationError, match="llm_concurrency"):
            Settings(llm_concurrency=calls)


def test_a_value_out_of_range_is_named_without_being_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICY_QA_LLM_RETRIES", "99")
    monkeypatch.setenv("POLICY_QA_HOSTS", "http://机密.cn")
    with pytest.raises(InvalidSettings) as caught:
        load_settings()
    assert "POLICY_QA_LLM_RETRIES" in str(caught.value)
    assert "POLICY_QA_HOSTS" in str(caught.value)
    assert "机密" not in str(caught.value)
    assert isinstance(caught.value.__cause__, ValidationError)


def test_a_secret_comes_from_a_file_and_the_environment_goes_before_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "policy_qa_llm_api_key").write_text("from a file\n", encoding="utf-8")
    (tmp_path / "policy_qa_contact").write_text("甲市教育局", encoding="utf-8")
    monkeypatch.setenv("POLICY_QA_SECRETS_DIR", str(tmp_path))
    monkeypatch.setenv("POLICY_QA_CONTACT", "乙市教育局")
    load_settings.cache_clear()
    settings = load_settings()
    load_settings.cache_clear()
    assert settings.llm_api_key is not None
    assert settings.llm_api_key.get_secret_value() == "from a file"
    assert settings.contact == "乙市教育局"
    monkeypatch.setenv("POLICY_QA_SECRETS_DIR", str(tmp_path / "missing"))
    with pytest.raises(InvalidSettings, match="POLICY_QA_SECRETS_DIR"):
        load_settings()


def test_each_setting_stands_in_the_operators_page() -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    told = set(re.findall(r"POLICY_QA_[A-Z_]+[A-Z]", page))
    settings = {f"POLICY_QA_{name.upper()}" for name in Settings.model_fields}
    assert settings - told == set()
    assert told - settings == {"POLICY_QA_SECRETS_DIR"}
