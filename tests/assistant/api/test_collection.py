"""Documents come and go over HTTP: the real process builds a real index of short texts."""

import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient

from assistant.access.keys import Key, Scope, new_token
from assistant.access.rules import Rules
from assistant.api import adding
from assistant.api.app import AppOptions, create_app
from assistant.api.handlers import from_own
from assistant.errors import (
    BuildInProgress,
    DuplicateDocument,
    NotAdded,
    PolicyQAError,
    ShippedDocument,
    UndecodableDocument,
)
from assistant.storage.store import Store
from index.errors import IndexNotWritten
from index.storage.versions import build_lock
from tests.assistant.api.problem import CHINESE, LOOPBACK, check_problem
from tests.stalls import Stalls

if TYPE_CHECKING:
    from assistant.settings import Settings

DOCUMENTS = "/v1/documents"
NOTICE = "夜间阅览室开放通知\n一、时间\n夜间阅览室每晚开放到十一点。\n二、对象\n居民都可以进入。\n"
NAME = "夜间阅览室开放通知(2024-06-01).txt"
LIMIT = 1024 * 1024


class Acts:
    """What the trail holds, the oldest first, and the key that did it."""

    def __init__(self, store: Store, key: str) -> None:
        self._store = store
        self.key = key

    @property
    def lines(self) -> list[tuple[str | None, str, str]]:
        return [(act.key_id, act.act, act.what) for act in reversed(self._store.trail.acts())]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> "Settings":
    """Settings over one short document, its index built."""
    from tests.assistant.small import small_settings

    return small_settings(tmp_path_factory.mktemp("collection"))


@pytest.fixture(scope="module")
def store(small: "Settings") -> Iterator[Store]:
    made = Store(small.conversations_url())
    yield made
    made.close()


@pytest.fixture(scope="module")
def token(store: Store) -> str:
    """An administrator's."""
    made, identifier, digest = new_token()
    store.keys.add(Key(identifier, "管理员", frozenset({Scope.ADMIN}), digest, created_at=datetime.now(UTC)))
    return made


@pytest.fixture(scope="module")
def acts(store: Store, token: str) -> Acts:
    return Acts(store, token.split("_")[1])


@pytest.fixture(scope="module")
def client(small: "Settings", store: Store, token: str) -> Iterator[TestClient]:
    from assistant.service import Assistant

    rules = Rules(keys_needed=True)
    app = create_app(lambda: Assistant.open(small, store=store), store, AppOptions(rules, upload_bytes=LIMIT))
    with TestClient(app, base_url=LOOPBACK, raise_server_exceptions=False) as client:
        client.headers["Authorization"] = f"Bearer {token}"
        assert app.state.opening.wait(60)
        yield client


def send(client: TestClient, text: str | bytes = NOTICE, name: str = NAME, **fields: str) -> Any:
    data = text if isinstance(text, bytes) else text.encode()
    headers = {"Accept": fields.pop("accept", "application/json")}
    return client.post(DOCUMENTS, files={"file": (name, data)}, data=fields, headers=headers)


def state(settings: "Settings") -> set[str]:
    """What lies among the added documents and the files that come in."""
    folders = settings.state_dir / "documents", settings.state_dir / "incoming"
    found = {str(path.relative_to(settings.state_dir)) for each in folders for path in each.rglob("*")}
    return found - {"documents/catalog.json"}


FIELDS = {
    "id": "night-room",
    "number": "某图发〔2024〕5号",
    "issuer": "某市图书馆",
    "effective": "2024-07-01",
    "authority": "policy",
    "period": "2024-2026",
    "jurisdiction": "",
}
KEY = "night-room@2024-06-01"
ADDRESS = "/v1/documents/night-room"


def events(text: str) -> list[tuple[str, Any]]:
    """Names and data of the events in `text`."""
    frames = [frame.split("\n") for frame in text.split("\n\n") if frame.startswith("event")]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in frames]


