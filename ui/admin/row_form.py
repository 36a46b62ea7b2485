"""The form from which an evaluation row is made: filled from an answer or an earlier row, and read back."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from assistant.eval_rows.check import gold_fault, row_faults
from assistant.eval_rows.from_answer import gold_of, row_of
from assistant.eval_rows.row import Gold, Row
from assistant.schema import Citation, Status
from assistant.storage.ratings import Rating
from assistant.storage.review import Reviewed
from index.text.beijing import in_beijing
from index.text.folding import fold
from index.text.personal_data import mask

if TYPE_CHECKING:
    from index.library.library import DocumentView, Library

KINDS: Mapping[str, str] = {
    "number": "数量、比例、金额",
    "date": "日期、年份",
    "yes_no": "是不是、能不能",
    "list": "列举",
    "who": "谁负责",
    "how": "怎么做",
    "scope": "适用于谁、管到哪里",
    "several_clauses": "要合看几条",
    "several_turns": "追问",
    "false_premise": "提问的前提不对",
    "unanswerable": "文件没有写",
    "off_topic": "题外",
    "small_talk": "寒暄",
}
"""What a row is filed under, as in `evals/datasets/plan.jsonl`."""
EXTRA = 3
"""Quotations that can be put in besides those of the answer."""
MAX_QUESTION, MAX_NOTE, MAX_QUOTE, MAX_FACTS = 1000, 500, 1000, 10
"""Code points, and facts."""
ID = r"[a-z0-9][a-z0-9\-]{2,62}"
_AUTHOR = "maintainer"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A quotation that was put in: which document (`id@version`; "": whichever has it), and its words."""

    document: str = ""
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """What the form holds."""

    id: str
    question: str
    earlier: bool
    """With the conversation's questions before it."""
    kind: str
    status: str
    chosen: frozenset[int]
    """Which of the answer's citations and related clauses, in this order, a right answer quotes."""
    extra: tuple[Wanted, ...]
    facts: str
    """A fact a line, its variants with | between."""
    correction: bool
    on_day: bool
    """Asked on the day on which it was asked, not on that of the run."""
    note: str
    faults: tuple[str, ...] = field(default=())


def offered(found: Reviewed) -> tuple[Citation, ...]:
    """The quotations of an answer among which is chosen."""
    answer = found.answered.answer
    return (*answer.citations, *answer.related)


def first_form(found: Reviewed, kept: Row | None) -> Form:
    """The form as it is opened: filled from the row that is kept, else from the answer; from one that
    somebody did not find useful only the question."""
    answer = found.answered.answer
    right = found.opinion is None or found.opinion.rating is Rating.UP
    day = in_beijing(found.answered.created_at).date()
    row = kept or row_of(found.turns, answer, day, right, _AUTHOR)
    held = [gold_of(citation) for citation in offered(found)]
    chosen = frozenset(at for at, gold in enumerate(held) if gold in row.gold)
    others = [Wanted(gold.document, gold.quote) for gold in row.gold if gold not in held]
    return Form(
        id=row.id,
        question=row.turns[-1],
        earlier=len(row.turns) > 1,
        kind=row.kind if kept else _kind(found, right),
        status=row.status,
        chosen=chosen,
        extra=(*others, *[Wanted()] * EXTRA)[:EXTRA],
        facts="\n".join("|".join(variants) for variants in row.facts),
        correction=row.correction,
        on_day=row.as_of is not None,
        note=row.note,
    )


def read_form(fields: Mapping[str, str], found: Reviewed) -> Form:
    """The form as it was sent, personal data masked."""

    def line(name: str) -> str:
        return fields.get(name, "").replace("\r\n", "\n").strip()

    return Form(
        id=line("id"),
        question=mask(line("question")),
        earlier=fields.get("earlier") == "1",
        kind=line("kind"),
        status=line("status"),
        chosen=frozenset(at for at in range(len(offered(found))) if fields.get(f"gold-{at}") == "1"),
        extra=tuple(
            Wanted(line(f"document-{at}"), fields.get(f"quote-{at}", "").replace("\r\n", "\n").strip())
            for at in range(EXTRA)
        ),
        facts=mask(line("facts")),
        correction=fields.get("correction") == "1",
        on_day=fields.get("on_day") == "1",
        note=mask(line("note")),
    )


