"""`policy-qa eval gate|baseline|support|judge`: the answers beside their committed baselines."""

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.settings import Settings
    from evals.cli.runs import AddAction
    from evals.runs.evaluate import Judged
    from evals.runs.messages.figures import Figure

GATED = ("answers", "grounding", "safety")
DAY = date(2026, 3, 2)
"""The day on which the rows are asked, so that the calendar does not move the answers."""


def register_gate(add_action: "AddAction", load_settings: "Callable[[], Settings]") -> None:
    """Register the commands about baselines."""
    gate = add_action("gate", "把现在的回答与基线逐题比较，明显变差就以失败结束")
    gate.set_defaults(run=lambda args: _gate(load_settings()))
    baseline = add_action("baseline", "把现在的回答定为新的基线，并列出与旧基线的差别")
    baseline.set_defaults(run=lambda args: _baseline(load_settings()))
    support = add_action("support", "测量句子与引文是否相符的判断：查出率与误报率")
    support.add_argument("files", type=Path, nargs="*", metavar="文件", help="句子与引文（JSONL）")
    support.set_defaults(run=lambda args: _support(args.files, load_settings()))
    judge = add_action("judge", "请大模型判断句子与引文是否相符，并测量它与已知答案有多一致")
    judge.add_argument("file", type=Path, nargs="?", metavar="文件", help="句子与引文（JSONL），默认开发部分")
    judge.set_defaults(run=lambda args: _judge_support(args.file, load_settings()))


def _judge(settings: "Settings") -> "dict[str, tuple[Judged, ...]]":
    """Each row asked once; suites that ask the same rows judge the same answers."""
    from tqdm import tqdm

    from assistant.schema import Answer
    from assistant.service import Assistant
    from evals.rows.dataset import load_rows
    from evals.runs.answerers import make_answerer
    from evals.runs.evaluate import judge
    from evals.runs.libraries import make_context
    from evals.runs.suites import SUITES

    assistant = Assistant.open(settings, clock=lambda: DAY)
    ask, context = make_answerer("extractive", assistant), make_context(assistant)
    known: dict[str, Answer] = {}
    found: dict[str, tuple[Judged, ...]] = {}
    for name in GATED:
        suite = SUITES[name]
        judged = []
        rows = [row for row in load_rows(suite.dataset) if suite.asks(row)]
        for row in tqdm(rows, desc=name, unit="题", disable=not sys.stderr.isatty()):
            answer = known.get(row.id) or ask(row)
            known[row.id] = answer
            judged.append(judge(row, answer, 0.0, suite, context))
        found[name] = tuple(judged)
    return found


def _twins(settings: "Settings") -> "list[Figure]":
    """Figures of questions whose wording does not tell whether they are answered."""
    from assistant.service import Assistant
    from evals.gate.twins import GATED as AUTHOR
    from evals.rows.reading_rows import TWINS, read_rows
    from evals.runs.twins import Twins, twin_figures

    twins = Twins(Assistant.open(settings, clock=lambda: DAY))
    return list(twin_figures("twins", [twins.ask(row) for row in read_rows(TWINS) if row.author == AUTHOR]))


def _gate(settings: "Settings") -> int:
    from evals.gate.baseline import path_of, read_baseline
    from evals.gate.gate import flips_text, hold_against
    from evals.gate.twins import worse

    judged, twins = _judge(settings), _twins(settings)
    try:
        lost = worse(twins)
        baselines = {
            name: read_baseline(path_of(name), [j.row for j in results]) for name, results in judged.items()
        }
    except (OSError, ValueError) as error:
        sys.stderr.write(f"基线读不出来（{error}），请运行 policy-qa eval baseline。\n")
        return 2
    findings = hold_against(judged, baselines)
    for finding in findings:
        right = sum(j.right for j in judged[finding.suite])
        sys.stdout.write(f"{finding.suite}：{len(judged[finding.suite])} 题，答对 {right} 题\n")
        sys.stdout.write(flips_text(finding.comparison))
        sys.stdout.write("".join(f"  不通过：{reason}\n" for reason in finding.reasons))
    sys.stdout.write("措辞不露答案的题：\n" + "".join(f"  {figure}\n" for figure in twins))
    sys.stdout.write("".join(f"  不通过：{reason}\n" for reason in lost))
    passed = not lost and not any(finding.reasons for finding in findings)
    sys.stdout.write("通过：没有比基线变差。\n" if passed else "没有通过。\n")
    return 0 if passed else 1


def _baseline(settings: "Settings") -> int:
    from evals.gate.baseline import path_of, read_baseline, write_baseline
    from evals.gate.gate import changes_text, hold_against
    from evals.gate.twins import PATH, write_figures

    judged, twins = _judge(settings), _twins(settings)
    for name, results in judged.items():
        path = path_of(name)
        if path.exists():
            old = read_baseline(path, [j.row for j in results])
            (finding,) = hold_against({name: results}, {name: old})
            sys.stdout.write(f"{name}\n\n{changes_text(finding.comparison)}\n")
        write_baseline(path, results)
        sys.stdout.write(f"已写入 evals/baselines/{path.name}（{len(results)} 题）。\n")
    write_figures(twins)
    sys.stdout.write("".join(f"{figure}\n" for figure in twins) + f"已写入 evals/baselines/{PATH.name}。\n")
    return 0


def _support(files: list[Path], settings: "Settings") -> int:
    from assistant.llm.support import SupportChecker
    from evals.metrics.support import measure, rates_table
    from evals.rows.corruptions import make_pairs, read_pairs
    from evals.rows.dataset import DATASETS
    from index.encoder.embedder import make_embedder
    from index.readers.corpus import load_corpus

    checker = SupportChecker(make_embedder(settings.index().embedding))
    parts = {"scripted": make_pairs(load_corpus(settings.corpus_dir))}
    try:
        for path in files or [DATASETS / "support.jsonl"]:
            parts[path.name] = read_pairs(path)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"读不出来（{error}）。\n")
        return 2
    for name, pairs in parts.items():
        sys.stdout.write(f"{name}\n\n{rates_table(measure(checker, pairs))}\n\n")
    return 0


def _judge_support(file: Path | None, settings: "Settings") -> int:
    from tqdm import tqdm

    from assistant.errors import ModelFault
    from assistant.llm.client import make_chat_model
    from evals.rows.corruptions import read_pairs
    from evals.rows.dataset import DATASETS
    from evals.studies.model_judge import judge

    model = make_chat_model(settings.chat_model())
    if model is None:
        sys.stderr.write("还没有配置大模型，请先设 POLICY_QA_LLM_BASE_URL 和 POLICY_QA_LLM_MODEL。\n")
        return 2
    try:
        pairs = read_pairs(file or DATASETS / "support.dev.jsonl")
        with tqdm(total=len(pairs), desc="正在判断", unit="对", disable=not sys.stderr.isatty()) as bar:
            found = judge(model, pairs, bar.update)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"读不出来（{error}）。\n")
        return 2
    except ModelFault as fault:
        sys.stderr.write(f"{fault.message}\n")
        return 1
    sys.stdout.write(f"{model.name}: {found}\n")
    return 0
