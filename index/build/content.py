"""What an index is made of: every version of every document with its passages and questions, and digests.

The documents are the shipped corpus and those that users added; where both hold one version of one
document, the shipped one counts, since it comes with questions. A digest covers all that an edition
contributes, the recipe all else that shapes the result: model, lexicons and stage versions. Equal recipes
and digests mean equal indexes, and equal digests alone mean that an edition can be taken over as it is.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

from index.encoder.embedder import Embedder
from index.readers.corpus import load_corpus
from index.readers.document import READER_VERSIONS
from index.readers.prepared_questions import load_claims, load_lay_questions, load_open_questions
from index.schema import Claim, Document, LayQuestion, OpenQuestion, Passage, edition_order
from index.storage import chroma
from index.storage.added_documents import AddedDocument, check_key
from index.storage.document_files import dump_fields, encode_text, flat, key_of
from index.storage.vector_cache import PASSAGE, QUESTION
from index.structure import outline, passages
from index.structure.passages import make_passages, search_text
from index.text import tokens
from index.text.lexicon import standardise

STAGES = {
    **READER_VERSIONS,
    "outline": outline.OUTLINE_VERSION,
    "passages": passages.PASSAGES_VERSION,
    "tokens": tokens.TOKENS_VERSION,
    "store": chroma.STORE_VERSION,
}


@dataclass(frozen=True)
class Edition:
    """One version of one document, and everything that is indexed of it."""

    document: Document
    original: Path
    shipped: bool
    """It is of the corpus, whose files somebody may write into."""
    passages: tuple[Passage, ...]
    lay: tuple[LayQuestion, ...]
    claims: tuple[Claim, ...]
    open: tuple[OpenQuestion, ...]

    @property
    def key(self) -> str:
        """`id@version`."""
        return key_of(self.document)

    @cached_property
    def digest(self) -> str:
        """20 hexadecimal digits that stand for all of this."""
        parts = [
            hashlib.sha256(dump_fields(self.document) + b"\0" + encode_text(self.document.text)).hexdigest(),
            *(list(map(flat, questions)) for questions in (self.lay, self.claims, self.open)),
        ]
        return _digest(parts)

    @cached_property
    def passage_texts(self) -> list[str]:
        """Passages as they are embedded and indexed."""
        return [search_text(passage) for passage in self.passages]

    @cached_property
    def lay_texts(self) -> list[str]:
        """Lay questions as they are embedded and indexed: in standard words."""
        return [standardise(question.text) for question in self.lay]

    @cached_property
    def claim_texts(self) -> list[str]:
        """Claims as they are embedded."""
        return [standardise(claim.text) for claim in self.claims]

    @cached_property
    def open_texts(self) -> list[str]:
        """Open questions as they are embedded."""
        return [standardise(question.text) for question in self.open]

    def embedded(self) -> tuple[tuple[str, str], ...]:
        """Every (kind, text) whose vector an index needs of this."""
        questions = (*self.lay_texts, *self.claim_texts, *self.open_texts)
        pairs = [*((PASSAGE, text) for text in self.passage_texts), *((QUESTION, text) for text in questions)]
        return tuple(dict.fromkeys(pairs))


def read_content(
    corpus: Path, added: Sequence[AddedDocument] = (), questions: Path | None = None
) -> tuple[Edition, ...]:
    """Every document of `corpus` with its questions, and the `added` ones with theirs, which are in
    `questions` by `id@version`; in the order of `edition_order`.

    Raises DocumentError and its kinds.
    """
    shipped = read_shipped(corpus)
    held = {edition.key for edition in shipped}
    others = read_added([each for each in added if key_of(each.document) not in held], questions)
    return tuple(sorted((*shipped, *others), key=lambda edition: edition_order(edition.key)))


def read_shipped(corpus: Path) -> tuple[Edition, ...]:
    """Every document of `corpus` with its questions. Raises DocumentError and its kinds."""
    return tuple(_edition(d, corpus / d.source_name, True, corpus, d.id) for d in load_corpus(corpus))


def read_added(added: Sequence[AddedDocument], questions: Path | None) -> tuple[Edition, ...]:
    """The `added` documents with their questions. Raises DocumentError and its kinds."""
    return tuple(
        _edition(each.document, each.original, False, questions, key_of(each.document)) for each in added
    )


def recipe_of(embedder: Embedder) -> str:
    """20 hexadecimal digits that stand for how editions become an index."""
    lexicons = [hashlib.sha256((tokens.DATA / name).read_bytes()).hexdigest() for name in _LEXICONS]
    libraries = {name: version(name) for name in _LIBRARIES}
    parts = {"stages": STAGES, "model": embedder.model_id, "lexicons": lexicons, "libraries": libraries}
    return _digest(parts)


def fingerprint_of(recipe: str, digests: Mapping[str, str]) -> str:
    """20 hexadecimal digits that stand for an index; `digests` are those of its editions by key."""
    return _digest([recipe, sorted(digests.items())])


_LEXICONS = ("dialect.tsv", "terms.txt")
_LIBRARIES = ("jieba", "opencc")
"""What cuts and folds words; another version may do it otherwise."""


def _edition(document: Document, original: Path, shipped: bool, folder: Path | None, stem: str) -> Edition:
    check_key(document)
    own = make_passages(document)
    if folder is None:
        return Edition(document, original, shipped, own, (), (), ())
    return Edition(
        document,
        original,
        shipped,
        own,
        load_lay_questions(own, folder, stem),
        load_claims(own, folder, stem),
        load_open_questions(document, folder, stem),
    )


def _digest(described: object) -> str:
    text = json.dumps(described, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:20]
