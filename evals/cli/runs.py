"""`policy-qa eval run|evaluate|compare|validate`."""

import argparse
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.eval_rows.row import Row
    from assistant.settings import Settings
    from evals.rows.dataset import Dataset
    from evals.runs.folder import RunFolder

SUITE_NAMES = ("answers", "retrieval", "grounding", "conversations", "safety", "library")
ANSWERERS = ("extractive", "llm", "search", "bm25", "dense", "baisitong")

AddAction = Callable[[str, str], argparse.ArgumentParser]


def register_runs(add_action: AddAction, load_settings: "Callable[[], Settings]") -> None:
    """Register the commands about runs."""
    run = add_action("run", "逐题提问，把回答、指标和报告写进一个文件夹")
    run.add_argument("--suite", choices=SUITE_NAMES, default="answers", help="哪一组测量（默认 answers）")
    run.add_argument("--answerer", choices=ANSWERERS, help="由谁作答（默认随 suite）；baisitong 为别的系统")
    run.add_argument("--server", metavar="网址", help="别的系统已在运行时的地址；不填就自行安装并启动")
    run.add_argument(
        "--dataset", type=Path, help="题目文件（JSONL，或 SQuAD 式 JSON），默认为 suite 自己的题目"
    )
    run.add_argument("--split", choices=["dev", "test", "all"], default="test", help="哪一部分（默认 test）")
    run.add_argument("--resume", type=Path, metavar="文件夹", help="把中断的运行接着做完")
    run.set_defaults(run=lambda args: _run(args, load_settings()))
    evaluate = add_action("evaluate", "不再提问，把一次运行的回答重新评一遍")
    evaluate.add_argument("folder", type=Path, metavar="文件夹")
    evaluate.set_defaults(run=lambda args: _evaluate(args, load_settings()))
    compare = add_action("compare", "逐题比较两次运行，列出变好和变差的题")
    compare.add_argument("a", type=Path, metavar="前")
    compare.add_argument("b", type=Path, metavar="后")
    compare.set_defaults(run=_compare)
    table = add_action("table", "把几次运行并排列成一张表")
    table.add_argument("folders", type=Path, nargs="+", metavar="文件夹")
    table.set_defaults(run=_table)
    validate = add_action("validate", "检查题目文件：格式、原文、重复与跨部分的近似题")
    validate.add_argument("files", type=Path, nargs="*", metavar="文件", help="默认为随代码分发的题目")
    validate.set_defaults(run=lambda args: _validate(args, load_settings()))


def _run(args: argparse.Namespace, settings: "Settings") -> int:
    from tqdm import tqdm

    from evals.runs.answerers import opened_answerer
    from evals.runs.folder import OtherRun
    from evals.runs.generate import generate
    from evals.runs.libraries import open_assistant
    from evals.runs.peers.peer import Unreachable

    if args.resume:
        args.suite = _suite_of(args.resume) or args.suite
    try:
        assistant = open_assistant(settings, args.suite)
    except OSError as error:
        sys.stderr.write(f"这一组题目要用的文件读不出来（{error}）。\n")
        return 2
    dataset = _read(args, assistant)
    if dataset is None:
        return 2
    rows, faults = _askable(dataset, assistant, args)
    try:
        folder = _folder(args, settings, rows, _about(args, dataset, rows, assistant.fingerprint))
    except OtherRun as error:
        sys.stderr.write(f"这次运行开始之后有东西变了（{error}），不能接着做，请另起一次。\n")
        return 2
    except (OSError, ValueError) as error:
        sys.stderr.write(f"不能这样运行（{error}）。\n")
        return 2
    failed = 0
    try:
        with (
            opened_answerer(_answerer(args), assistant, args.server) as ask,
            tqdm(total=len(rows), desc="正在提问", unit="题", disable=not sys.stderr.isatty()) as bar,
        ):
            for fault in generate(folder, ask, bar.update):
                failed += 1
                sys.stderr.write(f"{fault}\n")
    except (OSError, Unreachable, subprocess.CalledProcessError) as error:
        sys.stderr.write(f"要问的系统装不上、没起来或没有应答（{error}）；已问的都在 {folder.path} 里。\n")
        return 2
    _finish(folder, args.suite, assistant)
    return 1 if failed or faults else 0


def _askable(dataset: "Dataset", assistant: Any, args: argparse.Namespace) -> "tuple[tuple[Row, ...], int]":
    """The rows of the suite without a fault, and how many faults were written out."""
    from evals.rows.dataset import gold_faults
    from evals.runs.suites import SUITES

    wrong = gold_faults(dataset, assistant.library)
    faults = [*dataset.faults, *wrong.values()]
    for fault in faults:
        sys.stderr.write(f"{fault}\n")
    rows = tuple(row for row in dataset.rows if row.id not in wrong and SUITES[args.suite].asks(row))
    return rows, len(faults)


