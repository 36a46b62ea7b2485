"""An answer as the chat's templates show it: its sentences in order, each quotation once, where it is said.

Everything here is text; the templates escape it. A quotation keeps every character: white space that a page
break left between Chinese words is shown without room, and copied all the same.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.answering.follow_ups import follow_ups
from assistant.answering.strength import strength
from assistant.schema import Citation, Notice, Sentence, SentenceKind, Status
from assistant.statuses import STATUSES
from index.text.folding import squeeze
from ui.pages.citation_form import copy_text

if TYPE_CHECKING:
    from assistant.service import Assistant
    from assistant.storage.conversations import Answered

_QUOTED = re.compile(r"「([^「」]+)」")
_INSIDE = 12
"""Code points from which words in corner brackets that stand in a quotation are shown as that quotation."""
_BRIEF = 40
"""Code points up to which a quotation takes one line of a list."""
_LONG_QUESTION = 160
"""Code points above which a question is shown folded."""
_BETWEEN = re.compile(r"[；;，,。、\s]*")
_NUMBER = re.compile(r"^\s*(?:[(（]?[0-9０-９零一二三四五六七八九十百]{1,4}[)）.．、]|[①-⑳])\s*")
_SAFE_URL = re.compile(r"/documents/[A-Za-z0-9._~%/?&=#@:+,-]*")
_HEADS = {
    Status.NOT_COVERED: "没有查到",
    Status.OUT_OF_SCOPE: "不在收录的文件里",
    Status.CLARIFY: "请说得再具体些",
    Status.BLOCKED: "这个要求不能照做",
}


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quotation with where it stands."""

    key: str
    """Unique on a page: an element's id."""
    marker: int | None
    """None where it is no evidence."""
    clause: str
    """The clause as an official writes it, with its heading where the quotation is not that heading."""
    title: str
    """Of its document, without brackets."""
    parts: tuple[tuple[str, bool], ...]
    """Its characters in order; True: white space that a page break left."""
    row: tuple[tuple[str, str], ...]
    url: str
    """Address of the original; "" where it is none of ours."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A sentence of the answer that is no quotation."""

    text: str
    kind: str
    """`lead`, `paraphrase`, `missing` or `notice`."""
    marks: tuple[Quotation, ...] = ()
    """The quotations that it stands on."""
    folded: tuple[Quotation, ...] = ()
    """Those of them that stand nowhere else: opened in place, below it."""


@dataclass(frozen=True, slots=True)
class Quotations:
    """Quotations one after the other."""

    items: tuple[Quotation, ...]
    brief: bool
    """Each is short: one line of a list."""


@dataclass(frozen=True, slots=True)
class TurnView:
    """A question and its answer."""

    question: str
    begins: str | None
    """The question's beginning where it is too long to stand whole; else None."""
    answer_id: str
    status: str
    head: str | None
    short_answer: str | None
    first: tuple[Notice, ...]
    """What must be read before the answer."""
    blocks: tuple[Paragraph | Quotations, ...]
    titles: tuple[str, ...]
    """The documents that are quoted."""
    strength: str | None
    advice: str | None
    """Whom to ask where the documents are silent and the answer does not say."""
    related: tuple[Quotation, ...]
    notices: tuple[Notice, ...]
    standing: bool
    """Whether the standing line belongs below it."""
    follow_ups: tuple[str, ...]
    copy_text: str


def turn_view(found: "Answered", assistant: "Assistant", suggest: bool = True) -> TurnView:
    """What is shown of a stored, or just given, answer; `suggest`: with what else may be asked."""
    answer = found.answer
    quotations = {each.marker: _quotation(each, answer.id) for each in answer.citations}
    first = tuple(each for each in answer.notices if each.kind == "safety")
    refused = answer.status is Status.NOT_COVERED
    contact = assistant.settings.contact
    return TurnView(
        question=found.question,
        begins=found.question[:_LONG_QUESTION] if len(found.question) > _LONG_QUESTION else None,
        answer_id=answer.id,
        status=answer.status.value,
        head="更正" if answer.correction else _HEADS.get(answer.status),
        short_answer=answer.short_answer,
        first=first,
        blocks=tuple(_blocks(answer.sentences, answer.citations, quotations)),
        titles=tuple(dict.fromkeys(each.title for each in quotations.values())),
        strength=strength(answer),
        advice=contact if refused and answer.related and contact not in answer.answer else None,
        related=tuple(_quotation(each, f"{answer.id}-r", numbered=False) for each in answer.related),
        notices=tuple(each for each in answer.notices if each not in first),
        standing=STATUSES[answer.status].standing,
        follow_ups=follow_ups(answer, assistant.library) if suggest else (),
        copy_text=copy_text(found.question, answer, assistant.library),
    )


