"""A terminal to write to: it gets text, and nothing that it would obey.

Documents, questions and names of files are others' words. What is written to a file or to another program
goes out as it is.
"""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any, TextIO

from index.text.obeyed import CONTROL, DIRECTION

_PICTURES = 0x2400
_OBEYED = {
    **dict.fromkeys((*CONTROL, *DIRECTION), 0xFFFD),
    **{code: _PICTURES + code for code in range(0x20)},  # as its picture: ␛
    0x7F: 0x2421,
}
for _kept in map(ord, "\t\n"):
    del _OBEYED[_kept]


class Terminal:
    """`stream`, a terminal, with a sign in the place of each character that it would obey.

    `bars`: what is written may begin with one return to the begin of the line, as each state of a progress
    bar does.
    """

    def __init__(self, stream: TextIO, bars: bool = False) -> None:
        self._stream = stream
        self._bars = bars

    def write(self, text: str) -> int:
        """Write `text`; how many characters it has."""
        begin = "\r" if self._bars and text.startswith("\r") else ""
        return self._stream.write(begin + text[len(begin) :].translate(_OBEYED))

    def writelines(self, lines: Iterable[str]) -> None:
        """Write one after the other."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def terminals_obey_nothing() -> Iterator[None]:
    """Meanwhile what goes to stdout and stderr goes through `Terminal`, where they are terminals."""
    out: Any = Terminal(sys.stdout) if sys.stdout.isatty() else sys.stdout
    err: Any = Terminal(sys.stderr, bars=True) if sys.stderr.isatty() else sys.stderr
    with redirect_stdout(out), redirect_stderr(err):
        yield
