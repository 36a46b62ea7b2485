"""What an address and settings mean for who may call; how callers are told apart."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from assistant.access.addresses import caller_address, is_loopback
from assistant.access.keys import Key, Scope, new_token, parts_of
from assistant.access.rules import Rules, check_start, rules_for
from assistant.errors import InvalidSettings
from assistant.settings import Settings

NOW = datetime.now(UTC)
LOOPBACK = ["127.0.0.1", "127.8.8.8", "::1", "[::1]", "localhost", "LOCALHOST", "::ffff:127.0.0.1"]
OTHERS = ["0.0.0.0", "::", "192.168.1.2", "example.org", "", "localhost.example.org", "::ffff:10.0.0.1"]  # noqa: S104


@pytest.mark.parametrize("host", LOOPBACK)
def test_on_this_machine_alone_nothing_is_needed(host: str, tmp_path: Path) -> None:
    assert is_loopback(host)
    rules = rules_for(Settings(state_dir=tmp_path), host)
    assert (rules.keys_needed, rules.pages_open) == (False, True)
    check_start(rules, [], NOW)


@pytest.mark.parametrize("host", OTHERS)
def test_where_others_reach_it_keys_are_needed_and_pages_shut_unless_told(host: str, tmp_path: Path) -> None:
    assert not is_loopback(host)
    settings = Settings(state_dir=tmp_path)
    rules = rules_for(settings, host)
    assert (rules.keys_needed, rules.pages_open) == (True, False)
    with pytest.raises(InvalidSettings, match="keys create"):
        check_start(rules, [], NOW)
    public = rules_for(settings, host, public=True)
    assert (public.keys_needed, public.pages_open) == (True, True)
    check_start(public, [], NOW)


def test_a_name_for_others_or_a_word_asks_for_keys_on_this_machine_too(tmp_path: Path) -> None:
    named = Settings(state_dir=tmp_path, hosts=("qa.example.cn",))
    told = Settings(state_dir=tmp_path, require_keys=True)
    assert rules_for(named, "127.0.0.1").keys_needed
    assert rules_for(told, "127.0.0.1").keys_needed
    assert not rules_for(told, "127.0.0.1").pages_open
    published = Settings(state_dir=tmp_path, require_keys=True, publish_pages=True)
    assert rules_for(published, "127.0.0.1").pages_open


def test_a_server_starts_with_a_key_that_can_be_used() -> None:
    rules = Rules(keys_needed=True, pages_open=False)
    ask = Key("a", "x", frozenset({Scope.ASK}), "")
    check_start(rules, [ask], NOW)
    for useless in (
        Key("a", "x", frozenset({Scope.METRICS}), ""),
        Key("a", "x", frozenset({Scope.ASK}), "", expires_at=NOW),
        Key("a", "x", frozenset({Scope.ASK}), "", revoked_at=NOW),
    ):
        with pytest.raises(InvalidSettings):
            check_start(rules, [useless], NOW)


@pytest.mark.parametrize(
    ("client", "address"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("", ""),
        ("unix:", ""),
    ],
)
def test_callers_are_counted_by_address_households_as_one(client: str, address: str) -> None:
    assert caller_address(client) == address


def test_a_token_is_taken_apart_and_nothing_else_is() -> None:
    token, identifier, digest = new_token()
    parts = parts_of(token)
    assert parts is not None
    assert parts[0] == identifier
    assert Key(identifier, "x", frozenset(), digest).belongs_to(parts[1])
    assert not Key(identifier, "x", frozenset(), digest).belongs_to(parts[1][:-1])
    for wrong in ("", "pqa_", token[:-1], token + "x", token.upper(), f" {token}", f"{token}\n"):
        assert parts_of(wrong) is None
    assert new_token()[0] != token
