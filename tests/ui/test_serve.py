"""The composed application and the command that serves it."""

import io
import re
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import httpx
import pytest

from ui.serve import _announce, named
from ui.static_files import static_url

if TYPE_CHECKING:
    from assistant.service import Assistant
    from assistant.settings import Settings


def test_api_page_and_chat_share_one_address(server: str) -> None:
    with httpx.Client(base_url=server) as client:
        assert client.get("/healthz").status_code == 200
        assert "教育政策问答" in client.get("/").text
        assert client.get("/documents").status_code == 200
        assert client.get("/v1/nothing").headers["content-type"] == "application/problem+json"


def test_the_chats_page_may_reach_no_other_host(server: str) -> None:
    policy = httpx.get(server).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "http" not in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'self'" in policy


@pytest.mark.parametrize(
    ("host", "names"),
    [
        ("127.0.0.1", ("127.0.0.1",)),
        ("qa.Example.cn", ("qa.example.cn",)),
        ("192.168.1.5", ("192.168.1.5",)),
        ("2001:DB8::1", ("[2001:db8::1]",)),
        ("0.0.0.0", ()),  # noqa: S104
        ("::", ()),
        ("", ()),
    ],
)
def test_a_server_bound_to_one_name_answers_to_it(host: str, names: tuple[str, ...]) -> None:
    assert named(host) == names


def test_the_page_names_our_files_by_their_content(server: str) -> None:
    page = httpx.get(server).text
    names = re.findall(r'"(/ui/static/[^"]+)"', page)
    assert {static_url("chat.css"), static_url("chat/main.js")} <= set(names)
    files = [httpx.get(f"{server}{name}") for name in names]
    assert all(file.status_code == 200 and "immutable" in file.headers["cache-control"] for file in files)
    assert page.index("settings.js") < page.index("<body"), "no other colours flash first"


def test_who_opens_it_to_all_is_told_to_name_it() -> None:
    for unnamed in (True, False):
        out = io.StringIO()
        _announce(None, "http://qa.example.cn:8000", unnamed, out)
        assert "http://qa.example.cn:8000/docs" in out.getvalue()
        assert ("POLICY_QA_HOSTS" in out.getvalue()) is unnamed


def test_a_port_in_use_is_one_sentence_and_exit_code_1(settings: "Settings") -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "assistant.cli.main", "serve", "--port", str(port)],
            capture_output=True,
            text=True,
            timeout=60,
            env={"POLICY_QA_STATE_DIR": str(settings.state_dir), "PATH": ""},
        )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        f"端口 {port} 已经被别的程序占用，请关掉那个程序，或换一个端口，例如 --port {port + 1}。\n"
    )


def test_another_machines_address_is_refused_without_public(settings: "Settings") -> None:
    done = subprocess.run(
        [sys.executable, "-m", "assistant.cli.main", "serve", "--host", "0.0.0.0"],  # noqa: S104
        capture_output=True,
        text=True,
        timeout=60,
        env={"POLICY_QA_STATE_DIR": str(settings.state_dir), "PATH": ""},
    )
    assert done.returncode == 1
    assert "--public" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_group_of_routes_stands_beside_the_chat(settings: "Settings", assistant: "Assistant") -> None:
    from fastapi.testclient import TestClient

    from assistant.settings import Settings
    from assistant.wechat.routes import wechat_router
    from ui.serve import compose

    named = Settings.model_validate({"wechat_token": "a1b2c3d4e5f6a7b8c9"})
    application = compose(
        lambda: assistant,
        assistant.store,
        folder=settings.state_dir / "gradio",
        groups=[lambda get: wechat_router(named, assistant.store, get)],
    )
    with TestClient(application, base_url="http://127.0.0.1") as client:
        assert client.get("/wechat/official").status_code == 403
        assert client.get("/wechat/work").status_code == 404
