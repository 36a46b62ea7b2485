"""`policy-qa eval …`: what is measured, fitted and compared; runs themselves are in `evals.cli.runs`."""

import argparse
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from evals.cli.feedback import register_feedback
from evals.cli.gate import register_gate
from evals.cli.load import register_load
from evals.cli.messages import register_messages
from evals.cli.privacy import register_privacy
from evals.cli.runs import register_runs

if TYPE_CHECKING:
    from typing import NoReturn

    from tqdm import tqdm

    from assistant.service import Assistant
    from assistant.settings import Settings


def register(
    add_command: Callable[[str, str], argparse.ArgumentParser], load_settings: "Callable[[], Settings]"
) -> None:
    """Register `eval` and what lies under it."""
    parser = add_command("eval", "测量回答的质量与速度")
    actions = parser.add_subparsers(title="命令", metavar="命令", dest="action", required=True)

    def add_action(name: str, summary: str) -> argparse.ArgumentParser:
        return actions.add_parser(name, help=summary, description=summary)

    register_runs(add_action, load_settings)
    register_gate(add_action, load_settings)
    register_feedback(add_action, load_settings)
    register_messages(add_action, load_settings)
    register_load(add_action, load_settings)
    register_privacy(add_action, load_settings)
    calibrate = add_action("calibrate", "用开发题重新拟合参数；不写部分则拟合与向量模型有关的全部参数")
    calibrate.add_argument(
        "part",
        nargs="?",
        choices=["all", "answers", "support", "verify", "strength", "follow_ups"],
        default="all",
        metavar="部分",
        help="all 除 verify 外的各部分（默认），answers 回答，support 句子与引文是否相符，"
        "verify 核对引文的界限，strength 依据强弱的界限，follow_ups 答后可以接着问的问题",
    )
    calibrate.set_defaults(run=lambda args: _calibrate_parts(args.part, load_settings()))
    ablate = add_action("ablate", "逐一拿掉各个部分，看开发题上的指标掉多少")
    ablate.set_defaults(run=lambda args: _ablate(load_settings()))
    statutes = add_action("statutes", "在 25,374 条法条上测量检索（需要旁边的 shared/bench）")
    statutes.set_defaults(run=lambda args: _statutes(load_settings()))
    outlines = add_action("outlines", "对照标注，测量文件的目录和信息读得对不对")
    outlines.add_argument(
        "--texts", metavar="目录", type=Path, help="公开文件所在的目录（清单在 real.jsonl）"
    )
    outlines.add_argument("--split", choices=["dev", "test"], default="dev", help="开发题或测试题，默认 dev")
    outlines.add_argument("--faults", action="store_true", help="逐条列出不符的地方")
    outlines.set_defaults(run=_outlines)
    tables = add_action("tables", "向含表格的文件提问，看引用的是不是那一行")
    tables.add_argument(
        "--split", choices=["train", "dev", "test"], default="dev", help="拟合用题、开发题或测试题，默认 dev"
    )
    tables.set_defaults(run=lambda args: _tables(load_settings(), args.split))
    bench = add_action("bench", "启动服务并测量时间与内存")
    bench.set_defaults(run=lambda args: _bench())


def _calibrate_parts(part: str, settings: "Settings") -> int:
    fits = {
        "answers": _calibrate,
        "support": _calibrate_support,
        "verify": _calibrate_verify,
        "strength": _calibrate_strength,
        "follow_ups": _calibrate_follow_ups,
    }
    whole = ("answers", "support", "strength", "follow_ups")  # the last two ask what the others fitted
    for name in whole if part == "all" else (part,):
        fits[name](settings)
    return 0


