"""Arrays in one file that is mapped into memory: opening costs nothing, what is not looked at is not read.

    8 bytes    mark of the format
    8 bytes    length of the header, little-endian
    header     JSON: name -> [dtype, shape, offset of its first byte in the file]
    arrays     each at a multiple of 64 bytes

The same arrays give the same bytes. A mapped file may be renamed or removed; what is open goes on.
"""

import json
import mmap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[Any]]

_MARK = b"PQARRAY1"
_STEP = 64


def write_arrays(path: Path, arrays: Arrays) -> None:
    """Write `arrays` to `path`. Raises OSError."""
    own = {name: np.ascontiguousarray(array) for name, array in sorted(arrays.items())}
    described: dict[str, list[object]] = {}
    for name, array in own.items():
        described[name] = [array.dtype.str, list(array.shape), 0]
    head = len(_MARK) + 8
    room = _aligned(head + len(json.dumps(described)) + 20 * len(own))
    at = room
    for name, array in own.items():
        described[name][2] = at
        at = _aligned(at + array.nbytes)
    header = json.dumps(described).encode().ljust(room - head)
    with path.open("wb") as file:
        file.write(_MARK + len(header).to_bytes(8, "little") + header)
        for name, array in own.items():
            file.seek(int(str(described[name][2])))
            file.write(array.reshape(-1).view(np.uint8).data)
        file.truncate(at)


def read_arrays(path: Path) -> Arrays:
    """The arrays of a file, mapped and not to be written into. Raises OSError, or ValueError where it is
    no such file, or shorter than its header says."""
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    head = len(_MARK) + 8
    if mapped[: len(_MARK)] != _MARK:
        raise ValueError("no file of arrays")
    length = int.from_bytes(mapped[len(_MARK) : head], "little")
    described = json.loads(mapped[head : head + length])
    return {
        name: np.frombuffer(mapped, dtype, count=int(np.prod(shape)), offset=offset).reshape(shape)
        for name, (dtype, shape, offset) in described.items()
    }


def _aligned(offset: int) -> int:
    return -(-offset // _STEP) * _STEP
