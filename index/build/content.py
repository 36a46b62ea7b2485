"""What an index is made of: documents read into passages and questions, and their fingerprint.

The documents are the shipped corpus and those that users added; where both hold one version of one
document, the shipped one counts, since it comes with questions. The fingerprint covers everything
that shapes the result: texts, descriptions, questions, model, lexicons and stage versions. Equal
fingerprints mean equal indexes.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from index.readers.corpus import LOAD_VERSION, load_corpus
from index.readers.prepared_questions import load_lay_questions, load_open_questions
from index.schema import Document, LayQuestion, OpenQuestion, Passage
from index.storage import chroma
from index.storage.added_documents import AddedDocument, check_key
from index.storage.document_files import dump_fields, encode_text, key_of
from index.storage.vector_cache import PASSAGE, QUESTION
from index.structure import outline, passages
from index.structure.passages import make_passages, search_text
from index.text import tokens

STAGES = {
    "load": LOAD_VERSION,
    "outline": outline.OUTLINE_VERSION,
    "passages": passages.PASSAGES_VERSION,
    "tokens": tokens.TOKENS_VERSION,
    "store": chroma.STORE_VERSION,
}


@dataclass(frozen=True, slots=True)
class Content:
    """Documents, read. `originals` stand beside them; passages and questions come in their order."""

    corpus: Path
    documents: tuple[Document, ...]
    originals: tuple[Path, ...]
    passages: tuple[Passage, ...]
    lay: tuple[LayQuestion, ...]
    open: tuple[OpenQuestion, ...]


def read_content(corpus: Path, added: Sequence[AddedDocument] = (), questions: Path | None = None) -> Content:
    """Read every document of `corpus` with its questions, and the `added` ones with theirs, which are in
    `questions` by `id@version`.

    Raises DocumentError and its kinds.
    """
    shipped = {key_of(document): document for document in load_corpus(corpus)}
    sources = [(document, corpus / document.source_name) for document in shipped.values()]
    sources += [(a.document, a.original) for a in added if key_of(a.document) not in shipped]
    sources.sort(key=lambda source: (source[0].id, source[0].version))
    found: list[Passage] = []
    lay: list[LayQuestion] = []
    unanswered: list[OpenQuestion] = []
    for document, _ in sources:
        check_key(document)
        own = make_passages(document)
        found.extend(own)
        if key_of(document) in shipped:
            lay.extend(load_lay_questions(document, own, corpus))
            unanswered.extend(load_open_questions(document, corpus))
        elif questions is not None:
            lay.extend(load_lay_questions(document, own, questions, f"{document.id}@{document.version}"))
    documents, originals = zip(*sources, strict=True)
    return Content(corpus, documents, originals, tuple(found), tuple(lay), tuple(unanswered))


def fingerprint_of(content: Content, model_id: str) -> str:
    """20 hexadecimal digits that stand for the index which `content` gives under a model."""
    parts = {
        "stages": STAGES,
        "model": model_id,
        "documents": [
            hashlib.sha256(dump_fields(d) + b"\0" + encode_text(d.text)).hexdigest()
            for d in content.documents
        ],
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


def searched(passages: Sequence[Passage]) -> list[str]:
    """Passages as they are embedded and indexed."""
    return [search_text(passage) for passage in passages]


def texts_by_document(content: Content) -> dict[str, tuple[tuple[str, str], ...]]:
    """By document id, every (kind, text) whose vector an index needs: what shipped vectors hold."""
    home = {passage.id: passage.document_id for passage in content.passages}
    pairs: dict[str, list[tuple[str, str]]] = {document.id: [] for document in content.documents}
    for passage, text in zip(content.passages, searched(content.passages), strict=True):
        pairs[passage.document_id].append((PASSAGE, text))
    for lay, text in zip(content.lay, standardised([q.text for q in content.lay]), strict=True):
        pairs[home[lay.passage_id]].append((QUESTION, text))
    for question, text in zip(content.open, standardised([q.text for q in content.open]), strict=True):
        pairs[question.document_id].append((QUESTION, text))
    return {identifier: tuple(dict.fromkeys(found)) for identifier, found in pairs.items()}
