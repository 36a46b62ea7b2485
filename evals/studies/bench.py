"""Times and memory of the serving process, over HTTP on loopback; prints, never judges.

Starts `policy-qa serve` on a free port, waits for it, asks a bounded number of questions, stops it.
"""

import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import httpx
import numpy as np

from evals.rows.dataset import load_rows

_ASKED = 150
_LONG_ASKED = 20
_START_LIMIT = 60.0
_FILLER = "我们家住在乡下，平时都是爷爷奶奶带孩子，爸爸妈妈在外面上班，一年只回来一两次，"


def bench() -> str:
    """A small Markdown table: start-up, latency, memory."""
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    command = [
        sys.executable,
        "-m",
        "assistant.cli.main",
        "serve",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    began = time.perf_counter()
    server = subprocess.Popen(  # noqa: S603 our own command
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        with httpx.Client(base_url=address, timeout=30, trust_env=False) as client:
            ready = _until(client, "/readyz", began, server)
            page = _until(client, "/", began, server)
            short = [row.turns[-1] for row in load_rows(split="dev") if len(row.turns[-1]) <= 60]
            long = [(_FILLER * 30)[: 1000 - len(q)] + q for q in short[:_LONG_ASKED]]
            for question in short[:10]:
                _ask(client, question)
            times = [_ask(client, question) for question in (short * 3)[:_ASKED]]
            long_times = [_ask(client, question) for question in long]
            memory = _resident_megabytes(server.pid)
    finally:
        server.terminate()
        server.wait(timeout=20)
    rows = [
        ("start to /readyz", f"{ready:.2f} s"),
        ("start to the page", f"{page:.2f} s"),
        (f"question up to 60 characters, p50 / p95 (n={len(times)})", _quantiles(times)),
        (f"question of 1,000 characters, p50 / p95 (n={len(long_times)})", _quantiles(long_times)),
        ("resident memory after them", f"{memory:.0f} MB"),
    ]
    return "\n".join(["| what | measured |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)])


def _until(client: httpx.Client, path: str, began: float, server: "subprocess.Popen[bytes]") -> float:
    while time.perf_counter() - began < _START_LIMIT:
        if server.poll() is not None:
            raise RuntimeError(f"the server ended with {server.returncode}")
        try:
            if client.get(path).status_code == 200:
                return time.perf_counter() - began
        except httpx.TransportError:
            time.sleep(0.05)
    raise RuntimeError(f"{path} did not answer within {_START_LIMIT:.0f} s")


def _ask(client: httpx.Client, question: str) -> float:
    began = time.perf_counter()
    client.post("/v1/ask", json={"question": question}).raise_for_status()
    return (time.perf_counter() - began) * 1000


def _quantiles(milliseconds: Sequence[float]) -> str:
    p50, p95 = np.quantile(milliseconds, [0.5, 0.95])
    return f"{p50:.0f} / {p95:.0f} ms"


def _resident_megabytes(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return float("nan")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
