"""The table of statuses."""

import pytest

from assistant.schema import Status
from assistant.statuses import STATUSES
from prompts import reply


def test_every_status_has_a_row_in_the_order_of_their_class() -> None:
    assert list(STATUSES) == list(Status)


def test_labels_and_descriptions_tell_the_statuses_apart_in_chinese() -> None:
    for names in ([row.label for row in STATUSES.values()], [row.description for row in STATUSES.values()]):
        assert len(set(names)) == len(STATUSES)
        assert all("\u4e00" <= char <= "\u9fff" for name in names for char in name)


@pytest.mark.parametrize("status", [status for status, row in STATUSES.items() if row.reply])
def test_a_fixed_reply_takes_no_variables(status: Status) -> None:
    assert reply(STATUSES[status].reply or "").endswith("。")


def test_only_what_is_composed_has_no_fixed_reply() -> None:
    assert [status for status, row in STATUSES.items() if row.reply is None] == ["answered", "not_covered"]


def test_a_shell_can_tell_an_answer_from_none() -> None:
    codes = {status: row.exit_code for status, row in STATUSES.items()}
    assert [status for status, code in codes.items() if code == 0] == [Status.ANSWERED, Status.SMALLTALK]
    assert set(codes.values()) == {0, 3}


def test_the_standing_line_stands_under_what_is_said_of_documents() -> None:
    standing = {status for status, row in STATUSES.items() if row.standing}
    assert standing == {Status.ANSWERED, Status.NOT_COVERED}


def test_refusals_are_what_says_that_the_documents_are_silent() -> None:
    refusing = {status for status, row in STATUSES.items() if row.refuses}
    assert refusing == {Status.NOT_COVERED, Status.OUT_OF_SCOPE}
