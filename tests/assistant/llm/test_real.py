"""A real model at POLICY_QA_LLM_BASE_URL (`make test-llm`): whatever it writes, what is shown holds."""

import os
from typing import TYPE_CHECKING

import pytest

from assistant.eval_rows.row import Row
from assistant.llm.support import load_model
from assistant.schema import Answer, Answerer
from assistant.service import Assistant
from evals.metrics.answers import fact_recall, verbatim_rate
from evals.rows.dataset import load_rows
from tests.conftest import TODAY

if TYPE_CHECKING:
    from assistant.settings import Settings

pytestmark = [
    pytest.mark.llm,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(
        "POLICY_QA_LLM_BASE_URL" not in os.environ, reason="POLICY_QA_LLM_BASE_URL names no model"
    ),
]
ROWS = 24


@pytest.fixture(scope="module")
def asked(settings: "Settings") -> list[tuple[Row, Answer, Answer]]:
    """Rows with their extractive and their written answer."""
    from assistant.settings import Settings

    real = Settings(state_dir=settings.state_dir)
    assistant = Assistant.open(real, clock=lambda: TODAY)
    rows = [row for row in load_rows(split="dev") if row.facts and len(row.turns) == 1]
    step = len(rows) // ROWS
    return [
        (row, assistant.ask(row.turns[0]), assistant.ask(row.turns[0], answerer=Answerer.LLM))
        for row in rows[::step][:ROWS]
    ]


def test_no_fact_is_lost(asked: list[tuple[Row, Answer, Answer]]) -> None:
    for row, plain, written in asked:
        before, after = fact_recall(row, plain), fact_recall(row, written)
        assert before is not None
        assert after is not None
        assert after >= before, row.id


def test_everything_shown_is_supported_and_verbatim(
    asked: list[tuple[Row, Answer, Answer]], assistant: Assistant
) -> None:
    for row, plain, written in asked:
        assert verbatim_rate(written, assistant.library) in (None, 1.0), row.id
        assert {c.quote for c in written.citations} == {c.quote for c in plain.citations}, row.id
        if written.answerer is Answerer.LLM:
            cited = [sentence for sentence in written.sentences if sentence.citations]
            assert min(sentence.support for sentence in cited) >= load_model().floor, row.id


def test_the_model_answered(asked: list[tuple[Row, Answer, Answer]]) -> None:
    faults = [row.id for row, _, written in asked for n in written.notices if n.kind == "model_fault"]
    assert faults == []
    assert any(written.answerer is Answerer.LLM for _, _, written in asked)
