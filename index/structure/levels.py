"""What an outline consists of, counted: for maintainers who look whether it was read right."""

import re
from collections import Counter
from collections.abc import Iterable

from index.schema import Clause

_NAMES = (
    (re.compile(r"bk\d+"), "编"),
    (re.compile(r"pt\d+"), "分编"),
    (re.compile(r"part\d+"), "部分"),
    (re.compile(r"ch\d+"), "章"),
    (re.compile(r"s\d+"), "节"),
    (re.compile(r"art\d+(?:-\d+)?"), "条"),
    (re.compile(r"i\d+"), "项"),
    (re.compile(r"h\d+"), "无编号标题"),
    (re.compile(r"t\d+"), "表格"),
    (re.compile(r"r\d+"), "表格行"),
    (re.compile(r"appendix\d+"), "附件"),
    (re.compile(r"att\d+"), "所附文件"),
    (re.compile(r"p\d+"), "段"),
)
_NUMBER = re.compile(r"\d+|[a-z]")
_WRITTEN = re.compile(r"\w{1,4}、|[（(][^（()）]{1,4}[）)]|\d+(?:[.．]\d+)*[.．、]?|\w+[)）]")


def levels_of(clauses: Iterable[Clause]) -> dict[str, int]:
    """How many clauses there are of each kind, in the order in which kinds first appear: 章, 条, 项, or for
    公文 the number as the first clause of that level writes it."""
    counts: Counter[str] = Counter()
    written: dict[int, str] = {}
    for clause in clauses:
        name = clause.address.rpartition(".")[2]
        kind = next((kind for pattern, kind in _NAMES if pattern.fullmatch(name)), "")
        if not kind and _NUMBER.fullmatch(name) and clause.heading:
            depth = clause.address.count(".")
            match = _WRITTEN.match(clause.heading.strip())
            kind = written.setdefault(depth, match.group() if match else f"第{depth + 1}级")
        elif not kind and _NUMBER.fullmatch(name) and "art" in clause.address:
            kind = "目"
        if kind:
            counts[kind] += 1
    return dict(counts)
