"""In which order an answer is printed."""

from assistant.cli.ask import _lines
from assistant.schema import Answer, Answerer, Notice, NoticeKind, Status

HELP, OLD = Notice(NoticeKind.SAFETY, "请拨打110。"), Notice(NoticeKind.EXPIRED, "已届满。")


def printed(status: Status) -> list[str]:
    return list(
        _lines(Answer("a", "cnv_1", status, "回答。", "问", Answerer.EXTRACTIVE, 0.5, notices=(OLD, HELP)))
    )


def test_help_lines_stand_before_the_answer_and_other_notices_after_it() -> None:
    lines = printed(Status.NOT_COVERED)
    assert [line.strip() for line in lines if line][:2] == ["请拨打110。", "回答。"]
    assert lines.index("提示：已届满。") > lines.index("回答。")
    assert sum("110" in line for line in lines) == 1


def test_the_standing_line_does_not_stand_under_small_talk() -> None:
    assert any("仅供参考" in line for line in printed(Status.NOT_COVERED))
    assert not any("仅供参考" in line for line in printed(Status.SMALLTALK))