def made_of(form: Form, found: Reviewed, library: "Library") -> tuple[Row, tuple[str, ...]]:
    """The row that the form describes, and what is wrong with it: what the check of data sets finds, and what
    only a form can have wrong."""
    faults = list(_form_faults(form))
    day = in_beijing(found.answered.created_at).date()
    gold = [gold_of(citation) for at, citation in enumerate(offered(found)) if at in form.chosen]
    for wanted in form.extra:
        if not wanted.quote:
            continue
        placed = placed_in(wanted, library, day)
        if placed is None:
            where = "选定的" if wanted.document else "收录的"
            faults.append(f"{where}文件里没有这句原文：{wanted.quote}")
        else:
            gold.append(placed)
    row = Row(
        id=form.id,
        split="dev",
        kind=form.kind,
        voice="user",
        turns=(*(found.turns[:-1] if form.earlier else ()), form.question),
        status=form.status,
        gold=tuple(dict.fromkeys(gold)),
        facts=tuple(_facts(form.facts)),
        correction=form.correction,
        author=_AUTHOR,
        as_of=day if form.on_day else None,
        note=form.note,
    )
    faults += row_faults(row)
    faults += [fault for each in row.gold if (fault := gold_fault(each, library))]
    return row, tuple(faults)


def placed_in(wanted: Wanted, library: "Library", day: date) -> Gold | None:
    """The quotation as the document has it, however its spaces and widths were copied, with the innermost
    clause that holds it; None where it is not there."""
    for view in _looked_through(wanted.document, library, day):
        document = view.document
        at = fold(document.text).find(wanted.quote)
        address = _innermost(view, *at) if at else None
        if at and address:
            return Gold(address, document.text[at[0] : at[1]], f"{document.id}@{document.version}")
    return None


def _looked_through(document: str, library: "Library", day: date) -> Iterator["DocumentView"]:
    """The document that is named; where none is, all: of each what is in force on `day` before the others."""
    identifier, _, version = document.partition("@")
    for each in (identifier,) if document else library.ids():
        current = library.get(each, version or None, day)
        if current:
            yield current
        if not document:
            yield from (view for other in library.versions(each) if (view := library.get(each, other)))


def again(form: Form, faults: tuple[str, ...]) -> Form:
    """The form as it was sent, with what is wrong."""
    return replace(form, faults=faults)


def _innermost(view: "DocumentView", start: int, end: int) -> str | None:
    holding = [clause for clause in view.clauses if clause.start <= start and end <= clause.end]
    return min(holding, key=lambda clause: clause.end - clause.start).address if holding else None


def _form_faults(form: Form) -> Iterator[str]:
    if not re.fullmatch(ID, form.id):
        yield "编号要用 3 到 63 个小写字母、数字或连字符，以字母或数字开头"
    if form.kind not in KINDS:
        yield "请选题型"
    for name, text, most in (("提问", form.question, MAX_QUESTION), ("说明", form.note, MAX_NOTE)):
        if len(text) > most:
            yield f"{name}最多 {most} 个字"
    if any(len(wanted.quote) > MAX_QUOTE for wanted in form.extra):
        yield f"一处原文最多 {MAX_QUOTE} 个字"
    if form.facts.count("\n") >= MAX_FACTS:
        yield f"要点最多 {MAX_FACTS} 行"


def _facts(text: str) -> Iterator[tuple[str, ...]]:
    for line in text.split("\n"):
        variants = tuple(part.strip() for part in re.split(r"[|｜]", line) if part.strip())
        if variants:
            yield variants


def _kind(found: Reviewed, right: bool) -> str:
    """A first guess; the maintainer chooses."""
    answer = found.answered.answer
    if len(found.turns) > 1:
        return "several_turns"
    if answer.correction and right:
        return "false_premise"
    guesses = {
        Status.NOT_COVERED: "unanswerable",
        Status.OUT_OF_SCOPE: "off_topic",
        Status.SMALLTALK: "small_talk",
    }
    return guesses.get(answer.status, "")
