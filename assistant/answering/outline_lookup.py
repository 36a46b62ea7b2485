"""What a place of a question means in a document's outline, by number, by heading, or by both."""

import re
from collections.abc import Sequence

from assistant.question.outline_question import OutlineQuestion, Step, Wanted, without_filler
from index.library.library import DocumentView
from index.schema import Clause
from index.text.folding import fold_text, squeeze

_NUMBERING = re.compile(
    r"^(?:[一二三四五六七八九十]+、|[(（][^)）]+[)）]|[0-9０-９]+[.．、]|第[^ 　]{1,6}[章节条编][ 　]*)"
)
_UNIT = re.compile(r"[0-9]+(?:[.][0-9]+)*|(?:.*[.])?(?:ch|sec|art|part|book)[0-9]+(?:-[0-9]+)?")
_BELOW = (Wanted.HEADINGS, Wanted.COUNT)
_PART = re.compile("部分|块|章|编")
_LEAST_HEADING = 4
"""Characters of a heading that a question must share to name it."""
_LEAST_SHARE = 0.6


def heading_name(clause: Clause) -> str:
    """The clause's heading without its number."""
    return _NUMBERING.sub("", squeeze(clause.heading)).rstrip("。")


def numbered(view: DocumentView, parent: str | None) -> tuple[Clause, ...]:
    """The units of the outline directly below `parent` (None: the whole document); paragraphs are none."""
    return tuple(c for c in view.children(parent) if is_unit(c))


def named_clause(
    view: DocumentView, about: str, below: str | None = None, least: int = _LEAST_HEADING
) -> Clause | None:
    """The clause, of those below `below` if given, whose heading shares the longest stretch with `about`, the
    outermost of equals; it has `least` characters or is the whole heading."""
    folded = fold_text(about)
    found: list[tuple[int, int, int, Clause]] = []
    for at, clause in enumerate(view.clauses):
        name = fold_text(heading_name(clause))
        if not name or not is_unit(clause) or (below and not clause.address.startswith(f"{below}.")):
            continue
        shared = _longest_shared(name, folded)
        if shared >= min(least, len(name)):
            found.append((shared, -clause.address.count("."), -at, clause))
    return max(found)[3] if found else None


def is_unit(clause: Clause) -> bool:
    """A numbered unit of the outline, and no paragraph or item of one."""
    return _UNIT.fullmatch(clause.address) is not None


def unit_of(view: DocumentView, address: str) -> Clause | None:
    """The numbered unit that the clause at `address` is or stands in; None where it is in none."""
    clause = view.clause(address)
    while clause is not None and not is_unit(clause):
        clause = view.clause(clause.parent) if clause.parent else None
    return clause


def names_whole(clause: Clause, about: str) -> bool:
    """`about` holds most of the clause's heading."""
    name = fold_text(heading_name(clause))
    return _longest_shared(name, fold_text(about)) >= _LEAST_SHARE * len(name)


def resolved(view: DocumentView, asked: OutlineQuestion) -> Clause | None:
    """The clause that the steps lead to, from the heading that the question names if it names one; without
    steps the one whose heading it names, if it speaks of a unit or names it whole. None where there is none,
    or more than one."""
    anchor = named_clause(view, asked.about)
    if anchor is None and asked.steps:
        anchor = next((c for c in numbered(view, None) if _partly_named(c, asked.besides)), None)
    if not asked.steps:
        if anchor is None:
            return None
        clear = asked.points or names_whole(anchor, asked.about)
        if not clear and not (asked.wanted in _BELOW and numbered(view, anchor.address)):
            return None
        rest = _without_shared(fold_text(asked.about), fold_text(heading_name(anchor)))
        inner = named_clause(view, rest, anchor.address, 2) if asked.points else None
        return inner or anchor
    if anchor is not None and (found := _walked(view, anchor.address, asked.steps)):
        return found
    if asked.everywhere and len(asked.steps) == 1 and not _PART.search(asked.steps[0].unit):
        flat = [c for part in numbered(view, None) for c in numbered(view, part.address)]
        return _chosen(flat, asked.steps[0])
    if found := _walked(view, None, asked.steps):
        return found
    if anchor is not None:
        return anchor
    ends = [clause for clause in view.clauses if is_unit(clause) and numbered(view, clause.address)]
    leading = [c for start in ends if (c := _walked(view, start.address, asked.steps))]
    return leading[0] if len(leading) == 1 and _is_clear(asked.steps) else None


def neighbours(view: DocumentView, clause: Clause) -> tuple[Clause | None, Clause | None]:
    """The unit before and the unit after `clause` under the same one; at an edge the outer one's
    neighbour."""
    beside = numbered(view, clause.parent)
    at = next((n for n, other in enumerate(beside) if other.address == clause.address), 0)
    outer = view.clause(clause.parent) if clause.parent else None
    before = beside[at - 1] if at else (neighbours(view, outer)[0] if outer else None)
    after = beside[at + 1] if at + 1 < len(beside) else (neighbours(view, outer)[1] if outer else None)
    return before, after


def besides_headings(view: DocumentView, asked: OutlineQuestion) -> str:
    """What the question says besides steps, filler and whole headings."""
    about = fold_text(asked.about)
    for clause in view.clauses:
        if is_unit(clause):
            about = about.replace(fold_text(heading_name(clause)), " ")
    return without_filler(about)


def heading_of_topic(view: DocumentView, topic: str, below: str | None) -> Clause | None:
    """The clause whose heading holds most of `topic`."""
    clause = named_clause(view, topic, below)
    if clause is None or _longest_shared(
        fold_text(heading_name(clause)), fold_text(topic)
    ) < _LEAST_SHARE * len(topic):
        return None
    return clause


def _is_clear(steps: Sequence[Step]) -> bool:
    return len(steps) > 1 or steps[0].bracketed


def _walked(view: DocumentView, start: str | None, steps: Sequence[Step]) -> Clause | None:
    at: Clause | None = view.clause(start) if start else None
    for step in steps:
        if (
            at is None
            and start is None
            and (step.bracketed or not (_PART.search(step.unit) or len(steps) > 1))
        ):
            return None  # （三） alone, 第三条 alone: of which part is not said
        at = _chosen(numbered(view, at.address if at else None), step)
        if at is None:
            return None
    return at


def _chosen(below: Sequence[Clause], step: Step) -> Clause | None:
    index = step.number - 1 if step.number > 0 else len(below) + step.number
    return below[index] if 0 <= index < len(below) else None


def _partly_named(clause: Clause, besides: str) -> bool:
    """What the question says besides steps and filler is a piece of the clause's heading (任务（三）)."""
    return len(besides) >= 2 and fold_text(besides) in fold_text(heading_name(clause))


def _without_shared(text: str, name: str) -> str:
    """`text` without the longest stretch that `name` holds too."""
    length, start = _longest_stretch(name, text)
    at = text.find(name[start : start + length]) if length else 0
    return f"{text[:at]} {text[at + length :]}"


def _longest_shared(one: str, other: str) -> int:
    """Length of the longest stretch that both hold."""
    return _longest_stretch(one, other)[0]


def _longest_stretch(one: str, other: str) -> tuple[int, int]:
    """Length, and start in `one`, of the longest stretch that both hold."""
    best, begins = 0, 0
    for start in range(len(one)):
        while start + best < len(one) and one[start : start + best + 1] in other:
            best, begins = best + 1, start
    return best, begins
