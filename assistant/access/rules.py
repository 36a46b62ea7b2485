"""What the settings and the address of a server mean for who may call it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from assistant.access.addresses import is_loopback
from assistant.access.keys import Key, Scope
from assistant.errors import InvalidSettings
from assistant.settings import Settings


@dataclass(frozen=True, slots=True)
class Rules:
    """Who may call, and how much; amounts are written as `60/minute`."""

    keys_needed: bool = False
    """Programs need a key, and whoever calls is counted."""
    pages_open: bool = True
    """People may open the pages without a key."""
    key_minute: str = "600/minute"
    key_day: str = "100000/day"
    address_minute: str = "240/minute"
    address_day: str = "10000/day"
    conversation_minute: str = "20/minute"
    refused_minute: str = "60/minute"
    """Calls with a wrong key, of one address."""


def rules_for(settings: Settings, host: str, public: bool = False) -> Rules:
    """The rules of a server bound to `host`: where others than programs on this machine reach it, directly
    or under a name that the settings give, programs need a key. `public`: the pages are open."""
    needed = settings.require_keys or not is_loopback(host) or bool(settings.hosts)
    return Rules(
        keys_needed=needed,
        pages_open=not needed or public or settings.publish_pages,
        key_minute=f"{settings.key_per_minute}/minute",
        key_day=f"{settings.key_per_day}/day",
        address_minute=f"{settings.address_per_minute}/minute",
        address_day=f"{settings.address_per_day}/day",
        conversation_minute=f"{settings.conversation_per_minute}/minute",
    )


def check_start(rules: Rules, keys: Iterable[Key], now: datetime) -> None:
    """Pass where somebody could use the server. Raises InvalidSettings."""
    if rules.pages_open or any(key.usable(now) and key.may(Scope.ASK) for key in keys):
        return
    raise InvalidSettings(
        "照现在的设置，提问要用访问密钥，而还没有一把可用的；请先用 policy-qa keys create 建一把，"
        "或加上 --public 只开放网页；只在本机用时，不要设 POLICY_QA_HOSTS 和 POLICY_QA_REQUIRE_KEYS。"
    )
