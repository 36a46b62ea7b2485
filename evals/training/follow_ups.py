"""Which prepared questions are offered after an answer: those that the assistant answers with their clause.

Of every clause a few, each about another passage, in people's own words and short enough for a button, the
shortest first. Each was asked alone, within a conversation on another matter, and with the statutes loaded
beside the plan. `policy-qa eval calibrate
follow_ups` writes them to `assistant/data/follow_ups.json`, by edition and the clause's address.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from assistant.answering.strength import strength
from assistant.schema import Answer, Exchange, NoticeKind, Status
from assistant.service import Assistant, exchange_of
from evals.training.fitting import ASSISTANT_DATA, Origin, digest_of
from index.readers.prepared_questions import load_lay_questions
from index.schema import LayQuestion, Passage
from index.search.searcher import base_address
from index.structure.passages import make_passages
from prompts import reply

MOST = 3
"""Questions that are kept of a clause."""
_SHORTEST, _LONGEST = 8, 24
"""Characters of a question on a button."""
_ASKS = re.compile(r"[^。！!；;？?\n]+[？?]")
"""One sentence, and it asks."""
_BEFORE = "重点任务一共分成几项？"
"""What the conversation was about before, where a question is asked within one."""


def fit_follow_ups(plan: Assistant, statutes: Assistant | None) -> dict[str, float]:
    """Write the questions of every document that has prepared ones; `statutes` is the assistant over plan and
    statutes. Returns how many clauses and questions there are, and the share of candidates that held."""
    settings = plan.settings
    before = exchange_of(_BEFORE, plan.ask(_BEFORE, history=()))
    values: dict[str, dict[str, list[str]]] = {}
    tried = held = 0
    for view in plan.library.views():
        passages = {passage.id: passage for passage in make_passages(view.document)}
        lay = load_lay_questions(tuple(passages.values()), settings.corpus_dir, view.document.id)
        found: dict[str, list[str]] = defaultdict(list)
        for address, candidates in _by_clause(lay, passages).items():
            asked: set[str] = set()
            for question, passage in candidates:
                if len(found[address]) == MOST or passage.id in asked:
                    continue
                tried += 1
                if _is_answered(plan, statutes, before, question, passage):
                    held += 1
                    asked.add(passage.id)
                    found[address].append(question)
        if kept := {address: questions for address, questions in found.items() if questions}:
            values[f"{view.document.id}@{view.document.version}"] = kept
    files = [*settings.corpus_dir.glob("*.txt"), *settings.corpus_dir.glob("*.questions.jsonl")]
    Origin(plan.searcher.embedder, digest_of(files)).write(ASSISTANT_DATA / "follow_ups.json", values)
    chosen = [questions for clauses in values.values() for questions in clauses.values()]
    return {
        "clauses": float(len(chosen)),
        "questions": float(sum(map(len, chosen))),
        "candidates": float(tried),
        "answered_with_their_clause": held / max(tried, 1),
    }


def _by_clause(
    lay: Sequence[LayQuestion], passages: dict[str, Passage]
) -> dict[str, list[tuple[str, Passage]]]:
    found: dict[str, list[tuple[str, Passage]]] = defaultdict(list)
    for question in lay:
        if _SHORTEST <= len(question.text) <= _LONGEST and _ASKS.fullmatch(question.text):
            passage = passages[question.passage_id]
            found[base_address(passage.address)].append((question.text, passage))
    return {address: sorted(rows, key=lambda row: (len(row[0]), row[0])) for address, rows in found.items()}


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
