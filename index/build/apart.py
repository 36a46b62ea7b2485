"""Adding and removing in a process of its own: what builds freezes its process, and a server must not freeze.

The other process is `python -m index.build`. It gets one line of JSON and, behind it, the file's bytes on
its stdin, and writes a line of JSON for whatever happens to its stdout; its stderr is this one's. It dies
with the one who listens to it, and leaves everything as it was unless it had committed. While it reads a
file, which anyone may have made, it is held to `Limits`, and killed where it takes longer.
"""

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

import index.errors
from index.build.limits import MIB, Limits
from index.build.place import Place
from index.errors import DocumentTooLarge, PolicyQAError
from index.readers.file_checks import check_size, safe_name
from index.readers.file_type import check_kind
from index.settings import EmbeddingSettings, IndexSettings

_ROOT = Path(index.errors.__file__).resolve().parents[1]
_READING = Limits()
_LOOK_SECONDS = 0.1
"""Between two looks at the clock and at whether anybody still waits."""
_log = logging.getLogger(__name__)

OnStage = Callable[[str, int, int], None]
"""Called with what is being done (`reading`, in files; `indexing`, in vectors), done and in all."""


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a file: the document's `id@version`, and whether it is `new`, `replaced` another, or was
    there already as it is (neither)."""

    key: str
    new: bool = False
    replaced: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would become."""

    place: Place
    key: str
    """The document's `id@version`."""
    there: str | None
    """That of the document that was read from the same bytes."""
    edition: str | None
    """Of the document that it would replace (`edition_of`)."""
    report: Mapping[str, Any]
    """What it was read as, see `index.readers.report`."""


class WorkerDied(Exception):
    """The other process ended without a word; what it had to say is in the log."""


class Abandoned(Exception):
    """Nobody waits any more for what the other process was to say, and it was ended."""


def add_apart(
    settings: IndexSettings,
    file: IO[bytes],
    name: str,
    fields: Mapping[str, object],
    replacing: bool = False,
    on_stage: OnStage = lambda stage, done, total: None,
    limits: Limits = _READING,
    edition: str | None = None,
) -> Added:
    """Add the document in `file`, read from its position on, whose name is `name`. `fields`: what is said of
    it beside its text, as JSON has it. `replacing`, `edition`: as `add_documents` takes them.

    Raises what `add_documents` raises, DocumentError where the file is refused, DocumentTooLarge also where
    reading takes more than `limits`, and WorkerDied.
    """
    name, content = _checked(file, name)
    job = {"act": "add", "name": name, "fields": dict(fields), "replacing": replacing, "edition": edition}
    return Added(**_run(settings, job, content, on_stage, limits))


def preview_apart(
    settings: IndexSettings,
    file: IO[bytes],
    name: str,
    fields: Mapping[str, object],
    on_stage: OnStage = lambda stage, done, total: None,
    limits: Limits = _READING,
    left: threading.Event | None = None,
) -> Preview:
    """What the document in `file` would become if it was added as by `add_apart`; nothing changes. `left` is
    set by whoever waited for it and goes away.

    Raises what `preview` raises, DocumentTooLarge also where reading takes more than `limits`, Abandoned once
    `left` is set, and WorkerDied.
    """
    name, content = _checked(file, name)
    job = {"act": "preview", "name": name, "fields": dict(fields)}
    told = _run(settings, job, content, on_stage, limits, left)
    return Preview(**{**told, "place": Place(told["place"])})


def remove_apart(
    settings: IndexSettings,
    identifier: str,
    version: str | None = None,
    on_stage: OnStage = lambda stage, done, total: None,
    edition: str | None = None,
) -> tuple[str, ...]:
    """Remove an added document, or one version of it; the removed ones as `id@version`. `edition`: as
    `remove_documents` takes it.

    Raises what `remove_documents` raises, and WorkerDied.
    """
    job = {"act": "remove", "id": identifier, "version": version, "edition": edition}
    return tuple(_run(settings, job, b"", on_stage)["removed"])


def dump_settings(settings: IndexSettings) -> dict[str, Any]:
    """`settings` as JSON has them, with paths that hold wherever the process runs."""
    described = asdict(settings)
    for name in ("directory", "corpus", "documents"):
        described[name] = None if described[name] is None else str(Path(described[name]).absolute())
    return described


