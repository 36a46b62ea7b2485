"""What the grammars tell maintainers: numbers that are missing, lines that became no heading."""

from index.schema import DocumentWarning, WarningKind
from index.structure.tree import Line
from index.text.folding import squeeze

_SHOWN = 30
_TOLD = {
    WarningKind.GAP: "编号不连续：缺{subject}",
    WarningKind.ORPHAN: "这一行像条款却接不上前面的编号，按正文收录：{subject}",
    WarningKind.NO_OUTLINE: "没有识别出条款结构，按段落收录",
    WarningKind.UNREAD_PAGE: "第{subject}页没有读出文字，可能是图片或扫描页",
    WarningKind.COLUMNS: "第{subject}页像是分栏排版，阅读顺序不能确定，请对照原件",
    WarningKind.UNREAD_PART: "有内容没有读出文字：{subject}",
}


def gap(line: Line, missing: str) -> DocumentWarning:
    """`missing`, as labels write it, is not there before `line`."""
    return DocumentWarning(WarningKind.GAP, missing, line.first)


def orphan(line: Line) -> DocumentWarning:
    """`line` begins with a number and continues no outline."""
    return DocumentWarning(WarningKind.ORPHAN, squeeze(line.text)[:_SHOWN], line.first)


def told(warning: DocumentWarning) -> str:
    """The warning as a sentence for maintainers, without an end mark."""
    return _TOLD[warning.kind].format(subject=warning.subject)
