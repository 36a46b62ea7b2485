"""Asks a server with the client that `openapi-python-client` generates; the server's address is the argument.

Run by `tests.assistant.api.clients.prove`, whose environment has the client; its types are checked there.
"""

import sys

from policy_qa_client import AuthenticatedClient, Client
from policy_qa_client.api.文件 import documents, text
from policy_qa_client.api.核对 import verify
from policy_qa_client.api.检索 import search
from policy_qa_client.api.问答 import ask, feedback
from policy_qa_client.models import (
    Answer,
    AskRequest,
    DocumentList,
    Feedback,
    ProblemDetails,
    Rating,
    SearchRequest,
    SearchResult,
    Status,
    VerifyReport,
    VerifyRequest,
)


def main(base: str, key: str) -> None:
    """Ask, follow up, look the quotation up in the text, search, verify, rate, and be refused."""
    client: Client | AuthenticatedClient
    client = AuthenticatedClient(base_url=base, token=key) if key else Client(base_url=base)
    with client as calling:
        first = ask.sync(client=calling, body=AskRequest(question="公办园占比要达到多少？"))
        assert isinstance(first, Answer), first
        assert first.status is Status.ANSWERED
        cited = first.citations[0]
        stored = text.sync_detailed(cited.document_id, client=calling, version=cited.document_version)
        assert stored.content.decode()[cited.start : cited.end] == cited.quote

        body = AskRequest(question="那要到哪一年？", conversation_id=first.conversation_id)
        second = ask.sync(client=calling, body=body)
        assert isinstance(second, Answer), second
        assert second.short_answer == "2022年"

        listed = documents.sync(client=calling)
        assert isinstance(listed, DocumentList), listed
        assert listed.documents[0].published is not None

        found = search.sync(client=calling, body=SearchRequest(query="公办园占比", top_k=3))
        assert isinstance(found, SearchResult), found
        assert [0 <= hit.score <= 1 for hit in found.hits] == [True] * 3

        checked = verify.sync(client=calling, body=VerifyRequest(quote=cited.quote))
        assert isinstance(checked, VerifyReport), checked
        assert checked.results[0].verified

        rated = feedback.sync(client=calling, body=Feedback(answer_id=first.id, rating=Rating.UP))
        assert isinstance(rated, Feedback), rated

        refused = ask.sync(client=calling, body=AskRequest(question=" "))
        assert isinstance(refused, ProblemDetails), refused
        assert refused.status == 422


if __name__ == "__main__":
    main(*sys.argv[1:])
    sys.stdout.write("the Python client has asked\n")
