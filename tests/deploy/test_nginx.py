"""What deploy/nginx.conf promises; where nginx is installed, it reads the file too."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

FILE = Path(__file__).resolve().parents[2] / "deploy" / "nginx.conf"
TEXT = re.sub(r"(?m)(^|\s)#.*$", "", FILE.read_text(encoding="utf-8"))


def _said(directive: str) -> list[str]:
    return re.findall(rf"(?m)^\s*{directive}\s+([^;]+);", TEXT)


def test_streams_pass_through_and_are_waited_for() -> None:
    from assistant.api.events import SILENCE_SECONDS

    assert _said("proxy_buffering") == ["off"]
    (read,) = _said("proxy_read_timeout")
    assert int(read.removesuffix("s")) > 5 * SILENCE_SECONDS
    assert _said("proxy_next_upstream") == ["off"]


def test_what_a_client_claims_of_itself_is_dropped() -> None:
    headers = dict(value.split(maxsplit=1) for value in _said("proxy_set_header"))
    assert headers["X-Forwarded-For"] == "$remote_addr"
    assert headers["Host"] == "$http_host"
    assert headers["Connection"] == '""'


def test_tls_alone_and_nothing_of_a_question_in_its_log() -> None:
    assert _said("ssl_protocols") == ["TLSv1.2 TLSv1.3"]
    assert "return 301 https://$host$request_uri;" in TEXT
    (form,) = re.findall(r"log_format policy_qa '([^']*)'", TEXT)
    logged = set(re.findall(r"\$(\w+)", form))
    assert not logged & {
        "request",
        "request_uri",
        "uri",
        "args",
        "query_string",
        "remote_addr",
        "http_referer",
        "http_user_agent",
    }
    assert all(value.split()[-1] in ("off", "policy_qa") for value in _said("access_log"))
    assert re.search(r"location = /metrics \{\s*return 404;", TEXT)


def test_nginx_reads_it(tmp_path: Path) -> None:
    nginx = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if nginx is None:
        pytest.skip("nginx is not here")
    made = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=qa.example.cn",
    ]
    key, certificate = tmp_path / "privkey.pem", tmp_path / "fullchain.pem"
    subprocess.run([*made, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    text = FILE.read_text(encoding="utf-8").replace("/etc/ssl/policy-qa/", f"{tmp_path}/")
    text = text.replace("/var/log/nginx/", f"{tmp_path}/")
    (tmp_path / "site.conf").write_text(text)
    around = f"pid {tmp_path}/pid;\nerror_log {tmp_path}/error;\nevents {{}}\n"
    (tmp_path / "nginx.conf").write_text(f"{around}http {{ include {tmp_path}/site.conf; }}\n")
    tried = [nginx, "-t", "-c", str(tmp_path / "nginx.conf"), "-p", str(tmp_path)]
    done = subprocess.run(tried, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
