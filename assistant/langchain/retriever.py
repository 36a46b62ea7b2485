"""The search as a LangChain retriever, so that other chains can stand on it (docs/langchain.md)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field

from assistant.service import Assistant


class PolicyRetriever(BaseRetriever):
    """Passages for a question in anyone's words: each document is a verbatim quotation, and its metadata say
    where it stands (`start`, `end`: code points of the stored text of `document_id@document_version`).

    Raises what `Assistant.search` raises.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    assistant: Assistant = Field(exclude=True, repr=False)
    top_k: int = Field(default=5, ge=1, le=50)
    documents: Sequence[str] | None = None
    """Ids to stay within; None: all."""
    as_of: date | None = None
    """The day whose texts count; None: today."""

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 - the base class's interface
    ) -> list[Document]:
        found = self.assistant.search(query, self.top_k, self.documents, self.as_of)
        return [
            Document(id=hit.passage.id, page_content=citation.quote, metadata=_metadata(citation))
            for hit, citation in found[: self.top_k]
        ]


def _metadata(citation: Any) -> dict[str, Any]:
    names = (
        "document_id", "document_title", "document_version", "validity", "clause_id", "clause_label",
        "start", "end", "page", "url", "score",
    )  # fmt: skip
    return {name: getattr(citation, name) for name in names}
