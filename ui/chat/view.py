"""An answer as the chat's templates show it: its sentences in order, each quotation once, where it is first
said.

Everything here is text; the templates escape it. A quotation keeps every character: white space that a page
break left between Chinese words is shown without room, and copied all the same.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import TYPE_CHECKING

from assistant.answering.follow_ups import follow_ups
from assistant.answering.strength import doubt, strength
from assistant.schema import Answer, Citation, Notice, Sentence, SentenceKind
from assistant.statuses import STATUSES, advises, head_of, notices_around
from assistant.storage.ratings import Rating
from index.text.folding import squeeze
from ui.pages.citation_form import copy_text, official_title
from ui.pages.text import quote_parts, seen

if TYPE_CHECKING:
    from assistant.service import Assistant
    from assistant.storage.conversations import Answered

_QUOTED = re.compile(r"「((?:[^「」]|「[^「」]*」)+)」")
_INSIDE = 12
"""Code points from which words in corner brackets that stand in a quotation are shown as that quotation."""
_BRIEF = 40
"""Code points up to which a quotation takes one line of a list."""
_LISTED = 3
"""Quotations from which short ones are a list; fewer look like any other quotation."""
_LONG_QUESTION = 160
"""Code points above which a question is shown folded."""
_ABOVE = "见上面的引文"
_BLANK = "（只有看不见的字符）"
_BETWEEN = re.compile(r"[；;，,。、\s]*")
_SOURCE = re.compile(r"[（(]?(?:出自)?(《.+》(?:（[^（）]*）)?)([^《》]*)")
"""《标题》（性质）条款, as an answer names where its quotation is from."""
_NUMBER = re.compile(r"^\s*(?:[(（]?[0-9０-９零一二三四五六七八九十百]{1,4}[)）.．、]|[①-⑳])\s*")
_SAFE_URL = re.compile(r"/documents/[A-Za-z0-9._~%/?&=#@:+,-]*")


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
    """Of its document, as official writing prints it, without 《》."""
    parts: tuple[tuple[str, bool], ...]
    """Its characters in order; True: white space that a page break left."""
    row: tuple[tuple[str, str], ...]
    """Of a table's row its cells with the names of their columns."""
    url: str
    """Address of the original; "" where it is none of ours."""
    source: str = ""
    """Its document as the answer names it, with its force; "" where the answer does not."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A sentence of the answer that is no quotation."""

    text: str
    kind: str
    """`lead`, `paraphrase` or `notice`."""
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
    asked: str
    """The question as it was stored, which may hold what is not seen: to ask again with."""
    begins: str | None
    """The question's beginning where it is too long to stand whole; else None."""
    answer_id: str
    status: str
    head: str | None
    short_answer: str | None
    first: tuple[Notice, ...]
    """What must be read before the answer."""
    doubt: str | None
    """What is said before it where the evidence is weak."""
    blocks: tuple[Paragraph | Quotations, ...]
    titles: tuple[str, ...]
    """The documents that are quoted."""
    strength: str | None
    advice: str | None
    """Whom to ask where the documents are silent and the answer does not say."""
    related: tuple[Quotation, ...]
    notices: tuple[Notice, ...]
    standing: bool
    """Something of a document is said, or said not to be there: the standing line belongs below it, and it
    can be shared and printed."""
    follow_ups: tuple[str, ...]
    copy_text: str
    rating: str | None
    """`up` or `down`; None where it was not rated."""


def turn_view(
    found: "Answered", assistant: "Assistant", suggest: bool = True, rating: Rating | None = None
) -> TurnView:
    """What is shown of a stored, or just given, answer; `suggest`: with what else may be asked."""
    answer = found.answer
    question = seen(found.question) or _BLANK
    quotations = {each.marker: _quotation(each, answer.id) for each in answer.citations}
    blocks = tuple(_blocks(_sentences(answer), answer.citations, quotations))
    first, below = notices_around(answer)
    contact = assistant.settings.contact
    return TurnView(
        question=question,
        asked=found.question,
        begins=question[:_LONG_QUESTION] if len(question) > _LONG_QUESTION else None,
        answer_id=answer.id,
        status=answer.status.value,
        head=head_of(answer),
        short_answer=seen(answer.short_answer) if answer.short_answer else None,
        first=tuple(Notice(each.kind, seen(each.text)) for each in first),
        doubt=doubt(answer),
        blocks=blocks,
        titles=() if _named(blocks) else tuple(dict.fromkeys(each.title for each in quotations.values())),
        strength=strength(answer),
        advice=contact if advises(answer, contact) else None,
        related=tuple(_quotation(each, f"{answer.id}-r", numbered=False) for each in answer.related),
        notices=tuple(Notice(each.kind, seen(each.text)) for each in below),
        standing=STATUSES[answer.status].standing,
        follow_ups=follow_ups(answer, assistant.library) if suggest else (),
        copy_text=copy_text(found.question, answer, assistant.library),
        rating=rating.value if rating else None,
    )


def _sentences(answer: Answer) -> tuple[Sentence, ...]:
    """The sentences; of an answer that was stored without them its text as one."""
    markers = tuple(each.marker for each in answer.citations)
    return answer.sentences or (Sentence(answer.answer, markers, kind=SentenceKind.NOTICE),)


