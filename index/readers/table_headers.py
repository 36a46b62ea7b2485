"""How many rows at the top of a table name its columns: what the source says, else what the cells show."""

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from statistics import median

from index.readers.table_grid import GridCell, under, width
from index.text.tokens import DATA

_DEEPEST = 3
"""Rows of a header that are recognised."""
_LONGEST = 25
"""Characters of a cell that names a column, at most."""
_HEAD_WORD = 10
"""Characters of a cell that counts as a known head, its unit left out, at most."""
_MOST = 0.6
"""Share of a column's cells that must be numbers for a column of numbers."""
_LONGER = 1.5
"""How much longer than its head a column of prose is, at least."""
_SEEN = 200
"""Rows that are looked at: more of them show nothing else."""
_NUMBER = re.compile(
    r"[约近超≥≤<>〈〉±+\-—–－≈]?\s*[¥￥]?[0-9０-９][0-9０-９.,，．/／:：%％‰~～\-—–－\s]*[^\W\d_]{0,3}(?:[/／][^\W\d_]{1,3})?"
    r"(?:以[上下内])?"
)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}(?:[-—–~～](?:19|20)?[0-9]{2,4})?\s*(?:年|年度|年末|学年|学年度)?")
_UNIT = re.compile(r"[（(\[【〔][^（(\[【〔]*[）)\]】〕]$|[：:]$")
_SENTENCE = re.compile(r"[。；;！!？?]")


def count_headers(rows: Sequence[Sequence[GridCell]], told: int = 0) -> int:
    """The number of header rows of a table; `told` is what the source says, or 0 where it does not say."""
    if len(rows) < 2:
        return 0
    depth = told if 0 < told < len(rows) else _evident(rows)
    if not depth:
        return 0
    reach = max((at + cell.rows for at, row in enumerate(rows[:depth]) for cell in row), default=depth)
    return reach if reach <= min(_DEEPEST + 1, len(rows) - 1) else min(depth, len(rows) - 1)


def _evident(rows: Sequence[Sequence[GridCell]]) -> int:
    """The header rows that the cells' own look shows, titles over the whole width with them."""
    wide = width(rows)
    if wide < 2:
        return 0
    top = 0
    while top < min(2, len(rows) - 2) and _is_title(rows[top], wide):
        top += 1
    seen = rows[top : top + _SEEN]
    depth = _split_header(seen, wide) or int(_is_header(seen, wide))
    return top + depth if depth else 0


def _is_title(row: Sequence[GridCell], wide: int) -> bool:
    return len(row) == 1 and row[0].columns >= wide and bool(row[0].text.strip())


def _split_header(rows: Sequence[Sequence[GridCell]], wide: int) -> int:
    """The depth of a header whose merged cells the rows below split; 0 without one."""
    if not _merged(rows[0], wide):
        return 0
    for depth in range(2, min(_DEEPEST, len(rows) - 1) + 1):
        band = rows[:depth]
        if not _names([cell for row in band for cell in row]):
            return 0
        if any(at + cell.rows > depth for at, row in enumerate(band) for cell in row):
            continue
        if not all(
            _split(cell, rows[at + cell.rows])
            for at, row in enumerate(band)
            for cell in _merged(row, wide)
            if at + cell.rows < depth
        ):
            return 0
        deeper = _merged(band[-1], wide)
        more = depth < min(_DEEPEST, len(rows) - 2) and _names(rows[depth], empty=0)
        if not (deeper and more and all(_split(cell, rows[depth]) for cell in deeper)):
            return depth
    return 0


def _merged(row: Sequence[GridCell], wide: int) -> list[GridCell]:
    return [cell for cell in row if 1 < cell.columns < wide]


def _split(cell: GridCell, below: Sequence[GridCell]) -> bool:
    """Whether two cells or more of the row below stand under a merged one."""
    return sum(cell.column <= other.column < cell.column + cell.columns for other in below) > 1


def _is_header(rows: Sequence[Sequence[GridCell]], wide: int) -> bool:
    """Whether the first row names the columns and the rows below fill them."""
    first, below = rows[0], rows[1:]
    if len(first) < 2 or not below or not _names(first):
        return False
    filled = [cell for cell in first if cell.text.strip()]
    others = [cell for row in below for cell in row if cell.text.strip()]
    if all(cell.strong for cell in filled) and 2 * sum(cell.strong for cell in others) < len(others):
        return not all(row[0].strong for row in below if row[0].text.strip()) or len(below) == 1
    known = [_is_head(cell.text) for cell in first]
    if _is_form(rows, known, wide):
        return False
    if wide == 2:
        return known[-1] or (known[0] and _column_of(below, 1) == "number" and len(below) > 2)
    if len(first) != wide:
        return sum(known) * 2 >= len(first)
    kinds = [_column_of(below, cell.column, len(cell.text)) for cell in first]
    return "number" in kinds or "prose" in kinds or sum(known) * 2 >= len(first)


def _is_form(rows: Sequence[Sequence[GridCell]], known: Sequence[bool], wide: int) -> bool:
    """Whether each row is labels with their values beside them: 姓名 | 甲 | 性别 | 女."""
    labels = [_is_head(cell.text) for row in rows[1:] for cell in row[:1]]
    if not known[0] or not all(labels):
        return False
    return wide == 2 or (wide % 2 == 0 and not any(known[1::2]))


def _names(cells: Sequence[GridCell], empty: int = 1) -> bool:
    """Whether all cells are short words, at most `empty` of them missing."""
    texts = [cell.text.strip() for cell in cells]
    named = [text for text in texts if text]
    return len(texts) - len(named) <= empty and bool(named) and all(map(_is_name, named))


def _is_name(text: str) -> bool:
    if len(text) > _LONGEST or _SENTENCE.search(text):
        return False
    return _YEAR.fullmatch(text) is not None or not _is_number(text)


def _column_of(rows: Sequence[Sequence[GridCell]], column: int, head: int = 0) -> str:
    """What a column holds: "number", "prose" (longer than a head of `head` characters), or "word"."""
    texts = [text for cell in under(rows, column) if (text := cell.text.strip()) and not _is_dash(text)]
    if not texts:
        return "word"
    if sum(map(_is_number, texts)) >= _MOST * len(texts):
        return "number"
    return "prose" if median(map(len, texts)) > _LONGER * head + 2 else "word"


def _is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None


def _is_dash(text: str) -> bool:
    return not text.strip("-—–－/／\\、无")


def _is_head(text: str) -> bool:
    """Whether a cell is a known head of a column, or the label of a value."""
    word = "".join(text.split())
    while (bare := _UNIT.sub("", word)) != word:
        word = bare
    return 0 < len(word) <= _HEAD_WORD and word.endswith(_heads())


@cache
def _heads() -> tuple[str, ...]:
    return tuple(tomllib.loads((DATA / "table_words.toml").read_text(encoding="utf-8"))["heads"])
