"""What deploy/compose.yaml promises of its services, networks and secrets."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.settings import Settings

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
_KNOWN = {
    "build", "cap_add", "cap_drop", "command", "depends_on", "entrypoint", "environment", "healthcheck",
    "image", "init", "logging", "mem_limit", "networks", "pids_limit", "ports", "read_only", "restart",
    "secrets", "security_opt", "shm_size", "stop_grace_period", "tmpfs", "volumes",
}  # fmt: skip
"""The keys that are used; `privileged`, `network_mode`, `pid`, `devices` and the like are none of them."""


def test_there_are_the_service_its_index_chroma_and_a_database() -> None:
    assert set(SERVICES) == {"app", "index", "chroma", "database"}
    assert "--workers" in SERVICES["app"]["command"]
    assert SERVICES["chroma"]["entrypoint"] == ["chroma"]
    assert SERVICES["chroma"]["command"][0] == "run"


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_may_do_little(name: str) -> None:
    service = SERVICES[name]
    assert set(service) <= _KNOWN
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"SYS_ADMIN", "NET_ADMIN", "SYS_PTRACE", "ALL"} & set(service.get("cap_add", []))
    assert ("cap_add" in service) is (name == "database")
    assert all(not volume.startswith(("/", ".")) for volume in service["volumes"]), "named volumes only"


@pytest.mark.parametrize("name", SERVICES)
def test_an_image_has_a_version_and_is_seen_to_be_well(name: str) -> None:
    service = SERVICES[name]
    tag = service["image"].rpartition(":")[2]
    assert re.match(r"\d+\.\d+", tag)
    assert "latest" not in tag
    assert service["healthcheck"].get("test") or (
        name == "index" and service["healthcheck"] == {"disable": True}
    )


def test_only_the_service_is_published_and_on_loopback_alone() -> None:
    assert {name: service["ports"] for name, service in SERVICES.items() if "ports" in service} == {
        "app": ["127.0.0.1:8000:8000"]
    }
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert {name for name, service in SERVICES.items() if service["networks"] != ["inside"]} == {"app"}


def test_secrets_come_from_files_that_are_not_in_git_and_from_nowhere_else() -> None:
    for secret in COMPOSE["secrets"].values():
        assert secret["file"].startswith("./secrets/")
    assert "/deploy/secrets/" in (DEPLOY.parent / ".gitignore").read_text(encoding="utf-8").splitlines()
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            assert not re.search("PASSWORD|SECRET_|KEY|DATABASE_URL", name) or name.endswith("_FILE"), name
            assert "://" not in str(value) or "@" not in str(value)
    assert SERVICES["app"]["secrets"] == ["policy_qa_database_url"]
    assert SERVICES["database"]["secrets"] == ["postgres_password"]
    assert SERVICES["database"]["environment"]["POSTGRES_PASSWORD_FILE"].endswith("/postgres_password")


def test_its_settings_are_settings_of_ours() -> None:
    named = {
        name.removeprefix("POLICY_QA_").lower()
        for service in SERVICES.values()
        for name in service.get("environment", {})
        if name.startswith("POLICY_QA_")
    }
    assert named - {"secrets_dir"} <= set(Settings.model_fields)
    assert {secret.removeprefix("policy_qa_") for secret in SERVICES["app"]["secrets"]} <= set(
        Settings.model_fields
    )


def test_nothing_starts_before_what_it_needs() -> None:
    wanted = {name: set(service.get("depends_on", {})) for name, service in SERVICES.items()}
    assert wanted["app"] == {"index", "database"}
    assert wanted["index"] == {"chroma"}
    assert all(
        "condition" in each
        for service in SERVICES.values()
        for each in service.get("depends_on", {}).values()
    )


def test_what_is_mounted_and_joined_is_declared() -> None:
    for service in SERVICES.values():
        assert {volume.partition(":")[0] for volume in service["volumes"]} <= set(COMPOSE["volumes"])
        assert set(service["networks"]) <= set(COMPOSE["networks"])
        assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"])
