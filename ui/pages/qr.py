"""QR codes as outlines for SVG, so that a page needs no picture and no markup that is not its own."""

from dataclasses import dataclass
from functools import lru_cache

import segno

_KEPT = 512
"""Codes that are kept: making one takes some milliseconds, and answers cite the same few clauses."""
_QUIET = 4
"""Modules of white around the code that readers need (ISO/IEC 18004)."""


@dataclass(frozen=True, slots=True)
class QrCode:
    """A square of `size` by `size` modules, the white edge among them; `path` is what of it is black."""

    address: str
    size: int
    path: str


@lru_cache(maxsize=_KEPT)
def qr_code(address: str) -> QrCode:
    """The code of an address, with the redundancy (level M) that a printed one wants."""
    code = segno.make_qr(address, error="m", boost_error=False)
    runs: list[str] = []
    for y, row in enumerate(code.matrix, start=_QUIET):
        x = 0
        while x < len(row):
            start = x
            while x < len(row) and row[x] == row[start]:
                x += 1
            if row[start]:
                runs.append(f"M{start + _QUIET} {y}h{x - start}v1h-{x - start}z")
    return QrCode(address, len(code.matrix) + 2 * _QUIET, "".join(runs))
