"""The project's one error tree.

    PolicyQAError
    ├── DocumentError            a document cannot be taken in
    │   ├── UndecodableDocument      its bytes are no text in a known encoding
    │   ├── UnsupportedFormat        no reader for such files
    │   ├── DamagedDocument          its format is broken, or not what the name says
    │   ├── EncryptedDocument        a password is needed
    │   ├── EmptyDocument            there is no text in it
    │   ├── ScannedDocument          only pictures of text
    │   ├── DocumentTooLarge         it, or what it unpacks to, is over the limit
    │   ├── DuplicateDocument        this title and date are there already
    │   ├── ChangedSince             it is no longer as it was when somebody began to change it
    │   ├── AddedElsewhere           it is there already, under another id or version
    │   ├── ShippedDocument          it came with the program, and stays as it is
    │   ├── NotAdded                 nobody added such a document
    │   └── InvalidMetadata          its description lacks something or is malformed
    ├── IndexError_              the search index cannot be used
    │   ├── IndexMissing             none was built yet
    │   ├── IndexDamaged             it is there, but incomplete or unreadable
    │   ├── OtherEncoder             it, or what was fitted, is for another embedding model
    │   ├── IndexNotWritten          the disk is full, or writing is not allowed
    │   ├── BuildInProgress          another process is building it
    │   └── StoreUnreachable         Chroma is a server, and it does not answer
    ├── AddedDocumentsDamaged        the list or a file of the added documents is broken
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


class UnsupportedFormat(DocumentError):
    """No reader for files of this kind."""


class DamagedDocument(DocumentError):
    """The file's format is broken, or it is not what its name says."""


class EncryptedDocument(DocumentError):
    """The file opens only with a password."""


class EmptyDocument(DocumentError):
    """The file holds no text."""


class ScannedDocument(DocumentError):
    """The file holds pictures of text and no text."""


class DocumentTooLarge(DocumentError):
    """The file, or what it unpacks to, is over the limit."""


class DuplicateDocument(DocumentError):
    """A document of this title and date is there already."""


class ChangedSince(DocumentError):
    """The document is no longer as it was when somebody began to change it."""


class AddedElsewhere(DocumentError):
    """This very file is there already, under another id or version."""


class ShippedDocument(DocumentError):
    """The document came with the program: it is neither removed nor replaced."""


class NotAdded(DocumentError):
    """Nobody added a document of this id, or this version of it."""


class InvalidMetadata(DocumentError):
    """The description beside a document lacks a field or has a malformed one."""


class IndexError_(PolicyQAError):
    """The search index cannot be used (the underscore keeps Python's own IndexError visible)."""


class IndexMissing(IndexError_):
    """No index has been built in this directory yet."""


class IndexDamaged(IndexError_):
    """An index is there, but a part of it is missing or unreadable."""


class OtherEncoder(IndexError_):
    """The index, or fitted parameters, belong to another embedding model than the one in use."""


class IndexNotWritten(IndexError_):
    """The file system refused what a build wrote; the index in use stays as it was."""


class BuildInProgress(IndexError_):
    """Another process holds the build lock."""


class StoreUnreachable(IndexError_):
    """The Chroma server that keeps the entries does not answer; what is built still serves."""


class AddedDocumentsDamaged(PolicyQAError):
    """The list of the added documents, or a file of one of them, is missing or broken."""


class EmbeddingError(PolicyQAError):
    """The embedding model could not be loaded or did not answer."""
