"""What the grammars tell maintainers: numbers that are missing, lines that became no heading."""

from index.schema import DocumentWarning, WarningKind
from index.structure.tree import Line
from index.text.folding import squeeze

_SHOWN = 30


def gap(line: Line, missing: str) -> DocumentWarning:
    """`missing`, as labels write it, is not there before `line`."""
    return DocumentWarning(WarningKind.GAP, missing, line.first)


def orphan(line: Line) -> DocumentWarning:
    """`line` begins with a number and continues no outline."""
    return DocumentWarning(WarningKind.ORPHAN, squeeze(line.text)[:_SHOWN], line.first)
