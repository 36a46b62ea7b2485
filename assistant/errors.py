"""The assistant's branch of the error tree.

PolicyQAError                (index.errors, re-exported here whole)
└── AssistantError           a request cannot be served
    ├── InvalidQuestion          empty, or longer than allowed
    ├── UnknownConversation      no conversation has this id
    ├── UnknownAnswer            no answer has this id
    ├── UnknownDocument          no document has this id or version
    ├── UnknownClause            the document has no clause at this address
    ├── TooMuchToCheck           a draft holds more quotations and references than one request may
    ├── ModelNotConfigured       a language model was asked for, and none is set up
    ├── ModelFault               the language model did not answer as one does
    ├── ReaderUnusable           the reader's files are missing, damaged or of another version
    ├── Cancelled                the asker went away
    └── InvalidSettings          a setting is malformed
"""

from index.errors import (
    AddedDocumentsDamaged,
    AddedElsewhere,
    BuildInProgress,
    DocumentError,
    DuplicateDocument,
    EmbeddingError,
    IndexDamaged,
    IndexError_,
    IndexMissing,
    IndexNotWritten,
    InvalidMetadata,
    NotAdded,
    PolicyQAError,
    ShippedDocument,
    UndecodableDocument,
)

__all__ = [
    "AddedDocumentsDamaged",
    "AddedElsewhere",
    "AssistantError",
    "BuildInProgress",
    "Cancelled",
    "DocumentError",
    "DuplicateDocument",
    "EmbeddingError",
    "IndexDamaged",
    "IndexError_",
    "IndexMissing",
    "IndexNotWritten",
    "InvalidMetadata",
    "InvalidQuestion",
    "InvalidSettings",
    "ModelFault",
    "ModelNotConfigured",
    "NotAdded",
    "PolicyQAError",
    "ReaderUnusable",
    "ShippedDocument",
    "TooMuchToCheck",
    "UndecodableDocument",
    "UnknownAnswer",
    "UnknownClause",
    "UnknownConversation",
    "UnknownDocument",
]


class AssistantError(PolicyQAError):
    """A request cannot be served."""


class InvalidQuestion(AssistantError):
    """The question is empty or longer than 1,000 code points."""


class UnknownConversation(AssistantError):
    """The server never gave this conversation id, or has erased it."""


class UnknownAnswer(AssistantError):
    """The server never gave this answer id, or has erased it."""


class UnknownDocument(AssistantError):
    """No document has this id or version."""


class UnknownClause(AssistantError):
    """The document has no clause at this address."""


class TooMuchToCheck(AssistantError):
    """A draft holds more quotations and references than one request may."""


class ModelNotConfigured(AssistantError):
    """A language model was asked for, and none is set up."""


class ModelFault(AssistantError):
    """The language model did not answer as one does; `kind` is a `ModelFaultKind` (`llm.client`)."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"大模型没有应答（{kind}）。")
        self.kind = kind


class ReaderUnusable(AssistantError):
    """The reader's files are missing, damaged, or of another version or encoder."""


class Cancelled(AssistantError):
    """Whoever asked has gone; the run stopped between two steps."""


class InvalidSettings(AssistantError):
    """A setting is malformed."""
