"""What parameters are fitted on: development rows and the corpus's own questions, searched once each."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from assistant.answering.models import reading_model
from assistant.answering.read import ReadPart
from assistant.answering.select import Selector
from assistant.eval_rows.row import Gold, Row
from assistant.question.message import focused, understood
from assistant.reading.reader import reader
from assistant.schema import Question, Request, SubQuestion
from evals.rows.dataset import DATASETS, load_rows
from evals.training.fitting import ASSISTANT_DATA, Origin, digest_of
from index.library.library import Library
from index.schema import Claim, Hit, LayQuestion, OpenQuestion
from index.search.searcher import Query, Searcher, base_address
from index.settings import CORPUS
from index.storage.entries import CLAIMS, OPEN, QUESTIONS
from index.text.lexicon import standardise

Floats = NDArray[np.float64]
DAY = date(2026, 3, 2)
"""The day on which samples are asked, so that the calendar does not move what is fitted."""
INTENTS = ASSISTANT_DATA / "intents.jsonl"
_MESSAGES = ("messages.m1.jsonl", "messages.m2.jsonl", "several_parts.dev.jsonl", "yesno.jsonl")


@dataclass(frozen=True, slots=True)
class Sample:
    """A question as the pipeline would search it, with what the search found."""

    text: str
    standard: str
    part: SubQuestion
    row: Row | None = None
    """The development row that it comes from."""
    source: LayQuestion | Claim | OpenQuestion | None = None
    """The question of the corpus that it is; left out of its own search."""
    quote: str | None = None
    """Of a part of a message: the words that answer it; empty where the document does not answer."""

    @property
    def answered(self) -> bool:
        """The document answers it."""
        if self.quote is not None:
            return bool(self.quote)
        if self.row is not None:
            return self.row.status == "answered"
        return isinstance(self.source, LayQuestion | Claim)


class Samples:
    """Development rows of one turn, and the corpus's questions, both in a fixed order."""

    def __init__(
        self,
        searcher: Searcher,
        library: Library,
        statutes: "Samples | None" = None,
        tables: "Samples | None" = None,
    ) -> None:
        """`statutes` and `tables`: plan and statutes, plan and documents with tables, for what is fitted on
        them as well."""
        self.statutes = statutes
        self.tables = tables
        self.searcher = searcher
        self.library = library
        self.vocabulary = searcher.vocabulary
        self.rows = tuple(row for row in load_rows(split="dev") if len(row.turns) == 1)

    @cached_property
    def origin(self) -> Origin:
        """What everything here is fitted with and from."""
        messages = [DATASETS / "messages" / name for name in _MESSAGES]
        files = [*CORPUS.glob("*.txt"), *CORPUS.glob("*.jsonl"), *messages]
        return Origin(self.searcher.embedder, digest_of(files, *map(repr, load_rows(split="dev"))))

    def read(self, part: SubQuestion, text: str) -> ReadPart | None:
        """The part of a message `text` as the assistant reads it, by what was last fitted."""
        selector = Selector(self.library, self.searcher.passages, reader(), reading_model(reader()))
        return selector.read(part, Request(text, DAY), Question(standalone=text))

    def of_rows(self) -> tuple[Sample, ...]:
        """One sample a development row; searched anew, since the fit before may have changed the search."""
        found = []
        for row in self.rows:
            text = focused(understood(row.turns[-1]), self.vocabulary)
            found.append(self._sample(text, None, row=row))
        return tuple(found)

    def of_messages(self) -> tuple[Sample, ...]:
        """One sample a part of the messages whose authors marked what is asked and what answers it."""
        found = []
        for name in _MESSAGES:
            for line in (DATASETS / "messages" / name).read_text(encoding="utf-8").splitlines():
                row = json.loads(line)
                parts = row.get("parts") or row.get("asked") or [row]
                for part in parts:
                    sample = self._sample(focused(understood(part["text"]), self.vocabulary), None)
                    found.append(replace(sample, quote=part["quote"] or ""))
        return tuple(found)

    def of_intents(self, intent: str) -> tuple[Sample, ...]:
        """One sample an intent example of that name."""
        rows = [json.loads(line) for line in INTENTS.read_text(encoding="utf-8").splitlines()]
        return tuple(self._sample(row["text"], None) for row in rows if row["intent"] == intent)

    @cached_property
    def of_corpus(self) -> tuple[Sample, ...]:
        """One sample a lay question, claim or open question, with the vector that the index holds of it."""
        found = []
        for name in (QUESTIONS, CLAIMS, OPEN):
            for _, question, vector in self.searcher.questions_of(name):
                found.append(self._sample(question.text, vector, source=question))
        return tuple(found)

    def _sample(
        self,
        text: str,
        vector: NDArray[np.float32] | None,
        row: Row | None = None,
        source: LayQuestion | Claim | OpenQuestion | None = None,
    ) -> Sample:
        standard = standardise(text)
        if vector is None:
            vector = self.searcher.embed(standard)
        found = self.searcher.search(
            Query(standard, without=source.text if source else None), vector, top_k=20
        )
        near = (found.hits, found.open_matches, found.lay_matches, found.claim_matches)
        part = SubQuestion(standard, text, tuple(vector.tolist()), *near)
        return Sample(text, standard, part, row, source)


def holds_gold(hit: Hit, golds: Sequence[Gold], library: Library) -> bool:
    """The hit overlaps a gold quotation."""
    return any(holds(hit, gold, library) for gold in golds)


def holds(hit: Hit, gold: Gold, library: Library) -> bool:
    """The hit overlaps the gold quotation."""
    view = library.get(hit.passage.document_id, hit.passage.document_version)
    if view is None:
        return False
    clause = view.clause(gold.clause)
    at = view.document.text.find(gold.quote, clause.start, clause.end) if clause else -1
    return at >= 0 and at < hit.passage.end and hit.passage.start < at + len(gold.quote)


def holds_clause(hit: Hit, golds: Sequence[Gold]) -> bool:
    """The hit lies in a gold clause or under it."""
    address = base_address(hit.passage.address)
    clauses = {base_address(gold.clause) for gold in golds}
    return any(address == clause or address.startswith(f"{clause}.") for clause in clauses)
