"""The load test: its questions, its report, its command, and the whole of it once."""

import argparse
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

import pytest

from evals.cli.load import register_load
from evals.studies.load.bound import Bound
from evals.studies.load.client import Reply, Round
from evals.studies.load.phases import Findings, Pair, Soak
from evals.studies.load.questions import distinct
from evals.studies.load.report import report
from evals.studies.load.run import Options, load
from evals.studies.load.server import Usage

if TYPE_CHECKING:
    from assistant.settings import Settings

MEGABYTE = 2**20


def test_no_question_comes_twice_and_the_order_is_the_seeds() -> None:
    many = list(islice(distinct(1), 30_000))
    assert len(set(many)) == len(many)
    assert max(map(len, many)) <= 1000
    assert many[:500] == list(islice(distinct(1), 500))
    assert many[:500] != list(islice(distinct(2), 500))


def pair(seconds: float = 10.0, cpu: float | None = 20.0) -> Pair:
    replies = tuple(Reply(200, 0.8) for _ in range(99))
    return Pair(Round(8, seconds, (*replies, Reply(503, 0.8))), Bound(100, 1500, 9.0, 17.5), cpu, 1.0)


def test_a_pair_compares_the_same_questions() -> None:
    assert pair().ratio == pytest.approx(9.9 / (100 / 9))
    assert pair().besides == pytest.approx(0.025)
    assert pair(cpu=None).besides is None


def test_the_report_says_each_figure() -> None:
    samples = [(at * 10.0, Usage(1.0, (500 + (at > 90) * 10) * MEGABYTE, 20, 30)) for at in range(1, 101)]
    found = Findings(
        pairs={8: [pair(), pair(20.0)]},
        again=[Round(8, 1.0, (Reply(200, 0.01),) * 400)],
        again_cpu=[0.002],
        soak=Soak(7.5, 1000.0, (Reply(200, 0.3),) * 50, tuple(samples)),
        quiet=[Reply(200, 0.2)] * 20,
        beside_slow=[Reply(200, 0.25)] * 20,
        slow=1000,
        loads=[0.5, 2.0, 1.5],
    )
    text = report(found, datetime(2026, 3, 2, 9, 30), "2 cores")  # noqa: DTZ001 shown as it is
    assert "# Load, 2026-03-02 09:30" in text
    assert "0.50 at the start, 2.00 at most" in text
    # 198 answers in 30 s, 200 questions in 18 s by the models
    assert "| 8 | 200 | 6.60 | 11.11 | 0.594 (0.89, 0.45) | 0.80 s | 0.80 s | 0.66 | 2 |" in text
    assert "| 200.0 ms | 175.0 ms | 25.0 ms |" in text
    assert "| 8 | 400 | 400 | 10.0 ms | 10.0 ms | 0 | 2.0 ms |" in text
    assert "| memory | 500 MB | 510 MB | +2.0% (< 3%) |" in text
    assert "| threads | 20 | 20 | +0 (0) |" in text
    assert "p95 0.200 s without and 0.250 s beside them, 1.25 ×" in text


def test_what_was_not_measured_is_not_in_the_report() -> None:
    text = report(Findings(pairs={1: []}), datetime(2026, 3, 2), "2 cores")  # noqa: DTZ001
    assert "##" not in text


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser()
    register_load(lambda name, summary: made, lambda: pytest.fail("settings are not needed"))
    return made


def test_only_a_server_on_this_machine_is_loaded(capsys: pytest.CaptureFixture[str]) -> None:
    assert parser().parse_args(["--server", "http://127.0.0.1:8000"]).server == 8000
    for address in ("http://qa.example.cn:8000", "https://127.0.0.1:8000", "http://127.0.0.1", "8000"):
        with pytest.raises(SystemExit):
            parser().parse_args(["--server", address])
        assert "本机" in capsys.readouterr().err


def test_numbers_have_limits() -> None:
    given = parser().parse_args(["--clients", "2,4", "--rounds", "0", "--soak", "0.5", "--slow", "10"])
    assert (given.clients, given.rounds, given.soak, given.slow) == ((2, 4), 0, 0.5, 10)
    for wrong in (["--clients", "0"], ["--clients", "a"], ["--rounds", "51"], ["--slow", "-1"]):
        with pytest.raises(SystemExit):
            parser().parse_args(wrong)


@pytest.mark.slow
def test_a_small_load_test_runs_from_beginning_to_end(settings: "Settings") -> None:
    said: list[str] = []
    options = Options(clients=(2,), rounds=1, soak_minutes=0.4, slow=20, asked_beside_slow=3)
    text = load(settings, options, said.append).read_text(encoding="utf-8")
    (row,) = (line for line in text.splitlines() if line.startswith("| 2 | 6 |"))
    assert float(row.split("|")[5].split()[0]) > 0.2  # of what the models alone do
    assert row.split("|")[9].strip() == "0"
    assert "## Repeated questions" in text
    assert "20 connections that send a byte a second" in text
    assert "| memory |" in text
    assert said
