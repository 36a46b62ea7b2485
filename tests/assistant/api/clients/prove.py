"""`python -m tests.assistant.api.clients.prove`: clients generated from docs/openapi.json, compiled and used.

The generators are installed into `var/clients`, with pip and npm as they are set up here; nothing else of the
project needs them. A Python client (openapi-python-client, types checked by mypy) and a TypeScript one
(openapi-typescript and openapi-fetch, compiled by tsc) then ask a real server. `--url` names one that runs
already, `--key` what they show it.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from assistant.settings import ROOT
from tests.launched import launched

_FOLDER = ROOT / "var" / "clients"
_CLIENT = _FOLDER / "policy-qa-client"
_HERE = Path(__file__).resolve().parent
_DESCRIPTION = ROOT / "docs" / "openapi.json"
_PYTHON = ("openapi-python-client==0.29.1", "mypy==2.4.1")
_NODE = ("openapi-typescript@7.13.0", "openapi-fetch@0.17.0", "typescript@5.9.3", "@types/node@20.19.0")
_NAMES = "project_name_override: policy-qa-client\npackage_name_override: policy_qa_client\n"
_TSCONFIG = """{"compilerOptions": {"strict": true, "noUncheckedIndexedAccess": true, "module": "nodenext",
 "target": "es2022", "types": ["node"], "outDir": "out"}, "files": ["ask.ts"]}
"""
_OPTIONAL = "--default-non-nullable=false"  # what has a default may be left out
_PACKAGE = '{"name": "policy-qa-clients", "private": true, "type": "module"}\n'


def main() -> int:
    """Prove both clients; 0 where both could be made and both have asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", help="a server that runs already")
    parser.add_argument("--key", default="", help="an access key that the clients show")
    args = parser.parse_args()
    _FOLDER.mkdir(parents=True, exist_ok=True)
    python, node = _make_python(), _make_node()
    with nullcontext(args.url) if args.url else _served() as base:
        _run([*python, base, args.key], {"PYTHONPATH": str(_CLIENT)})
        _run([*node, base, args.key])
    return 0


@contextmanager
def _served() -> Iterator[str]:
    with (
        tempfile.TemporaryDirectory(prefix="policy-qa-clients-") as folder,
        launched(Path(folder) / "s") as server,
    ):
        yield server.base


def _make_python() -> list[str]:
    """The command of the program that asks with the Python client."""
    environment = _FOLDER / "python"
    if not environment.is_dir():
        _run([sys.executable, "-m", "venv", str(environment)])
    tools = environment / "bin"
    _run([str(tools / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *_PYTHON])
    (_FOLDER / "config.yml").write_text(_NAMES, encoding="utf-8")
    shutil.rmtree(_CLIENT, ignore_errors=True)
    path = {"PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}  # it formats with its own ruff
    generate = ["generate", "--path", str(_DESCRIPTION), "--config", str(_FOLDER / "config.yml")]
    target = ["--output-path", str(_CLIENT), "--fail-on-warning"]
    _run([str(tools / "openapi-python-client"), *generate, *target], path)
    where = {"MYPYPATH": str(_CLIENT), "PYTHONPATH": str(_CLIENT)}
    nothing_of_ours = ["--config-file", os.devnull]
    _run([str(tools / "mypy"), *nothing_of_ours, str(_CLIENT / "policy_qa_client")], where)
    _run([str(tools / "mypy"), *nothing_of_ours, "--strict", str(_HERE / "ask.py")], where)
    return [str(tools / "python"), str(_HERE / "ask.py")]


def _make_node() -> list[str]:
    """The command of the program that asks with the TypeScript client."""
    (_FOLDER / "package.json").write_text(_PACKAGE, encoding="utf-8")
    (_FOLDER / "tsconfig.json").write_text(_TSCONFIG, encoding="utf-8")
    shutil.copy(_HERE / "ask.ts", _FOLDER)
    _run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--no-save", *_NODE])
    _run(
        ["npx", "--no-install", "openapi-typescript", str(_DESCRIPTION), "--output", "schema.d.ts", _OPTIONAL]
    )
    _run(["npx", "--no-install", "tsc", "--project", "tsconfig.json"])
    return ["node", str(_FOLDER / "out" / "ask.js")]


def _run(command: list[str], environment: dict[str, str] | None = None) -> None:
    subprocess.run(command, cwd=_FOLDER, check=True, env={**os.environ, **(environment or {})})


if __name__ == "__main__":
    sys.exit(main())
