"""Access keys: what one is, and the token that stands for it.

A token is `pqa_`, the key's id and a secret of 256 random bits. Only the secret's SHA-256 is kept: a secret
of that length cannot be guessed from it, and a slow hash would only slow every call down.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

_TOKEN = re.compile(r"pqa_(?P<id>[a-z2-7]{12})_(?P<secret>[A-Za-z0-9_-]{43})")
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"


class Scope(StrEnum):
    """What a key is for."""

    ASK = "ask"
    """Everything but the acts of an administrator."""
    METRICS = "metrics"
    """Reading /metrics."""
    ADMIN = "admin"
    """Everything."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key as it is stored, without its secret."""

    id: str
    """Stands in logs and in the trail of acts; twelve letters and digits."""
    name: str
    """What people call it."""
    scopes: frozenset[Scope]
    digest: str
    """SHA-256 of the secret, in hexadecimal digits."""
    origins: tuple[str, ...] = ()
    """Origins of the web pages that may use it, as browsers write them; a key with any is public: it stands
    in a page for everybody to read."""
    created_at: datetime | None = None
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
    per_minute: int | None = None
    """Calls a minute; None: what the settings say."""
    per_day: int | None = None
    """Calls a day; None: what the settings say."""

    @property
    def public(self) -> bool:
        """Whether it stands in a web page, so that showing it proves nothing about who asks."""
        return bool(self.origins)

    def may(self, scope: Scope) -> bool:
        """Whether the key is for `scope`."""
        return scope in self.scopes or Scope.ADMIN in self.scopes

    def usable(self, now: datetime) -> bool:
        """Whether it is neither revoked nor expired at `now`."""
        return (self.revoked_at is None or now < self.revoked_at) and (
            self.expires_at is None or now < self.expires_at
        )

    def belongs_to(self, secret: str) -> bool:
        """Whether `secret` is this key's, compared in constant time."""
        return hmac.compare_digest(self.digest, digest_of(secret))


def new_token() -> tuple[str, str, str]:
    """A new key's token, its id and the digest of its secret."""
    identifier = "".join(secrets.choice(_LETTERS) for _ in range(12))
    secret = secrets.token_urlsafe(32)
    return f"pqa_{identifier}_{secret}", identifier, digest_of(secret)


def parts_of(token: str) -> tuple[str, str] | None:
    """Id and secret of a token; None for what is no token."""
    found = _TOKEN.fullmatch(token)
    return (found["id"], found["secret"]) if found else None


def digest_of(secret: str) -> str:
    """SHA-256 of a secret, in hexadecimal digits."""
    return hashlib.sha256(secret.encode()).hexdigest()
