"""A terminal to write to: it gets text, and nothing that it would obey.

Documents and questions are others' words. What is written to a file or to another program goes out as it is.
"""

from typing import Any, TextIO

_CONTROL = (*range(9), *range(0x0B, 0x20))
"""But for tab and line feed."""
_OBEYED = {
    **{code: 0x2400 + code for code in _CONTROL},  # as its picture: ␛
    0x7F: 0x2421,
    **dict.fromkeys(range(0x80, 0xA0), 0xFFFD),
    **dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)), 0xFFFD),  # of direction
}


class Terminal:
    """`stream`, a terminal, with a sign in the place of each character that it would obey."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write `text`; how many characters it has."""
        return self._stream.write(text.translate(_OBEYED))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
