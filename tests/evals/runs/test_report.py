"""Reports of a small made-up run: what they say is the folder's, and nothing in it can act on the reader."""

import json
import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.runs.report import write_report
from evals.runs.report.failures import RowOutcome, find_failures, missing_facts, outcomes_of
from evals.runs.report.html import html_report
from evals.runs.report.markdown import escape_cell, markdown_report
from evals.runs.report.plots import ChartBar, bar_chart, calibration_plot, interval_strip, risk_coverage_plot
from evals.runs.report.records import Quoted, Record, Run, load_records, load_run

HOSTILE = (
    '<script>alert("问")</script><img src=https://example.com/x.png onerror=alert(1)> | [点](javascript:1)'
)
VOID = {"meta", "br"}


def row(row_id: str, wanted: str, status: str, right: bool, **values: float | None) -> dict[str, Any]:
    return {
        "id": row_id,
        "kind": "number",
        "voice": "parent",
        "split": "test",
        "turns": [f"问题{row_id}？"],
        "wanted": wanted,
        "status": status,
        "gold": [{"clause": "2.2.1", "quote": "占比达到50％以上"}],
        "facts": [["50％以上", "一半以上"]],
        "values": values,
        "confidence": 0.75,
        "right": right,
        "milliseconds": 8.0,
        "answer": "达到一半以上。",
        "cited": [{"clause": "2.2.1", "label": "二、（二）1", "quote": "占比达到50％以上"}],
    }


ROWS = [
    row("r1", "answered", "answered", True, **{"clause_hit@1": 1.0, "facts": 1.0, "false_refusal": 0.0}),
    row("r2", "answered", "answered", False, **{"clause_hit@1": 0.0, "facts": 0.0, "false_refusal": 0.0}),
    row("r3", "not_covered", "answered", False, true_refusal=0.0),
    row("r4", "answered", "not_covered", False, **{"clause_hit@1": 0.0, "facts": 0.0, "false_refusal": 1.0}),
    row("r5", "answered", "answered", True, **{"clause_hit@1": 1.0, "facts": 0.0, "false_refusal": 0.0}),
]
SUMMARY: dict[str, Any] = {
    "n": 6,
    "metrics": {
        "clause_hit@1": {"mean": 0.5125, "low": 0.2375, "high": 0.8125, "n": 4},
        "false_refusal": {"mean": 0.25, "low": 0.0, "high": 0.75, "n": 4},
        "correction": {"mean": None, "low": None, "high": None, "n": 0},
    },
    "by": {
        "kind": {
            "number": {"n": 5, "metrics": {"clause_hit@1": 0.4375, "false_refusal": 0.25, "correction": None}}
        },
        "voice": {"parent": {"n": 5, "metrics": {"clause_hit@1": 0.5625, "false_refusal": 0.25}}},
    },
    "calibration": {"error": 0.3456, "bins": [[0.75, 0.4, 5]]},
    "risk_coverage": {"aurc": 0.6543, "points": [[0.2, 0.0], [1.0, 0.6]]},
    "latency": {"whole": {"p50": 8.25, "p95": 12.75}, "search": {"p50": 3.5, "p95": 4.5}},
}  # fmt: skip
SETTINGS: dict[str, Any] = {
    "suite": "plan",
    "answerer": "extractive",
    "split": "test",
    "dataset": {"name": "plan.jsonl", "sha256": "ab12", "rows": 6},
    "fingerprint": "cd34",
    "parameters": {"thresholds.json": "ef56"},
    "versions": {"numpy": "2.2.0"},
    "machine": {"system": "Linux", "cpu": "x86", "cores": 2, "memory_gb": 8.0},
    "started": "2026-03-02T08:00:00+00:00",
    "finished": "2026-03-02T08:01:30+00:00",
}


def write_run(folder: Path, rows: list[dict[str, Any]], errors: list[dict[str, Any]] | None = None) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    generated = [
        {
            "id": r["id"],
            "turns": r["turns"],
            "answer": {"status": r["status"], "standalone_question": "独立的问题？"},
            "milliseconds": 8.0,
        }
        for r in rows
    ]
    for name, lines in (("metrics.jsonl", rows), ("generated.jsonl", [*generated, *(errors or [])])):
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        (folder / name).write_text(text, encoding="utf-8", errors="surrogatepass")
    (folder / "summary.json").write_text(json.dumps(SUMMARY), encoding="utf-8")
    (folder / "run.json").write_text(json.dumps(SETTINGS), encoding="utf-8")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    error = {"id": "r6", "turns": ["坏了的题？"], "error": "TimeoutError: 太久"}
    return write_run(tmp_path / "20260302-test", ROWS, [error])


