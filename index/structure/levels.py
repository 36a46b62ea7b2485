"""What an outline consists of, counted: for maintainers who look whether it was read right."""

import re
from collections import Counter
from collections.abc import Iterable

from index.schema import Clause
from index.structure.numbering import Mark, numbered
from index.structure.tree import Line

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
_MARKS = {
    Mark.LIST: "一、",
    Mark.BRACKETED: "（一）",
    Mark.DIGIT: "1.",
    Mark.DECIMAL_2: "1.1",
    Mark.DECIMAL_3: "1.1.1",
    Mark.DECIMAL_4: "1.1.1.1",
    Mark.BRACKETED_DIGIT: "（1）",
    Mark.HALF_BRACKETED: "1）",
    Mark.CIRCLED: "①",
    Mark.LETTER: "a）",
}


def levels_of(clauses: Iterable[Clause]) -> dict[str, int]:
    """How many clauses there are of each kind, in the order in which kinds first appear: 章, 条, 项, or for
    公文 the way in which they are numbered."""
    counts: Counter[str] = Counter()
    for clause in clauses:
        name = clause.address.rpartition(".")[2]
        kind = next((kind for pattern, kind in _NAMES if pattern.fullmatch(name)), "")
        if not kind and _NUMBER.fullmatch(name):
            number = numbered(Line(0, len(clause.heading), clause.heading), bare_digits=True)
            kind = _MARKS[number.mark] if number else "目"
        if kind:
            counts[kind] += 1
    return dict(counts)
