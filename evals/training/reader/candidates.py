"""What the reader is given for a row: the things asked as the pipeline searches them, each with its hits.

Training reads exactly what is served, so each row goes through the assistant itself; what the search found
is kept as plain JSON, which the training environment reads without the assistant.

A file of readings holds one JSON object a line: `id`, `author`, `label`, `pair`, `document`, the assistant's
own `status` and `correction`, and `texts`, each with `kind` ("part" or "statement"), `text`, `asked`, `today`
and `hits`. A hit is `[passage, score, mark, start, end, prepared]`: an index into the file of passages; the
search's score, null where only its mark brings it here; one of `MARKS`; the deciding words as offsets in the
passage's text, -1 where nobody marked them; the nearest prepared question that the passage answers, empty
where it has none.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.pipeline import StepEvent
from assistant.reading.passage_text import context_of
from assistant.schema import Turn
from assistant.service import Assistant
from evals.rows.quote_places import Place, QuotePlaces
from evals.rows.reading_rows import PLAN, Label, ReadingRow
from evals.training.reader.groups import CANDIDATES
from index.schema import Claim, Hit, LayQuestion, OpenQuestion, Passage
from index.search.searcher import Query, Searcher, base_address
from index.storage.entries import CLAIMS, OPEN, QUESTIONS
from index.structure.passages import search_text
from index.text.lexicon import standardise

MARKS = ("other", "gold", "beside", "near", "denies")
"""`other` does not answer; `gold` does; `beside` lies in a gold clause and was not labelled; `near` tempts;
`denies` excludes what is taken for granted, and answers so."""
HITS = 20
_SHARED = 0.5
"""Of the characters of what is claimed, how many a statement must have to be taken for it."""


@dataclass(frozen=True, slots=True)
class Known:
    """What an author says of a row's question, as places in the stored text."""

    false: bool
    """The first gold place excludes what is taken for granted."""
    gold: list[Place]
    near: list[Place]
    holding: list[int]
    """The passages that hold any of them."""
    clauses: set[str]
    """The clauses that hold gold."""


class Readings:
    """Makes readings with one assistant."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._passages = assistant.searcher.passages
        self._at = {passage.id: index for index, passage in enumerate(self._passages)}
        self._places = QuotePlaces(assistant.library)

    def passages(self) -> Iterator[dict[str, Any]]:
        """The passages as they are read, in the order that readings count."""
        for passage in self._passages:
            yield {
                "id": passage.id,
                "context": context_of(passage),
                "text": passage.text,
                "search": search_text(passage),
            }

    def of(self, row: ReadingRow) -> dict[str, Any]:
        """What the reader is given for `row`. Raises ValueError where a quotation is not in the document."""
        turn, confidences, status, correction = self._asked(row)
        gold = [self._places.find(row.document, quote) for quote in row.gold]
        near = [self._places.find(row.document, quote) for quote in row.near]
        known = Known(
            row.label is Label.FALSE_PREMISE or bool(row.claimed), gold, near,
            [self._at[p.id] for p in self._passages if any(place.meets(p) for place in (*gold, *near))],
            {base_address(p.clause_id) for p in self._passages if any(place.meets(p) for place in gold)},
        )  # fmt: skip
        texts = [
            {"kind": "part", "text": part.complete or part.text, "asked": part.asked, "today": confidence,
             "hits": self._hits(part.hits, known)}
            for part, confidence in zip(turn.parts, confidences, strict=True)
        ]  # fmt: skip
        texts += [
            {"kind": "statement", "text": stated.searched, "asked": stated.text, "today": stated.chance,
             "claimed": _shared(row.claimed, stated.text),
             "hits": self._hits(stated.hits, known)}
            for stated in turn.statements
        ]  # fmt: skip
        return {
            "id": row.id, "author": row.author, "label": row.label.value, "pair": row.pair,
            "document": row.document, "question": row.question,
            "status": status, "correction": correction, "texts": texts,
        }  # fmt: skip

    def _asked(self, row: ReadingRow) -> tuple[Turn, list[float], str, bool]:
        """The turn as the search left it, how sure the assistant is of each part today, and what it says."""
        seen: dict[str, Turn] = {}
        conversation = None
        day = self._places.in_force(row.document, self._assistant.clock())
        for message in (*row.history, row.question):
            seen.clear()

            def keep(event: StepEvent) -> None:
                seen[event.step] = event.turn

            answer = self._assistant.ask(message, conversation_id=conversation, as_of=day, on_event=keep)
            conversation = answer.conversation_id
        self._assistant.store.conversations.delete(answer.conversation_id)
        turn = seen.get("retrieve") or list(seen.values())[-1]
        confidences = [part.confidence for part in seen.get("answer", turn).parts]
        return turn, confidences, answer.status.value, answer.correction

    def _hits(self, hits: Iterable[Hit], known: Known) -> list[list[Any]]:
        found = [
            [*self._marked(hit.passage, round(hit.score, 3), known), hit.question or ""]
            for hit in list(hits)[:HITS]
        ]
        held = {entry[0] for entry in found}
        return found + [
            [*self._marked(self._passages[index], None, known), ""]
            for index in known.holding
            if index not in held
        ]

    def _marked(self, passage: Passage, score: float | None, known: Known) -> list[Any]:
        index = self._at[passage.id]
        for number, place in enumerate(known.gold):
            if place.meets(passage):
                mark = "denies" if known.false and number == 0 else "gold"
                return [index, score, mark, *_within(passage, place.span)]
        if any(place.meets(passage) for place in known.near):
            return [index, score, "near", -1, -1]
        beside = base_address(passage.clause_id) in known.clauses
        return [index, score, "beside" if beside else "other", -1, -1]


def write_readings(
    assistant: Assistant, rows: Iterable[ReadingRow], folder: Path, name: str, told: Callable[[str], None]
) -> None:
    """Write `name.jsonl` and the passages it counts into `folder`; rows written before are kept."""
    readings = Readings(assistant)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.jsonl"
    known = {json.loads(line)["id"] for line in path.read_text("utf-8").splitlines()} if path.exists() else ()
    _write(folder / f"{name}.passages.jsonl", readings.passages())
    with path.open("a", encoding="utf-8") as file:
        for count, row in enumerate(rows, start=1):
            if row.id in known:
                continue
            try:
                reading = readings.of(row)
            except ValueError as error:
                told(f"{row.id}: {error}")
                continue
            file.write(json.dumps(reading, ensure_ascii=False) + "\n")
            if count % 100 == 0:
                file.flush()
                told(f"{name}: {count} rows")


def _within(passage: Passage, span: tuple[int, int] | None) -> tuple[int, int]:
    """The span as offsets in the passage's text; -1 where it lies elsewhere."""
    if span is None or not (passage.start <= span[0] and span[1] <= passage.end):
        return -1, -1
    return span[0] - passage.start, span[1] - passage.start


