"""The page at /docs: Swagger UI from the files that the installed package holds, no other host."""

from importlib.resources import files
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from assistant.api.files import WholeFile
from assistant.api.openapi import describe
from assistant.api.problems import NOT_FOUND, ProblemError
from assistant.api.security import PAGE_POLICY

router = APIRouter(include_in_schema=False)

_FILES = ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png")
# Addresses are relative, so that the page works below a proxy's prefix too.
_PAGE = """<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>教育政策问答接口说明</title>
<link rel="stylesheet" href="docs/swagger-ui.css">
<link rel="icon" type="image/png" href="docs/favicon-32x32.png">
</head>
<body>
<div id="swagger-ui">正在打开接口说明……</div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
_START = """SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis],
});
"""


@router.get("/openapi.json")
def openapi(request: Request) -> JSONResponse:
    """The description that the page reads."""
    described: dict[str, Any] = describe(request.app)
    return JSONResponse(described)


@router.get("/docs")
def page() -> HTMLResponse:
    """The page itself."""
    return HTMLResponse(_PAGE, headers={"Content-Security-Policy": PAGE_POLICY})


@router.get("/docs/{name}")
def part(name: str) -> Response:
    """One of the files that the page loads."""
    if name == "start.js":
        return Response(_START, media_type="text/javascript")
    if name not in _FILES:
        raise ProblemError(NOT_FOUND)
    return WholeFile(_folder() / name, headers={"Cache-Control": "public, max-age=86400"})


def _folder() -> Path:
    """Where the package keeps the one version of Swagger UI that it holds."""
    vendor = Path(str(files("swagger_ui_bundle") / "vendor"))
    return next(vendor.glob("swagger-ui-*"))
