"""How much a caller may ask: windows of the `limits` library, counted where all workers see them, and told in
the headers of the IETF draft `RateLimit` (draft-ietf-httpapi-ratelimit-headers)."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from limits import RateLimitItem, parse


class CountsWindows(Protocol):
    """Where counts are kept, for all workers together."""

    def count(self, name: str, seconds: int, amount: int = 1) -> tuple[int, float]:
        """Add `amount` to the counter `name`, of which no more than a keyed hash is kept; its count in the
        window of `seconds`, and when that ends, in seconds since 1970. Raises StorageFault."""
        ...


@dataclass(frozen=True, slots=True)
class Limit:
    """So many calls in a window, counted by what `identity` stands for."""

    name: str
    """Of the policy, as callers see it."""
    item: RateLimitItem
    identity: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How one limit stands after this call."""

    limit: Limit
    remaining: int
    reset_seconds: int
    """Until the window ends."""
    exceeded: bool


def limit(name: str, amount: str, *identity: str) -> Limit:
    """The limit `amount`, such as `60/minute`, for an identity, of which counters keep a keyed hash alone.
    Raises ValueError."""
    return Limit(name, parse(amount), "\0".join(identity))


def name_of(each: Limit) -> str:
    """The name of the counter of a limit."""
    return f"{each.name}/{each.item.amount}/{each.item.get_expiry()}/{each.identity}"


def count(
    limits: Sequence[Limit], counters: CountsWindows, clock: Callable[[], float], amount: int = 1
) -> list[Standing]:
    """`amount` calls more for each of `limits`, up to the first that is exceeded. Raises StorageFault."""
    found: list[Standing] = []
    for each in limits:
        reached, ends = counters.count(name_of(each), each.item.get_expiry(), amount)
        left = max(0, each.item.amount - reached)
        found.append(Standing(each, left, max(1, math.ceil(ends - clock())), reached > each.item.amount))
        if found[-1].exceeded:
            break
    return found


def headers(standings: Sequence[Standing]) -> dict[str, str]:
    """What tells a caller how the limits stand."""
    if not standings:
        return {}
    policies = (f'"{s.limit.name}";q={s.limit.item.amount};w={s.limit.item.get_expiry()}' for s in standings)
    left = (f'"{s.limit.name}";r={s.remaining};t={s.reset_seconds}' for s in standings)
    return {"RateLimit-Policy": ", ".join(policies), "RateLimit": ", ".join(left)}
