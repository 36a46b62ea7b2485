"""`python -m ui.worker`: the whole application in a worker process of the front."""

import json
import socket
import sys
from typing import TYPE_CHECKING

from assistant import logs
from assistant.access.rules import Rules
from assistant.settings import load_settings
from ui.front.worker import run_worker
from ui.serve import create_application, settled

if TYPE_CHECKING:
    from fastapi import FastAPI


def main(arguments: list[str]) -> None:
    """`arguments`: what `ui.serve` says of the server, then the numbers of the two open files that
    `ui.front.workers` gives."""
    given, listener, link = arguments
    told = json.loads(given)
    rules, hosts = Rules(**told["rules"]), told["hosts"]
    settings = load_settings()
    logs.set_up(settings.log_format, settings.log_level, settings.log_questions)

    def make() -> "FastAPI":
        from assistant.api.work import ANSWERING, answering_at_once

        ANSWERING.resize(answering_at_once(told["workers"]))
        return create_application(settings, rules, hosts)

    run_worker(
        make,
        settled,
        socket.socket(fileno=int(listener)),
        socket.socket(fileno=int(link)),
    )


if __name__ == "__main__":
    main(sys.argv[1:])
