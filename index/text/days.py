"""Days as official texts write them: 2024年3月5日, 二〇二四年三月五日, 2024-03-05, 2024/3/5, 2024.3.5."""

import re
from datetime import date

from index.text.numerals import NUMBER, numeral

YEAR = "(?:[0-9０-９]{4}|[一二][〇○零０0Oo一二三四五六七八九]{3})"
"""A pattern of years in either writing."""
_DAY = re.compile(
    rf"(?P<y>{YEAR})\s*年\s*(?P<m>{NUMBER}?)\s*月\s*(?P<d>{NUMBER}?)\s*日"
    r"|(?P<yy>(?:19|20)[0-9]{2})(?P<sign>[.\-/])(?P<mm>[0-9]{1,2})(?P=sign)(?P<dd>[0-9]{1,2})(?![0-9.\-/])"
)
_ZEROS = str.maketrans("○零０Oo", "〇〇〇〇〇")


def days_in(text: str) -> list[date]:
    """The days that `text` names, in text order; what looks like one and is none (13月) is left out."""
    days = []
    for match in _DAY.finditer(text):
        year, month, day = (match[name] or match[name * 2] for name in "ymd")
        try:
            spelled = numeral(year if year.isdecimal() else year.translate(_ZEROS))
            days.append(date(spelled, numeral(month), numeral(day)))
        except ValueError:  # 13月, or a version number that looks like a day
            continue
    return days


def begins_with_day(text: str) -> bool:
    """Whether a day is the first that `text` says, a bracket before it aside."""
    return _DAY.match(text.lstrip(" \t\u3000（(")) is not None


def without_days(text: str) -> str:
    """`text` with what reads as a day left out."""
    return _DAY.sub("", text)
