"""The pages' own style sheets and scripts, served from memory under `/ui/static/`.

A file's address holds a hash of all files, so that browsers may keep it for good, and so that modules name
each other by relative paths and still get what belongs together.
"""

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

PREFIX = "/ui/static/"
_DIRECTORY = Path(__file__).parent / "static"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".png": "image/png"}
_FOR_GOOD = "public, max-age=31536000, immutable"
_FOR_NOW = "no-cache"

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class _File:
    content: bytes
    compressed: bytes | None
    """None for what is compressed as it is."""
    media_type: str


@lru_cache(maxsize=1)
def _files() -> dict[str, _File]:
    """Every file by its path below the directory. A closed set, so that no path can lead out of it."""
    found = {}
    for path in sorted(_DIRECTORY.rglob("*")):
        if path.suffix in _TYPES:
            content = path.read_bytes()
            name = path.relative_to(_DIRECTORY).as_posix()
            packed = path.suffix != ".png"
            compressed = gzip.compress(content, 9, mtime=0) if packed else None
            found[name] = _File(content, compressed, _TYPES[path.suffix])
    return found


@lru_cache(maxsize=1)
def _edition() -> str:
    """A hash of all files with their names."""
    digest = hashlib.sha256()
    for name, file in _files().items():
        digest.update(f"{name}\0{len(file.content)}\0".encode() + file.content)
    return digest.hexdigest()[:12]


def static_url(name: str) -> str:
    """The address of the file `name`, such as `chat/main.js`. Raises KeyError where there is none."""
    _ = _files()[name]
    return f"{PREFIX}{_edition()}/{name}"


def static_text(name: str) -> str:
    """What stands in the file `name`. Raises KeyError where there is none."""
    return _files()[name].content.decode("utf-8")


def accepts_gzip(request: Request) -> bool:
    """Whether the browser takes a compressed body."""
    offered = request.headers.get("accept-encoding", "").replace(" ", "").split(",")
    return any(each == "gzip" or (each.startswith("gzip;") and each != "gzip;q=0") for each in offered)


@router.get(PREFIX + "{path:path}")
def static_file(request: Request, path: str) -> Response:
    """One file, as it is now; under an address of an earlier edition it may not be kept."""
    edition, _, name = path.partition("/")
    found = _files().get(name) or _files().get(path)
    if found is None:
        return HTMLResponse("没有这个文件。", status_code=404)
    headers = {
        "Cache-Control": _FOR_GOOD if edition == _edition() else _FOR_NOW,
        "Vary": "Accept-Encoding",
    }
    if found.compressed is not None and accepts_gzip(request):
        headers["Content-Encoding"] = "gzip"
        return Response(found.compressed, media_type=found.media_type, headers=headers)
    return Response(found.content, media_type=found.media_type, headers=headers)