@pytest.fixture(scope="module")
def told(client: TestClient) -> list[tuple[str, Any]]:
    """The events with which the notice was added."""
    response = send(client, accept="text/event-stream", **FIELDS)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/event-stream")
    return events(response.text)


@pytest.fixture
def notice(told: list[tuple[str, Any]]) -> Any:
    """The notice as it was answered."""
    assert told[-1][0] == "done", told
    return told[-1][1]


def test_progress_comes_as_events(told: list[tuple[str, Any]], client: TestClient) -> None:
    assert {"stage": "reading", "done": 1, "total": 1} in [data for name, data in told if name == "progress"]
    indexing = [data for _, data in told if data.get("stage") == "indexing"]
    assert indexing[-1]["done"] == indexing[-1]["total"] == 5
    assert told[-1][0] == "done"
    refused = events(send(client, b"MZ\x90", "tool.exe", accept="text/event-stream").text)
    assert refused[-1][0] == "error"
    assert refused[-1][1]["status"] == 422
    assert "exe" in refused[-1][1]["detail"]


def test_an_added_document_is_served_when_the_answer_comes(client: TestClient, notice: Any) -> None:
    assert notice == client.get(ADDRESS).json()
    assert (notice["title"], notice["version"]) == ("夜间阅览室开放通知", "2024-06-01")
    assert (notice["number"], notice["issuer"]) == ("某图发〔2024〕5号", "某市图书馆")
    assert notice["effective"] == "2024-07-01"
    assert notice["jurisdiction"] is None, "an empty field of a form says nothing"
    assert notice["warnings"] == []
    hits = client.post("/v1/search", json={"query": "夜间阅览室开放到几点？"}).json()["hits"]
    assert "夜间阅览室每晚开放到十一点。" in [hit["quote"] for hit in hits]
    assert client.get(f"{ADDRESS}/original").content == NOTICE.encode()


def test_the_same_again_changes_nothing(client: TestClient, notice: Any, acts: Acts) -> None:
    before = list(acts.lines)
    again = send(client, **FIELDS)
    assert (again.status_code, again.json()) == (200, notice)
    assert "location" not in again.headers
    assert acts.lines == before


def test_other_content_is_a_conflict(client: TestClient, notice: Any) -> None:
    check_problem(send(client, NOTICE.replace("十一点", "十点"), **FIELDS), 409, "conflict")
    assert client.get(f"{ADDRESS}/text").text == NOTICE


def test_the_same_file_under_another_id_is_a_conflict_that_says_where_it_is(
    client: TestClient, notice: Any
) -> None:
    problem = check_problem(send(client, id="other-room", replace="true"), 409, "conflict")
    assert KEY in problem["detail"]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("图.png", b"\x89PNG\r\n\x1a\n....", "图片"),
        ("旧.doc", b"\xd0\xcf\x11\xe0", ".doc"),
        ("坏.docx", b"PK\x03\x04 nothing of a document", "docx"),
        ("空.txt", b"", "空的"),
        ("名", b"text", "扩展名"),
        ("../../etc/passwd.exe", b"\x00\x01\x02", "“passwd.exe”"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_the_readers_words(
    client: TestClient, small: "Settings", name: str, data: bytes, said: str
) -> None:
    before = state(small)
    problem = check_problem(send(client, data, name), 422, "invalid-field")
    assert said in problem["detail"]
    assert str(small.state_dir) not in json.dumps(problem)
    assert state(small) == before


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"published": "昨天"}, "published"),
        ({"authority": "king"}, "authority"),
        ({"period": "2022-2020"}, "period"),
        ({"period": "soon"}, "period"),
        ({"replace": "perhaps"}, "replace"),
        ({"title": "题" * 201}, "title"),
        ({"title": "题\x00目"}, "title"),
        ({"titel": "题目"}, "titel"),
    ],
)
def test_a_field_that_is_wrong_is_named(client: TestClient, fields: dict[str, str], named: str) -> None:
    problem = check_problem(send(client, **fields), 422, "invalid-field")
    assert [each["field"] for each in problem["errors"]] == [named]
    assert CHINESE.search(problem["errors"][0]["message"])


