"""`python -m tests.assistant.api.cases`: thousands of calls made from the description, to a real server.

Starts `policy-qa serve` over a state folder of its own on a free loopback port and lets schemathesis call it,
with all its checks, until so many cases were made; the same seed makes the same ones. Ends with 1 where a
check failed, the server answered 5xx, or it was not there any more. `--url` calls a server that runs already.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx

from assistant.settings import ROOT
from tests.assistant.api.case_hooks import ANSWER_VARIABLE
from tests.launched import launched

_OF_ONE_CALL = 60.0
_MADE = re.compile(r"^\s+(\d+) generated", re.MULTILINE)
_PER_EXAMPLE = 25
"""Cases that one more example of each call brings, about."""
_CONFIG = """
[generation]
database = "none"

# A file has to be one that a reader knows, under a name with its ending, which no description of a form can
# say; tests/assistant/api/test_collection.py makes these calls.
[[operations]]
include-name = "POST /v1/documents"
enabled = false
"""


def main() -> int:
    """Run the cases that the command line asks for; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=5000, help="how many at least (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=20261130, help="default: %(default)s")
    parser.add_argument("--key", help="shown by each call; one for admin removes documents")
    parser.add_argument("--url", help="a server that runs already")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="policy-qa-cases-") as folder:
        if args.url:
            return run(args.url, args.cases, args.seed, args.key, Path(folder))
        with launched(Path(folder) / "state") as server:
            return run(server.base, args.cases, args.seed, args.key, Path(folder))


def run(base: str, wanted: int, seed: int, key: str | None, folder: Path) -> int:
    """Call until `wanted` cases were made; 0 where none failed."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    with httpx.Client(base_url=base, headers=headers, timeout=_OF_ONE_CALL) as client:
        given = client.post("/v1/ask", json={"question": "公办园占比要达到多少？"})
        given.raise_for_status()
        made = 0
        while made < wanted:
            examples = max((wanted - made) // _PER_EXAMPLE, 1)
            status, count = _round(base, examples, seed, headers, given.json()["id"], folder)
            made += count
            seed += 1
            if status or not count:
                return status or 1
        assert client.get("/readyz").status_code == 200, "the server does not answer any more"
    sys.stdout.write(f"{made} cases, no failure\n")
    return 0


def _round(
    base: str, examples: int, seed: int, headers: dict[str, str], answer: str, folder: Path
) -> tuple[int, int]:
    """One run of schemathesis: its exit status, and how many cases it made."""
    (folder / "schemathesis.toml").write_text(_CONFIG, encoding="utf-8")
    command = [
        str(Path(sys.executable).with_name("schemathesis")), "--no-color",
        "--config-file", str(folder / "schemathesis.toml"),
        "run", f"{base}/openapi.json", "--checks", "all", "--continue-on-failure",
        "--max-examples", str(examples), "--seed", str(seed), "--request-timeout", str(_OF_ONE_CALL),
    ]  # fmt: skip
    for name, value in headers.items():
        command += ["--header", f"{name}: {value}"]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "SCHEMATHESIS_HOOKS": "tests.assistant.api.case_hooks",
        ANSWER_VARIABLE: answer,
    }
    done = subprocess.run(
        command, cwd=folder, env=environment, check=False, stdout=subprocess.PIPE, encoding="utf-8"
    )
    sys.stdout.write(done.stdout)
    found = _MADE.search(done.stdout)
    return done.returncode, int(found[1]) if found else 0


if __name__ == "__main__":
    sys.exit(main())
