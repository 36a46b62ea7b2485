"""What every problem object must hold, and the names that the tests of the interface share."""

import re
from typing import Any

LOOPBACK = "http://127.0.0.1"
"""Where a client in the test's own process says that it calls; the server takes no other name."""
PLAN = "chongqing-education-modernization-2020-2022"
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def check_problem(response: Any, status: int, name: str | None = None) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = response.json()
    assert {"type", "title", "status", "detail", "instance", "request_id"} <= set(problem)
    assert problem["status"] == status
    assert CHINESE.search(problem["title"])
    assert CHINESE.search(problem["detail"])
    assert problem["request_id"] == response.headers["x-request-id"]
    assert str(problem.get("retry_after", "")) == response.headers.get("retry-after", "")
    if status in (429, 503):
        assert problem["retry_after"] > 0
    if name is not None:
        assert problem["type"].endswith(f":{name}")
    return problem
