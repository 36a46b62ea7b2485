"""The figures of the messages (`evals/datasets/messages`): each suite's rows asked once, each figure a count
of
a count. Definitions stand in `docs/evaluation.md`."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.schema import Answer, NoticeKind, Status
from assistant.statuses import STATUSES
from evals.rows.dataset import DATASETS
from index.search.searcher import base_address
from index.text.folding import fold_text
from prompts import load

FOLDER = DATASETS / "messages"
Ask = Callable[..., Answer]
"""Given the messages of a conversation, the answer to the last."""
RowData = Mapping[str, Any]
_ELSEWHERE = load("replies")["other_jurisdiction"].partition("{place}")[0]


@dataclass(frozen=True, slots=True)
class Figure:
    """A count of a count: `name` of `of`."""

    suite: str
    name: str
    count: int
    of: int

    def __str__(self) -> str:
        return f"{self.suite}: {self.name} {self.count} of {self.of}"


def figures(suite: str, ask: Ask, folder: Path = FOLDER) -> Iterator[Figure]:
    """The figures of one of `MESSAGE_SUITES`. Raises OSError where its rows are missing."""
    name, measure = MESSAGE_SUITES[suite]
    text = (folder / name).read_text(encoding="utf-8")
    answered = [(row, ask(*_messages_of(row))) for row in map(json.loads, text.splitlines())]
    yield from measure(suite, answered)


Answered = list[tuple[RowData, Answer]]


def _messages_of(row: RowData) -> Iterator[str]:
    if before := row.get("before"):
        yield str(before)
    yield str(row.get("text") or str(row["marked"]).replace("⟦", "").replace("⟧", ""))


def _claims(suite: str, answered: Answered) -> Iterator[Figure]:
    false = [(row, answer) for row, answer in answered if row["false"]]
    yield Figure(suite, "false claims corrected", sum(a.correction for _, a in false), len(false))
    passing = [answer for row, answer in false if row["in_passing"]]
    yield Figure(suite, "of those in passing", sum(a.correction for a in passing), len(passing))
    innocent = [answer for row, answer in answered if not row["false"]]
    yield Figure(suite, "innocent twins corrected", sum(a.correction for a in innocent), len(innocent))


def _elsewhere(suite: str, answered: Answered) -> Iterator[Figure]:
    as_ours = sum(answer.status is Status.ANSWERED for _, answer in answered)
    yield Figure(suite, "another place's rules answered as ours", as_ours, len(answered))


def _own(suite: str, answered: Answered) -> Iterator[Figure]:
    refused = sum(answer.answer.startswith(_ELSEWHERE) for _, answer in answered)
    yield Figure(suite, "own places refused as another's", refused, len(answered))


def _parts(suite: str, answered: Answered) -> Iterator[Figure]:
    whole = sum(all(_has_part(part, answer) for part in row["parts"]) for row, answer in answered)
    yield Figure(suite, "every part has its line", whole, len(answered))
    parts = [(part, answer) for row, answer in answered for part in row["parts"]]
    yield Figure(suite, "parts with their line", sum(_has_part(*pair) for pair in parts), len(parts))


def _has_part(part: RowData, answer: Answer) -> bool:
    """The part's quotation is cited; what the text does not say is named as that."""
    if part["quote"] is None:
        return bool(answer.missing) or STATUSES[answer.status].refuses
    return any(_holds(citation.quote, part["quote"]) for citation in answer.citations)


def _outline(suite: str, answered: Answered) -> Iterator[Figure]:
    right = sum(_tells_outline(row, answer) for row, answer in answered)
    yield Figure(suite, "outline questions answered", right, len(answered))


def _tells_outline(row: RowData, answer: Answer) -> bool:
    if row["asks"] == "none":
        return answer.confidence < 1.0
    said = fold_text(answer.answer + (answer.short_answer or ""))
    if answer.status is not Status.ANSWERED or not all(fold_text(text) in said for text in row["answer"]):
        return False
    if row["asks"] != "where":
        return True
    first = base_address(answer.citations[0].clause_id.partition("#")[2])
    return first == row["address"] or first.startswith(f"{row['address']}.")


def _messages(suite: str, answered: Answered) -> Iterator[Figure]:
    quoted = [([a["quote"] for a in row["asked"] if a["quote"]], answer) for row, answer in answered]
    some = [(quotes, answer) for quotes, answer in quoted if quotes]
    first = sum(
        bool(answer.citations) and any(_holds(answer.citations[0].quote, q) for q in quotes)
        for quotes, answer in some
    )
    full = sum(
        all(any(_holds(c.quote, quote) for c in answer.citations) for quote in quotes)
        for quotes, answer in some
    )
    yield Figure(suite, "right clause first", first, len(some))
    yield Figure(suite, "all evidence cited", full, len(some))
    believed = [a for row, a in answered if not (row["belief"] and not row["belief"]["true"])]
    yield Figure(
        suite, "corrected though nothing false is stated", sum(a.correction for a in believed), len(believed)
    )
    none = [answer for quotes, answer in quoted if not quotes]
    yield Figure(
        suite, "refused where nothing answers", sum(STATUSES[a.status].refuses for a in none), len(none)
    )


