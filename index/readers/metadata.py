"""What a document says of itself: title, 文号, issuer, dates, force, read from where texts state them.

Whoever adds a file may say it first, beside the file (TOML) or at its top (front matter). What nobody
says stays None.
"""

import hashlib
import re
from collections.abc import Mapping
from datetime import date

from index.errors import InvalidMetadata
from index.readers.formats import Extracted
from index.schema import NATIONWIDE, Authority, Clause, Document
from index.structure.outline import parse_outline
from index.text.folding import shown, squeeze
from index.text.numerals import NUMBER, numeral
from index.text.places import leading_place

DESCRIBE_VERSION = 2
"""Raise when the same file gets another description."""

_DATE = re.compile(
    rf"(?P<y>[0-9０-９]{{4}}|[一二][〇○零0一二三四五六七八九]{{3}})\s*[年.\-/]\s*(?P<m>{NUMBER}?)\s*[月.\-/]"
    rf"\s*(?P<d>{NUMBER})\s*日?"
)
_NAME_DATE = re.compile(r"[（(_\-\s]((?:19|20)[0-9]{2})-?([01][0-9])-?([0-3][0-9])[）)]?(?=\.[^.]+$|$)")
_NUMBER = re.compile(r"\S{1,14}?[〔\[(（【]\s*(?:19|20)[0-9]{2}\s*[〕\])）】]\s*[0-9]{1,5}\s*号")
_ORDER = re.compile(r"[^\s、，。]{2,24}令第?\s*[0-9０-９一二三四五六七八九十百]{1,6}\s*号")
_STARTS = re.compile(
    r"自(?:(?P<day>[0-9０-９一二〇○零]{4}\s*年[^起，。]{1,12}日)|(?:公布|发布|印发|颁布)之日)起(?:正式)?(?:施行|实施|执行|生效)"
)
_TITLE_FIELD = re.compile(r"[《》\s]")
_RECORD_LINES = re.compile(r"[^\n]+")
_PASSED = re.compile("通过|批准|修订|修正")
_PUBLISHED = re.compile("公布|发布|颁布|印发")
_IN_FORCE = re.compile(r"日\s*(?:起)?\s*(?:施行|实施)\s*[）)]?\s*$")
_CONGRESS = re.compile(r"第[一二三四五六七八九十]+届(全国人民代表大会(?:常务委员会)?)")
_LOCAL_CONGRESS = re.compile(
    r"([^\s，。、（(日]{2,9}(?:省|市|自治区|自治州|自治县|县))第[一二三四五六七八九十]+届(人民代表大会(?:常务委员会)?)"
)
_QUOTED_TITLE = re.compile(r"^(?:关于)?(?:印发|转发|公布|发布)?《?")
_CENTRAL = re.compile(
    "全国人民代表大会|国务院|中共中央|最高人民(?:法院|检察院)|[^省市区县州]{2,12}(?:部|总局|总署|委员会)$"
)
"""Bodies whose acts hold everywhere; that no place stands before them has been seen to."""
_MAX_TITLE = 120
_TAIL = 3000


def describe(extracted: Extracted, data: bytes, name: str, sidecar: Mapping[str, object]) -> Document:
    """The document of a file's text. What `sidecar` says counts first, then front matter, then the text.

    Raises InvalidMetadata where a field said beside the text is malformed.
    """
    said = {**extracted.fields, **sidecar}
    text = shown(extracted.text, extracted.markup)
    outline = parse_outline(text)
    clauses = {clause.address: clause for clause in outline}
    record = _around(text, clauses, "record")
    title = _said_text(said, "title") or _title(text, clauses)
    digest = hashlib.sha256(data).hexdigest()
    acts = _acts(record)
    published = _said_date(said, "published") or acts.get("published") or _source_date(text, clauses)
    signed = _last_date(_around(text, clauses, "signature"))
    version = _said_text(said, "version") or _version(name, [*_dates(record)], published or signed, digest)
    first, last = _period(said)
    issuer = _said_text(said, "issuer") or _issuer(record, _around(text, clauses, "signature"))
    authority = _said_authority(said) or _authority(title, record, bool(clauses.get("art1")))
    return Document(
        id=_said_text(said, "id") or identifier(title),
        version=version,
        title=title,
        text=extracted.text,
        sha256=digest,
        source_name=name,
        number=_said_text(said, "number") or _number(_around(text, clauses, "source"), record),
        issuer=issuer,
        passed=_said_date(said, "passed") or acts.get("passed"),
        published=published,
        effective=_said_date(said, "effective") or acts.get("effective") or _effective(text, published),
        repealed=_said_date(said, "repealed"),
        period_start=first,
        period_end=last,
        authority=authority,
        jurisdiction=_said_text(said, "jurisdiction") or _jurisdiction(title, issuer, authority),
        markup=extracted.markup,
        pages=extracted.pages,
        tables=extracted.tables,
        warnings=extracted.warnings,
        clauses=outline,
    )


def identifier(title: str) -> str:
    """A document id from its title, in pinyin without tones, one hyphen between syllables."""
    from pypinyin import lazy_pinyin

    syllables = (re.sub(r"[^a-z0-9]+", "-", part.lower().replace("ü", "v")) for part in lazy_pinyin(title))
    return re.sub(r"-{2,}", "-", "-".join(syllables))[:120].strip("-") or "document"


