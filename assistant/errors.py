"""The assistant's branch of the error tree.

PolicyQAError                (index.errors, re-exported here whole)
└── AssistantError           a request cannot be served
    ├── InvalidQuestion          empty, or longer than allowed
    ├── UnknownConversation      no conversation has this id
    ├── UnknownAnswer            no answer has this id
    ├── UnknownKey               no access key has this id
    ├── UnknownDocument          no document has this id or version
    ├── UnknownClause            the document has no clause at this address
    ├── TooMuchToCheck           a draft holds more quotations and references than one request may
    ├── ModelNotConfigured       a language model was asked for, and none is set up
    ├── ModelFault               the language model did not answer as one does
    ├── ReaderUnusable           the reader's files are missing, damaged or of another version
    ├── BackupRefused            a backup cannot be made or restored
    ├── Paused                   a maintainer has stopped answering for a while
    ├── Cancelled                the asker went away
    ├── StorageFault             the database cannot be read or written now
    └── InvalidSettings          a setting is malformed
"""

from enum import StrEnum

from index.errors import (
    AddedDocumentsDamaged,
    AddedElsewhere,
    BuildInProgress,
    ChangedSince,
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
    "BackupRefused",
    "BuildInProgress",
    "Cancelled",
    "ChangedSince",
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
    "Paused",
    "PolicyQAError",
    "ReaderUnusable",
    "ShippedDocument",
    "StorageCause",
    "StorageFault",
    "TooMuchToCheck",
    "UndecodableDocument",
    "UnknownAnswer",
    "UnknownClause",
    "UnknownConversation",
    "UnknownDocument",
    "UnknownKey",
]


class AssistantError(PolicyQAError):
    """A request cannot be served."""


class InvalidQuestion(AssistantError):
    """The question is empty or longer than 1,000 code points."""


class UnknownConversation(AssistantError):
    """The server never gave this conversation id, or has erased it."""


class UnknownAnswer(AssistantError):
    """The server never gave this answer id, or has erased it."""


class UnknownKey(AssistantError):
    """No access key has this id."""


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


class BackupRefused(AssistantError):
    """A backup cannot be made, or the one that is there cannot be restored."""


class Paused(AssistantError):
    """A maintainer has stopped answering for a while; the message is theirs."""


class Cancelled(AssistantError):
    """Whoever asked has gone; the run stopped between two steps."""


class InvalidSettings(AssistantError):
    """A setting is malformed."""


class StorageCause(StrEnum):
    """What is the matter with the database, as far as its driver tells."""

    FULL = "full"
    READ_ONLY = "read-only"
    CORRUPT = "corrupt"
    BUSY = "busy"
    UPGRADING = "being upgraded"
    NOT_UPGRADED = "not brought to this program's form"
    NEWER = "of a newer program"
    UNREACHABLE = "unreachable"


_SENTENCES = {
    StorageCause.FULL: "服务器的磁盘满了，请管理员腾出空间后再试。",
    StorageCause.READ_ONLY: "存放对话的地方是只读的，请管理员检查权限后再试。",
    StorageCause.CORRUPT: "对话记录的文件损坏了，请管理员恢复备份后再试。",
    StorageCause.BUSY: "存取对话的人太多，请过几秒再试。",
    StorageCause.UPGRADING: "对话记录正在升级到新版本，请过几分钟再试。",
    StorageCause.NOT_UPGRADED: "对话记录没能升级到新版本，请管理员查看服务日志。",
    StorageCause.NEWER: "对话记录是更新版本的程序存的，请管理员升级程序，或换 POLICY_QA_DATABASE_URL。",
    StorageCause.UNREACHABLE: "对话记录暂时连不上，请过几秒再试；如果还是不行，请管理员查看服务日志。",
}


class StorageFault(AssistantError):
    """The database cannot be read or written now."""

    def __init__(self, cause: StorageCause) -> None:
        super().__init__(_SENTENCES[cause])
        self.cause = cause
