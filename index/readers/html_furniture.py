"""What stands around the text on a page of a portal, told by its words: `data/page_furniture.toml`."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain
from typing import Any

from index.readers.html_lines import collapse
from index.readers.table_grid import GridCell
from index.text.folding import squeeze
from index.text.tokens import DATA

_ARROWS = re.compile(r"[>＞»›→]+|&gt;")
_HOME = re.compile(r"(?:首页|主页)$")
_COLON = re.compile(r"\s*[:：]\s*")
_FILE = re.compile(r"\.(?:docx?|pdf|xlsx?|wps|et|ofd|zip|rar|pptx?)$", re.IGNORECASE)
_ENCLOSURE = re.compile(r"^附(?:件|表|录|图)?\s*[\d一二三四五六七八九十]*\s*[:：.．、]")
_HEAD = re.compile(
    r"^(?:第[\d一二三四五六七八九十百]+[编章节条部]|[（(]?[一二三四五六七八九十]{1,3}[、）)]|\d{1,2}[.．、])"
)
_NUMBER = re.compile(r"[〔\[【（(]\s*(?:19|20)\d{2}\s*[〕\]】）)]\s*(?:第\s*)?\d+\s*号")
_DAY = re.compile(
    r"^(?:19|20)\d{2}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日$|^[二一]?[〇○零一二三四五六七八九]{4}年.{1,3}月.{1,3}日$"
)
_LONG = 30
"""Characters of a line that is prose by its length alone."""
_MOST_TRAIL = 200
"""Characters of a line that says where a page is, at most."""
_MOST_VALUE = 120
"""Characters of a value that a label states, at most."""


def is_trail(line: str) -> bool:
    """Whether a line says where on its site the page is (当前位置：首页 > 政务公开)."""
    words = squeeze(line)
    if len(words) > _MOST_TRAIL or "。" in words:
        return False
    parts = [part for part in _ARROWS.split(words) if part]
    if words.startswith(tuple(_data()["places"])):
        return len(parts) > 1 or _HOME.search(parts[0]) is not None
    return len(parts) > 1 and _HOME.search(parts[0]) is not None


def is_tool(line: str) -> bool:
    """Whether a line is made of the page's tools alone: to share, to print, to close."""
    words = squeeze(line)
    left = _tools().sub("", words)
    return left != words and not re.sub(r"[\W_\d]+", "", left)


def is_foot(line: str) -> bool:
    """Whether a line holds what stands at the foot of a site: owner, licence, map."""
    return any(word in line for word in _data()["feet"])


def is_beside_foot(line: str) -> bool:
    """Whether a line holds what stands at the foot of a site, but can stand in a text, too: an address."""
    return any(word in line for word in _data()["beside_feet"])


def is_enclosure(line: str) -> bool:
    """Whether a line names an enclosed file."""
    return bool(_ENCLOSURE.match(line.strip()) or _FILE.search(line.strip()))


def is_prose(line: str) -> bool:
    """Whether a line reads as part of an official text: a sentence, a numbered heading, 文号, a day."""
    text = line.strip()
    return bool(
        len(text) >= _LONG
        or re.search("[。；]", text)
        or _HEAD.match(text)
        or _NUMBER.search(text)
        or _DAY.match(text)
        or is_enclosure(text)
    )


def is_day(line: str) -> bool:
    """Whether a line is a day alone, as it stands under a text."""
    return _DAY.match(line.strip()) is not None


def stated(line: str) -> dict[str, str]:
    """What a line states by known labels, where it holds nothing else; else nothing."""
    marks = list(_labels_in().finditer(line))
    if not marks or line[: marks[0].start()].strip():
        return {}
    found: dict[str, str] = {}
    for mark, end in zip(marks, [*(mark.start() for mark in marks[1:]), len(line)], strict=True):
        value = line[mark.end() : end].strip(" \t\u3000\xa0|｜，,；;[]【】")
        if len(value) > _MOST_VALUE or "。" in value:
            return {}
        found.setdefault(squeeze(mark["label"]), collapse(value))
    return found


def stated_in(rows: Sequence[Sequence[GridCell]]) -> dict[str, str]:
    """What a table states that is made of known labels with their values beside them; else nothing."""
    found: dict[str, str] = {}
    known = others = 0
    for row in rows:
        cells = [cell.text for cell in row]
        for label, value in _pairs(cells):
            if label in _known():
                known += 1
                found.setdefault(label, collapse(value))
            elif label:
                others += 1
    return found if known > 1 and known > 2 * others else {}


def is_label(line: str) -> str | None:
    """The known label that a line is, its value on the next one."""
    label = squeeze(line)
    return label.rstrip("：:") if label.endswith(("：", ":")) and label.rstrip("：:") in _known() else None


def is_no_title(text: str) -> bool:
    """Whether a page's title is no title of a text."""
    return squeeze(text) in _data()["no_titles"] or is_trail(text)


def main_names() -> tuple[frozenset[str], frozenset[str], frozenset[str], frozenset[str]]:
    """Ids and classes of elements that hold the text: the sure ones, then those that are likely."""
    data = _data()
    ids, classes = frozenset(data["main_ids"]), frozenset(data["main_classes"])
    return ids, classes, frozenset(data["likely_ids"]), frozenset(data["likely_classes"])


def _pairs(cells: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Labels with their values: in one cell by a colon, or in two cells beside one another."""
    at = 0
    while at < len(cells):
        parts = _COLON.split(cells[at].strip(), maxsplit=1)
        if len(parts) == 2 and parts[1]:
            yield squeeze(parts[0]), parts[1]
            at += 1
        else:
            yield squeeze(parts[0]), cells[at + 1] if at + 1 < len(cells) else ""
            at += 2


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((DATA / "page_furniture.toml").read_text(encoding="utf-8"))


@cache
def _known() -> frozenset[str]:
    named = tomllib.loads((DATA / "metadata_labels.toml").read_text(encoding="utf-8"))["labels"]
    return frozenset(_data()["labels"]) | {label for label in chain(*named.values()) if not label.isascii()}


@cache
def _labels_in() -> re.Pattern[str]:
    spaced = [r"\s*".join(label) for label in sorted(_known(), key=len, reverse=True)]
    return re.compile(
        rf"(?<![^\s\[【（(|｜，,；;\u3000])[\[【]?\s*(?P<label>{'|'.join(spaced)})\s*[\]】]?\s*[：:]"
    )


@cache
def _tools() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(_data()["tools"], key=len, reverse=True))))
