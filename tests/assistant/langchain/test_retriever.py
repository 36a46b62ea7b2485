"""The retriever by itself."""

from datetime import date
from typing import TYPE_CHECKING

import pytest
from langchain_core.documents import Document

from assistant.errors import InvalidQuestion, UnknownDocument
from assistant.langchain.retriever import PolicyRetriever

if TYPE_CHECKING:
    from assistant.service import Assistant

QUESTION = "娃儿一天在学校能运动好久？"


def test_documents_are_verbatim_passages_with_their_place(assistant: "Assistant") -> None:
    found = PolicyRetriever(assistant=assistant, top_k=4).invoke(QUESTION)
    assert len(found) == 4
    assert "１小时" in found[0].page_content
    for document in found:
        assert isinstance(document, Document)
        place = document.metadata
        view = assistant.library.get(place["document_id"], place["document_version"])
        assert view is not None
        assert view.document.text[place["start"] : place["end"]] == document.page_content


def test_it_stays_within_what_it_is_told(assistant: "Assistant") -> None:
    with pytest.raises(UnknownDocument):
        PolicyRetriever(assistant=assistant, documents=["none"]).invoke(QUESTION)
    with pytest.raises(InvalidQuestion):
        PolicyRetriever(assistant=assistant).invoke("  ")
    early = PolicyRetriever(assistant=assistant, as_of=date(2021, 1, 1)).invoke(QUESTION)
    assert early[0].metadata["validity"] == "in_force"