def test_an_id_that_could_not_be_an_address_is_refused(client: TestClient) -> None:
    problem = check_problem(send(client, NOTICE + "再说一句。\n", id="../up"), 422)
    assert "编号" in problem["detail"]


def test_what_came_with_the_program_stays(client: TestClient) -> None:
    problem = check_problem(client.delete("/v1/documents/rules"), 409, "conflict")
    assert "自带" in problem["detail"]
    check_problem(client.delete("/v1/documents/rules?version="), 422)


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (NotAdded("没有添加过“x”，请用 policy-qa docs list 查看。"), 404, "/v1/documents"),
        (ShippedDocument("x 是随程序自带的文件，请用 --id。"), 409, "自带"),
        (DuplicateDocument("x，请加 --replace。"), 409, "replace=true"),
        (BuildInProgress("x"), 409, "等它结束"),
        (UndecodableDocument("文件“x”的编码不认识，请转成 UTF-8。"), 422, "UTF-8"),
        (IndexNotWritten("磁盘已满，请腾出空间。"), 503, "磁盘已满"),
    ],
)
def test_what_building_raises_is_said_in_the_words_of_the_interface(
    error: PolicyQAError, status: int, said: str
) -> None:
    problem = from_own(error)
    assert problem.fault.status == status
    assert said in problem.detail
    assert "--" not in problem.detail
    assert "policy-qa" not in problem.detail


def test_one_at_a_time(client: TestClient, small: "Settings", notice: Any) -> None:
    with adding._one_at_a_time:  # this server builds
        problem = check_problem(send(client), 409, "building")
        assert "等它结束" in problem["detail"]
        assert client.delete(ADDRESS).headers["retry-after"] == "5"
    with build_lock(small.index().directory):  # another process builds
        check_problem(send(client, NOTICE + "再说一句。\n", "另一份.txt"), 409, "building")


def test_a_large_file_is_refused(client: TestClient, small: "Settings") -> None:
    problem = check_problem(send(client, b"x" * (LIMIT + 70_000), "大.txt"), 413, "too-large")
    assert "1 MiB" in problem["detail"]

    def pieces() -> Iterator[bytes]:  # of a length that is not announced
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
        for _ in range(40):
            yield b"x" * 65536

    form = {"Content-Type": "multipart/form-data; boundary=b"}
    response = client.post(DOCUMENTS, content=pieces(), headers=form)
    check_problem(response, 413, "too-large")
    assert response.headers["connection"] == "close"
    assert not list((small.state_dir / "incoming").iterdir())


PART = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\ntext\r\n'
FIELD = b'--b\r\nContent-Disposition: form-data; name="id"\r\n\r\nx\r\n'


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"no form at all", 400),
        (PART, 400),
        (FIELD + b"--b--\r\n", 422),
        (PART + PART + b"--b--\r\n", 422),
        (FIELD + FIELD + PART + b"--b--\r\n", 400),
        (FIELD * 50 + b"--b--\r\n", 400),
        (b"--b\r\n\r\ntext\r\n--b--\r\n", 400),
        (b"--b\r\nContent-Disposition: attachment\r\n\r\nx\r\n--b--\r\n", 400),
        (b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nx\r\n--b--\r\n', 422),
        (b"--b\r\n" + b"X: y\r\n" * 50 + b"\r\nx\r\n--b--\r\n", 400),
        (b"--b\r\nX: " + b"y" * 10_000 + b"\r\n\r\nx\r\n--b--\r\n", 400),
        (FIELD.replace(b"\r\nx\r\n", b"\r\n" + b"x" * 70_000 + b"\r\n") + PART + b"--b--\r\n", 400),
    ],
)
def test_a_broken_form_is_told(client: TestClient, small: "Settings", body: bytes, status: int) -> None:
    form = {"Content-Type": "multipart/form-data; boundary=b"}
    check_problem(client.post(DOCUMENTS, content=body, headers=form), status)
    assert not list((small.state_dir / "incoming").glob("*"))


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/json", 415),
        ("text/plain", 415),
        ("multipart/form-data", 400),
        ("multipart/form-data; boundary=" + "b" * 100, 400),
        ("multipart/form-data; boundary=", 400),
    ],
)
def test_another_kind_of_body_is_refused(client: TestClient, kind: str, status: int) -> None:
    response = client.post(DOCUMENTS, content=b"{}", headers={"Content-Type": kind})
    assert "multipart/form-data" in check_problem(response, status)["detail"]


