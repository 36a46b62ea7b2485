"""The rooms of the house and what each may import: the table of docs/architecture.md, held here."""

import ast
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("assistant", "evals", "index", "prompts", "ui")

INDEX = {f"index.{room}" for room in (
    "text", "structure", "readers", "library", "encoder", "storage", "search", "build", "cli",
)}  # fmt: skip
ASSISTANT = {f"assistant.{room}" for room in (
    "question", "reading", "answering", "llm", "steps", "draft_check", "access", "storage", "cache",
    "langchain", "eval_rows", "api", "mcp", "wechat", "cli",
)}  # fmt: skip
SHARED = {
    "index": {"index.schema", "index.errors", "index.settings", "index.cache"},
    "assistant": {
        "assistant.schema",
        "assistant.errors",
        "assistant.settings",
        "assistant.logs",
        "assistant.metrics",
        "assistant.fitted",
        "assistant.statuses",
    },
    "prompts": {"prompts", "prompts.first_questions"},
}
"""Flat modules that every room of their package may import, and every package above it."""
TOP = {"assistant.service", "assistant.pipeline", "assistant.render", "assistant.stream"}
"""Flat modules that put the rooms together: for api, mcp, cli, langchain, ui and evals."""

MAY_IMPORT: dict[str, set[str]] = {
    "index.schema": set(),
    "index.errors": set(),
    "index.settings": set(),
    "index.cache": set(),
    "index.text": set(),
    "index.structure": {"index.text"},
    "index.readers": {"index.text", "index.structure"},
    "index.library": {"index.text", "index.structure"},
    "index.encoder": {"index.text"},
    "index.storage": {"index.text", "index.readers", "index.library", "index.encoder"},
    "index.search": {"index.text", "index.structure", "index.encoder", "index.storage"},
    "index.build": INDEX - {"index.build", "index.cli"},
    "index.cli": INDEX - {"index.cli"},
    "prompts": set(),
    "prompts.first_questions": set(),
    "assistant.schema": set(),
    "assistant.errors": set(),
    "assistant.settings": set(),
    "assistant.logs": {"index.text"},
    "assistant.metrics": set(),
    "assistant.fitted": {"index.encoder", "index.search"},
    "assistant.statuses": set(),
    "assistant.question": {"index.text", "index.encoder"},
    "assistant.reading": {"index.encoder"},
    "assistant.answering": {
        "assistant.question",
        "assistant.reading",
        "index.text",
        "index.structure",
        "index.library",
        "index.encoder",
        "index.search",
    },
    "assistant.llm": {"assistant.question", "assistant.answering", "index.text", "index.encoder"},
    "assistant.steps": {
        "assistant.question",
        "assistant.reading",
        "assistant.answering",
        "assistant.llm",
        "index.text",
        "index.structure",
        "index.library",
        "index.encoder",
        "index.search",
    },
    "assistant.draft_check": {"index.text", "index.structure", "index.library"},
    "assistant.access": set(),
    "assistant.storage": {"assistant.access", "index.text", "index.storage"},
    "assistant.cache": set(),
    "assistant.eval_rows": {"index.library", "index.text"},
    "assistant.pipeline": {
        "assistant.steps",
        "assistant.question",
        "assistant.reading",
        "assistant.answering",
        "assistant.llm",
        "index.text",
        "index.library",
        "index.search",
    },
    "assistant.render": {
        "assistant.question",
        "assistant.answering",
        "index.text",
        "index.structure",
        "index.library",
    },
    "assistant.service": {
        "assistant.pipeline",
        "assistant.render",
        "assistant.llm",
        "assistant.storage",
        "assistant.cache",
        "index.text",
        "index.library",
        "index.search",
    },
    "assistant.stream": {"assistant.pipeline", "assistant.render", "assistant.service", "assistant.cache"},
    "assistant.langchain": TOP | {"index.text"},
    "assistant.api": {
        *TOP,
        "assistant.access",
        "assistant.draft_check",
        "assistant.storage",
        "index.build",
        "index.library",
        "index.structure",
        "index.text",
    },
    "assistant.mcp": {*TOP, "assistant.api", "assistant.draft_check", "index.library"},
    "assistant.wechat": {
        *TOP,
        "assistant.answering",
        "assistant.access",
        "assistant.api",
        "assistant.storage",
        "index.text",
    },
    "assistant.cli": {*TOP, *ASSISTANT, *INDEX} - {"assistant.cli"},
    "ui.chat": {*TOP, *ASSISTANT, *INDEX, "ui.pages"},
    "ui.pages": {*TOP, *ASSISTANT, *INDEX, "ui.static_files"},
    "ui.admin": {*TOP, *ASSISTANT, *INDEX, "ui.pages"},
    "ui.mount": {*ASSISTANT, *INDEX},
    "ui.widget": {"assistant.storage", "ui.static_files"},
    "ui.static_files": set(),
    "ui.front": {"assistant.api"},
    "ui.serve": {
        *TOP,
        *ASSISTANT,
        *INDEX,
        "ui.chat",
        "ui.pages",
        "ui.admin",
        "ui.mount",
        "ui.widget",
        "ui.front",
    },
    "ui.worker": {"assistant.access", "assistant.api", "ui.front", "ui.serve"},
    "ui.description": {"assistant.api", "assistant.service", "assistant.storage", "ui.pages"},
    "ui.cli": {"assistant.access", "assistant.storage", "ui.serve"},
    "evals.rows": set(),
    "evals.metrics": {"evals.rows"},
    "evals.runs": {"evals.rows", "evals.metrics"},
    "evals.gate": {"evals.rows", "evals.metrics", "evals.runs"},
    "evals.training": {"evals.rows", "evals.metrics", "evals.runs"},
    "evals.studies": {"evals.rows", "evals.metrics", "evals.runs"},
    "evals.cli": {f"evals.{room}" for room in ("rows", "metrics", "runs", "gate", "training", "studies")},
}
for name, below in MAY_IMPORT.items():
    if name.startswith("evals."):
        below |= TOP | ASSISTANT | INDEX


