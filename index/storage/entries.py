"""What is kept of passages, lay questions, claims and open questions, in Chroma and in segments alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from index.encoder.embedder import Vectors
from index.schema import Claim, LayQuestion, OpenQuestion, Passage, PassageKind

PASSAGES, QUESTIONS, CLAIMS, OPEN = "passages", "questions", "claims", "open"
COLLECTIONS = (PASSAGES, QUESTIONS, CLAIMS, OPEN)
_PATH_SEPARATOR = "\n"

Metadata = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entries:
    """What one edition has in one collection, in order. `vectors` has one row an entry."""

    ids: tuple[str, ...]
    texts: tuple[str, ...]
    metadatas: tuple[Metadata, ...]
    vectors: Vectors

    def __len__(self) -> int:
        return len(self.ids)


NOTHING = Entries((), (), (), np.zeros((0, 0), dtype=np.float32))
"""No entries."""


def passage_metadata(passage: Passage) -> dict[str, Any]:
    """What is kept of a passage beside its text and vector."""
    return {
        "edition": passage.edition,
        "document_id": passage.document_id,
        "document_version": passage.document_version,
        "address": passage.address,
        "label": passage.label,
        "path": _PATH_SEPARATOR.join(passage.path),
        "kind": passage.kind.value,
        "start": passage.start,
        "end": passage.end,
        "ordinal": passage.ordinal,
        "context": passage.context,
        "page": passage.page or 0,
    }


def passage_of(key: str, text: str, meta: Metadata) -> Passage:
    """The passage of an entry."""
    return Passage(
        id=key,
        document_id=meta["document_id"],
        document_version=meta["document_version"],
        address=meta["address"],
        label=meta["label"],
        path=tuple(meta["path"].split(_PATH_SEPARATOR)) if meta["path"] else (),
        kind=PassageKind(meta["kind"]),
        start=meta["start"],
        end=meta["end"],
        text=text,
        ordinal=meta["ordinal"],
        context=meta["context"],
        page=meta["page"] or None,
    )


def question_metadata(question: LayQuestion, edition: str, ordinal: int) -> dict[str, Any]:
    """What is kept of a lay question beside its text and vector; `ordinal` is its place in its edition."""
    return {"edition": edition, "ordinal": ordinal, "passage_id": question.passage_id}


def question_of(_: str, text: str, meta: Metadata) -> LayQuestion:
    """The lay question of an entry."""
    return LayQuestion(meta["passage_id"], text)


def claim_metadata(claim: Claim, edition: str, ordinal: int) -> dict[str, Any]:
    """What is kept of a claim beside its text and vector."""
    return {
        "edition": edition,
        "ordinal": ordinal,
        "passage_id": claim.passage_id,
        "holds": claim.holds,
        "value": claim.value,
    }


def claim_of(_: str, text: str, meta: Metadata) -> Claim:
    """The claim of an entry."""
    return Claim(meta["passage_id"], text, meta["holds"], meta["value"])


def open_metadata(question: OpenQuestion, edition: str, ordinal: int) -> dict[str, Any]:
    """What is kept of an open question beside its text and vector."""
    return {
        "edition": edition,
        "ordinal": ordinal,
        "document_id": question.document_id,
        "address": question.address,
        "missing": question.missing,
    }


def open_of(_: str, text: str, meta: Metadata) -> OpenQuestion:
    """The open question of an entry."""
    return OpenQuestion(meta["document_id"], meta["address"], text, meta["missing"])


SHAPES: Mapping[str, Callable[[str, str, Metadata], Any]] = {
    PASSAGES: passage_of,
    QUESTIONS: question_of,
    CLAIMS: claim_of,
    OPEN: open_of,
}
"""What makes an entry of each collection, from its id, text and metadata, into what it stands for."""
