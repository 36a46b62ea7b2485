"""Which part of the service an address belongs to."""

import pytest

from assistant.access.areas import Area, Target, target_of
from assistant.access.keys import Scope

ASK, ADMIN = Target(Area.API, Scope.ASK), Target(Area.API, Scope.ADMIN)


@pytest.mark.parametrize(
    ("method", "path", "target"),
    [
        ("GET", "/healthz", Target(Area.HEALTH)),
        ("GET", "/readyz", Target(Area.HEALTH)),
        ("GET", "/metrics", Target(Area.METRICS, Scope.METRICS)),
        ("POST", "/v1/ask", ASK),
        ("GET", "/v1/documents", ASK),
        ("HEAD", "/v1/documents/plan/text", ASK),
        ("POST", "/v1/documents", ADMIN),
        ("DELETE", "/v1/documents/plan", ADMIN),
        ("BREW", "/v1/documents/plan", ADMIN),
        ("GET", "/v1", ASK),
        ("GET", "/v1/nothing", ASK),
        ("POST", "/mcp", ASK),
        ("GET", "/", Target(Area.PAGES)),
        ("GET", "/documents/plan", Target(Area.PAGES)),
        ("GET", "/v1x", Target(Area.PAGES)),
        ("GET", "/healthz/x", Target(Area.PAGES)),
        ("GET", "/metrics/x", Target(Area.PAGES)),
        ("POST", "/gradio_api/queue/join", Target(Area.PAGES)),
        ("POST", "/gradio_api/upload", Target(Area.PAGES)),
        ("POST", "/ask", Target(Area.PAGES)),
        ("POST", "/chat/delete", Target(Area.PAGES)),
        ("GET", "/assets/index.js", Target(Area.PAGES)),
        ("GET", "/ui/static/0123456789ab/chat/main.js", Target(Area.FILES)),
        ("GET", "/admin", Target(Area.ADMIN)),
        ("POST", "/admin/documents/check", Target(Area.ADMIN)),
        ("GET", "/administration", Target(Area.PAGES)),
        ("POST", "/wechat/official", Target(Area.CALLBACKS)),
    ],
)
def test_each_address_has_its_area(method: str, path: str, target: Target) -> None:
    assert target_of(method, path) == target


def test_every_open_route_below_v1_needs_a_scope() -> None:
    from tests.ui.mount.client import filled, listed

    for method, path in listed("open_routes.txt"):
        target = target_of(method, filled(path))
        if path.startswith("/v1"):
            assert target.scope is not None
