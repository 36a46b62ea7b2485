"""The bill of materials that `make sbom` writes."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("assistant", "evals", "index", "prompts", "ui")


def test_it_holds_every_locked_package_with_its_hashes(tmp_path: Path) -> None:
    file = tmp_path / "policy-qa.cdx.json"
    if not (ROOT / "var" / "sbom-tool").is_dir() and not os.environ.get("CI"):
        pytest.skip("`make sbom` was never run here: it installs its tool")
    made = ["make", "--silent", "sbom", f"SBOM={file}"]
    subprocess.run(made, cwd=ROOT, check=True, capture_output=True)
    told = json.loads(file.read_text(encoding="utf-8"))
    assert (told["bomFormat"], told["specVersion"]) == ("CycloneDX", "1.6")
    assert told["metadata"]["component"]["name"] == "policy-qa"
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = set(re.findall(r"(?m)^([A-Za-z0-9._-]+)==([^\s;\\]+)", lock))
    assert len(locked) > 100
    assert {(part["name"], part["version"]) for part in told["components"]} == locked
    assert all(part["purl"].startswith("pkg:pypi/") for part in told["components"])
    hashes = {
        each["content"]
        for part in told["components"]
        for found in part["externalReferences"]
        for each in found["hashes"]
    }
    assert hashes == set(re.findall(r"--hash=sha256:([0-9a-f]{64})", lock))


def test_chromas_python_server_is_no_part_of_this() -> None:
    # Its advisories have no fixed release: what is not loaded cannot be called.
    tried = (
        "import sys, chromadb, index.storage.chroma, ui.serve, assistant.service;"
        "print([name for name in sys.modules if name.startswith(('chromadb.app', 'chromadb.server'))])"
    )
    done = subprocess.run([sys.executable, "-c", tried], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
    ours = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    texts = {path: path.read_text(encoding="utf-8") for path in ours}
    assert not [path for path, text in texts.items() if re.search(r"chromadb\.(app|server)", text)]
    opened = [
        text for text in texts.values() if re.search(r"\.(get_or_create|get|create)_collection\(", text)
    ]
    assert opened
    for text in opened:
        calls = re.findall(r"\.(?:get|create)\w*_collection\((?:[^()]|\([^()]*\))*\)", text)
        assert all("embedding_function=None" in call for call in calls), calls
