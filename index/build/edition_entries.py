"""An edition as it is stored: its entries in each collection with their vectors, and its words."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from index.build.content import Edition
from index.encoder.embedder import Vectors
from index.schema import PassageKind
from index.search.searcher import base_address
from index.storage.entries import (
    CLAIMS,
    OPEN,
    PASSAGES,
    QUESTIONS,
    Entries,
    claim_metadata,
    open_metadata,
    passage_metadata,
    question_metadata,
)
from index.storage.segments import EditionEntries
from index.storage.vector_cache import PASSAGE, QUESTION
from index.text.tokens import tokens
from index.text.vocabulary import vocabulary_of

VectorOf = Mapping[tuple[str, str], Vectors]
"""The vector of each (kind, text)."""


def entries_of(edition: Edition, vectors: VectorOf) -> EditionEntries:
    """Everything that is stored of `edition`."""
    passages = edition.passages
    at = {passage.id: number for number, passage in enumerate(passages)}
    headings = {p.address: number for number, p in enumerate(passages) if p.kind is PassageKind.HEADING}
    return EditionEntries(
        edition.key,
        {
            PASSAGES: _entries(
                [passage.id for passage in passages],
                passages,
                [passage_metadata(passage) for passage in passages],
                [vectors[PASSAGE, text] for text in edition.passage_texts],
            ),
            QUESTIONS: _questions(
                edition.key, "?", edition.lay, question_metadata, edition.lay_texts, vectors
            ),
            CLAIMS: _questions(
                edition.key, "!", edition.claims, claim_metadata, edition.claim_texts, vectors
            ),
            OPEN: _questions(edition.key, "~", edition.open, open_metadata, edition.open_texts, vectors),
        },
        {
            PASSAGES: [tokens(text) for text in edition.passage_texts],
            QUESTIONS: [tokens(text) for text in edition.lay_texts],
        },
        [headings.get(base_address(passage.address), -1) for passage in passages],
        [at[question.passage_id] for question in edition.lay],
        sorted(vocabulary_of(passages)),
    )


def _questions(
    key: str, mark: str, held: Sequence[Any], metadata: Any, searched: Sequence[str], vectors: VectorOf
) -> Entries:
    return _entries(
        [f"{key}{mark}{number:06d}" for number in range(len(held))],
        held,
        [metadata(each, key, number) for number, each in enumerate(held)],
        [vectors[QUESTION, text] for text in searched],
    )


def _entries(
    ids: Sequence[str], held: Sequence[Any], metadatas: Sequence[dict[str, Any]], rows: Sequence[Vectors]
) -> Entries:
    vectors = np.asarray(rows, dtype=np.float32) if rows else np.zeros((0, 0), dtype=np.float32)
    return Entries(tuple(ids), tuple(each.text for each in held), tuple(metadatas), vectors)