def _shared(claimed: str, text: str) -> bool | None:
    """Whether `text` states what is claimed; None where that is unclear."""
    if not claimed:
        return False
    held = sum(char in text for char in set(claimed)) / len(set(claimed))
    return True if held >= _SHARED else None


def write_corpus_readings(assistant: Assistant, folder: Path, name: str) -> None:
    """Write the corpus's own questions, and the passages that they count, into `folder`."""
    _write(folder / f"{name}.passages.jsonl", Readings(assistant).passages())
    _write(folder / f"{name}.jsonl", corpus_readings(assistant))


def _write(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def corpus_readings(assistant: Assistant) -> Iterator[dict[str, Any]]:
    """The corpus's lay questions, open questions and claims as readings, each with itself left out of its
    search."""
    searcher = assistant.searcher
    for name in (QUESTIONS, OPEN, CLAIMS):
        for key, question, vector in searcher.questions_of(name):
            standard = standardise(question.text)
            found = searcher.search(Query(standard, without=question.text), vector, top_k=CANDIDATES)
            yield _corpus_reading(searcher, name, key, question, standard, found.hits)


def _corpus_reading(
    searcher: Searcher,
    name: str,
    key: str,
    question: LayQuestion | Claim | OpenQuestion,
    standard: str,
    found: Sequence[Hit],
) -> dict[str, Any]:
    at = {passage.id: index for index, passage in enumerate(searcher.passages)}
    gold = None if isinstance(question, OpenQuestion) else searcher.passages[at[question.passage_id]]
    false = isinstance(question, Claim) and not question.holds
    value = question.value if isinstance(question, Claim) else ""

    def marked(passage: Passage, score: float | None) -> list[Any]:
        if gold is None or passage.id != gold.id:
            beside = gold is not None and base_address(passage.clause_id) == base_address(gold.clause_id)
            return [at[passage.id], score, "beside" if beside else "other", -1, -1]
        start = passage.text.find(value) if value else -1
        end = start + len(value) if start >= 0 else -1
        return [at[passage.id], score, "denies" if false else "gold", start, end]

    hits = [[*marked(hit.passage, round(hit.score, 3)), hit.question or ""] for hit in found]
    if gold and all(hit.passage.id != gold.id for hit in found):
        hits.append([*marked(gold, None), ""])
    label = Label.UNANSWERABLE if gold is None else Label.FALSE_PREMISE if false else Label.ANSWERABLE
    text = {"kind": "part", "text": standard, "asked": question.text, "today": 0.0, "hits": hits}
    return {
        "id": key, "author": name, "label": label.value, "pair": "", "document": PLAN,
        "question": question.text, "status": "", "correction": False, "texts": [text],
    }  # fmt: skip
