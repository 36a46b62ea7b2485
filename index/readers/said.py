"""What somebody says of a document beside its text, checked: a sidecar's fields, front matter."""

from collections.abc import Mapping
from datetime import date
from unicodedata import category

from index.errors import InvalidMetadata
from index.schema import Authority
from index.text.days import days_in

_MAX_WORDS = 200
_UNSEEN = frozenset({"Cc", "Cf", "Cs"})


def said_text(said: Mapping[str, object], key: str) -> str | None:
    """A field of words, none of them hidden; None where nothing is said. Raises InvalidMetadata."""
    value = said.get(key)
    if value is None:
        return None
    if isinstance(value, date):
        return value.isoformat()
    words = _in_sight(str(value)) if isinstance(value, str | int) else ""
    if not words or len(words) > _MAX_WORDS:
        raise InvalidMetadata(f"说明里的 {key} 应是一段不太长的文字，请改正。")
    return words


def _in_sight(text: str) -> str:
    """`text` in one line, without characters that nobody sees or that turn the direction of others."""
    kept = (
        " " if char.isspace() else char for char in text if char.isspace() or category(char) not in _UNSEEN
    )
    return "".join(kept).strip()


def said_day(said: Mapping[str, object], key: str) -> date | None:
    """A field that is a day, in any of the ways in which texts write days. Raises InvalidMetadata."""
    value = said.get(key)
    if value is None or type(value) is date:
        return value
    if isinstance(value, str) and (days := days_in(value)):
        return days[0]
    raise InvalidMetadata(f"说明里的 {key} 应写成 2020-10-22 或 2020年10月22日 这样的日期，请改正。")


def said_authority(said: Mapping[str, object]) -> Authority | None:
    """The force of the document. Raises InvalidMetadata."""
    value = said.get("authority")
    if value is None:
        return None
    try:
        return Authority(str(value))
    except ValueError as error:
        known = "、".join(Authority)
        raise InvalidMetadata(f"说明里的 authority 应是其中之一：{known}，请改正。") from error


def said_period(said: Mapping[str, object]) -> tuple[int | None, int | None]:
    """First and last year of the period that a plan covers. Raises InvalidMetadata."""
    match said.get("period"):
        case None:
            return None, None
        case [int(first), int(last)] if first <= last:
            return first, last
    raise InvalidMetadata("说明里的 period 应写成 [2020, 2022] 这样的起止年份，请改正。")
