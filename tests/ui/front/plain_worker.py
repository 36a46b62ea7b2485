"""A worker process with a small application in place of the whole one."""

import asyncio
import os
import socket
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from ui.front.worker import run_worker

AT, GO = "at", "go"
"""Files in the folder that is named to it: the worker that is at something, and that it may go on; `go1`:
from the second event to the third."""

_registry = CollectorRegistry()
_asked = Counter("asked", "Requests", ["path"], registry=_registry)
_left: list[str] = []


async def who(request: Request) -> Response:
    _asked.labels("who").inc()
    return JSONResponse(
        {
            "pid": os.getpid(),
            "method": request.method,
            "path": request.url.path,
            "query": request.url.query,
            "client": request.scope["client"][0],
            "scheme": request.url.scheme,
            "headers": request.headers.items(),
            "body": (await request.body()).decode(),
        }
    )


async def slow(request: Request) -> Response:
    """Says that it is at it, and answers after so many seconds or when it may go on."""
    folder = Path(os.environ["PLAIN_FOLDER"])
    (folder / AT).write_text(str(os.getpid()))
    until = time.monotonic() + float(request.query_params["seconds"])
    while time.monotonic() < until and not (folder / GO).exists():
        await asyncio.sleep(0.02)
    return JSONResponse({"pid": os.getpid()})


async def events(request: Request) -> Response:
    """Three events, then what is left of one, and nothing more for a minute; asked for `whole`, the three
    alone, and after each it waits until it may go on."""
    folder, whole = Path(os.environ["PLAIN_FOLDER"]), "whole" in request.query_params

    async def frames() -> AsyncIterator[bytes]:
        try:
            for number in range(3):
                yield f"event: delta\ndata: {number} {os.getpid()}\n\n".encode()
                while whole and not (folder / f"{GO}{number}").exists():
                    await asyncio.sleep(0.02)
            if not whole:
                yield b"event: delta\ndata: {"
                await asyncio.sleep(60)
        except asyncio.CancelledError:
            _left.append("events")
            raise

    return StreamingResponse(frames(), media_type="text/event-stream")


async def parts(request: Request) -> Response:
    """Parts of a text of unknown length, then nothing for so many seconds."""

    async def text() -> AsyncIterator[bytes]:
        for _ in range(int(request.query_params["count"])):
            yield b"0123456789abcdef" * 4096
        await asyncio.sleep(float(request.query_params.get("seconds", "0")))

    return StreamingResponse(text(), media_type="text/plain")


async def hand_in(request: Request) -> Response:
    """Refuses without reading, or says how large the file is and how much memory its parts took at most."""
    if "refuse" in request.query_params:
        return PlainTextResponse("no", 401)
    size = most = 0
    async for part in request.stream():
        size, most = size + len(part), max(most, len(part))
    return JSONResponse({"size": size, "most": most, "length": request.headers.get("content-length")})


async def left(_request: Request) -> Response:
    return JSONResponse(_left)


async def metrics(_request: Request) -> Response:
    return Response(generate_latest(_registry), media_type="text/plain")


async def empty(_request: Request) -> Response:
    return Response(status_code=204)


async def healthy(_request: Request) -> Response:
    return PlainTextResponse("ok")


def compose() -> Starlette:
    while "PLAIN_WAITS" in os.environ and not (Path(os.environ["PLAIN_FOLDER"]) / GO).exists():
        time.sleep(0.02)
    if "PLAIN_FAILS" in os.environ:
        raise RuntimeError("it does not start")
    every = ["GET", "HEAD", "POST"]
    return Starlette(
        routes=[
            Route("/who", who, methods=[*every, "DELETE"]),
            Route("/gradio_api/{name:path}", who, methods=every),
            Route("/slow", slow, methods=every),
            Route("/events", events, methods=every),
            Route("/parts", parts, methods=every),
            Route("/v1/documents", hand_in, methods=["POST"]),
            Route("/left", left),
            Route("/metrics", metrics),
            Route("/empty", empty),
            Route("/healthz", healthy),
        ]
    )


if __name__ == "__main__":
    listener, link = (socket.socket(fileno=int(number)) for number in sys.argv[1:])
    run_worker(compose, lambda _: None, listener, link)
