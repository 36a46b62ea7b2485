"""What is known of a document, in words for people: its title, its days, whether it still binds."""

import re
from collections.abc import Iterable
from datetime import date

from index.library.library import Library, starts
from index.schema import Document, Validity
from index.structure.table_rows import is_row_address

_OPENING = re.compile(r"(?<=[^\x00-\x7f])\(|\((?=[^\x00-\x7f])")
_BRACKETS = str.maketrans("()", "（）")
NOT_CLAUSES = frozenset({"title", "source", "record", "contents"})
"""Addresses of what stands before the outline."""
_NOT_STATED = "文本没有写明"


def full_title(title: str) -> str:
    """`title` as official writing prints it, its brackets as wide as its characters."""
    return title.translate(_BRACKETS) if _OPENING.search(title) else title


def clause_count(document: Document) -> int:
    """How many clauses `document` has, see `counted`."""
    return counted(each.address for each in document.clauses)


def counted(addresses: Iterable[str]) -> int:
    """How many clauses these are; a document's title and the like are none, a table is one, its rows are
    none."""
    return sum(each not in NOT_CLAUSES and not is_row_address(each) for each in addresses)


def day_words(day: date | None) -> str | None:
    """`2020年10月22日`; None for None."""
    return f"{day.year}年{day.month}月{day.day}日" if day else None


def period_words(document: Document) -> str | None:
    """`2020—2022年`, the period that a plan covers; None where it covers none."""
    if document.period_start is None or document.period_end is None:
        return None
    return f"{document.period_start}—{document.period_end}年"


def validity_words(document: Document, library: Library, today: date) -> str:
    """Whether `document` binds on `today`, with the period or the day that decides it:
    `实施期2020—2022年，已满`."""
    period = period_words(document)
    about = f"实施期{period}，" if period else ""
    match library.validity(document, today):
        case Validity.IN_FORCE:
            return f"{about}现行有效"
        case Validity.EXPIRED:
            return f"{about}已满" if period else "实施期已满"
        case Validity.SUPERSEDED:
            return "旧版本，已有新版本"
        case Validity.REPEALED:
            return f"已于{day_words(library.repealed(document))}废止"
        case Validity.NOT_YET:
            return f"自{day_words(starts(document))}起施行，现在尚未施行"
        case Validity.UNKNOWN:
            return f"{about}是否现行，{_NOT_STATED}"


def notice(document: Document, library: Library, today: date) -> str | None:
    """One sentence for who reads `document` and has to know that it does not bind on `today`; None where
    nothing need be said."""
    match library.validity(document, today):
        case Validity.EXPIRED:
            return f"本文件的实施期为{period_words(document)}，现已届满，内容供查阅参考。"
        case Validity.SUPERSEDED:
            return "这是旧版本，已有新版本。"
        case Validity.REPEALED:
            return f"本文件已于{day_words(library.repealed(document))}废止，内容供查阅参考。"
        case Validity.NOT_YET:
            return f"本文件自{day_words(starts(document))}起施行，现在尚未施行。"
        case Validity.IN_FORCE | Validity.UNKNOWN:
            return None


def facts(document: Document, library: Library, today: date) -> list[tuple[str, str]]:
    """Names and values of what is known of `document`; what its text does not say is left out."""
    validity, period = validity_words(document, library, today), period_words(document)
    known = [
        ("发文机关", document.issuer),
        ("文号", document.number),
        ("通过日期", day_words(document.passed)),
        ("发布日期", day_words(document.published)),
        ("施行日期", day_words(document.effective)),
        ("实施期", period if period and period not in validity else None),
        ("效力", validity),
        ("条款数", str(clause_count(document))),
    ]
    return [(name, value) for name, value in known if value]
