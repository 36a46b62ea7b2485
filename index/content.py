"""What an index is made of: a corpus read into passages and questions, and its fingerprint.

The fingerprint covers everything that shapes the result: texts, descriptions, questions, model,
lexicons and stage versions. Equal fingerprints mean equal indexes.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from index import outline, passages, store, tokens
from index.load import LOAD_VERSION, load_corpus
from index.passages import make_passages
from index.questions import load_lay_questions, load_open_questions
from index.schema import Document, LayQuestion, OpenQuestion, Passage
from index.vectors import PASSAGE, QUESTION

STAGES = {
    "load": LOAD_VERSION,
    "outline": outline.OUTLINE_VERSION,
    "passages": passages.PASSAGES_VERSION,
    "tokens": tokens.TOKENS_VERSION,
    "store": store.STORE_VERSION,
}


@dataclass(frozen=True, slots=True)
class Content:
    """A corpus, read. Passages and questions come in the order of the documents."""

    documents: tuple[Document, ...]
    passages: tuple[Passage, ...]
    lay: tuple[LayQuestion, ...]
    open: tuple[OpenQuestion, ...]


def read_content(corpus: Path) -> Content:
    """Read every document of `corpus` with its questions. Raises DocumentError and its kinds."""
    documents = load_corpus(corpus)
    found: list[Passage] = []
    lay: list[LayQuestion] = []
    unanswered: list[OpenQuestion] = []
    for document in documents:
        own = make_passages(document)
        found.extend(own)
        lay.extend(load_lay_questions(document, own, corpus))
        unanswered.extend(load_open_questions(document, corpus))
    return Content(documents, tuple(found), tuple(lay), tuple(unanswered))


def fingerprint_of(content: Content, model_id: str) -> str:
    """20 hexadecimal digits that stand for the index which `content` gives under a model."""
    parts = {
        "stages": STAGES,
        "model": model_id,
        "documents": [{**asdict(d), "text": ""} for d in content.documents],  # sha256 stands for the text
        "lay": [asdict(q) for q in content.lay],
        "open": [asdict(q) for q in content.open],
        "lexicon": [
            hashlib.sha256((tokens.DATA / name).read_bytes()).hexdigest()
            for name in ("dialect.tsv", "terms.txt")
        ],
    }
    described = json.dumps(parts, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(described.encode("utf-8", "surrogatepass")).hexdigest()[:20]


def standardised(texts: Sequence[str]) -> list[str]:
    """Questions as they are embedded and indexed: dialect and lay words in their standard form."""
    lexicon = tokens.Lexicon()
    return [lexicon.standardise(text) for text in texts]


def texts_by_document(content: Content) -> dict[str, tuple[tuple[str, str], ...]]:
    """By document id, every (kind, text) whose vector an index needs: what shipped vectors hold."""
    home = {passage.id: passage.document_id for passage in content.passages}
    pairs: dict[str, list[tuple[str, str]]] = {document.id: [] for document in content.documents}
    for passage in content.passages:
        pairs[passage.document_id].append((PASSAGE, passage.text))
    for lay, text in zip(content.lay, standardised([q.text for q in content.lay]), strict=True):
        pairs[home[lay.passage_id]].append((QUESTION, text))
    for question, text in zip(content.open, standardised([q.text for q in content.open]), strict=True):
        pairs[question.document_id].append((QUESTION, text))
    return {identifier: tuple(dict.fromkeys(found)) for identifier, found in pairs.items()}