def _blocks(
    sentences: Sequence[Sentence], citations: Sequence[Citation], quotations: dict[int, Quotation]
) -> Iterator[Paragraph | Quotations]:
    """The sentences in order; quotations that follow each other directly stand together. What stood before is
    only referred to."""
    cores = {each.marker: _core(each.quote) for each in citations}
    labels = [squeeze(each.clause_label) for each in citations]
    split = [_without_source(_split(each, cores), labels, quotations) for each in sentences]
    said = {part for parts in split for part in parts if isinstance(part, int)}
    given: set[int] = set()
    waiting: list[int] = []
    for sentence, parts in zip(sentences, split, strict=True):
        cited = [each for each in sentence.citations if each in quotations]
        before = frozenset(given)
        for at, part in enumerate(parts):
            if isinstance(part, int):
                if part not in given:
                    waiting.append(part)
                    given.add(part)
                continue
            if _only_given(parts[at + 1 :], before):
                part += _ABOVE
            if waiting:
                yield _together(waiting, quotations)
                waiting = []
            again = before.intersection(parts)
            everywhere = sentence.kind is SentenceKind.PARAPHRASE
            marks = [each for each in cited if everywhere or each not in said or each in again]
            fresh = [each for each in marks if each not in said and each not in given]
            given.update(fresh)
            marked, folded = (tuple(quotations[each] for each in group) for group in (marks, fresh))
            yield Paragraph(seen(part), _kind(sentence), marked, folded)
        # No words stand before these.
        left = [each for each in cited if each not in said and each not in given]
        waiting += left
        given.update(left)
    if waiting:
        yield _together(waiting, quotations)


def _only_given(following: Sequence[str | int], given: frozenset[int]) -> bool:
    """Whether quotations follow next, and all of them stand above already."""
    next_ones = frozenset(takewhile(lambda part: isinstance(part, int), following))
    return bool(next_ones) and next_ones <= given


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
        parts += [_words(sentence.text[at : found.start()], begins=not at), marker]
        at = found.end()
    parts.append(_words(sentence.text[at:], begins=not at))
    return [part for part in parts if part != ""]


def _without_source(
    parts: list[str | int], labels: Sequence[str], quotations: dict[int, Quotation]
) -> list[str | int]:
    """`parts` without the words that only say which document and clause a quotation is from: its caption says
    so, with the document as the words name it, which `quotations` gets."""
    markers = [part for part in parts if isinstance(part, int)]
    for part in parts if markers else ():
        found = _SOURCE.fullmatch(seen(part)) if isinstance(part, str) else None
        if found and not _other_words(found[2], labels):
            for marker in markers:
                quotations[marker] = replace(quotations[marker], source=seen(found[1]))
            return [each for each in parts if each != part]
    return parts


def _other_words(text: str, labels: Sequence[str]) -> str:
    """What `text` says besides clauses."""
    rest = squeeze(text)
    for label in sorted(labels, key=len, reverse=True):
        rest = rest.replace(label, "")
    return rest.strip("（）()：:；，。、")


def _named(blocks: Sequence[Paragraph | Quotations]) -> bool:
    """Whether each quotation's caption names its document."""
    shown = [each for block in blocks if isinstance(block, Quotations) for each in block.items]
    folded = [each for block in blocks if isinstance(block, Paragraph) for each in block.folded]
    return bool(shown) and all(each.source for each in (*shown, *folded))


def _words(text: str, begins: bool) -> str:
    """What stands between quotations, without the marks that only part them; `begins`: the sentence does."""
    return "" if _BETWEEN.fullmatch(seen(text)) else text if begins else _BETWEEN.sub("", text, count=1)


def _which(words: str, markers: Sequence[int], cores: dict[int, str], taken: set[int]) -> int | None:
    core = _core(words)
    for marker in markers:
        whole = cores.get(marker)
        if whole and marker not in taken and (core == whole or (len(core) >= _INSIDE and core in whole)):
            return marker
    return None


def _together(markers: Sequence[int], quotations: Mapping[int, Quotation]) -> Quotations:
    items = tuple(quotations[each] for each in markers)
    short = all(sum(len(text) for text, _ in each.parts) <= _BRIEF and not each.row for each in items)
    return Quotations(items, len(items) >= _LISTED and short)


def _kind(sentence: Sentence) -> str:
    if sentence.kind is SentenceKind.PARAPHRASE:
        return "paraphrase"
    if sentence.kind is SentenceKind.NOTICE:
        return "notice"
    return "lead"


def _core(text: str) -> str:
    return squeeze(text).strip("「」“”").rstrip("。；，、：").rstrip("」”")


def _quotation(citation: Citation, owner: str, numbered: bool = True) -> Quotation:
    heading = squeeze(citation.clause_path[-1]) if citation.clause_path else ""
    heading = _NUMBER.sub("", heading).rstrip("。：:")
    said = _NUMBER.sub("", _core(citation.quote))
    named = said == heading or heading in citation.clause_label  # by the quotation, or by the label itself
    clause = citation.clause_label if named else f"{citation.clause_label} {heading}"
    url = citation.url if _SAFE_URL.fullmatch(citation.url) else ""
    return Quotation(
        key=f"q-{owner}-{citation.marker}",
        marker=citation.marker if numbered else None,
        clause=seen(clause),
        title=seen(official_title(citation.document_title)[1:-1]),
        parts=tuple(quote_parts(citation.quote)),
        row=tuple((seen(name), seen(value)) for name, value in citation.row),
        url=url + ("" if "#" in url or not url else "#quote"),
    )
