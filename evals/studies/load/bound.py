"""What the models alone can do: exactly the runs of encoder and reader that some questions cause, in as many
threads as there are cores.

    python -m evals.studies.load.bound STATE

It is a process of its own, told by lines of JSON: `{"questions": […]}` has it answer them and note what the
models are given; `{"run": true}` has it give them the same again and say how long that took.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from assistant.service import Assistant
from assistant.settings import Settings
from index.encoder.trained import Network

_Call = tuple[Network, tuple[str, ...], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Bound:
    """What the models took for some questions."""

    questions: int
    calls: int
    """Of encoder and reader together."""
    seconds: float
    cpu: float
    """Seconds of processors."""

    @property
    def throughput(self) -> float:
        """Questions a second."""
        return self.questions / self.seconds


class ModelsAlone:
    """The process that runs the models alone."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def note(self, questions: Sequence[str]) -> None:
        """Have it answer `questions` and note the models' calls. Raises RuntimeError where it has ended."""
        self._told({"questions": list(questions)})

    def run(self) -> Bound:
        """Have the models do what was noted last. Raises RuntimeError where the process has ended."""
        return Bound(**self._told({"run": True}))

    def _told(self, what: Mapping[str, object]) -> dict[str, Any]:
        given, made = self._process.stdin, self._process.stdout
        if given is None or made is None:
            raise RuntimeError("the process of the models has no pipes")
        given.write(json.dumps(what) + "\n")
        given.flush()
        line = made.readline()
        if not line:
            raise RuntimeError("the process of the models has ended")
        found: dict[str, Any] = json.loads(line)
        return found


@contextmanager
def models_alone(state: Path) -> Iterator[ModelsAlone]:
    """The process over the index in `state`, ended at the end."""
    with subprocess.Popen(  # noqa: S603 our own command
        [sys.executable, "-m", __name__, str(state)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        try:
            yield ModelsAlone(process)
        finally:
            if process.stdin is not None:
                process.stdin.close()  # it ends by itself
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0))


def serve(state: Path, given: IO[str], out: IO[str]) -> None:
    """Do what lines of `given` say until they end."""
    settings = Settings(state_dir=state, database_url=f"sqlite:///{state / 'models.sqlite'}", cache_seconds=0)
    assistant = Assistant.open(settings)
    noted: list[list[_Call]] = []
    for line in given:
        told = json.loads(line)
        if "questions" in told:
            noted = []  # let go of the last ones first
            noted = _noted(assistant, told["questions"])
            answer: dict[str, object] = {"questions": len(noted)}
        else:
            answer = _run(noted)
        out.write(json.dumps(answer) + "\n")
        out.flush()


def _noted(assistant: Assistant, questions: Sequence[str]) -> list[list[_Call]]:
    """The models' calls for each question."""
    own = threading.local()
    original = Network.run

    def run(self: Network, outputs: tuple[str, ...], inputs: Mapping[str, Any]) -> list[Any]:
        own.calls.append((self, outputs, inputs))
        return original(self, outputs, inputs)

    def calls_of(question: str) -> list[_Call]:
        own.calls = []
        assistant.ask(question)
        found: list[_Call] = own.calls
        return found

    Network.run = run  # type: ignore[method-assign]
    try:
        return _in_threads(calls_of, questions)
    finally:
        Network.run = original  # type: ignore[method-assign]


def _run(noted: Sequence[Sequence[_Call]]) -> dict[str, object]:
    def run(calls: Sequence[_Call]) -> None:
        for network, outputs, inputs in calls:
            network.run(outputs, inputs)

    began, used = time.perf_counter(), time.process_time()
    _in_threads(run, noted)
    return {
        "questions": len(noted),
        "calls": sum(map(len, noted)),
        "seconds": time.perf_counter() - began,
        "cpu": time.process_time() - used,
    }


def _in_threads(call: Callable[[Any], Any], each: Sequence[Any]) -> list[Any]:
    with ThreadPoolExecutor(cores()) as pool:
        return list(pool.map(call, each))


if __name__ == "__main__":
    serve(Path(sys.argv[1]), sys.stdin, sys.stdout)
