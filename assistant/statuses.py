"""What each status means, in one table, and what stands around an answer wherever one is shown.

A new status is a row here, a member of `Status`, and its reply.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.schema import Answer, Notice, NoticeKind, Status


@dataclass(frozen=True, slots=True)
class Meaning:
    """How a status is shown and counted."""

    label: str
    """Its name for people, in Chinese."""
    description: str
    """What it says, for the description of the HTTP interface."""
    exit_code: int
    """Of `policy-qa ask`."""
    tone: str
    """Which colour marks it in evaluation reports: `settled`, `silent`, `aside` or `declined`, a
    class of their style."""
    head: str | None = None
    """What stands above an answer, wherever one is shown; None where the answer says it by itself."""
    reply: str | None = None
    """Name of the fixed reply in `prompts/replies.toml`; None where the text is composed."""
    refuses: bool = False
    """Evaluation counts it as a refusal to answer from the documents."""
    standing: bool = False
    """The standing line (仅供参考…) stands under it: something of a document is said, or said not to be
    there."""


STATUSES: Mapping[Status, Meaning] = {
    Status.ANSWERED: Meaning("作答", "已回答", 0, "settled", standing=True),
    Status.NOT_COVERED: Meaning(
        "文件未涉及", "文件没有写", 3, "silent", "文件里没有写到", refuses=True, standing=True
    ),
    Status.OUT_OF_SCOPE: Meaning(
        "题外", "不属于本服务的范围", 3, "silent", "不在查询范围里", "out_of_scope", refuses=True
    ),
    Status.SMALLTALK: Meaning("闲聊", "寒暄", 0, "aside", reply="smalltalk_other"),
    Status.CLARIFY: Meaning("请对方说清", "需要问清楚", 3, "aside", "请说得再具体些", "clarify"),
    Status.BLOCKED: Meaning("拦截", "不予处理", 3, "declined", "这个要求不能照做", "blocked"),
}
"""Every status, in the order of `Status`."""
REFUSING = tuple(status for status, meaning in STATUSES.items() if meaning.refuses)
"""Those that refuse to answer from the documents."""
CORRECTION_HEAD = "更正"
"""What stands above an answer that corrects what was asked."""


def head_of(answer: Answer) -> str | None:
    """What stands above an answer; None where it says it by itself."""
    return CORRECTION_HEAD if answer.correction else STATUSES[answer.status].head


def notices_around(answer: Answer) -> tuple[tuple[Notice, ...], tuple[Notice, ...]]:
    """The notices that must be read before the answer, and those that stand below it."""
    first = tuple(each for each in answer.notices if each.kind is NoticeKind.SAFETY)
    return first, tuple(each for each in answer.notices if each not in first)


def advises(answer: Answer, contact: str) -> bool:
    """Whether it has still to be said below a refusal that `contact` may know: clauses near to it are shown,
    and its text does not name them."""
    return answer.status is Status.NOT_COVERED and bool(answer.related) and contact not in answer.answer
