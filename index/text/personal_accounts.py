"""Mail addresses, names in chat programs and number plates: what is written in Latin letters."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import chain

from index.text.places import places
from index.text.privacy_grammar import Found, grammar, pattern

_LONGEST_LOCAL = 64
_LONGEST_NAME = 64
"""Characters, with what is spelled out (下划线)."""


def personal_accounts(text: str) -> Iterator[Found]:
    """Mail addresses, then chat names, then plates of a plain writing."""
    return chain(_mail(text), _chat(text), _plates(text))


def _mail(text: str) -> Iterator[Found]:
    for at in _pattern("at").finditer(text):
        domain = _domain(text, at)
        if domain is not None and (start := _local_part(text, at, domain)) is not None:
            yield Found("邮箱", start, domain)
    for found in _named("named_mail", text):
        yield Found("邮箱", *found)


def _domain(text: str, at: re.Match[str]) -> int | None:
    """Where the domain behind the sign ends."""
    names = {"@": ("domain", "spelled_domain", "short"), "#": ("plain_domain",)}.get(at[0], ("tight_domain",))
    ends = (found.end() for name in names if (found := _pattern(name).match(text, at.end())))
    return next(ends, None)


def _local_part(text: str, at: re.Match[str], domain: int) -> int | None:
    """Where the local part before the sign begins."""
    last = at.start()
    while last > 0 and at.start() - last < 2 and text[last - 1] == " ":
        last -= 1
    start = last
    while start > 0 and last - start < _LONGEST_LOCAL and _pattern("local").match(text, start - 1):
        start -= 1
    while start < last and text[start] in ".%+-":
        start += 1
    if start == last:
        while start > 0 and last - start < 4 and _pattern("local_chinese").match(text, start - 1):
            start -= 1
    least = 1 if at[0] == "@" and _pattern("dot").search(text, at.end(), domain) else 3
    short = last - start < least
    in_a_sentence = at[0].strip().lower() == "at" and _pattern("word").search(text[max(0, start - 3) : start])
    return None if short or in_a_sentence else start


def _chat(text: str) -> Iterator[Found]:
    for raw in _pattern("wechat_raw").finditer(text):
        yield Found("微信号", *raw.span())
    for found in _named("named_chat", text):
        yield Found("微信号", *found)
    for loosely in _pattern("loosely_named_chat").finditer(text):
        if not loosely["name"].isalpha():
            yield Found("微信号", *loosely.span("name"))
    for before in _pattern("before_wechat").finditer(text):
        start = max(0, before.start() - _LONGEST_NAME)
        name = _pattern("name_at_end").search(text, start, before.start())
        if name and ("是" in before[0] or not name[0].isalpha()):
            yield Found("微信号", *name.span())


def _named(name: str, text: str) -> Iterator[tuple[int, int]]:
    """Names behind a word that says what they are. A name of letters alone needs something in between
    (微信Windows is none)."""
    for found in _pattern(name).finditer(text):
        if found["link"] or not found["name"].isalpha():
            yield found.span("name")


def _plates(text: str) -> Iterator[Found]:
    for name in ("plate", "tractor", "police", "named_plate"):
        for found in _pattern(name).finditer(text):
            yield Found("车牌号", *found.span("value"))


@lru_cache(maxsize=32)
def _pattern(name: str) -> re.Pattern[str]:
    return pattern(_sources()[name])


@lru_cache(maxsize=1)
def _sources() -> Mapping[str, str]:
    """Patterns of [mail], [accounts] and [plates], and those put together from them."""
    mail, accounts, plates = (grammar()[table] for table in ("mail", "accounts", "plates"))
    dot, label, last = mail["dot"], mail["label"], mail["last"]
    provinces = "|".join([f"[{plates['provinces']}]", *(p.short for p in places() if p.level == "province")])
    named = "(?:{words})(?P<link>{{LINK}})(?P<name>{name})(?![A-Za-z0-9])"
    loosely = named.replace("LINK", "LOOSE")
    words = grammar()["cues"]["mail"]["words"]
    return {
        "at": mail["at"],
        "domain": r"[ \n]{0,2}[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,3}\.[A-Za-z][A-Za-z0-9]{1,30}",
        "spelled_domain": rf" {{0,2}}(?:{label} ?{dot} ?){{1,4}}{last}",
        "tight_domain": rf" {{0,2}}(?:{label}{dot}){{1,4}}{last}",
        "plain_domain": rf"[A-Za-z0-9-]{{1,63}}{dot}[A-Za-z]{{2,6}}(?![A-Za-z0-9])",
        "short": f" ?{mail['short']}",
        "dot": dot,
        "local": "[A-Za-z0-9._%+-]",
        "local_chinese": mail["local"],
        "word": "[A-Za-z][ ,]+$",
        "named_mail": named.format(words=words, name=accounts["mail_name"]),
        "wechat_raw": accounts["wechat_raw"],
        "named_chat": named.format(words=accounts["wechat"], name=accounts["name"]),
        "loosely_named_chat": loosely.format(words=accounts["wechat"], name=accounts["name"]),
        "before_wechat": accounts["before_wechat"],
        "name_at_end": rf"(?<![A-Za-z0-9_-])(?:{accounts['name']})$",
        "plate": rf"(?P<value>(?:{provinces}) ?[·.-]?{plates['body']})",
        "tractor": rf"(?P<value>[{plates['provinces']}]{plates['tractor']})",
        "police": f"(?P<value>{plates['police']})",
        "named_plate": plates["cue"],
    }
