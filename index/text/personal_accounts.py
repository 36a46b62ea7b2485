"""Mail addresses, names in chat programs and number plates: what is written in Latin letters."""

import re
from collections.abc import Iterator
from itertools import chain

from index.text.places import places
from index.text.privacy_grammar import Found, grammar, pattern

_LONGEST_LOCAL = 64


def personal_accounts(text: str) -> Iterator[Found]:
    """Mail addresses, then chat names, then plates of a plain writing."""
    return chain(_mail(text), _chat(text), _plates(text))


def _mail(text: str) -> Iterator[Found]:
    data = grammar()["mail"]
    for at in pattern(data["at"]).finditer(text):
        start = _local_part(text, at.start(), at.group())
        domain = _domain(text, at)
        if start is not None and domain is not None:
            yield Found("邮箱", start, domain)
    for found in _named(grammar()["cues"]["mail"]["words"], grammar()["accounts"]["mail_name"], text):
        yield Found("邮箱", *found)


def _local_part(text: str, end: int, at: str) -> int | None:
    """Where the local part before `end` begins."""
    last = end
    while last > 0 and end - last < 2 and text[last - 1] == " ":
        last -= 1
    start = last
    while (
        start > 0
        and last - start < _LONGEST_LOCAL
        and (_latin(text[start - 1]) or text[start - 1] in "._%+-")
    ):
        start -= 1
    while start < last and text[start] in ".%+-":
        start += 1
    if start == last:
        while start > 0 and last - start < 4 and pattern(grammar()["mail"]["local"]).match(text, start - 1):
            start -= 1
    if start == last or (at != "@" and last - start < 3):
        return None
    in_a_sentence = at.strip().lower() == "at" and re.search(
        r"[A-Za-z][ ,]+$", text[max(0, start - 3) : start]
    )
    return None if in_a_sentence else start


def _latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _domain(text: str, at: re.Match[str]) -> int | None:
    """Where the domain behind the sign ends."""
    data = grammar()["mail"]
    dot, label, last = data["dot"], data["label"], data["last"]
    if at.group() == "@":
        sources = [
            r" {0,2}[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,3}\.[A-Za-z][A-Za-z0-9]{1,30}",
            rf" {{0,2}}(?:{label} ?{dot} ?){{1,4}}{last}",
            rf" ?{data['short']}",  # a domain of one label is meant only behind a real @
        ]
    elif at.group() == "#":
        sources = [rf"[A-Za-z0-9-]{{1,63}}{dot}[A-Za-z]{{2,6}}(?![A-Za-z0-9])"]
    else:
        sources = [rf" {{0,2}}(?:{label}{dot}){{1,4}}{last}"]
    ends = (found.end() for source in sources if (found := pattern(source).match(text, at.end())))
    return next(ends, None)


def _chat(text: str) -> Iterator[Found]:
    data = grammar()["accounts"]
    for raw in pattern(data["wechat_raw"]).finditer(text):
        yield Found("微信号", raw.start(), raw.end())
    for found in _named(data["wechat"], data["name"], text):
        yield Found("微信号", *found)
    for name in pattern(rf"(?<![A-Za-z0-9_-])(?={data['name']})").finditer(text):
        value = pattern(data["name"]).match(text, name.start())
        if value and pattern(data["before_wechat"]).match(text, value.end()):
            yield Found("微信号", value.start(), value.end())


def _named(words: str, name: str, text: str) -> Iterator[tuple[int, int]]:
    """Names behind a word that says what they are. A name of letters alone needs something in between
    (微信Windows is none)."""
    for found in pattern(rf"(?:{words})(?P<link>{{LINK}})(?P<name>{name})(?![A-Za-z0-9])").finditer(text):
        if found["link"] or re.search(r"[\d_-]", found["name"]):
            yield found.span("name")


def _plates(text: str) -> Iterator[Found]:
    data = grammar()["plates"]
    provinces = "|".join([f"[{data['provinces']}]", *(p.short for p in places() if p.level == "province")])
    for source in (
        rf"(?:{provinces}) ?[·.-]?{data['body']}",
        rf"[{data['provinces']}]{data['tractor']}",
        data["police"],
    ):
        for found in pattern(source).finditer(text):
            yield Found("车牌号", found.start(), found.end())
    for found in pattern(data["cue"]).finditer(text):
        yield Found("车牌号", *found.span("value"))
