"""`policy-qa eval from-feedback`."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.settings import Settings
    from evals.cli.runs import AddAction


def register_feedback(add_action: "AddAction", load_settings: "Callable[[], Settings]") -> None:
    """Register the command."""
    feedback = add_action("from-feedback", "把用户评价过的回答变成待审的题目")
    feedback.add_argument("--rating", choices=["up", "down"], help="只要好评（up）或差评（down）的，默认都要")
    feedback.add_argument("--out", type=Path, metavar="文件", help="写到哪里，默认 var/evals/feedback.jsonl")
    feedback.set_defaults(run=lambda args: _from_feedback(args, load_settings()))


def _from_feedback(args: argparse.Namespace, settings: "Settings") -> int:
    from assistant.storage.ratings import Rating
    from assistant.storage.store import Store
    from evals.rows.feedback import candidates, write_candidates

    path = args.out or settings.state_dir / "evals" / "feedback.jsonl"
    store = Store(settings.conversations_url())
    wanted = Rating(args.rating) if args.rating else None
    try:
        count = write_candidates(path, candidates(store.ratings.rated(), wanted))
    except FileExistsError:
        sys.stderr.write(f"{path} 已经有了，可能正在审；请先移走，或用 --out 另写一处。\n")
        return 2
    except OSError as error:
        sys.stderr.write(f"写不了（{error}）。\n")
        return 2
    finally:
        store.close()
    sys.stdout.write(f"{count} 道待审的题目：{path}\n审好一道，就删去它的 review 一项。\n")
    return 0
