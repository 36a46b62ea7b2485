"""`make worker-kills`: worker processes killed while people ask, and what becomes of the questions.

    python -m evals.studies.worker_kills [--kills 20] [--clients 8]

Starts `policy-qa serve --workers 2` over a copy of this checkout's index with a database of its own. Clients
ask without a pause, every other one as a stream of events. Each time that both workers take requests one of
them is killed (SIGKILL). Afterwards every answer that a client was given is looked for in the database.
Writes a dated report under `docs/measured/`; exits with 1 where an answer is lost or a client got anything
but an answer or a clean 503.
"""

import argparse
import json
import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import httpx

from assistant.settings import ROOT

_WORKERS = 2
_WAIT_SECONDS = 180.0
_QUESTIONS = (
    "娃儿一天在学校能运动好久？",
    "公办幼儿园占比要达到多少？",
    "高中阶段教育毛入学率的目标是多少？",
    "老师的编制怎么解决？",
    "明天会下雨吗？",
    "职业教育怎么发展？",
)
_PROBLEM = "application/problem+json"


@dataclass
class Seen:
    """What the clients were given."""

    answers: list[str] = field(default_factory=list)
    """Ids of answers."""
    put_off: Counter[str] = field(default_factory=Counter)
    """Clean 503 problems, by name."""
    cut: int = 0
    """Streams that ended with an `error` event of status 503."""
    other: Counter[str] = field(default_factory=Counter)


def main(arguments: list[str]) -> int:
    """Kill, look, and write the report; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--reports", type=Path, default=ROOT / "docs" / "measured")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="worker-kills-") as folder:
        state = Path(folder)
        for name in ("index", "cache"):
            shutil.copytree(ROOT / "var" / name, state / name)
        seen, seconds = campaign(state, given.kills, given.clients)
        lost = lost_answers(state, seen.answers)
    text = _report(given.kills, given.clients, seconds, seen, lost)
    sys.stdout.write(text)
    given.reports.mkdir(parents=True, exist_ok=True)
    (given.reports / f"{date.today()}-worker-kills.md").write_text(text, encoding="utf-8")
    return 1 if lost or seen.other else 0


def campaign(state: Path, kills: int, clients: int) -> tuple[Seen, float]:
    """Serve over `state`, have `clients` ask, kill; what the clients were given, and the seconds it took."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "assistant.cli.main", "serve", "--port", str(port)]
    server = subprocess.Popen(  # noqa: S603 - this project's own command
        [*command, "--workers", str(_WORKERS)],
        env={**os.environ, "POLICY_QA_STATE_DIR": str(state)},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    seen, done = Seen(), threading.Event()
    asking = [threading.Thread(target=_ask, args=(base, number, seen, done)) for number in range(clients)]
    chance = random.Random(20)  # noqa: S311 - so that a campaign can be made again
    try:
        await_workers(base)
        began = time.monotonic()
        for thread in asking:
            thread.start()
        for _ in range(kills):
            await_workers(base)
            time.sleep(chance.uniform(0.2, 1.5))
            os.kill(chance.choice(_children(server.pid)), signal.SIGKILL)
        await_workers(base)
        time.sleep(1)
        seconds = time.monotonic() - began
    finally:
        done.set()
        for thread in asking:
            if thread.ident is not None:
                thread.join()
        server.send_signal(signal.SIGTERM)
        server.wait()
    return seen, seconds


def _ask(base: str, number: int, seen: Seen, done: threading.Event) -> None:
    streams = number % 2 == 1
    asked = number
    with httpx.Client(base_url=base, timeout=_WAIT_SECONDS) as client:
        while not done.is_set():
            asked += 1
            body = {"question": _QUESTIONS[asked % len(_QUESTIONS)]}
            headers = {"Accept": "text/event-stream"} if streams else {}
            try:
                answer = client.post("/v1/ask", json=body, headers=headers)
            except httpx.HTTPError as error:
                seen.other[type(error).__name__] += 1
                continue
            if not _note(answer, streams, seen):
                done.wait(0.2)


def _note(answer: httpx.Response, streams: bool, seen: Seen) -> bool:
    """Note what came; whether it was an answer."""
    kind = answer.headers.get("content-type", "")
    if answer.status_code == 503 and kind == _PROBLEM and "retry-after" in answer.headers:
        seen.put_off[answer.json()["type"].rpartition(":")[2]] += 1
        return False
    if answer.status_code != 200:
        seen.other[f"status {answer.status_code} {kind}"] += 1
        return False
    if not streams:
        seen.answers.append(answer.json()["id"])
        return True
    name, data = _last_event(answer.text)
    if name == "done":
        seen.answers.append(data["id"])
        return True
    if name == "error" and data.get("status") == 503:
        seen.cut += 1
    else:
        seen.other[f"a stream that ends with {name or 'nothing'}"] += 1
    return False


def _last_event(stream: str) -> tuple[str, dict[str, Any]]:
    *frames, rest = stream.split("\n\n")
    frames = [frame for frame in frames if frame.startswith("event: ")]
    if rest or not frames:
        return "", {}
    name, _, data = frames[-1].removeprefix("event: ").partition("\ndata: ")
    return name, json.loads(data)


def await_workers(base: str) -> None:
    """Wait until all workers take requests. Raises RuntimeError."""
    until = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < until:
        try:
            if f"\npolicy_qa_workers {_WORKERS}.0\n" in httpx.get(f"{base}/metrics", timeout=30).text:
                return
        except httpx.TransportError:
            pass  # it does not listen yet
        time.sleep(0.1)
    raise RuntimeError("the workers do not come")


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in listed.split()]


def lost_answers(state: Path, answers: list[str]) -> list[str]:
    """Those of `answers` that the database of `state` does not hold."""
    with sqlite3.connect(f"file:{state / 'conversations.sqlite'}?mode=ro", uri=True) as database:
        kept = {row[0] for row in database.execute("SELECT answer_id FROM exchanges")}
    return [answer for answer in answers if answer not in kept]


def _report(kills: int, clients: int, seconds: float, seen: Seen, lost: list[str]) -> str:
    put_off = ", ".join(f"{name} {count}" for name, count in sorted(seen.put_off.items())) or "none"
    other = ", ".join(f"{name} {count}" for name, count in sorted(seen.other.items())) or "none"
    return (
        f"# Workers killed under load, {date.today()}\n\n"
        f"`make worker-kills`: `policy-qa serve --workers {_WORKERS}`, {clients} clients that ask without a "
        f"pause, half of them\nas streams; {kills} times a worker was killed (SIGKILL) while all took "
        f"requests. Load at the end {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors.\n\n"
        f"* {kills} kills in {seconds:.0f} s\n"
        f"* answers: {len(seen.answers)}\n"
        f"* clean 503 problems with Retry-After: {put_off}\n"
        f"* streams that ended with an `error` event of status 503: {seen.cut}\n"
        f"* anything else: {other}\n"
        f"* answers that a client was given and that are not in the database: {len(lost)}\n"
    )


def free_port() -> int:
    """A port on which nobody listens now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
