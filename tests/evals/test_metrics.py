"""Metrics against cases computed by hand, on the real plan."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.schema import Answer, Answerer, Citation, Status
from evals.dataset import Gold, Row
from evals.metrics import (
    bootstrap_interval,
    citation_precision,
    clause_hit,
    correction_made,
    evidence_recall,
    fact_recall,
    false_refusal,
    true_refusal,
    verbatim_rate,
)
from index.library import Validity

if TYPE_CHECKING:
    from assistant.service import Assistant

ROW = Row(
    "r1", "dev", "number", "parent", ("问？",), "answered",
    (Gold("2.6.3", "甲句有三项。"), Gold("2.2.1", "乙句")), (("三项", "3项"), ("乙句",)), True,
)  # fmt: skip


def cite(address: str, quote: str, start: int = 0) -> Citation:
    return Citation(
        1,
        "doc",
        "题",
        "v",
        Validity.UNKNOWN,
        f"doc@v#{address}",
        "",
        (),
        quote,
        start,
        start + len(quote),
        "",
        0.0,
    )


def answer(text: str, *citations: Citation, status: Status = Status.ANSWERED) -> Answer:
    return Answer("a", "c", status, text, "问？", Answerer.EXTRACTIVE, 1.0, citations=citations)


def test_clause_hit_drops_paragraphs_and_counts_clauses() -> None:
    found = answer("", cite("3.1", "x"), cite("3.1", "y"), cite("2.6.3.p2", "z"))
    assert clause_hit(ROW, found, 1) == 0.0
    assert clause_hit(ROW, found, 2) == 1.0
    assert clause_hit(ROW, answer(""), 1) == 0.0
    assert clause_hit(replace(ROW, status="not_covered"), found, 1) is None


def test_evidence_needs_every_gold_quotation() -> None:
    assert (
        evidence_recall(ROW, answer("", cite("2.6.3", "前文。甲句有三项。"), cite("2.2.1", "乙句。"))) == 1.0
    )
    assert evidence_recall(ROW, answer("", cite("2.6.3", "甲句有三项。"))) == 0.0


def test_facts_are_compared_folded() -> None:
    assert fact_recall(ROW, answer("共３ 项，乙 句")) == 1.0
    assert fact_recall(ROW, answer("共3项")) == 0.0
    assert fact_recall(ROW, answer("共3项，乙句", status=Status.NOT_COVERED)) == 0.0


def test_precision_and_refusals() -> None:
    assert citation_precision(ROW, answer("", cite("2.2.1", "x"), cite("2.2.2", "y"))) == 0.5
    assert citation_precision(ROW, answer("")) is None
    refused = answer("", status=Status.NOT_COVERED)
    assert (false_refusal(ROW, refused), false_refusal(ROW, answer(""))) == (1.0, 0.0)
    row = replace(ROW, status="out_of_scope")
    assert (true_refusal(row, refused), true_refusal(row, answer("", status=Status.OUT_OF_SCOPE))) == (
        0.0,
        1.0,
    )


def test_a_correction_needs_the_right_clause_first() -> None:
    right = replace(answer("", cite("2.2.1", "x")), correction=True)
    wrong = replace(answer("", cite("2.2.9", "x")), correction=True)
    assert (correction_made(ROW, right), correction_made(ROW, wrong)) == (1.0, 0.0)


def test_verbatim_counts_related_too(assistant: "Assistant") -> None:
    real = assistant.ask("公办园占比要达到多少？")
    assert verbatim_rate(real, assistant.library) == 1.0
    bent = replace(real.citations[0], quote="改过的话")
    assert verbatim_rate(replace(real, citations=(bent,)), assistant.library) == 0.0


@given(st.lists(st.floats(0, 1), min_size=1, max_size=50))
def test_the_interval_holds_the_values_range(values: list[float]) -> None:
    low, high = bootstrap_interval(values, rounds=50)
    assert min(values) - 1e-9 <= low <= high <= max(values) + 1e-9


def test_the_interval_of_equal_values_is_a_point() -> None:
    assert bootstrap_interval([1.0] * 10) == (1.0, 1.0)
    assert bootstrap_interval([0.0, 1.0] * 50) == pytest.approx((0.4, 0.6), abs=0.05)
