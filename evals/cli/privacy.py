"""`policy-qa eval privacy`."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.settings import Settings
    from evals.cli.runs import AddAction


def register_privacy(add_action: "AddAction", load_settings: "Callable[[], Settings]") -> None:
    """Register the command."""
    privacy = add_action("privacy", "测量个人信息的遮盖：九类写法漏掉多少，题目和文件里误盖多少")
    privacy.add_argument(
        "paths", type=Path, nargs="*", metavar="路径", help="另外再看的题目（jsonl）和文件（txt、md）"
    )
    privacy.add_argument("--forms", type=Path, metavar="文件", help="另一位作者写的个人信息（jsonl）")
    privacy.set_defaults(run=lambda args: _privacy(args, load_settings()))


def _privacy(args: argparse.Namespace, settings: "Settings") -> int:
    from evals.studies.privacy import privacy_report

    try:
        report, passed = privacy_report(args.forms, args.paths, settings.corpus_dir)
    except (OSError, ValueError) as error:
        sys.stderr.write(
            f"读不出来（{error}），请检查路径和格式，格式见 evals/datasets/privacy/README.md。\n"
        )
        return 2
    sys.stdout.write(report + "\n")
    return 0 if passed else 1