def test_a_page_of_others_cannot_add(client: TestClient) -> None:
    response = client.post(
        DOCUMENTS, files={"file": (NAME, NOTICE)}, headers={"Origin": "https://evil.example"}
    )
    check_problem(response, 403, "foreign-origin")


@pytest.mark.alone
def test_a_replacement_is_served_and_answers_go_on_meanwhile(
    client: TestClient, notice: Any, acts: Acts
) -> None:
    text = NOTICE.replace("十一点", "十点")
    text += "".join(f"第{n}间阅览室放第{n}类书，编号是{n * 7}。\n" for n in range(100))
    answers: list[Any] = []
    replacing = threading.Thread(target=lambda: answers.append(send(client, text, replace="true", **FIELDS)))
    asked: list[tuple[float, float]] = []
    with Stalls() as stalls:
        replacing.start()
        while replacing.is_alive():
            began = time.monotonic()
            assert client.get("/healthz").status_code == 200
            asked.append((began, time.monotonic()))
            time.sleep(0.02)
    assert answers[0].status_code == 200, answers[0].text
    assert client.get(f"{ADDRESS}/text").text == text
    assert (acts.key, "document.replace", KEY) in acts.lines
    assert len(asked) > 10
    slowest = max(stalls.without(*each) for each in asked)
    assert slowest < 3.0, "nothing in this process may be held up by the building"


def test_a_removed_document_is_gone(client: TestClient, small: "Settings", notice: Any, acts: Acts) -> None:
    removed = client.delete(f"{ADDRESS}?version=2024-06-01")
    assert removed.json() == {"removed": [KEY]}
    check_problem(client.get(ADDRESS), 404)
    assert acts.lines[0] == (acts.key, "document.add", KEY)
    assert acts.lines[-1] == (acts.key, "document.remove", KEY)
    assert state(small) == set()
    assert (small.state_dir / "incoming").stat().st_mode & 0o777 == 0o700


def test_the_process_that_builds_gives_up_with_the_one_who_waits(small: "Settings") -> None:
    import io
    import subprocess
    import sys

    from index.build.apart import dump_settings

    before = state(small)
    job = {"settings": dump_settings(small.index()), "act": "add", "name": "新.txt", "fields": {}}
    line = json.dumps({**job, "replacing": False}).encode() + b"\n"
    worker = subprocess.Popen(
        [sys.executable, "-m", "index.build"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert isinstance(worker.stdin, io.BufferedWriter)
    assert worker.stdout is not None
    worker.stdin.write(line + "新的通知\n一、时间\n新的时间。\n".encode())
    worker.stdout.close()  # nobody listens any more
    worker.stdin.close()
    assert worker.wait(120) == 1
    assert state(small) == before


def test_a_full_disk_is_told(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("assistant.api.upload.tempfile.TemporaryFile", full)
    problem = check_problem(send(client), 503, "not-ready")
    assert "磁盘空间" in problem["detail"]


def test_settings_survive_the_way_to_the_other_process(tmp_path: Path) -> None:
    from index.build.apart import dump_settings, load_settings
    from index.settings import EmbeddingSettings, IndexSettings

    settings = IndexSettings(
        tmp_path / "index",
        tmp_path / "corpus",
        EmbeddingSettings("http://127.0.0.1:1", "m", "key", "q", "p", True),
        tmp_path / "documents",
        "http://127.0.0.1:2",
    )
    assert load_settings(json.loads(json.dumps(dump_settings(settings)))) == settings
