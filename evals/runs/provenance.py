"""What a run was made of: parameters, versions, data and machine."""

import hashlib
import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parents[2]
_PARAMETERS = ("assistant/data", "assistant/reading/data", "index/data", "index/encoder/data", "prompts")
_PACKAGES = (
    "chromadb", "jieba", "langchain-core", "numpy", "onnxruntime", "pydantic", "rapidfuzz",
    "tokenizers",
)  # fmt: skip


def provenance(opened_fingerprint: str) -> dict[str, Any]:
    """Content hashes of what decides the answers, the versions of what computes them, and the machine."""
    return {
        "fingerprint": opened_fingerprint,
        "parameters": {
            str(path.relative_to(_ROOT)): digest(path)
            for folder in _PARAMETERS
            for path in sorted((_ROOT / folder).iterdir())
            if path.suffix in {".json", ".toml", ".tsv", ".txt", ".md"}
        },
        "versions": {"python": platform.python_version(), **{name: version(name) for name in _PACKAGES}},
        "machine": {
            "system": f"{platform.system()} {platform.machine()}",
            "cpu": _cpu(),
            "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
            "memory_gb": _memory(),
        },
    }


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _cpu() -> str:
    listed = Path("/proc/cpuinfo")
    if listed.exists():
        for line in listed.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()


def _memory() -> float:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)
