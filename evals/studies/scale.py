"""`make scale`: what 100,000 passages on one machine cost, beside 1,000.

    python -m evals.studies.scale [--home DIRECTORY] [--passages 100000]

Makes the library (`evals.studies.made_library`) and its index once, by the commands that people use; what is
there already is kept. Each figure is taken in a process of its own. Prints a table for `docs/scale.md`.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from evals.studies.made_library import made_notice, write_library

_SMALL = 1_000
_CHANGES = 6
_ASKED = 60
_QUESTIONS = (
    "义务教育阶段学生资助怎么申请",
    "图书馆登记办理期限是几个工作日",
    "教师培训由谁负责",
    "幼儿园收费标准是多少",
    "职业教育补贴的条件",
)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command took, in seconds: by the clock, and of processors."""

    wall: float
    cpu: float


def main(arguments: list[str]) -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, default=Path("var/scale"))
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--within", choices=("search", "serve"), help="the part of one process")
    given = parser.parse_args(arguments)
    if given.within:
        figures = {"search": _search, "serve": _serve}[given.within](given.home)
        sys.stdout.write(json.dumps(figures))
        return
    small, large = given.home / str(_SMALL), given.home / str(given.passages)
    lines = [f"loaded {os.getloadavg()[0]:.1f} of {os.cpu_count()} processors at the start"]
    lines += [
        line for home, count in ((small, _SMALL), (large, given.passages)) for line in _made(home, count)
    ]
    searched = {home: _within("search", home) for home in (small, large)}
    lines.append(f"open {given.passages:,} passages: {searched[large]['open']:.1f} s")
    for name in searched[large]["search"]:
        few, many = (searched[home]["search"][name] for home in (small, large))
        lines.append(
            f"search {name}: {few:.1f} ms at {_SMALL:,}, {many:.1f} ms at {given.passages:,} (median)"
        )
    served = _within("serve", large)
    lines += [f"{name}: {value}" for name, value in served.items()]
    sys.stdout.write("".join(f"* {line}\n" for line in lines))


def _made(home: Path, passages: int) -> list[str]:
    if (home / "index" / "CURRENT").exists():
        return []
    count = write_library(home / "inbox", home / "cache" / "vectors.sqlite", passages)
    cost = _command(home, "docs", "add", str(home / "inbox"))
    return [f"add {count:,} notices at once: {cost.wall:.0f} s, {cost.cpu:.0f} s of processors"]


def _command(home: Path, *words: str) -> Cost:
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    command = [
        sys.executable,
        "-c",
        "import sys; from assistant.cli.main import main; sys.exit(main())",
        *words,
    ]
    environment = {**os.environ, "POLICY_QA_STATE_DIR": str(home), "PYTHONUTF8": "1"}
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603 our own
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(time.monotonic() - began, cpu)


def _within(part: str, home: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "evals.studies.scale", "--home", str(home), "--within", part]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)  # noqa: S603 this very module
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _search(home: Path) -> dict[str, Any]:
    """Seconds until the index with its documents is open, and milliseconds of a search without the
    encoder."""
    from index.library.library import Library
    from index.search.open_index import open_index
    from index.search.searcher import Query
    from index.settings import IndexSettings

    began = time.monotonic()
    opened = open_index(IndexSettings(home / "index"))
    library = Library(opened.documents)
    taken = time.monotonic() - began
    searcher, keys = opened.searcher, tuple(opened.manifest.editions)
    first, day = library.ids()[0], date(2026, 11, 30)

    def median(editions: Callable[[], tuple[str, ...] | None]) -> float:
        spent = []
        for number in range(_ASKED):
            question = _QUESTIONS[number % len(_QUESTIONS)]
            vector = searcher.embed(question)
            start = time.perf_counter()
            searcher.search(Query(question, editions=editions()), vector)
            spent.append((time.perf_counter() - start) * 1000)
        return statistics.median(spent)

    return {
        "open": taken,
        "search": {
            "everything": median(lambda: None),
            "one document": median(lambda: library.editions([first], day)),
            "all but one": median(lambda: keys[1:]),
            "as of a day": median(lambda: library.editions(None, day)),
        },
    }


def _serve(home: Path) -> dict[str, str]:
    """What a server takes to open, to follow changes, and in memory; and what the changes themselves take."""
    from assistant.service import Assistant
    from assistant.settings import Settings

    began = time.monotonic()
    assistant = Assistant.open(Settings(state_dir=home), clock=lambda: date(2026, 11, 30))
    opened = time.monotonic() - began
    assistant.ask(_QUESTIONS[0])
    first = _memory()
    notice = home / "事项(2026-11-30).txt"
    costs: dict[str, list[Cost]] = {"add": [], "remove": []}
    followed = []
    for _ in range(_CHANGES):
        notice.write_text(made_notice(time.time_ns()), encoding="utf-8")
        for verb, words in (
            ("add", ("add", "--id", "the-notice", str(notice))),
            ("remove", ("remove", "the-notice")),
        ):
            costs[verb].append(_command(home, "docs", *words))
            began = time.monotonic()
            if not assistant.outdated():
                raise RuntimeError(f"a server would not have noticed: docs {verb}")
            assistant = assistant.reopened()
            followed.append(time.monotonic() - began)
    return {
        "open the assistant, warmed up": f"{opened:.1f} s",
        "memory with encoder and reader, one question asked": f"{first:.0f} MB",
        f"memory after {_CHANGES} additions and removals": f"{_memory():.0f} MB",
        "add a notice of sixty new passages": _told(costs["add"]),
        "remove it": _told(costs["remove"]),
        "open the new version beside the old one": (
            f"{statistics.median(followed):.2f} s, at most {max(followed):.2f}"
        ),
    }


def _told(costs: list[Cost]) -> str:
    wall, cpu = ([getattr(cost, name) for cost in costs] for name in ("wall", "cpu"))
    return (
        f"{statistics.median(wall):.1f} s, at most {max(wall):.1f}; "
        f"{statistics.median(cpu):.1f} s of processors, the command's start included"
    )


def _memory() -> float:
    """Resident memory of this process, in MB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1000


if __name__ == "__main__":
    main(sys.argv[1:])