def _read(args: argparse.Namespace, assistant: Any) -> "Dataset | None":
    from evals.rows.dataset import read_dataset
    from evals.rows.squad import read_squad
    from evals.runs.suites import SUITES

    path = args.dataset or (args.resume / "rows.jsonl" if args.resume else SUITES[args.suite].dataset)
    try:
        if path.suffix == ".json":
            dataset = read_squad(path, assistant.library)
        else:
            dataset = read_dataset(path, None if args.split == "all" or args.resume else args.split)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"题目文件读不出来（{error}），请改正后再试。\n")
        return None
    if not dataset.rows and not dataset.faults:
        sys.stderr.write("题目文件里没有这一部分的题目。\n")
        return None
    return dataset


def _suite_of(folder: Path) -> str | None:
    from evals.runs.folder import RunFolder

    return str(RunFolder(folder).settings()["suite"]) if (folder / "run.json").exists() else None


def _answerer(args: argparse.Namespace) -> str:
    from evals.runs.suites import SUITES

    return args.answerer or SUITES[args.suite].answerer


def _about(
    args: argparse.Namespace, dataset: "Dataset", rows: "tuple[Row, ...]", fingerprint: str
) -> dict[str, Any]:
    from evals.runs.provenance import digest, provenance

    return {
        "suite": args.suite,
        "answerer": _answerer(args),
        "split": args.split,
        "dataset": {"name": dataset.path.name, "sha256": digest(dataset.path), "rows": len(rows)},
        **provenance(fingerprint),
    }


def _folder(
    args: argparse.Namespace, settings: "Settings", rows: "tuple[Row, ...]", about: dict[str, Any]
) -> "RunFolder":
    from evals.runs.folder import RunFolder, folder_name

    if not args.resume:
        return RunFolder.create(settings.state_dir / "evals" / folder_name(args.suite), about, rows)
    folder = RunFolder(args.resume)
    held = folder.settings()
    args.answerer = args.answerer or held["answerer"]
    same = {key: held[key] for key in ("dataset", "split")}
    folder.check_same({**about, **same, "answerer": args.answerer})
    return folder


def _finish(folder: "RunFolder", suite: str, assistant: Any) -> None:
    from evals.runs.evaluate import evaluate
    from evals.runs.libraries import make_context
    from evals.runs.report import write_report
    from evals.runs.report.markdown import metrics_table
    from evals.runs.report.records import load_run
    from evals.runs.suites import SUITES

    evaluate(folder, SUITES[suite], make_context(assistant))
    _, page = write_report(folder.path)
    sys.stdout.write(f"{metrics_table(load_run(folder.path).summary)}\n\n报告：{page}\n")


def _evaluate(args: argparse.Namespace, settings: "Settings") -> int:
    from evals.runs.folder import RunFolder
    from evals.runs.libraries import open_assistant

    suite = _suite_of(args.folder)
    if suite not in SUITE_NAMES:
        sys.stderr.write("这个文件夹里没有一次运行（缺 run.json）。\n")
        return 2
    _finish(RunFolder(args.folder), suite, open_assistant(settings, suite))
    return 0


def _compare(args: argparse.Namespace) -> int:
    from evals.runs.compare import compare, comparison_text

    try:
        sys.stdout.write(comparison_text(compare(args.a, args.b)))
    except (OSError, ValueError) as error:
        sys.stderr.write(f"比不了（{error}）。\n")
        return 2
    return 0


def _table(args: argparse.Namespace) -> int:
    from evals.runs.report.side_by_side import side_by_side

    try:
        sys.stdout.write(side_by_side(args.folders))
    except (OSError, ValueError) as error:
        sys.stderr.write(f"列不成表（{error}）。\n")
        return 2
    return 0


def _validate(args: argparse.Namespace, settings: "Settings") -> int:
    from evals.rows.check import validate
    from evals.rows.dataset import read_dataset
    from evals.runs.libraries import STATUTES, open_assistant
    from evals.runs.suites import SUITES

    faults = 0
    shipped = dict.fromkeys(suite.dataset for suite in SUITES.values())
    plan = open_assistant(settings, "answers").library
    for path in args.files or shipped:
        suite = next((name for name, s in SUITES.items() if s.dataset == path.resolve()), "answers")
        if suite == "library" and not STATUTES.is_dir():
            sys.stdout.write(f"{path.name}：没有检查，法规文本不随本项目分发，须放在项目旁边。\n")
            continue
        try:
            dataset = read_dataset(path)
            library = plan if suite != "library" else open_assistant(settings, suite).library
        except (OSError, UnicodeDecodeError) as error:
            sys.stderr.write(f"{path}：读不出来（{error}）\n")
            faults += 1
            continue
        found = validate(dataset, library)
        faults += len(found)
        sys.stdout.write("".join(f"{fault}\n" for fault in found))
        sys.stdout.write(f"{path.name}：{len(dataset.rows)} 题，{len(found)} 处问题。\n")
    return 1 if faults else 0
