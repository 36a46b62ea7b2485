"""`policy-qa mcp`, started by the official client as other programs start it."""

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from mcp import Client, StdioServerParameters

from assistant.cli.main import main
from tests.assistant.api.problem import PLAN

if TYPE_CHECKING:
    from assistant.settings import Settings

COMMAND = ["-m", "assistant.cli.main", "mcp"]


def environment(settings: "Settings") -> dict[str, str]:
    return {"POLICY_QA_STATE_DIR": str(settings.state_dir)}


def test_a_program_that_starts_it_can_ask_and_read(settings: "Settings") -> None:
    server = StdioServerParameters(
        command=sys.executable,
        args=[*COMMAND, "--address", "https://qa.example.cn/"],
        env=environment(settings),
    )

    async def run() -> tuple[list[str], Any, int]:
        async with Client(server) as client:
            names = [tool.name for tool in (await client.list_tools()).tools]
            asked = await client.call_tool("ask", {"question": "娃儿一天在学校能运动好久？"})
            resources = (await client.list_resources()).resources
            return names, asked.structured_content, len(resources)

    names, answer, resources = anyio.run(run)
    assert names == ["ask", "search_clauses", "get_clause", "verify_quotes"]
    assert answer["short_answer"] == "每天1小时"
    assert answer["citations"][0]["url"].startswith(f"https://qa.example.cn/documents/{PLAN}?")
    assert resources == 2


def test_stdout_carries_the_protocol_alone_and_ends_with_stdin(settings: "Settings") -> None:
    initialize = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "t", "version": "1"},
        },
    }
    lines = [
        json.dumps(initialize),
        json.dumps({"jsonrpc": "2.0", "method": "notifications/initialized"}),
        "this is no JSON",
    ]
    done = subprocess.run(
        [sys.executable, *COMMAND],
        input="".join(f"{line}\n" for line in lines),
        capture_output=True,
        text=True,
        timeout=120,
        env=environment(settings),
    )
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert answers[0]["result"]["serverInfo"]["name"] == "policy-qa"
    assert all(answer["jsonrpc"] == "2.0" for answer in answers)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("address", ["qa.example.cn", "file:///etc", "https://", "https://a/?b"])
def test_an_address_that_is_none_is_wrong_usage(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["mcp", "--address", address])
    assert left.value.code == 2
    assert "网址" in capsys.readouterr().err