def _room(module: str) -> str:
    """The room of a module: its package and folder, or the flat module itself."""
    return "prompts" if module.startswith("prompts.") else ".".join(module.split(".")[:2])


def _modules() -> Iterator[tuple[str, Path]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"), path


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in PACKAGES:
            whole_package = "." not in node.module and node.module != "prompts"
            names = [f"{node.module}.{name.name}" for name in node.names] if whole_package else [node.module]
            yield from names
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name.split(".")[0] in PACKAGES)


def _allowed(room: str) -> set[str]:
    package = room.split(".")[0]
    below = {"index": ("index",), "prompts": ()}.get(package, ("index", "prompts", "assistant"))
    return {room, *MAY_IMPORT[room], *(shared for name in below for shared in SHARED[name])}


ARROWS = sorted({
    (module, _room(target))
    for module, path in _modules()
    for target in _imported(path)
    if _room(module) != _room(target)
})  # fmt: skip


@pytest.mark.parametrize("module", [module for module, _ in _modules() if module not in PACKAGES])
def test_a_module_imports_only_what_its_room_may(module: str) -> None:
    outside = {target for source, target in ARROWS if source == module} - _allowed(_room(module))
    assert not outside, f"{module} imports {sorted(outside)}, which is not in the table"


@pytest.mark.parametrize(("package", "most"), [("index", 6), ("assistant", 11), ("evals", 3)])
def test_few_modules_lie_flat_beside_the_rooms(package: str, most: int) -> None:
    flat = [path.name for path in (ROOT / package).glob("*.py") if path.name != "__init__.py"]
    assert len(flat) <= most, flat


def test_every_test_file_is_collected(pytestconfig: pytest.Config) -> None:
    left_out = pytestconfig.getini("norecursedirs")
    folders = {part for path in (ROOT / "tests").rglob("test_*.py") for part in path.relative_to(ROOT).parts}
    assert not [folder for folder in folders if any(fnmatch(folder, pattern) for pattern in left_out)]
