"""A front with plain workers, as a process of its own: `python -m tests.ui.front.plain_front FOLDER COUNT`.

The first line that it writes is its port, the second comes with the first worker.
"""

import sys
from pathlib import Path

from assistant.errors import PolicyQAError
from assistant.settings import load_settings
from ui.front.front import run_front
from ui.front.listener import listen


def _say(text: object) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    settings = load_settings()
    with listen("127.0.0.1", 0) as listener:
        _say(listener.getsockname()[1])
        command = [sys.executable, "-m", "tests.ui.front.plain_worker"]
        try:
            run_front(command, count, listener, folder, _say, settings.proxies, settings.max_connections)
        except PolicyQAError as error:
            sys.exit(error.message)
