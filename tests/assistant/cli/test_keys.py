"""`policy-qa keys`: a key's life from the command line."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assistant.access.keys import Key, Scope, parts_of
from assistant.cli.main import main
from assistant.settings import load_settings
from assistant.storage.store import Store


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICY_QA_STATE_DIR", str(tmp_path))
    load_settings.cache_clear()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(f"sqlite:///{tmp_path / 'conversations.sqlite'}")


def made(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The token that a command printed."""
    assert main(["keys", *arguments]) == 0
    (token,) = re.findall(r"^pqa_\S+$", capsys.readouterr().out, re.MULTILINE)
    return str(token)


def key_of(store: Store, token: str) -> Key:
    parts = parts_of(token)
    assert parts is not None
    found = store.keys.get(parts[0])
    assert found is not None
    assert found.belongs_to(parts[1])
    return found


def test_a_key_is_printed_once_and_known_by_its_digest(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("--name", "门户", "--origin", "https://WWW.example.edu.cn:443/", "--days", "30")
    token = made(capsys, "create", *arguments, "--per-minute", "5")
    key = key_of(store, token)
    assert (key.name, key.scopes, key.per_minute) == ("门户", frozenset({Scope.ASK}), 5)
    assert key.origins == ("https://www.example.edu.cn",)
    assert key.expires_at is not None
    assert abs(key.expires_at - datetime.now(UTC) - timedelta(days=30)) < timedelta(minutes=1)
    assert main(["keys", "list"]) == 0
    listed = capsys.readouterr().out
    assert key.id in listed
    assert "可用" in listed
    assert token not in listed
    assert key.digest not in listed


def test_a_key_for_everybody_to_read_is_for_asking_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", "create", "--name", "x", "--scope", "admin", "--origin", "https://a.example"]) == 2
    assert "只能用于 ask" in capsys.readouterr().err
    for wrong in ("a.example", "https://a.example/path", "javascript:x", "https://*.example", "null"):
        with pytest.raises(SystemExit):
            main(["keys", "create", "--name", "x", "--origin", wrong])
        assert "不是网站的网址" in capsys.readouterr().err


def test_rotation_gives_a_new_key_and_the_old_one_time(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    old = key_of(store, made(capsys, "create", "--name", "后台", "--scope", "admin", "--days", "10"))
    new = key_of(store, made(capsys, "rotate", old.id, "--overlap", "2"))
    assert (new.name, new.scopes) == (old.name, old.scopes)
    again = store.keys.get(old.id)
    assert again is not None
    now = datetime.now(UTC)
    assert again.usable(now)
    assert not again.usable(now + timedelta(days=2, minutes=1))
    assert new.usable(now + timedelta(days=9))
    assert not new.usable(now + timedelta(days=10, minutes=1))


def test_revoking_is_at_once_and_stands_in_the_trail(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    key = key_of(store, made(capsys, "create", "--name", "x"))
    assert main(["keys", "revoke", key.id]) == 0
    again = store.keys.get(key.id)
    assert again is not None
    assert not again.usable(datetime.now(UTC))
    assert main(["keys", "rotate", key.id]) == 1
    assert main(["keys", "revoke", "nothing"]) == 1
    assert "policy-qa keys list" in capsys.readouterr().err
    assert [act.act for act in store.trail.acts()] == ["key.revoke", "key.create"]
    assert main(["keys", "trail"]) == 0
    assert "key.revoke" in capsys.readouterr().out
