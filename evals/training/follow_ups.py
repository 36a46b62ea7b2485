"""Which prepared questions are offered after an answer: those that the assistant answers with their clause.

Of every clause one, in people's own words and short enough for a button: one that asks for something goes
before one that asks whether. It was asked alone, within a conversation on another matter, and with the
statutes loaded beside the plan. `policy-qa eval calibrate
follow_ups` writes them to `assistant/data/follow_ups.json`, by edition and the clause's address.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from assistant.answering.outline_lookup import is_unit
from assistant.answering.strength import strength
from assistant.question.kinds import kind_asked
from assistant.question.patterns import Asked
from assistant.schema import Answer, Exchange, NoticeKind, Status
from assistant.service import Assistant, exchange_of
from evals.training.fitting import ASSISTANT_DATA, Origin, digest_of
from index.readers.prepared_questions import load_lay_questions
from index.schema import LayQuestion, Passage
from index.search.searcher import base_address
from index.structure.passages import make_passages
from prompts import reply

_SHORTEST, _LONGEST = 8, 24
"""Characters of a question on a button."""
_BEST = 16
"""Characters that are read at a glance."""
_ASKS = re.compile(r"[^。！!；;？?\n]+[？?]")
"""One sentence, and it asks."""
_BEFORE = "重点任务一共分成几项？"
"""What the conversation was about before, where a question is asked within one."""


def fit_follow_ups(plan: Assistant, statutes: Assistant | None) -> dict[str, float]:
    """Write the questions of every document that has prepared ones; `statutes` is the assistant over plan and
    statutes. Returns how many clauses have one, and the share of those tried that held."""
    settings = plan.settings
    before = exchange_of(_BEFORE, plan.ask(_BEFORE, history=()))
    values: dict[str, dict[str, str]] = {}
    tried = 0
    for view in plan.library.views():
        passages = {passage.id: passage for passage in make_passages(view.document)}
        lay = load_lay_questions(tuple(passages.values()), settings.corpus_dir, view.document.id)
        found: dict[str, str] = {}
        for address, candidates in _by_clause(lay, passages).items():
            clause = view.clause(address)
            for question, passage in candidates if clause and is_unit(clause) else ():
                tried += 1
                if _is_answered(plan, statutes, before, question, passage):
                    found[address] = question
                    break
        if found:
            values[f"{view.document.id}@{view.document.version}"] = found
    files = [*settings.corpus_dir.glob("*.txt"), *settings.corpus_dir.glob("*.questions.jsonl")]
    Origin(plan.searcher.embedder, digest_of(files)).write(ASSISTANT_DATA / "follow_ups.json", values)
    kept = sum(map(len, values.values()))
    return {"clauses": float(kept), "answered_with_their_clause": kept / max(tried, 1)}


def _by_clause(
    lay: Sequence[LayQuestion], passages: dict[str, Passage]
) -> dict[str, list[tuple[str, Passage]]]:
    found: dict[str, list[tuple[str, Passage]]] = defaultdict(list)
    for question in lay:
        if _SHORTEST <= len(question.text) <= _LONGEST and _ASKS.fullmatch(question.text):
            passage = passages[question.passage_id]
            found[base_address(passage.address)].append((question.text, passage))
    return {address: sorted(rows, key=_order) for address, rows in found.items()}


def _order(row: tuple[str, Passage]) -> tuple[bool, int, str]:
    vague = kind_asked(row[0]) in (Asked.YES_NO, Asked.OTHER)
    return vague, abs(len(row[0]) - _BEST), row[0]


def _is_answered(
    plan: Assistant, statutes: Assistant | None, before: Exchange, question: str, passage: Passage
) -> bool:
    """Each time with the passage's clause first, and on strong evidence where the plan is alone."""
    alone = plan.ask(question, history=())
    if not _holds(alone, passage) or strength(alone) != reply("strength_strong"):
        return False
    return all(_holds(answer, passage) for answer in _answers(plan, statutes, before, question))


def _answers(
    plan: Assistant, statutes: Assistant | None, before: Exchange, question: str
) -> Iterator[Answer]:
    yield plan.ask(question, history=(before,))
    if statutes is not None:
        yield statutes.ask(question, history=(before,))


def _holds(answer: Answer, passage: Passage) -> bool:
    if answer.status is not Status.ANSWERED or answer.correction or answer.missing or not answer.citations:
        return False
    if any(notice.kind is NoticeKind.SAFETY for notice in answer.notices):
        return False
    return base_address(answer.citations[0].clause_id) == base_address(passage.clause_id)
