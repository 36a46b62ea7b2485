"""POST /chat/…: what the page's script asks for besides answers. A conversation is named by its secret, an
answer by its id; a fault is a problem object.

Not the interface below /v1: that one needs a key where the service is public, and people have none.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from assistant.api.answers import SharedPage, share, withdraw
from assistant.api.conversations import Title
from assistant.api.feedback import Feedback, feedback
from assistant.api.models import Out
from assistant.api.names import In
from assistant.api.negotiation import only_json
from assistant.api.opening import opened
from assistant.api.parts import store_of
from assistant.storage.conversations import conversation_of
from ui.chat.asking import transcript, views
from ui.pages.html import rendered

Secret = Annotated[str, Field(max_length=64)]
router = APIRouter(prefix="/chat", include_in_schema=False, dependencies=[Depends(only_json)])


class Named(In):
    """A conversation."""

    secret: Secret


class Renamed(Named):
    """A conversation's new title."""

    title: Title


class OneAnswer(In):
    """An answer."""

    answer_id: str


class Shown(Out):
    """What stands of a conversation."""

    html: str
    turns: int


@router.post("/transcript")
def shown(body: Named, request: Request) -> Shown:
    """Its turns, rendered. Raises UnknownConversation, StorageFault."""
    assistant = opened(request)
    found = transcript(assistant, body.secret)
    ratings = assistant.store.ratings.of([each.answer.id for each in found])
    turns = views(assistant, found, ratings)
    return Shown(html=rendered("chat/turns.html", turns=turns, scripted=True), turns=len(turns))


@router.post("/rename")
def renamed(body: Renamed, request: Request) -> Response:
    """Another title. Raises UnknownConversation, StorageFault."""
    store_of(request).conversations.rename(conversation_of(body.secret), body.title)
    return Response(status_code=204)


@router.post("/delete")
def deleted(body: Named, request: Request) -> Response:
    """Erased for good. Raises UnknownConversation, StorageFault."""
    store_of(request).conversations.delete(conversation_of(body.secret))
    return Response(status_code=204)


@router.post("/rate")
def rated(body: Feedback, request: Request) -> Feedback:
    """What somebody thinks of an answer."""
    return feedback(body, request)


@router.post("/share")
def shared(body: OneAnswer, request: Request) -> SharedPage:
    """A page of the answer alone."""
    return share(request, body.answer_id)


@router.post("/withdraw")
def withdrawn(body: OneAnswer, request: Request) -> Response:
    """The answer's pages are gone."""
    return withdraw(request, body.answer_id)
