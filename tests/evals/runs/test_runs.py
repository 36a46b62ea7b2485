"""Runs over a few real rows: what they write, that they go on where they stopped, that nothing is lost."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import ModelNotConfigured
from assistant.eval_rows.row import Row
from assistant.schema import Answer, Status
from evals.metrics.answers import Context
from evals.rows.dataset import load_rows
from evals.runs.answerers import NAMES, OfAssistant, make_answerer
from evals.runs.evaluate import Judged, evaluate, summarise
from evals.runs.folder import Generated, OtherRun, RunFolder
from evals.runs.generate import MOST_UNREACHABLE, generate
from evals.runs.libraries import make_context
from evals.runs.peers.peer import Unreachable
from evals.runs.provenance import provenance
from evals.runs.report import write_report
from evals.runs.report.records import load_run
from evals.runs.suites import SUITES
from index.search.fusion import load_weights

if TYPE_CHECKING:
    from assistant.service import Assistant

SETTINGS: dict[str, Any] = {
    "suite": "answers",
    "answerer": "extractive",
    "split": "dev",
    "machine": {"cores": 2},
}


@pytest.fixture(scope="module")
def rows() -> tuple[Row, ...]:
    dev = load_rows(split="dev")
    picked = {row.kind: row for row in dev}
    return (*picked.values(), next(row for row in dev if len(row.turns) > 2))[:12]


@pytest.fixture(scope="module")
def context(assistant: "Assistant") -> Context:
    return make_context(assistant)


def failing(ask: Callable[[Row], Answer], bad: set[str], error: Exception) -> Callable[[Row], Answer]:
    def answered(row: Row) -> Answer:
        if row.id in bad:
            raise error
        return ask(row)

    return answered


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_run_writes_all_that_its_report_needs(
    tmp_path: Path, assistant: "Assistant", rows: tuple[Row, ...], context: Context
) -> None:
    about = {
        **SETTINGS,
        **provenance(assistant.fingerprint),
        "dataset": {"name": "plan.jsonl", "rows": len(rows)},
    }
    folder = RunFolder.create(tmp_path / "run", about, rows)
    assert list(generate(folder, OfAssistant(assistant))) == []
    judged = evaluate(folder, SUITES["answers"], context)
    assert [j.row.id for j in judged] == [row.id for row in rows]
    write_report(folder.path)
    run = load_run(folder.path)
    assert run.settings["finished"] >= run.settings["started"]
    assert run.settings["parameters"]["assistant/data/reading.json"]
    assert run.summary["n"] == len(rows)
    assert run.summary["metrics"]["verbatim"]["mean"] == 1.0
    assert set(run.summary["latency"]) >= {"whole", "understand", "retrieve"}
    assert (folder.path / "report.html").stat().st_size > 5000


def test_two_runs_on_the_same_state_differ_in_timings_only(
    tmp_path: Path, assistant: "Assistant", rows: tuple[Row, ...], context: Context
) -> None:
    found = []
    for name in ("one", "two"):
        folder = RunFolder.create(tmp_path / name, SETTINGS, rows)
        assert list(generate(folder, OfAssistant(assistant))) == []
        evaluate(folder, SUITES["grounding"], context)
        summary = json.loads((folder.path / "summary.json").read_text(encoding="utf-8"))
        del summary["latency"]
        kept = [
            {k: v for k, v in r.items() if k != "milliseconds"} for r in lines(folder.path / "metrics.jsonl")
        ]
        found.append((summary, kept))
    assert found[0] == found[1]


def test_a_row_that_fails_is_named_and_asked_again_later(
    tmp_path: Path, assistant: "Assistant", rows: tuple[Row, ...], context: Context
) -> None:
    folder, ask = RunFolder.create(tmp_path / "run", SETTINGS, rows), OfAssistant(assistant)
    bad = {rows[1].id, rows[3].id}
    said = list(generate(folder, failing(ask, bad, RuntimeError("kaputt"))))
    assert [line.partition(":")[0] for line in said] == [rows[1].id, rows[3].id]
    assert "kaputt" in said[0]
    assert len(evaluate(folder, SUITES["answers"], context)) == len(rows) - 2
    asked: list[str] = []

    def counting(row: Row) -> Answer:
        asked.append(row.id)
        return ask(row)

    assert list(generate(folder, counting)) == []
    assert asked == [rows[1].id, rows[3].id]
    assert len(evaluate(folder, SUITES["answers"], context)) == len(rows)


def test_a_run_cut_off_in_the_middle_of_a_line_goes_on(
    tmp_path: Path, assistant: "Assistant", rows: tuple[Row, ...]
) -> None:
    folder = RunFolder.create(tmp_path / "run", SETTINGS, rows)
    assert list(generate(folder, OfAssistant(assistant))) == []
    path = folder.path / "generated.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3])
    kept = set(folder.generated())
    assert 0 < len(kept) < len(rows)
    assert list(generate(folder, failing(OfAssistant(assistant), kept, AssertionError("asked twice")))) == []
    assert set(folder.generated()) == {row.id for row in rows}


def test_a_server_that_stays_away_ends_the_run_but_loses_nothing(
    tmp_path: Path, assistant: "Assistant", rows: tuple[Row, ...]
) -> None:
    folder = RunFolder.create(tmp_path / "run", SETTINGS, rows)
    away = {row.id for row in rows[2:]}
    said = list(generate(folder, failing(OfAssistant(assistant), away, Unreachable("refused"))))
    assert len(said) == MOST_UNREACHABLE + 1
    assert "given up" in said[-1]
    assert sum(held.answer is not None for held in folder.generated().values()) == 2
    assert folder.settings()["finished"] is None


def test_a_run_is_resumed_only_with_the_same_settings(tmp_path: Path, rows: tuple[Row, ...]) -> None:
    folder = RunFolder.create(tmp_path / "run", SETTINGS, rows)
    folder.check_same({**SETTINGS, "machine": {"cores": 64}})
    with pytest.raises(OtherRun, match="answerer"):
        folder.check_same({**SETTINGS, "answerer": "bm25"})
    with pytest.raises(FileExistsError):
        RunFolder.create(folder.path, SETTINGS, rows)


@given(error=st.text(max_size=20), turns=st.lists(st.text(min_size=1), min_size=1, max_size=3))
def test_any_text_survives_the_folder(
    tmp_path_factory: pytest.TempPathFactory, error: str, turns: list[str]
) -> None:
    row = Row("r", "dev", "number", "parent", tuple(turns), "answered", ())
    readable = all(c < "\ud800" or c > "\udfff" for turn in turns for c in turn)
    if readable:
        folder = RunFolder.create(tmp_path_factory.mktemp("runs") / "run", SETTINGS, [row])
        folder.append(row, Generated("r", error=error or "x"))
        assert folder.rows() == (row,)
        assert folder.generated()["r"].error == (error or "x")


def test_every_answerer_answers(assistant: "Assistant", rows: tuple[Row, ...]) -> None:
    try:
        for name in set(NAMES) - {"llm"}:
            answer = make_answerer(name, assistant)(rows[0])
            assert answer.status in set(Status)
            assert all(c.quote for c in answer.citations)
    finally:
        assistant.searcher.weigh(load_weights())
    with pytest.raises(ModelNotConfigured):
        make_answerer("llm", assistant)(rows[0])
    with pytest.raises(ValueError, match="nobody"):
        make_answerer("nobody", assistant)


def test_a_summary_by_hand(assistant: "Assistant", rows: tuple[Row, ...], context: Context) -> None:
    answer = OfAssistant(assistant)(rows[0])

    def judged(value: float | None, right: bool, confidence: float) -> Judged:
        return Judged(rows[0], replace(answer, confidence=confidence), {"facts": value}, right, 10.0)

    found = summarise([judged(1.0, True, 0.9), judged(0.0, False, 0.2), judged(None, True, 0.8)], ["facts"])
    assert found["metrics"]["facts"]["mean"] == 0.5
    assert found["metrics"]["facts"]["n"] == 2
    assert found["metrics"]["right"]["mean"] == pytest.approx(2 / 3)
    assert found["by"]["kind"][rows[0].kind] == {"n": 3, "metrics": {"facts": 0.5}}
    assert found["risk_coverage"]["aurc"] == pytest.approx(1 / 9, abs=1e-4)
    assert found["latency"]["whole"] == {"p50": 10.0, "p95": 10.0}
    assert summarise([], ["facts"])["metrics"]["facts"]["mean"] is None
