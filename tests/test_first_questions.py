"""The questions that are offered first: read strictly, and each answered well."""

from pathlib import Path

import pytest

from assistant.schema import Answer, Status
from assistant.service import Assistant
from assistant.settings import Settings
from evals.runs.libraries import STATUTES, library_settings
from index.search.searcher import base_address
from prompts.first_questions import (
    FirstQuestion,
    Shape,
    first_questions,
    read_first_questions,
)
from tests.conftest import TODAY

ROOT = Path(__file__).parent.parent
SOURCE = (ROOT / "prompts" / "first_questions.toml").read_text(encoding="utf-8")
PLAN = "chongqing-education-modernization-2020-2022"
QUESTIONS = [question for audience in first_questions() for question in audience.questions]


@pytest.fixture(scope="module")
def with_statutes(settings: Settings) -> Assistant:
    return Assistant.open(library_settings(settings), clock=lambda: TODAY)


def test_parents_teachers_and_those_who_run_schools_are_asked() -> None:
    assert [audience.name for audience in first_questions()] == ["家长", "教师", "学校管理者"]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('shape = "short"', 'shape = "long"', "line"),
        ('shape = "short"', 'shape = "short"\nvoice = "plain"', "voice"),
        ("\nwidget = true\n", "\n", "the frame offers 4 questions, not 3"),
        ("乡村老师的补助会不会涨？", "老师的工资会比公务员低吗？", "stands twice"),
        ('clauses = ["2.6.3"]', "clauses = []", "clauses"),
    ],
)
def test_a_file_with_a_fault_is_refused(old: str, new: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        read_first_questions(SOURCE.replace(old, new, 1))


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.text)
def test_each_is_answered_well(assistant: Assistant, question: FirstQuestion) -> None:
    assert faults(assistant.ask(question.text, history=()), question) == []


@pytest.mark.slow
@pytest.mark.skipif(not STATUTES.is_dir(), reason="the statutes are not beside the checkout")
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.text)
def test_each_is_answered_well_with_statutes_beside(
    with_statutes: Assistant, question: FirstQuestion
) -> None:
    assert faults(with_statutes.ask(question.text, history=()), question) == []


def faults(answer: Answer, question: FirstQuestion) -> list[str]:
    """What an answer lacks of what `question` says that it has."""
    first = answer.citations[0] if answer.citations else None
    address = base_address(first.clause_id.partition("#")[2]) if first else ""
    place = address if first and first.document_id == PLAN else f"{first and first.document_title}#{address}"
    lacks = {
        "answered": answer.status is Status.ANSWERED and not answer.missing,
        "right clause": place in question.clauses,
        "no correction": not answer.correction,
        "sure": answer.confidence >= 0.75,
        "short answer": question.shape is not Shape.SHORT or bool(answer.short_answer),
        "list": question.shape is not Shape.LIST or len(answer.citations) > 1,
    }
    return [name for name, holds in lacks.items() if not holds]