def _around(text: str, clauses: Mapping[str, Clause], name: str) -> str:
    clause = clauses.get(name)
    return text[clause.start : clause.end] if clause else ""


def _title(text: str, clauses: Mapping[str, Clause]) -> str:
    own = _around(text, clauses, "title") or next((line for line in text.split("\n") if line.strip()), "")
    return _TITLE_FIELD.sub("", squeeze(own))[:_MAX_TITLE]


def _acts(record: str) -> dict[str, date]:
    """When a promulgation record says that the text was passed, published and came into force."""
    found: dict[str, date] = {}
    for line in _RECORD_LINES.findall(record):
        days = _dates(line)
        if not days:
            continue
        if _PASSED.search(line):
            found["passed"] = days[0]  # of the latest act: that one made this version
        if _PUBLISHED.search(line):
            found["published"] = days[0]
        if _IN_FORCE.search(line):
            found["effective"] = days[-1]
    return found


def _dates(text: str) -> list[date]:
    days = []
    for match in _DATE.finditer(text):
        try:
            days.append(date(numeral(match["y"]), numeral(match["m"]), numeral(match["d"])))
        except ValueError:  # 13月, or a version number that looks like a day
            continue
    return days


def _last_date(text: str) -> date | None:
    days = _dates(text)
    return days[-1] if days else None


def _source_date(text: str, clauses: Mapping[str, Clause]) -> date | None:
    source = _around(text, clauses, "source")
    return _last_date(source.partition("发布")[2])


def _version(name: str, recorded: list[date], otherwise: date | None, digest: str) -> str:
    """The day of the version: as the file is named, else the last act of the record, else its date."""
    if match := _NAME_DATE.search(name):
        try:
            return date(*map(int, match.groups())).isoformat()
        except ValueError:
            pass  # digits that are no day
    day = max(recorded, default=None) or otherwise
    return day.isoformat() if day else f"undated-{digest[:8]}"


def _effective(text: str, published: date | None) -> date | None:
    """The day from which the text says that it applies; the last such sentence counts."""
    found = list(_STARTS.finditer(text, max(0, len(text) - _TAIL)))
    if not found:
        return None
    return _last_date(found[-1]["day"]) if found[-1]["day"] else published


def _number(source: str, record: str) -> str | None:
    if match := _NUMBER.search(source):
        return squeeze(match.group())
    orders = [match for line in record.split("\n") if (match := _ORDER.search(_DATE.sub("", line)))]
    return squeeze(orders[-1].group()) if orders else None


def _issuer(record: str, signature: str) -> str | None:
    if match := _CONGRESS.search(record):
        return match[1]
    if match := _LOCAL_CONGRESS.search(record):
        return match[1] + match[2]
    if "国务院" in record:
        return "国务院"
    names = [line.strip() for line in signature.split("\n") if line.strip() and not _DATE.search(line)]
    return names[0] if len(names) == 1 else None


def _authority(title: str, record: str, is_statute: bool) -> Authority | None:
    if "全国人民代表大会" in record or (title.startswith("中华人民共和国") and title.endswith("法")):
        return Authority.LAW
    if _LOCAL_CONGRESS.search(record):
        return Authority.LOCAL
    if "国务院" in record:
        return Authority.ADMINISTRATIVE
    if _ORDER.search(record):
        return Authority.RULE
    return None if is_statute else Authority.POLICY


def _jurisdiction(title: str, issuer: str | None, authority: Authority | None) -> str | None:
    """Whose rules the text states, as its title and its issuer say; None where neither does."""
    named = leading_place(_QUOTED_TITLE.sub("", title)) or leading_place(issuer or "")
    if named is not None:
        return named
    national = authority in (Authority.LAW, Authority.ADMINISTRATIVE) or title.startswith("中华人民共和国")
    return NATIONWIDE if national or _CENTRAL.match(issuer or title) else None


def _said_text(said: Mapping[str, object], key: str) -> str | None:
    value = said.get(key)
    if value is None:
        return None
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, str | int) or not str(value).strip() or len(str(value)) > 200:
        raise InvalidMetadata(f"说明里的 {key} 应是一段不太长的文字，请改正。")
    return str(value).strip()


def _said_date(said: Mapping[str, object], key: str) -> date | None:
    value = said.get(key)
    if value is None or type(value) is date:
        return value
    if isinstance(value, str):
        try:
            return date.fromisoformat(value.strip())
        except ValueError as error:
            raise InvalidMetadata(f"说明里的 {key} 应写成 2020-10-22 这样的日期，请改正。") from error
    raise InvalidMetadata(f"说明里的 {key} 应写成 2020-10-22 这样的日期，请改正。")


def _said_authority(said: Mapping[str, object]) -> Authority | None:
    value = said.get("authority")
    if value is None:
        return None
    try:
        return Authority(str(value))
    except ValueError as error:
        known = "、".join(Authority)
        raise InvalidMetadata(f"说明里的 authority 应是其中之一：{known}，请改正。") from error


def _period(said: Mapping[str, object]) -> tuple[int | None, int | None]:
    match said.get("period"):
        case None:
            return None, None
        case [int(first), int(last)] if first <= last:
            return first, last
    raise InvalidMetadata("说明里的 period 应写成 [2020, 2022] 这样的起止年份，请改正。")
