"""The rules of the house that a machine can check: which way imports run, and what is never committed."""

import ast
import importlib.util
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("assistant", "evals", "index", "prompts", "ui")
FORBIDDEN = {
    "index": {"assistant", "evals", "prompts", "ui"},
    "prompts": {"assistant", "evals", "index", "ui"},
    "assistant": {"evals", "ui"},
    "ui": {"evals"},
    "evals": {"ui"},
}


def imports(path: Path) -> Iterator[str]:
    """Every module that the file imports, wherever the import stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            yield node.module or ""


def sources(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def committed() -> list[Path]:
    """The files that git has or would take."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    names = [name for name in listed.stdout.decode().split("\0") if name]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_run_one_way(package: str) -> None:
    assert sources(package)
    for path in sources(package):
        tops = {name.partition(".")[0] for name in imports(path)}
        assert not tops & FORBIDDEN[package], path.relative_to(ROOT)


@pytest.mark.parametrize("package", PACKAGES)
def test_the_package_is_ours(package: str) -> None:
    spec = importlib.util.find_spec(package)
    assert spec is not None
    assert spec.origin == str(ROOT / package / "__init__.py")


def test_what_is_imported_is_declared_and_what_is_declared_is_used() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    declared = {_name(requirement) for requirement in project["project"]["dependencies"]}
    groups = project["dependency-groups"]["dev"]
    development = {_name(requirement) for requirement in groups if isinstance(requirement, str)}
    lines = (ROOT / "evals" / "training" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    training = {_name(line) for line in lines if not line.startswith("#")}
    homes = packages_distributions()
    used: set[str] = set()
    for package in PACKAGES:
        for path in sources(package):
            text = path.read_text(encoding="utf-8")
            names = {name.partition(".")[0] for name in imports(path)}
            names |= set(re.findall(r'files\("(\w+)"\)', text))  # packages of data
            for name in names - set(PACKAGES) - set(sys.stdlib_module_names):
                found = {_name(home) for home in homes.get(name, [name])}  # of training nothing is here
                allowed = declared | (development if package == "evals" else set())
                allowed |= training if path.is_relative_to(ROOT / "evals" / "training") else set()
                assert found & allowed, f"{path.relative_to(ROOT)} imports {name}, which is not declared"
                used |= found
    assert declared <= used, f"declared but not used: {sorted(declared - used)}"


def test_no_file_names_a_package_registry() -> None:
    hosts = re.compile(  # written so that this file does not hold them
        "|".join(
            (
                r"pypi\." + "org",
                r"python" + r"hosted\.org",
                r"npm" + r"js\.(?:org|com)",
                "proxy.golang" + r"\.org",
            )
        )
    )
    for path in committed():
        data = path.read_bytes().decode("utf-8", "replace")
        assert not hosts.search(data), path.relative_to(ROOT)


def test_no_lock_names_a_place() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        lock = (ROOT / name).read_text(encoding="utf-8")
        assert not re.search(r"://|file:|--index|--find-links", lock)
        pins = re.findall(r"^[^#\s].*", lock, flags=re.MULTILINE)
        assert pins
        assert all(re.match(r"[a-z0-9._-]+==\S+", pin) for pin in pins)
        assert lock.count("--hash=sha256:") >= len(pins)


def test_the_development_lock_holds_the_runtime_lock() -> None:
    runtime, development = (
        set(re.findall(r"^\S+==\S+", (ROOT / name).read_text(encoding="utf-8"), flags=re.MULTILINE))
        for name in ("requirements.lock", "requirements-dev.lock")
    )
    assert runtime <= development


def test_every_module_says_what_it_is_for() -> None:
    for package in PACKAGES:
        for path in sources(package):
            assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path.relative_to(ROOT)


def _name(requirement: str) -> str:
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match
    return re.sub(r"[-_.]+", "-", match.group()).lower()
