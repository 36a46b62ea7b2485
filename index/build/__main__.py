"""The process that `index.build.apart` starts: one job from stdin, what happens to stdout."""

import json
import os
import sys
import traceback
from collections.abc import Callable
from typing import Any, TextIO

_NICE = 5
"""Answers come before building."""


class _Teller:
    """Writes events, one a line, to the stream that was stdout."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def tell(self, event: str, **more: Any) -> None:
        """Tell one event."""
        self._out.write(json.dumps({"event": event, **more}) + "\n")
        self._out.flush()

    def stage(self, stage: str, done: int, total: int) -> None:
        """Tell how far a stage is."""
        self.tell("stage", stage=stage, done=done, total=total)


def main() -> int:
    """Do the job; 0 where it was done or refused in a sentence, 1 where something else went wrong."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as out:
        os.dup2(2, 1)  # whatever a library prints is none of what is told
        os.nice(_NICE)
        teller = _Teller(out)
        from index.errors import PolicyQAError

        try:
            job = json.loads(sys.stdin.buffer.readline())
            content = sys.stdin.buffer.read()
            done = _ACTS[job["act"]](job, content, teller)
        except PolicyQAError as error:
            teller.tell("error", kind=type(error).__name__, message=error.message)
            return 0
        except BrokenPipeError:  # nobody listens any more
            return 1
        except Exception as error:  # noqa: BLE001 - in the log as a whole, its kind to the one who waits
            traceback.print_exc()
            teller.tell("error", kind=type(error).__name__, message="")
            return 1
        teller.tell("done", **done)
    return 0


def _add(job: dict[str, Any], content: bytes, teller: _Teller) -> dict[str, Any]:
    from index.build.add_documents import add_documents
    from index.build.apart import load_settings
    from index.build.limits import Limits, held_to
    from index.readers.find_files import GivenFile
    from index.storage.document_files import key_of

    with held_to(Limits(**job["limits"])) as lift:

        def on_file(done: int, total: int) -> None:
            lift()  # an index takes what it takes
            teller.stage("reading", done, total)

        report = add_documents(
            load_settings(job["settings"]),
            [GivenFile(content, job["name"], job["fields"])],
            on_file=on_file,
            on_progress=lambda done, total: teller.stage("indexing", done, total),
            replacing=job["replacing"],
            edition=job["edition"],
        )
    for refusal in report.refused:
        raise refusal.error or ValueError(refusal.reason)
    if report.known:
        return {"key": key_of(report.known[0][1])}
    (document,) = (*report.added, *report.replaced)
    return {"key": key_of(document), "new": bool(report.added), "replaced": bool(report.replaced)}


def _preview(job: dict[str, Any], content: bytes, teller: _Teller) -> dict[str, Any]:
    from index.build.apart import load_settings
    from index.build.known_documents import preview
    from index.build.limits import Limits, held_to
    from index.readers.find_files import GivenFile
    from index.readers.report import report_of
    from index.storage.document_files import edition_of, key_of

    settings, given = load_settings(job["settings"]), GivenFile(content, job["name"], job["fields"])
    with held_to(Limits(**job["limits"])):
        teller.stage("reading", 0, 1)
        weighed = preview(settings, given)
        report = report_of(weighed.document)
        teller.stage("reading", 1, 1)
    return {
        "place": weighed.place,
        "key": key_of(weighed.document),
        "there": key_of(weighed.there) if weighed.there else None,
        "edition": edition_of(weighed.replaced) if weighed.replaced else None,
        "report": report,
    }


def _remove(job: dict[str, Any], _content: bytes, teller: _Teller) -> dict[str, Any]:
    from index.build.add_documents import remove_documents
    from index.build.apart import load_settings

    gone = remove_documents(
        load_settings(job["settings"]),
        job["id"],
        job["version"],
        lambda done, total: teller.stage("indexing", done, total),
        job["edition"],
    )
    return {"removed": list(gone)}


_ACTS: dict[str, Callable[[dict[str, Any], bytes, _Teller], dict[str, Any]]] = {
    "add": _add,
    "preview": _preview,
    "remove": _remove,
}

if __name__ == "__main__":
    sys.exit(main())