def _blocks(
    sentences: Sequence[Sentence], citations: Sequence[Citation], quotations: dict[int, Quotation]
) -> Iterable[Paragraph | Quotations]:
    """The sentences in order; quotations that follow each other directly stand together."""
    cores = {each.marker: _core(each.quote) for each in citations}
    split = [_split(sentence, cores) for sentence in sentences]
    shown = {part for parts in split for part in parts if isinstance(part, int)}
    folded: set[int] = set()
    waiting: list[int] = []
    for sentence, parts in zip(sentences, split, strict=True):
        for part in parts:
            if isinstance(part, int):
                if part not in waiting:
                    waiting.append(part)
                continue
            if waiting:
                yield _together(waiting, quotations)
                waiting = []
            everywhere = sentence.kind is SentenceKind.PARAPHRASE
            marks = [
                each
                for each in sentence.citations
                if each in quotations and (everywhere or each not in shown)
            ]
            fresh = [each for each in marks if each not in shown and each not in folded]
            folded.update(fresh)
            yield Paragraph(
                part,
                _kind(sentence),
                tuple(quotations[each] for each in marks),
                tuple(quotations[each] for each in fresh),
            )
    if waiting:
        yield _together(waiting, quotations)


def _split(sentence: Sentence, cores: dict[int, str]) -> list[str | int]:
    """A sentence as text and, for words in corner brackets that are a quotation, its marker."""
    parts: list[str | int] = []
    at = 0
    taken: set[int] = set()
    for found in _QUOTED.finditer(sentence.text):
        marker = _which(found[1], sentence.citations, cores, taken)
        if marker is None:
            continue
        taken.add(marker)
        parts += [sentence.text[at : found.start()], marker]
        at = found.end()
    parts.append(sentence.text[at:])
    return [part for part in parts if isinstance(part, int) or not _BETWEEN.fullmatch(part)]


def _which(words: str, markers: Sequence[int], cores: dict[int, str], taken: set[int]) -> int | None:
    core = _core(words)
    for marker in markers:
        whole = cores.get(marker, "")
        if marker not in taken and (core == whole or (len(core) >= _INSIDE and core in whole)):
            return marker
    return None


def _together(markers: Sequence[int], quotations: dict[int, Quotation]) -> Quotations:
    items = tuple(quotations[each] for each in markers)
    brief = len(items) > 1 and all(sum(len(text) for text, _ in each.parts) <= _BRIEF for each in items)
    return Quotations(items, brief)


def _kind(sentence: Sentence) -> str:
    if sentence.kind is SentenceKind.PARAPHRASE:
        return "paraphrase"
    if sentence.kind is SentenceKind.NOTICE:
        return "notice"
    return "lead"


def _core(text: str) -> str:
    return squeeze(text).strip("「」“”").rstrip("。；，、：")


def _quotation(citation: Citation, owner: str, numbered: bool = True) -> Quotation:
    heading = _NUMBER.sub("", squeeze(citation.clause_path[-1] if citation.clause_path else "")).rstrip(
        "。：:"
    )
    said = _NUMBER.sub("", _core(citation.quote))
    clause = citation.clause_label if said == heading else f"{citation.clause_label} {heading}".strip()
    url = citation.url if _SAFE_URL.fullmatch(citation.url) else ""
    return Quotation(
        key=f"q-{owner}-{citation.marker}",
        marker=citation.marker if numbered else None,
        clause=clause,
        title=citation.document_title.strip().removeprefix("《").removesuffix("》"),
        parts=tuple(quote_parts(citation.quote)),
        row=citation.row,
        url=url + ("" if "#" in url or not url else "#quote"),
    )


def quote_parts(quote: str) -> Iterable[tuple[str, bool]]:
    """The characters of `quote` in order, with whether they are white space without a Latin letter or digit
    on either side, which only a page break explains."""
    pieces = re.split(r"(\s+)", quote)
    for at, piece in enumerate(pieces):
        if not piece:
            continue
        before = pieces[at - 1][-1:] if at else ""
        after = pieces[at + 1][:1] if at + 1 < len(pieces) else ""
        yield piece, at % 2 == 1 and not (_latin(before) or _latin(after))


def _latin(character: str) -> bool:
    return "!" <= character <= "~"
