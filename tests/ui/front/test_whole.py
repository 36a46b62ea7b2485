"""The command itself, with workers and without."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import pytest

from evals.studies.worker_kills import await_workers, campaign, free_port, lost_answers
from tests.ui.front.conftest import WAIT_SECONDS, await_answer
from tests.ui.mount.client import QUESTION, Page

if TYPE_CHECKING:
    from assistant.settings import Settings

COMMAND = [sys.executable, "-m", "assistant.cli.main", "serve", "--port"]


@contextmanager
def served(settings: "Settings", *options: str) -> Iterator[str]:
    """Base address of a server, which has begun to listen."""
    port = free_port()
    environment = {**os.environ, "POLICY_QA_STATE_DIR": str(settings.state_dir)}
    process = subprocess.Popen([*COMMAND, str(port), *options], env=environment, stdout=subprocess.DEVNULL)
    try:
        base = f"http://127.0.0.1:{port}"
        await_answer(base)
        yield base
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(WAIT_SECONDS) == -signal.SIGTERM


def test_until_it_listens_nothing_heavy_is_imported() -> None:
    heavy = {"fastapi", "numpy", "sqlalchemy", "gradio", "onnxruntime", "pandas", "jieba"}
    code = (
        "import sys, assistant.cli.main, assistant.settings, assistant.access.rules, ui.cli, ui.serve\n"
        "import ui.front.listener, ui.front.alone, ui.front.front\n"
        f"print(*sorted({heavy} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@pytest.mark.slow
def test_the_whole_service_answers_through_the_front(settings: "Settings") -> None:
    with served(settings, "--workers", "2") as base:
        await_workers(base)
        assert httpx.get(f"{base}/readyz", timeout=WAIT_SECONDS).json() == {"status": "ready"}
        for _ in range(4):  # pages of both workers
            page = Page(base)
            with page.http:
                assert "小时" in page.event(QUESTION)["html"]
        with httpx.stream(
            "POST", f"{base}/v1/ask", json={"question": QUESTION}, headers={"Accept": "text/event-stream"}
        ) as answer:
            assert "event: done" in answer.read().decode()
        assert httpx.get(f"{base}/healthz", headers={"Host": "evil.example"}).status_code == 200
        assert httpx.get(f"{base}/documents", headers={"Host": "evil.example"}).status_code == 421


@pytest.mark.slow
def test_a_worker_killed_under_four_clients_loses_no_answer(settings: "Settings") -> None:
    seen, _ = campaign(settings.state_dir, kills=1, clients=4)
    assert seen.answers
    assert not seen.other
    assert not lost_answers(settings.state_dir, seen.answers)
