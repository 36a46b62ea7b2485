"""What the service does while PostgreSQL or Chroma is killed under it, again and again (`make outages`).

Eight clients ask all the while, with a key. Each gets an answer or a problem object that says when to come
back; what was answered without a notice that it could not be kept is in the database in the end; nobody
has to do anything.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from assistant.storage.store import Store
from tests.ports import free_port

if TYPE_CHECKING:
    from assistant.settings import Settings
    from tests.postgresql import Server

CLIENTS = 8
QUESTIONS = (
    "公办幼儿园的占比要达到多少？",
    "家庭教育怎么做？",
    "放学了没得人接，学校管不管？",
    "校外培训机构怎么管？",
)
TIMES = {"twice": 2, "twenty": 20}


@contextmanager
def process(command: list[str], environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as out:
        running = subprocess.Popen(command, env={**os.environ, **environment}, stdout=out, stderr=out)
        try:
            yield running
        finally:
            running.terminate()
            try:
                running.wait(20)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()


@contextmanager
def serving(environment: dict[str, str], folder: Path) -> Iterator[str]:
    """Base address of a server in a process of its own, once it is ready."""
    port = free_port()
    command = [sys.executable, "-m", "assistant.cli.main", "serve", "--port", str(port)]
    with process(command, environment, folder / "server.log"):
        base = f"http://127.0.0.1:{port}"
        assert until(lambda: httpx.get(f"{base}/readyz", timeout=30).status_code == 200, 120)
        yield base


def until(done: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if done():
                return True
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    return False


class Clients:
    """Threads that ask until they are told to stop, and keep what they got."""

    def __init__(self, base: str, token: str) -> None:
        self.got: Counter[str] = Counter()
        self.confirmed: list[str] = []
        self.wrong: list[str] = []
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._base, self._token = base, token
        self._threads = [threading.Thread(target=self._ask, args=(number,)) for number in range(CLIENTS)]

    def __enter__(self) -> "Clients":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, number: int) -> None:
        headers = {"Authorization": f"Bearer {self._token}"}
        with httpx.Client(base_url=self._base, timeout=60, headers=headers) as client:
            while not self._stopped.is_set():
                question = QUESTIONS[number % len(QUESTIONS)]
                try:
                    response = client.post("/v1/ask", json={"question": question})
                except httpx.TransportError as error:
                    self._keep("broken", wrong=repr(error))
                    continue
                self._read(response)

    def _read(self, response: httpx.Response) -> None:
        if response.status_code == 200:
            answer = response.json()
            if any(notice["kind"] == "not_stored" for notice in answer["notices"]):
                self._keep("answered, said to be unkept")
            else:
                self._keep("answered", confirmed=answer["id"])
        elif response.status_code == 503 and "retry-after" in response.headers and is_problem(response):
            self._keep("503")
            time.sleep(0.2)
        else:
            self._keep(f"{response.status_code}", wrong=response.text[:300])

    def _keep(self, what: str, confirmed: str | None = None, wrong: str | None = None) -> None:
        with self._lock:
            self.got[what] += 1
            if confirmed:
                self.confirmed.append(confirmed)
            if wrong:
                self.wrong.append(wrong)


def is_problem(response: httpx.Response) -> bool:
    return response.headers["content-type"] == "application/problem+json" and "detail" in json.loads(
        response.text
    )


def make_key(environment: dict[str, str]) -> str:
    made = subprocess.run(
        [sys.executable, "-m", "assistant.cli.main", "keys", "create", "--name", "outages",
         "--per-minute", "1000000", "--per-day", "1000000000"],
        capture_output=True, text=True, check=True, env={**os.environ, **environment}, timeout=60,
    )  # fmt: skip
    return next(line for line in made.stdout.splitlines() if line.startswith("pqa_"))


def kept(url: str, ids: list[str]) -> list[str]:
    store = Store(url)
    lost = [each for each in ids if store.conversations.answer(each) is None]
    store.close()
    return lost


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("times", TIMES)
def test_postgresql_is_killed(
    settings: "Settings", postgresql: "Server", tmp_path: Path, times: str, capsys: pytest.CaptureFixture[str]
) -> None:
    url = postgresql.url()
    environment = {
        "POLICY_QA_STATE_DIR": str(settings.state_dir),
        "POLICY_QA_DATABASE_URL": url,
        "POLICY_QA_REQUIRE_KEYS": "true",
    }
    token = make_key(environment)
    with serving(environment, tmp_path) as base, Clients(base, token) as clients:
        for _ in range(TIMES[times]):
            time.sleep(2)
            postgresql.stop("immediate")
            time.sleep(1)
            postgresql.start()
        before = len(clients.confirmed)
        assert until(lambda: len(clients.confirmed) > before + CLIENTS, 60)
    report(capsys, "PostgreSQL", times, clients, kept(url, clients.confirmed))


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("times", TIMES)
def test_chroma_is_killed(tmp_path: Path, times: str, capsys: pytest.CaptureFixture[str]) -> None:
    port = free_port()
    url = f"sqlite:///{tmp_path / 'c.sqlite'}"
    environment = {
        "POLICY_QA_STATE_DIR": str(tmp_path / "var"),
        "POLICY_QA_DATABASE_URL": url,
        "POLICY_QA_CHROMA_URL": f"http://127.0.0.1:{port}",
        "POLICY_QA_REQUIRE_KEYS": "true",
        "ANONYMIZED_TELEMETRY": "False",
    }
    program = str(Path(sys.executable).with_name("chroma"))
    chroma = [program, "run", "--host", "127.0.0.1", "--port", str(port), "--path", str(tmp_path / "chroma")]

    def answers() -> bool:
        return httpx.get(f"http://127.0.0.1:{port}/api/v2/heartbeat", timeout=5).status_code == 200

    def command(*words: str) -> Any:
        return subprocess.run(
            [sys.executable, "-m", "assistant.cli.main", *words], check=False, capture_output=True, text=True,
            env={**os.environ, **environment}, timeout=240,
        )  # fmt: skip

    with process(chroma, environment, tmp_path / "chroma.log"):
        assert until(answers, 60)
        built = command("index", "build")
        assert built.returncode == 0, built.stderr
    token = make_key(environment)
    with serving(environment, tmp_path) as base, Clients(base, token) as clients:
        for _ in range(TIMES[times]):
            with process(chroma, environment, tmp_path / "chroma.log") as running:
                assert until(answers, 60)
                time.sleep(1)
                running.send_signal(signal.SIGKILL)
            time.sleep(1)
        assert httpx.get(f"{base}/readyz", timeout=30).status_code == 200
    report(capsys, "Chroma", times, clients, kept(url, clients.confirmed))


def report(
    capsys: pytest.CaptureFixture[str], what: str, times: str, clients: Clients, lost: list[str]
) -> None:
    with capsys.disabled():
        got = f"{dict(clients.got)}, lost {len(lost)}"
        sys.stdout.write(f"\n{what} killed {TIMES[times]} times under {CLIENTS} clients: {got}\n")
    assert clients.wrong == []
    assert lost == []
    assert clients.confirmed