def _calibrate(settings: "Settings") -> int:
    import json

    from evals.runs.libraries import STATUTES, library_settings, tables_settings
    from evals.training.calibrate import calibrate
    from index.search.open_index import open_index

    statutes = open_index(library_settings(settings).index()) if STATUTES.is_dir() else None
    if statutes is None:
        sys.stderr.write(f"没有 {STATUTES}，只用方案的题拟合。\n")
    tables = open_index(tables_settings(settings, "train").index())
    report = calibrate(open_index(settings.index()), tables, statutes)
    sys.stdout.write(json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    return 0


def _calibrate_verify(settings: "Settings") -> int:
    import json

    from evals.training.draft_limits import calibrate_verify
    from index.library.library import Library
    from index.readers.corpus import load_corpus
    from index.readers.prepared_questions import load_claims, load_lay_questions
    from index.structure.passages import make_passages

    documents = load_corpus(settings.corpus_dir)  # what is in the repository, so that anyone gets the same
    questions = [
        question.text
        for document in documents
        for load in (load_lay_questions, load_claims)
        for question in load(make_passages(document), settings.corpus_dir, document.id)
    ]
    report = calibrate_verify(Library(documents), questions)
    sys.stdout.write(json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    return 0


def _calibrate_strength(settings: "Settings") -> int:
    from evals.training.strength import fit_strength

    return _calibrate_asking(settings, fit_strength)


def _calibrate_follow_ups(settings: "Settings") -> int:
    from evals.training.follow_ups import fit_follow_ups

    return _calibrate_asking(settings, fit_follow_ups)


def _calibrate_asking(
    settings: "Settings", fit: "Callable[[Assistant, Assistant | None], Mapping[str, float]]"
) -> int:
    """What is fitted by asking the assistant, over the plan and with the statutes beside it."""
    import json

    from evals.runs.libraries import STATUTES, open_assistant

    statutes = open_assistant(settings, "library") if STATUTES.is_dir() else None
    if statutes is None:
        sys.stderr.write(f"没有 {STATUTES}，只用方案的题拟合。\n")
    report = fit(open_assistant(settings, "answers"), statutes)
    sys.stdout.write(json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    return 0


def _calibrate_support(settings: "Settings") -> int:
    import json

    from evals.training.support import calibrate_support
    from index.encoder.embedder import make_embedder
    from index.readers.corpus import load_corpus
    from index.text.tokens import keep_cache_in

    keep_cache_in(settings.index().cache)
    embedder = make_embedder(settings.index().embedding)
    report = calibrate_support(load_corpus(settings.corpus_dir), settings.corpus_dir, embedder)
    sys.stdout.write(json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    return 0


def _advance(bar: "tqdm[NoReturn]", done: int) -> None:
    bar.update(done)


def _outlines(args: argparse.Namespace) -> int:
    from evals.studies.outlines import outlines

    sys.stdout.write(outlines(args.texts, args.split, args.faults) + "\n")
    return 0


def _tables(settings: "Settings", split: str) -> int:
    from evals.studies.tables import tables

    sys.stdout.write(tables(settings, split) + "\n")
    return 0


def _bench() -> int:
    from evals.studies.bench import bench

    sys.stdout.write(bench() + "\n")
    return 0


def _ablate(settings: "Settings") -> int:
    from tqdm import tqdm

    from evals.rows.dataset import load_rows
    from evals.studies.ablation import ablation_table, variant_count

    rows = load_rows(split="dev")
    total = len(rows) * variant_count()
    with tqdm(total=total, desc="正在提问", unit="题", disable=not sys.stderr.isatty()) as bar:
        table = ablation_table(settings, rows, partial(_advance, bar))
    sys.stdout.write(table + "\n")
    return 0


def _statutes(settings: "Settings") -> int:
    from tqdm import tqdm

    from evals.studies.statutes.data import FOLDS, load_benchmark, passages
    from evals.studies.statutes.store import build_articles, gather_evidence, open_cache
    from evals.studies.statutes.suite import run_suite

    try:
        benchmark = load_benchmark()
    except (OSError, ValueError) as error:
        sys.stderr.write(f"法条题库读不出来（{error}）。它不随本项目分发，须放在项目旁边。\n")
        return 2
    quiet = not sys.stderr.isatty()
    cache = open_cache(settings.state_dir)
    with tqdm(
        total=len(passages(benchmark.articles)[0]), desc="正在计算向量", unit="段", disable=quiet
    ) as bar:
        index = build_articles(benchmark, cache, partial(_advance, bar))
    evidence = gather_evidence(index, benchmark, cache)
    with tqdm(total=FOLDS * FOLDS + FOLDS + 1, desc="正在训练", unit="次", disable=quiet) as bar:
        report = run_suite(evidence, benchmark, partial(_advance, bar))
    sys.stdout.write(report + "\n")
    return 0
