"""How a text was made law or issued: its record, signature, order and title, read for number, issuer,
days and force."""

import re
from datetime import date

from index.readers.labels import is_body
from index.schema import Authority
from index.text.days import days_in, without_days
from index.text.folding import squeeze

_NUMBER = re.compile(
    r"[^\s（(【\[：:《]{1,14}?[〔\[(（【]\s*(?:19|20)[0-9]{2}\s*[〕\])）】]\s*(?:第\s*)?[0-9]{1,5}\s*号"
)
_OF_OTHERS = re.compile(r"\S*(?:根据|按照|依据|转发|落实)")
"""How the number of another document begins, which this one goes by."""
_ORDER = re.compile(r"(?P<who>[^\s、，。（(]{2,24})令\s*第?\s*[0-9０-９一二三四五六七八九十百]{1,6}\s*号")
_ORDER_LINE = re.compile(r"^\s*(?P<who>[^\s、，。：（(]{3,30})令\s*(?:第|（|$)", re.MULTILINE)
_ORDER_LINES = re.compile(r"[^\s，。：]{2,30}令\s*\n\s*第[^\n]{1,12}号")
_RED_HEAD = re.compile(r"^\s*(?P<who>[^\s，。：]{3,40}?)\s*文件\s*$", re.MULTILINE)
_STARTS = re.compile(
    r"(?:自|从)(?:(?P<day>[0-9０-９一二〇○零]{4}\s*年[^起，。]{1,12}日)|(?:公布|发布|印发|颁布|下发|通过)之日)起?"
    r"(?:正式)?(?:施行|实施|执行|生效|试行)(?!以来|的|后|前|至)"
)
_PASSED = re.compile("通过|批准|修订")
_PUBLISHED = re.compile("公布|发布|颁布|印发")
_ACT = re.compile("通过|批准|修订|公布|发布|颁布|印发")
_LETTER = re.compile(r"\w")
_IN_FORCE = re.compile(r"日\s*(?:起)?\s*(?:施行|实施)\s*[）)]?\s*$")
_CONGRESS = re.compile(r"第[一二三四五六七八九十]+届(全国人民代表大会(?:常务委员会)?)")
_LOCAL_CONGRESS = re.compile(
    r"([^\s，。、（(日]{2,9}(?:省|市|自治区|自治州|自治县|县))第[一二三四五六七八九十]+届(人民代表大会(?:常务委员会)?)"
)
_OF_TITLE = re.compile(r"\s*(?!关于)(?P<who>[^《》0-9０-９]{3,60}?)\s*(?:关于|印发|转发|批转)")
_SEVERAL = re.compile(r"[\s、]+")
_NOTE = re.compile(r"[（(][^）)]*[）)]")
_NAMED = re.compile("《([^《》]+)》")
_SHORTEST_BODY = 3
_SHORTEST_TITLE = 4


def acts_of(record: str) -> dict[str, date]:
    """When a promulgation record says that the text was passed, published and came into force. A revision
    passes the whole text again, an amendment does not; an order publishes on the day under it."""
    found: dict[str, date] = {}
    for line in record.split("\n"):
        days = days_in(line)
        if not days:
            continue
        acts = list(_ACT.finditer(without_days(line)))
        if any(_PASSED.fullmatch(act.group()) for act in acts):
            found["passed"] = days[0]
        if acts and _PUBLISHED.fullmatch(acts[0].group()):
            found["published"] = days[0]
        if not acts and not _LETTER.search(without_days(line)) and _ORDER_LINE.search(record):
            found["published"] = days[0]
        if _IN_FORCE.search(line):
            found["effective"] = days[-1]
    return found


def effective_day(text: str, title: str, issued: date | None) -> date | None:
    """The day from which the text says that it applies, which may be that on which it was `issued`; the last
    such sentence counts. What it says of another text (《…》自…起施行) does not."""
    found = [match for match in _STARTS.finditer(text) if _is_own(text, match.start(), title)]
    if not found:
        return None
    days = days_in(found[-1]["day"] or "")
    return days[0] if days else issued


def _is_own(text: str, at: int, title: str) -> bool:
    """Whether the sentence that ends in a beginning of force at `at` is about the text itself."""
    start = max(text.rfind(mark, 0, at) for mark in "。\n；") + 1
    named = _NAMED.findall(text[start:at])
    return (
        not named
        or "现予" in text[start:at]
        or any(len(name) >= _SHORTEST_TITLE and squeeze(name) in squeeze(title) for name in named)
    )


def number_of(text: str) -> str | None:
    """The 文号 or the number of the order that `text` holds."""
    for found in _NUMBER.finditer(text):
        if not _OF_OTHERS.match(found.group()) and not text.startswith(("文件", "精神"), found.end()):
            return squeeze(found.group())
    lines = [*text.split("\n"), *(_ORDER_LINES.findall(text))]
    orders = [match for line in lines if (match := _ORDER.search(without_days(line)))]
    return squeeze(orders[-1].group()) if orders else None


def issuer_of(record: str, signature: str, source: str) -> str | None:
    """Who made the text, as its record, its signature or the red head says; None else. Several are joined
    by 、."""
    if match := _CONGRESS.search(record):
        return match[1]
    if match := _LOCAL_CONGRESS.search(record):
        return match[1] + match[2]
    if "国务院" in record:
        return "国务院"
    if match := _ORDER_LINE.search(record):
        return match["who"]
    return _signed_by(signature) or _of_red_head(source)


def issuer_of_title(title: str) -> str | None:
    """Whom a title names before what it is about (某市教育局关于…的通知); several are joined by 、."""
    match = _OF_TITLE.match(title)
    names = _names(match["who"]) if match else []
    return "、".join(names) if names and all(map(is_body, names)) else None


def authority_of(title: str, record: str, is_statute: bool) -> Authority | None:
    """The force of the text, as its record and title say."""
    if "全国人民代表大会" in record or (title.startswith("中华人民共和国") and title.endswith("法")):
        return Authority.LAW
    if _LOCAL_CONGRESS.search(record):
        return Authority.LOCAL
    if "国务院" in record:
        return Authority.ADMINISTRATIVE
    if _ORDER.search(record):
        return Authority.RULE
    return None if is_statute else Authority.POLICY


def _signed_by(signature: str) -> str | None:
    """The names above the day of a signature."""
    names: list[str] = []
    for line in signature.split("\n"):
        rest = _NOTE.sub("", without_days(line)).strip()
        if rest:
            names += _names(rest)
        if days_in(line):
            break
    bodies = [name for name in names if is_body(name)]
    return "、".join(dict.fromkeys(bodies)) or None


def _names(line: str) -> list[str]:
    """The names on a line; one that was spaced out (教 育 部) is one."""
    parts = _SEVERAL.split(line)
    return parts if all(len(part) >= _SHORTEST_BODY for part in parts) else [squeeze(line)]


def _of_red_head(source: str) -> str | None:
    match = _RED_HEAD.search(source)
    return match["who"] if match else None
