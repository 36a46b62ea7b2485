"""POST /v1/feedback: what somebody thought of an answer, kept with it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field

from assistant.api.answers import answer_for
from assistant.api.models import READABLE, readable, trim
from assistant.api.names import In
from assistant.api.negotiation import only_json
from assistant.api.openapi import problem_responses
from assistant.api.parts import store_of
from assistant.api.sample import ANSWER_ID
from assistant.storage.ratings import REASONS, Rating, Reason
from index.text.personal_data import mask

MAX_COMMENT = 1000
"""Code points of a comment."""

Comment = Annotated[
    str,
    BeforeValidator(trim),
    Field(max_length=MAX_COMMENT, json_schema_extra=dict(READABLE)),
    AfterValidator(readable),
]
_COMMENT = "我问的是高中"

router = APIRouter(prefix="/v1", tags=["问答"])


class Feedback(In):
    """对一个回答的评价，提交和记下的都是它。"""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "answer_id": ANSWER_ID,
                    "rating": "down",
                    "reasons": ["not_answered"],
                    "comment": _COMMENT,
                }
            ]
        }
    )

    answer_id: str = Field(description="回答编号", examples=[ANSWER_ID])
    rating: Rating = Field(description="up 有用，down 没用", examples=["down"])
    reasons: list[Reason] = Field(
        default_factory=list,
        max_length=len(Reason),
        description=f"原因：{'，'.join(f'{reason} {words}' for reason, words in REASONS.items())}",
        examples=[["not_answered"]],
    )
    comment: Comment = Field("", description=f"补充说明，最多 {MAX_COMMENT} 个字", examples=[_COMMENT])


@router.post(
    "/feedback",
    summary="评价回答",
    description="说一个回答有没有用。评价随回答保存，再评一次以后一次为准，删除对话时一并删除。",
    response_description="记下的评价",
    responses=problem_responses(400, 404, 413, 415, 422, 503),
    dependencies=[Depends(only_json)],
)
def feedback(body: Feedback, request: Request) -> Feedback:
    """Keep the rating; a later one takes its place."""
    found = answer_for(request, body.answer_id)
    kept = body.model_copy(update={"comment": mask(body.comment)})
    store_of(request).ratings.rate(found.answer.id, kept.rating, kept.comment, kept.reasons)
    return kept
