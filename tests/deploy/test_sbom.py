"""The bill of materials that `make sbom` writes."""

import json
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_it_holds_every_locked_package_with_its_hashes(tmp_path: Path) -> None:
    file = tmp_path / "policy-qa.cdx.json"
    made = ["make", "--silent", "--assume-old=.venv/.dev-installed", "sbom", f"SBOM={file}"]
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
