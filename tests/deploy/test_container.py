"""What deploy/Containerfile promises, read from its instructions."""

import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "deploy" / "Containerfile").read_text(encoding="utf-8")


def _instructions() -> list[tuple[str, str]]:
    lines = [line for line in TEXT.splitlines() if line.strip() and not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in joined.splitlines())]


def _stages() -> list[list[tuple[str, str]]]:
    stages: list[list[tuple[str, str]]] = []
    for name, rest in _instructions():
        if name == "FROM":
            stages.append([])
        if stages:
            stages[-1].append((name, rest))
    return stages


def _said(name: str) -> list[str]:
    return [rest for each, rest in _stages()[-1] if each == name]


def test_the_base_is_debian_slim_of_a_python_that_is_supported() -> None:
    (base,) = (rest for name, rest in _instructions() if name == "ARG")
    assert re.fullmatch(r"BASE=docker\.io/library/python:3\.1[123]-slim-bookworm", base)
    assert [rest for name, rest in _instructions() if name == "FROM"] == ["${BASE} AS build", "${BASE}"]


def test_every_package_is_locked_with_its_hash() -> None:
    installs = [rest for name, rest in _instructions() if name == "RUN" and "pip install" in rest]
    assert len(installs) == 2
    assert "--require-hashes --requirement requirements.lock" in installs[0]
    assert "--no-deps --no-build-isolation --no-index ." in installs[1], "our own code, and nothing with it"
    assert not re.search(r"apt-get|curl|wget|--(extra-)?index-url|trusted-host", TEXT)


def test_it_runs_as_nobody_who_owns_anything_but_its_state() -> None:
    assert _said("USER") == ["10001:10001"]
    (made,) = _said("RUN")
    assert "/usr/sbin/nologin" in made
    assert "--mode=0700 /var/lib/policy-qa" in made
    assert _said("VOLUME") == ["/var/lib/policy-qa"]
    after = [name for name, _ in _stages()[-1]]
    assert "RUN" not in after[after.index("USER") :]
    (environment,) = _said("ENV")
    assert "POLICY_QA_STATE_DIR=/var/lib/policy-qa" in environment
    assert "PYTHONDONTWRITEBYTECODE=1" in environment, "the root file system may be read-only"


def test_it_holds_no_secret_and_is_open_to_nobody_without_a_key() -> None:
    assert not re.search(r"(?i)(key|password|token|secret)\s*=", TEXT)
    (command,) = _said("CMD")
    assert json.loads(command) == ["serve", "--host", "0.0.0.0", "--port", "8000"]  # noqa: S104
    assert json.loads(_said("ENTRYPOINT")[0]) == ["policy-qa"]


def test_it_tells_whether_it_lives() -> None:
    (check,) = _said("HEALTHCHECK")
    assert "/healthz" in check
    code = json.loads(check[check.index("[") :])
    compile(code[2], "healthcheck", "exec")


def test_what_is_copied_is_ours_and_all_that_the_package_needs() -> None:
    copied = [rest.split()[:-1] for name, rest in _stages()[0] if name == "COPY"]
    names = {name for line in copied for name in line}
    packages = {"assistant", "evals", "index", "prompts", "ui"}
    assert names == {"requirements.lock", "pyproject.toml", "README.md", "LICENSE", "NOTICE", *packages}
    seen = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in seen
    assert {line[1:] for line in seen if line.startswith("!")} == names


def test_hadolint_finds_nothing() -> None:
    linter = ROOT / "var" / "lint-deploy" / "bin" / "hadolint"
    if not linter.is_file():
        pytest.skip("make lint-deploy installs hadolint")
    done = subprocess.run([linter, ROOT / "deploy" / "Containerfile"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")
