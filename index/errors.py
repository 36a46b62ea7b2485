"""The project's one error tree.

    PolicyQAError
    ├── DocumentError            a document cannot be taken in
    │   ├── UndecodableDocument      its bytes are no text in a known encoding
    │   └── InvalidMetadata          its description lacks something or is malformed
    ├── IndexError_              the search index cannot be used
    │   ├── IndexMissing             none was built yet
    │   ├── IndexDamaged             it is there, but incomplete or unreadable
    │   └── BuildInProgress          another process is building it
    ├── EmbeddingError           the embedding model failed
    └── (assistant.errors extends the tree)

Each message is for people: Chinese, one sentence, and says what to do next. Details for the log go
into the exception's cause, never into its message.
"""


class PolicyQAError(Exception):
    """Root of the tree; `str(error)` is a Chinese sentence fit for a user."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class DocumentError(PolicyQAError):
    """A document cannot be taken in."""


class UndecodableDocument(DocumentError):
    """The bytes are not text in an encoding that we read."""


class InvalidMetadata(DocumentError):
    """The description beside a document lacks a field or has a malformed one."""


class IndexError_(PolicyQAError):
    """The search index cannot be used (the underscore keeps Python's own IndexError visible)."""


class IndexMissing(IndexError_):
    """No index has been built in this directory yet."""


class IndexDamaged(IndexError_):
    """An index is there, but a part of it is missing or unreadable."""


class BuildInProgress(IndexError_):
    """Another process holds the build lock."""


class EmbeddingError(PolicyQAError):
    """The embedding model could not be loaded or did not answer."""
