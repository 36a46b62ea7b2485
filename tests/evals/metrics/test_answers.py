"""Metrics against cases computed by hand, on the real plan."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.eval_rows.row import Gold, Row
from assistant.schema import Answer, Answerer, Citation, Sentence, Status
from evals.metrics.answers import (
    METRICS,
    Context,
    all_facts,
    answer_length,
    bootstrap_interval,
    clause_hit,
    clause_precision,
    correction_made,
    evidence_recall,
    fact_recall,
    false_refusal,
    fitting_status,
    full_answer,
    rank_metric,
    ranked_clauses,
    refusal_precision,
    refusal_recall,
    said_forbidden,
    true_refusal,
    unharmed,
    verbatim_rate,
)
from evals.metrics.ranking import recall_at, reciprocal_rank
from index.library.library import Library
from index.schema import Validity

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
    for metric in (all_facts, fact_recall):
        assert metric(ROW, answer("共３ 项，乙 句")) == 1.0
        assert metric(ROW, answer("共3项，乙句", status=Status.NOT_COVERED)) == 0.0
        assert metric(replace(ROW, facts=()), answer("共3项")) is None
    assert (all_facts(ROW, answer("共3项")), fact_recall(ROW, answer("共3项"))) == (0.0, 0.5)


def test_a_full_answer_has_every_fact_and_all_evidence() -> None:
    cited = (cite("2.6.3", "甲句有三项。"), cite("2.2.1", "乙句。"))
    assert full_answer(ROW, answer("三项，乙句", *cited)) == 1.0
    assert full_answer(ROW, answer("三项", *cited)) == 0.0
    assert full_answer(ROW, answer("三项，乙句", cited[0])) == 0.0
    assert full_answer(replace(ROW, status="smalltalk"), answer("")) is None


def test_a_clause_counts_once_and_for_its_gold_clause_and_document() -> None:
    found = answer("", cite("3.1", "x"), cite("2.6.3.p2", "y"), cite("2.6.3.1", "z"), cite("3.1", "w"))
    assert ranked_clauses(ROW, found) == ("doc@v#3.1", "#2.6.3")
    assert rank_metric(recall_at, 2)(ROW, found) == 0.5
    assert rank_metric(reciprocal_rank, 2)(ROW, found) == 0.5
    named = replace(ROW, gold=(Gold("2.6.3", "甲", "doc@v"), Gold("2.6.3", "甲", "doc@other")))
    assert rank_metric(recall_at, 9)(named, found) == 0.5
    assert clause_hit(replace(ROW, gold=(Gold("2.6.3", "甲", "other"),)), found, 9) == 0.0


def test_precision_and_refusals() -> None:
    assert clause_precision(ROW, answer("", cite("2.2.1", "x"), cite("2.2.2", "y"))) == 0.5
    assert clause_precision(ROW, answer("")) is None
    refused = answer("", status=Status.NOT_COVERED)
    assert (false_refusal(ROW, refused), false_refusal(ROW, answer(""))) == (1.0, 0.0)
    row = replace(ROW, status="out_of_scope")
    assert (true_refusal(row, refused), true_refusal(row, answer("", status=Status.OUT_OF_SCOPE))) == (
        0.0,
        1.0,
    )


def test_refusals_of_either_kind_count_for_precision_and_recall() -> None:
    row, refused = replace(ROW, status="out_of_scope"), answer("", status=Status.NOT_COVERED)
    assert (refusal_recall(row, refused), refusal_recall(row, answer(""))) == (1.0, 0.0)
    assert (refusal_precision(row, refused), refusal_precision(ROW, refused)) == (1.0, 0.0)
    assert refusal_precision(ROW, answer("")) is refusal_recall(ROW, refused) is None
    assert refusal_precision(replace(ROW, also=("not_covered",)), refused) == 1.0


def test_saying_is_told_from_denying() -> None:
    row = replace(ROW, forbidden=("80％", "录入错误"))
    assert said_forbidden(row, answer("要达到８０%。")) == ("80％",)
    assert said_forbidden(row, answer("不是“80％”，文件写的是50％以上。")) == ()
    assert (unharmed(row, answer("录入错误")), unharmed(row, answer("")), unharmed(ROW, answer(""))) == (
        0.0, 1.0, None,
    )  # fmt: skip


def test_status_and_length() -> None:
    row = replace(ROW, also=("blocked",))
    assert [fitting_status(row, answer("", status=s)) for s in (Status.ANSWERED, Status.BLOCKED)] == [1, 1]
    assert fitting_status(row, answer("", status=Status.SMALLTALK)) == 0.0
    assert (answer_length(answer("一二三")), answer_length(answer("一", status=Status.BLOCKED))) == (
        3.0,
        None,
    )


STATUSES = st.sampled_from(list(Status))


@given(
    wanted=STATUSES,
    got=STATUSES,
    addresses=st.lists(st.sampled_from(["2.6.3", "2.2.1", "3.1", "2.6.3.p1"]), max_size=6),
    text=st.text("三项3乙句", max_size=8),
    corrects=st.booleans(),
)
def test_every_metric_is_a_share_or_undefined(
    wanted: Status, got: Status, addresses: list[str], text: str, corrects: bool
) -> None:
    cited = tuple(replace(cite(a, "乙句"), marker=n) for n, a in enumerate(addresses, start=1))
    sentences = tuple(Sentence(text, (c.marker,)) for c in cited)
    found = replace(answer(text, *cited, status=got), correction=corrects, sentences=sentences)
    context = Context(Library(()), lambda sentence, quotes: sentence in quotes)
    for name, metric in METRICS.items():
        value = metric(replace(ROW, status=wanted), found, context)
        assert value is None or 0 <= value <= (len(text) if name == "answer_length" else 1), name
    if wanted != got:
        assert METRICS["facts"](replace(ROW, status=wanted), found, context) in (None, 0.0)


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
