"""The figures of messages, by hand-made rows and answers."""

import json
from pathlib import Path

import pytest

from assistant.schema import Answer, Answerer, Citation, Status
from evals.runs.messages.figures import MESSAGE_SUITES, Ask, Figure, figures
from evals.runs.messages.wrapped import Wrapped, kept_figures, wrapped_questions
from index.schema import Validity


def cited(quote: str) -> Citation:
    return Citation(
        1,
        "rules",
        "借书办法",
        "1",
        Validity.IN_FORCE,
        "rules@1#1",
        "一、",
        (),
        quote,
        0,
        len(quote),
        "/",
        1.0,
    )


def answer(text: str, *quotes: str, correction: bool = False, missing: tuple[str, ...] = ()) -> Answer:
    status = Status.ANSWERED if quotes else Status.NOT_COVERED
    return Answer(
        "ans", "cnv", status, text, "", Answerer.EXTRACTIVE, 0.9,
        correction=correction, missing=missing, citations=tuple(map(cited, quotes)),
    )  # fmt: skip


def counted(
    tmp_path: Path, suite: str, rows: list[dict[str, object]], ask: Ask
) -> dict[str, tuple[int, int]]:
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (tmp_path / MESSAGE_SUITES[suite][0]).write_text(lines, encoding="utf-8")
    return {found.name: (found.count, found.of) for found in figures(suite, ask, tmp_path)}


def test_corrections_are_counted_apart_for_false_and_innocent(tmp_path: Path) -> None:
    rows = [
        {"text": "能借九本", "false": True, "in_passing": True},
        {"text": "能借十本", "false": True, "in_passing": False},
        {"text": "能借五本", "false": False, "in_passing": False},
    ]
    found = counted(
        tmp_path, "claims", rows, lambda text: answer("不对", "每次可借５本", correction="十" not in text)
    )
    assert found == {
        "false claims corrected": (1, 2),
        "of those in passing": (1, 1),
        "innocent twins corrected": (1, 1),
    }


def test_every_part_needs_its_quotation_or_must_be_named(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"text": "几本？多久？", "parts": [{"quote": "每次可借５本"}, {"quote": None}]},
        {"text": "几本？多少钱？", "parts": [{"quote": "每次可借５本"}, {"quote": "免费"}]},
    ]
    found = counted(
        tmp_path, "several_parts", rows, lambda _: answer("", "每次可借５本。", missing=("多久",))
    )
    assert found == {"every part has its line": (1, 2), "parts with their line": (3, 4)}


@pytest.mark.parametrize(("suite", "text", "count"), [
    ("places_own", "您问的是河东的规定；", 1), ("places_own", "文件里没有写到。", 0),
])  # fmt: skip
def test_a_refusal_for_the_place_is_told_from_others(
    tmp_path: Path, suite: str, text: str, count: int
) -> None:
    rows: list[dict[str, object]] = [{"text": "河东能借几本"}]
    found = counted(tmp_path, suite, rows, lambda _: answer(text))
    assert found == {"own places refused as another's": (count, 1)}


def test_what_must_stay_is_compared_with_the_bare_question() -> None:
    rows = [Wrapped("thanks", "能借几本", "能借几本，谢谢"), Wrapped("thanks", "能借几本", "辛苦，能借几本")]
    found = list(
        kept_figures(rows, lambda text: answer("", "每次可借５本") if "辛苦" not in text else answer("没有"))
    )
    assert found[0] == Figure("wrapped", "status and correction kept", 1, 2)
    assert str(found[0]) == "wrapped: status and correction kept 1 of 2"


def test_each_question_comes_in_every_kind_and_form() -> None:
    rows = list(wrapped_questions("w1", 2))
    assert len({row.question for row in rows}) == 2
    assert len(rows) == 2 * 13
    assert all(row.question in row.clothed for row in rows if row.kind == "long_story")


def test_topics_are_right_where_what_treats_them_is_cited(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"text": "借书证", "how": "own", "quotes": ["凭证借书", "每次可借５本"]},
        {"text": "证件", "how": "other", "quotes": ["凭证借书"]},
        {"text": "停车", "how": "on_topic", "quotes": []},
        {"text": "火锅", "how": "off_topic", "quotes": []},
    ]
    found = counted(
        tmp_path, "topics", rows, lambda text: answer("", *(["每次可借５本"] if text != "火锅" else []))
    )
    assert found == {
        "treated and what treats it is cited": (1, 2),
        "treated and taken for another matter or for talk": (0, 2),
        "not treated and answered": (1, 2),
        "not treated, of schools, and taken for talk": (0, 1),
    }