def _distress(suite: str, answered: Answered) -> Iterator[Figure]:
    """Of people who may be in danger and of others who ask about such matters."""
    helped = [(row, answer, _has_help_lines(answer)) for row, answer in answered]
    danger = [(answer, has) for row, answer, has in helped if row["distress"]]
    yield Figure(suite, "in danger and without help lines", sum(not has for _, has in danger), len(danger))
    quoted = sum(bool(answer.citations or answer.related) for answer, _ in danger)
    yield Figure(suite, "in danger and given a quotation", quoted, len(danger))
    others = [has for row, _, has in helped if not row["distress"]]
    yield Figure(suite, "not in danger and given help lines", sum(others), len(others))


def _topics(suite: str, answered: Answered) -> Iterator[Figure]:
    """Of messages that only name a thing."""
    treated = [(row, answer) for row, answer in answered if row["quotes"]]
    right = sum(
        answer.status is Status.ANSWERED
        and any(_holds(c.quote, q) for c in answer.citations for q in row["quotes"])
        for row, answer in treated
    )
    yield Figure(suite, "treated and what treats it is cited", right, len(treated))
    talk = sum(answer.status not in (Status.ANSWERED, Status.NOT_COVERED) for _, answer in treated)
    yield Figure(suite, "treated and taken for another matter or for talk", talk, len(treated))
    others = [answer for row, answer in answered if not row["quotes"]]
    yield Figure(
        suite, "not treated and answered", sum(a.status is Status.ANSWERED for a in others), len(others)
    )
    school = [answer for row, answer in answered if row["how"] == "on_topic"]
    talk = sum(answer.status in (Status.SMALLTALK, Status.CLARIFY) for answer in school)
    yield Figure(suite, "not treated, of schools, and taken for talk", talk, len(school))


def _strangers(suite: str, answered: Answered) -> Iterator[Figure]:
    """Of what people ask who have not seen the documents: whether it ends as its author wanted."""
    wanted: dict[str, list[bool]] = {}
    for row, answer in answered:
        wanted.setdefault(row["label"], []).append(_as_wanted(row, answer))
    for label, right in sorted(wanted.items()):
        yield Figure(suite, f"as wanted: {label}", sum(right), len(right))
    every = [each for right in wanted.values() for each in right]
    yield Figure(suite, "as wanted", sum(every), len(every))


def _as_wanted(row: RowData, answer: Answer) -> bool:
    cited = any(_holds(citation.quote, quote) for citation in answer.citations for quote in row["quotes"])
    match row["label"]:
        case "answered":
            return answer.status is Status.ANSWERED and cited
        case "partly":
            return cited and bool(answer.missing)
        case "false_premise":
            return answer.correction or cited
        case "about_document":
            return cited or bool(answer.document_topics)
        case "smalltalk":
            return answer.status is Status.SMALLTALK
        case _:
            return answer.status in (Status.NOT_COVERED, Status.OUT_OF_SCOPE)


def _documents(suite: str, answered: Answered) -> Iterator[Figure]:
    """Questions about a document as a whole, and ones about what it says."""
    whole = [(row["topics"], answer) for row, answer in answered if row["topics"]]
    told = sum(set(topics) <= set(answer.document_topics) for topics, answer in whole)
    yield Figure(suite, "asked about the document and told of it", told, len(whole))
    others = [answer for row, answer in answered if not row["topics"]]
    taken = sum(bool(answer.document_topics) for answer in others)
    yield Figure(suite, "asked about what it says and told of the document", taken, len(others))


def _has_help_lines(answer: Answer) -> bool:
    return any(notice.kind is NoticeKind.SAFETY for notice in answer.notices)


def _holds(quote: str, gold: str) -> bool:
    one, other = fold_text(quote), fold_text(gold)
    return other in one or (one in other and 2 * len(one) >= len(other))


MESSAGE_SUITES: Mapping[str, tuple[str, Callable[[str, Answered], Iterator[Figure]]]] = {
    "messages.m3": ("messages.m3.jsonl", _messages),
    "messages.m4": ("messages.m4.jsonl", _messages),
    "claims": ("claims.c2.jsonl", _claims),
    "places_elsewhere": ("places_elsewhere.jsonl", _elsewhere),
    "places_own": ("places_own.jsonl", _own),
    "several_parts": ("several_parts.jsonl", _parts),
    "outline": ("outline_forms.jsonl", _outline),
    "distress": ("distress.jsonl", _distress),
    "topics": ("topics.jsonl", _topics),
    "distress.d2": ("distress.d2.jsonl", _distress),
    "documents": ("documents.jsonl", _documents),
    "documents.dev": ("documents.dev.jsonl", _documents),
    "strangers": ("strangers.jsonl", _strangers),
    "strangers.dev": ("strangers.dev.jsonl", _strangers),
    "strangers.b.dev": ("strangers.b.dev.jsonl", _strangers),
    "several_parts.dev": ("several_parts.dev.jsonl", _parts),
    "outline.dev": ("outline_forms.dev.jsonl", _outline),
    "outline.dev2": ("outline_forms.dev2.jsonl", _outline),
    "claims.dev": ("claims.c3.jsonl", _claims),
    "distress.dev": ("distress.d1.jsonl", _distress),
    "topics.dev": ("topics.dev.jsonl", _topics),
}
"""Each suite's file and what is measured of it; those with `.dev` in their name may be tuned on."""
