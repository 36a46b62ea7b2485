"""What deploy/policy-qa.service promises, and what systemd thinks of it."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNIT = Path(__file__).resolve().parents[2] / "deploy" / "policy-qa.service"
SAID = [line.partition("=")[::2] for line in UNIT.read_text(encoding="utf-8").splitlines() if "=" in line]
MOST_EXPOSED = 1.5
"""Of ten; what is left is that it serves on the network from the host's own root."""


def _all(name: str) -> list[str]:
    return [value for each, value in SAID if each == name]


def test_it_listens_on_loopback_as_nobody_and_keeps_its_state_in_one_place() -> None:
    assert "--host 127.0.0.1" in _all("ExecStart")[0]
    assert _all("DynamicUser") == ["yes"]
    assert _all("StateDirectory") == ["policy-qa"]
    assert _all("UMask") == ["0077"]
    assert any("POLICY_QA_STATE_DIR=/var/lib/policy-qa" in value for value in _all("Environment"))


def test_it_may_change_nothing_else() -> None:
    for name in (
        "NoNewPrivileges",
        "PrivateTmp",
        "PrivateDevices",
        "MemoryDenyWriteExecute",
        "RestrictNamespaces",
    ):
        assert _all(name) == ["yes"], name
    assert _all("ProtectSystem") == ["strict"]
    assert _all("CapabilityBoundingSet") == [""]


def test_no_secret_stands_in_it() -> None:
    assert _all("LoadCredential") == ["policy_qa:/etc/policy-qa/secrets"]
    assert any("POLICY_QA_SECRETS_DIR=%d" in value for value in _all("Environment"))
    assert not re.search(r"(?i)(key|password|token)=\S", UNIT.read_text(encoding="utf-8"))


@pytest.fixture
def systemd() -> str:
    """systemd's own judge of units, where the machine has it."""
    found = shutil.which("systemd-analyze")
    if found is None:
        pytest.skip("systemd-analyze is not here")
    return found


def test_systemd_understands_it(systemd: str, tmp_path: Path) -> None:
    here = tmp_path / UNIT.name
    programs = re.sub(r"/opt/policy-qa/\.venv/bin/policy-qa", "/bin/true", UNIT.read_text(encoding="utf-8"))
    here.write_text(programs, encoding="utf-8")
    done = subprocess.run([systemd, "verify", "--man=no", here], capture_output=True, text=True)
    ours = [line for line in (done.stdout + done.stderr).splitlines() if UNIT.name in line]
    assert (done.returncode, ours) == (0, [])


def test_systemd_finds_it_little_exposed(systemd: str) -> None:
    done = subprocess.run([systemd, "security", "--offline=true", UNIT], capture_output=True, text=True)
    found = re.search(r"exposure level for .*?: ([0-9.]+)", done.stdout)
    assert found
    assert float(found[1]) <= MOST_EXPOSED
