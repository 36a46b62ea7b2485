"""A form with one file, read piece by piece: the file into a temporary file, the other fields into memory."""

import re
import tempfile
from pathlib import Path
from typing import IO

from anyio import to_thread
from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header
from starlette.requests import Request

from assistant.api.middleware import FORM_BYTES
from assistant.api.problems import BROKEN_FORM, MEDIA, ProblemError, invalid_fields

FILE = "file"
"""Name of the part that is the file."""
_FOLDER = "incoming"
_MAX_PARTS = 40
_MAX_HEADERS = 8
_MAX_HEADER = 4096
_CLOSING = {"Connection": "close"}  # where the rest of the body is not read
_BOUNDARY = re.compile(rb"[0-9A-Za-z'()+_,./:=? -]{1,70}")


class Form:
    """What came: `name` of the file, None where none came, and the other `fields`, trimmed and not empty."""

    def __init__(self, boundary: bytes, file: IO[bytes]) -> None:
        self.name: str | None = None
        self.fields: dict[str, str] = {}
        self._file = file
        self._parts = 0
        self._kept = 0
        self._complete = False
        self._header: tuple[bytearray, bytearray] = (bytearray(), bytearray())
        self._part: str | None = None
        self._value = bytearray()
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": lambda data, start, end: self._header[0].extend(data[start:end]),
                "on_header_value": lambda data, start, end: self._header[1].extend(data[start:end]),
                "on_header_end": self._end_header,
                "on_headers_finished": self._check_part,
                "on_part_data": self._take,
                "on_part_end": self._end,
                "on_end": self._finish,
            },
            max_header_count=_MAX_HEADERS,
            max_header_size=_MAX_HEADER,
        )

    def feed(self, data: bytes) -> None:
        """Read another piece. Raises a 400 or 422 problem."""
        try:
            self._parser.write(data)
        except FormParserError:
            raise ProblemError(BROKEN_FORM) from None

    def close(self) -> None:
        """The body has ended. Raises a 400 problem where the form has not, or is without a file."""
        if not self._complete:
            raise ProblemError(BROKEN_FORM)
        if self.name is None:
            raise invalid_fields([(FILE, "缺少文件，请在表单里放一个 file")])

    def _begin(self) -> None:
        self._parts += 1
        if self._parts > _MAX_PARTS:
            raise ProblemError(BROKEN_FORM)
        self._part, self._value = None, bytearray()

    def _end_header(self) -> None:
        name, value = self._header
        self._header = (bytearray(), bytearray())
        if name.lower() != b"content-disposition":
            return
        kind, options = parse_options_header(bytes(value))
        if kind != b"form-data":
            raise ProblemError(BROKEN_FORM)
        self._part = options.get(b"name", b"").decode("utf-8", "replace")
        if self._part == FILE:
            if self.name is not None:
                raise invalid_fields([(FILE, "一次只收一个文件")])
            if b"filename" not in options:
                raise invalid_fields([(FILE, "要是文件，不能是文字")])
            self.name = options[b"filename"].decode("utf-8", "replace")

    def _check_part(self) -> None:
        if not self._part or self._part in self.fields:
            raise ProblemError(BROKEN_FORM)

    def _take(self, data: bytes, start: int, end: int) -> None:
        if self._part == FILE:
            self._file.write(data[start:end])
            return
        self._kept += end - start
        if self._kept > FORM_BYTES:
            raise ProblemError(BROKEN_FORM)
        self._value.extend(data[start:end])

    def _end(self) -> None:
        if self._part and self._part != FILE and (text := self._value.decode("utf-8", "replace").strip()):
            self.fields[self._part] = text

    def _finish(self) -> None:
        self._complete = True


async def read_form(request: Request, file: IO[bytes]) -> Form:
    """The form in the body of `request`, its file written to `file`. Raises a 400, 408, 413, 415 or 422
    problem."""
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data":
        raise ProblemError(MEDIA, BROKEN_FORM.advice, headers=_CLOSING)
    boundary = options.get(b"boundary", b"")
    if not _BOUNDARY.fullmatch(boundary):
        raise ProblemError(BROKEN_FORM, headers=_CLOSING)
    form = Form(boundary, file)
    try:
        async for piece in request.stream():
            if piece:
                await to_thread.run_sync(form.feed, piece)  # it takes time, and writes to a disk
        form.close()
    except ProblemError as problem:
        problem.headers.update(_CLOSING)
        raise
    return form


def open_incoming(state_dir: Path) -> IO[bytes]:
    """A file under `state_dir` that nobody else can open and that has no name: it is gone when it is closed,
    or with this process, however that ends. Raises OSError."""
    folder = state_dir / _FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return tempfile.TemporaryFile(dir=folder)