def load_settings(described: Mapping[str, Any]) -> IndexSettings:
    """What `dump_settings` was given."""
    documents = described["documents"]
    return IndexSettings(
        Path(described["directory"]),
        Path(described["corpus"]),
        EmbeddingSettings(**described["embedding"]),
        None if documents is None else Path(documents),
        described["chroma_url"],
    )


def _checked(file: IO[bytes], name: str) -> tuple[str, bytes]:
    """Name and bytes of a file that may be read, before another process is made. Raises DocumentError."""
    name, content = safe_name(name), file.read()
    check_size(len(content), name)
    check_kind(content, name)
    return name, content


def _run(
    settings: IndexSettings,
    job: dict[str, Any],
    content: bytes,
    on_stage: OnStage,
    limits: Limits | None = None,
    left: threading.Event | None = None,
) -> dict[str, Any]:
    held = asdict(limits) if limits else None
    line = json.dumps({"settings": dump_settings(settings), "limits": held, **job}).encode() + b"\n"
    with _worker() as worker, _Watch(worker, limits, left) as watch:
        if worker.stdin is None or worker.stdout is None:
            raise WorkerDied
        with suppress(BrokenPipeError), worker.stdin as stdin:  # where it died, its last words say why
            stdin.write(line)
            stdin.write(content)
        for told in worker.stdout:
            event = json.loads(told)
            match event.pop("event"):
                case "stage":
                    if event["stage"] != "reading" or event["done"] == event["total"]:
                        watch.read()
                    on_stage(event["stage"], event["done"], event["total"])
                case "done":
                    done: dict[str, Any] = event
                    return done
                case "error":
                    if event["kind"] == MemoryError.__name__ and limits:
                        raise _too_large(job["name"], f"要的内存超过 {limits.memory // MIB} MB")
                    raise _error(event["kind"], event["message"])
    if watch.left:
        raise Abandoned
    if limits and watch.late:
        raise _too_large(job["name"], f"读了 {limits.seconds:g} 秒还没有读完")
    if limits and worker.returncode == -signal.SIGXCPU:
        raise _too_large(job["name"], f"算了 {limits.cpu_seconds} 秒还没有读完")
    raise WorkerDied


@contextmanager
def _worker() -> Iterator[subprocess.Popen[bytes]]:
    """The other process, with a group of its own; at the end it is over, and where nobody listens any more it
    is told so."""
    worker = subprocess.Popen(
        [sys.executable, "-m", "index.build"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=_ROOT,
        process_group=0,
    )
    try:
        yield worker
    finally:
        for stream in (worker.stdin, worker.stdout):
            if stream is not None:
                with suppress(BrokenPipeError):
                    stream.close()
        if code := worker.wait():
            _log.warning("the process that builds ended with %d", code)


class _Watch:
    """Kills the other process with its group where reading takes too long, or whoever waited has left."""

    def __init__(
        self, worker: subprocess.Popen[bytes], limits: Limits | None, left: threading.Event | None
    ) -> None:
        self._worker = worker
        self._until = time.monotonic() + limits.seconds if limits else None
        self._gone = left or threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="watch", daemon=True)
        self.late = False
        """It took too long, and was killed."""
        self.left = False
        """Whoever waited has left, and it was killed."""

    def read(self) -> None:
        """The file is read: what follows takes the time that it takes."""
        self._until = None

    def __enter__(self) -> "_Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()  # the process is waited for afterwards: its number is not another's yet

    def _look(self) -> None:
        while not self._over.wait(_LOOK_SECONDS):
            until = self._until
            self.left = self._gone.is_set()
            self.late = until is not None and time.monotonic() > until
            if self.left or self.late:
                with suppress(ProcessLookupError):
                    os.killpg(self._worker.pid, signal.SIGKILL)
                return


def _too_large(name: str, found: str) -> DocumentTooLarge:
    return DocumentTooLarge(
        f"文件“{name}”太大或太复杂，{found}，已经停下；请拆成几个文件，或另存为 .docx 或 .txt 再试。"
    )


def _error(kind: str, message: str) -> Exception:
    """The error that the other process ended with."""
    found = getattr(index.errors, kind, None)
    if isinstance(found, type) and issubclass(found, PolicyQAError):
        return found(message)
    return WorkerDied(kind)