class Page(HTMLParser):
    """The page's elements, their attributes, and the text in each kind of element."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open:
            self.texts[self._open[-1]] = self.texts.get(self._open[-1], "") + data


def run_with(text: str) -> Run:
    """A run all of whose free text is `text`."""
    evidence = (Quoted(text, text, text),)
    record = Record(
        "r1", text, text, "test", (text, text), "answered", "answered", evidence, ((text,),),
        {"clause_hit@1": 0.0}, 0.5, False, 1.0, text, evidence,
    )  # fmt: skip
    generated: dict[str, dict[str, Any]] = {
        "r1": {"id": "r1", "answer": {"standalone_question": text + "？"}},
        "r2": {"id": "r2", "turns": [text], "error": text},
    }
    settings = {"suite": text, "parameters": {text: text}}
    by = {"kind": {text: {"n": 1, "metrics": {"clause_hit@1": 0.0}}}, "voice": {}}
    return Run(text, settings, SUMMARY | {"by": by}, (record,), generated)


def test_both_reports_are_written(folder: Path) -> None:
    markdown, page = write_report(folder)
    assert (markdown, page) == (folder / "report.md", folder / "report.html")
    assert markdown.read_text(encoding="utf-8").startswith("# 评测报告：plan · extractive · test\n")
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_the_tables_hold_the_summarys_numbers(folder: Path) -> None:
    run = load_run(folder)
    lines = markdown_report(run).splitlines()
    assert "| 首条引文命中 | clause_hit@1 | 0.512 | 0.237 – 0.812 | 4 |" in lines
    assert "| 误拒 ↓ | false_refusal | 0.250 | 0.000 – 0.750 | 4 |" in lines
    assert "| 纠正错误前提 | correction | – | – | 0 |" in lines
    assert "| 数字 | 5 | 0.438 | 0.250 | – |" in lines
    assert "| 家长 | 5 | 0.562 | 0.250 | – |" in lines
    assert "| 整题 | 8.2 | 12.8 |" in lines
    assert "| 0.75 | 0.40 | 5 |" in lines
    assert "校准误差 0.346；风险–覆盖曲线下面积 0.654。" in lines
    assert "| thresholds.json | ef56 |" in lines
    cells = re.findall(r"<td[^>]*>([^<]*)</td>", html_report(run))
    for shown in ("0.512", "0.237 – 0.812", "0.438", "0.562", "ef56", "x86"):
        assert shown in cells


def test_failures_say_what_went_wrong_the_worst_first(folder: Path) -> None:
    failures = find_failures(load_run(folder))
    assert [(f.id, f.outcomes) for f in failures] == [
        ("r6", (RowOutcome.ERROR,)),
        ("r3", (RowOutcome.ANSWERED_ANYWAY,)),
        ("r4", (RowOutcome.REFUSED,)),
        ("r2", (RowOutcome.WRONG_CLAUSE, RowOutcome.MISSING_FACT)),
        ("r5", (RowOutcome.MISSING_FACT,)),
    ]
    assert failures[0].answer == "TimeoutError: 太久"
    assert failures[1].standalone == "独立的问题？"


def test_a_row_that_is_wrong_for_no_told_reason_is_still_listed(folder: Path) -> None:
    record = load_records(folder)[0]
    assert outcomes_of(record) == ()
    assert outcomes_of(replace(record, right=False)) == (RowOutcome.JUDGED_WRONG,)
    assert outcomes_of(replace(record, status="blocked", wanted="smalltalk")) == (RowOutcome.WRONG_STATUS,)
    assert outcomes_of(replace(record, values={"false_correction": 1.0})) == (RowOutcome.FALSE_CORRECTION,)


def test_missing_facts_look_at_every_variant() -> None:
    assert missing_facts([["50％以上", "一半以上"], ["2022年"]], "达到50%以上。") == ("2022年",)


def test_markup_in_questions_and_answers_stays_text() -> None:
    page = html_report(run_with(HOSTILE))
    assert "<script>alert" not in page
    assert "<img" not in page
    parsed = Page(page)
    tags = [tag for tag, _ in parsed.elements]
    assert tags.count("script") == 1
    assert not any(name.startswith("on") for _, attributes in parsed.elements for name in attributes)
    assert HOSTILE in parsed.texts["span"]
    assert HOSTILE in parsed.texts["q"]
    text = markdown_report(run_with(HOSTILE))
    assert not re.search(r"(?<!\\)<", text)
    assert not re.search(r"(?<!\\)\[", text)


@given(text=st.text(st.characters(exclude_characters="\r"), min_size=1))
def test_any_text_leaves_the_page_whole(text: str) -> None:
    plain, odd = (Page(html_report(run_with(t))).elements for t in ("字", text))
    assert [tag for tag, _ in plain] == [tag for tag, _ in odd]


@given(text=st.text())
def test_a_cell_is_one_line_without_a_bare_bar(text: str) -> None:
    cell = escape_cell(text)
    assert len(cell.splitlines()) <= 1
    assert not re.search(r"(?<!\\)(?:\\\\)*\|", cell)


def test_the_page_loads_nothing(folder: Path) -> None:
    page = html_report(load_run(folder))
    assert "http://" not in page
    assert "https://" not in page
    parsed = Page(page)
    names = {name for _, attributes in parsed.elements for name in attributes}
    assert not names & {"src", "href", "xlink:href", "srcset", "action", "style", "nonce"}
    assert not re.search(r"url\(|@import|@font-face", page)


def test_the_policy_allows_just_the_pages_own_style_and_script(folder: Path) -> None:
    parsed = Page(html_report(load_run(folder)))
    policy = next(
        a["content"] for tag, a in parsed.elements if a.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        digest = b64encode(sha256(parsed.texts[tag].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_half_a_surrogate_pair_does_not_stop_the_report(tmp_path: Path) -> None:
    line = row("r1", "answered", "not_covered", False)
    folder = write_run(tmp_path / "run", [line])
    broken = json.dumps(line | {"turns": ["\ud83d半个"]})  # escaped, as JSON allows it
    (folder / "metrics.jsonl").write_text(broken, encoding="utf-8")
    assert "?半个" in write_report(folder)[1].read_text(encoding="utf-8")


def test_a_run_without_a_fault_says_so(tmp_path: Path) -> None:
    run = load_run(write_run(tmp_path / "run", ROWS[:1]))
    assert "没有发现问题" in html_report(run)
    assert "## 问题" not in markdown_report(run)


@pytest.mark.parametrize(
    ("text", "message"),
    [("{", "metrics.jsonl:1"), ("[]", "not a JSON object"), ('{"id": "a"}', "record 1")],
)
def test_a_malformed_line_is_named(folder: Path, text: str, message: str) -> None:
    (folder / "metrics.jsonl").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        load_records(folder)


def test_an_id_that_comes_twice_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="r1 comes twice"):
        load_records(write_run(tmp_path, [ROWS[0], ROWS[0]]))


def test_plots_put_numbers_where_they_belong() -> None:
    bars = bar_chart("题", [ChartBar("<甲>", 0.5), ChartBar("乙", 2.0)])
    widths = re.findall(r'class="bar" [^>]*width="([\d.]+)"', bars)
    track = re.findall(r'class="track" [^>]*width="(\d+)"', bars)
    assert float(widths[0]) == pytest.approx(int(track[0]) / 2, abs=0.1)
    assert float(widths[1]) == pytest.approx(int(track[1]), abs=0.1)  # never beyond the track
    assert "&lt;甲&gt;" in bars
    assert 'cx="60.0"' in interval_strip(0.5, 0.25, 0.75)
    assert calibration_plot([[0.5, 0.5, 3], [0.9, 0.9, 0]]).count("<circle") == 1
    assert risk_coverage_plot([]).count("<polyline") == 1


@pytest.mark.parametrize(
    "empty", [bar_chart("题", []), calibration_plot([]), bar_chart("题", [ChartBar("甲", 0.0)], top=0.0)]
)
def test_plots_of_nothing_are_still_drawings(empty: str) -> None:
    assert Page(empty).elements[0][0] == "svg"
