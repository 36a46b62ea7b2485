"""The main job, index to answer to page, in a process that can reach nothing but itself.

Python's own sockets are watched by an audit hook. Where the system lets us, the process also lives in
a network namespace without any interface but loopback, which holds for compiled code too.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

_JOB = """
import ipaddress, sys

def watch(event, args):
    if event == "socket.getaddrinfo":
        host = args[0]
    elif event in ("socket.connect", "socket.sendto") and isinstance(args[1], tuple):
        host = args[1][0]
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    if host in (None, "", "localhost"):
        return
    try:
        inside = ipaddress.ip_address(host).is_loopback or host == "0.0.0.0"
    except ValueError:
        inside = False
    if not inside:
        print(f"reached out to {host}", file=sys.stderr, flush=True)
        raise ConnectionRefusedError(host)

sys.addaudithook(watch)

from assistant.cli.main import main
from assistant.settings import load_settings

assert main(["index", "build"]) == 0
assert main(["ask", "娃儿一天在学校能运动好久？"]) == 0

import asyncio, httpx
from assistant.access.rules import Rules
from ui.serve import create_application

async def visit(app):
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        while (await client.get("/readyz")).status_code == 503:
            await asyncio.sleep(0.1)
        answer = await client.post("/v1/ask", json={"question": "中小学生每天校园体育活动时间多长？"})
        assert answer.status_code == 200 and answer.json()["status"] == "answered", answer.text
        for page in ("/", "/docs"):
            assert (await client.get(page)).status_code == 200, page

asyncio.run(visit(create_application(load_settings(), Rules())))
print("done")
"""


def _isolated() -> list[str]:
    """The command that puts a process into a network namespace of its own, if there is a way."""
    command = ["unshare", "--net", "--map-root-user", "--"]
    if shutil.which("unshare") is None:
        return []
    works = subprocess.run([*command, "true"], check=False, capture_output=True)
    return command if works.returncode == 0 else []


@pytest.mark.timeout(240)
def test_the_main_job_needs_no_network(tmp_path: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}
    done = subprocess.run(
        [*_isolated(), sys.executable, "-c", _JOB],
        cwd=ROOT,
        check=False,
        capture_output=True,
        encoding="utf-8",
        env={**environment, "PYTHONUTF8": "1", "POLICY_QA_STATE_DIR": str(tmp_path / "state")},
    )
    assert "reached out" not in done.stderr
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.endswith("done\n")
