from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from index.storage.array_file import read_arrays, write_arrays

ARRAYS: dict[str, NDArray[Any]] = {
    "words": np.frombuffer("借书证".encode(), dtype=np.uint8),
    "vectors": np.arange(12, dtype=np.float32).reshape(3, 4),
    "none": np.zeros((0, 0), dtype=np.float32),
    "terms": np.asarray([1, 2**64 - 1], dtype=np.uint64),
}


def test_arrays_come_back_and_cannot_be_written_into(tmp_path: Path) -> None:
    write_arrays(tmp_path / "file", ARRAYS)
    found = read_arrays(tmp_path / "file")
    assert found.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        assert found[name].dtype == array.dtype
        assert np.array_equal(found[name], array)
        assert found[name].shape == array.shape
    with pytest.raises(ValueError, match="read-only"):
        found["vectors"][0, 0] = 1


def test_the_same_arrays_give_the_same_bytes(tmp_path: Path) -> None:
    write_arrays(tmp_path / "one", ARRAYS)
    write_arrays(tmp_path / "two", dict(reversed(ARRAYS.items())))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_an_open_file_outlives_its_name(tmp_path: Path) -> None:
    write_arrays(tmp_path / "file", ARRAYS)
    found = read_arrays(tmp_path / "file")
    (tmp_path / "file").unlink()
    assert np.array_equal(found["vectors"], ARRAYS["vectors"])


@pytest.mark.parametrize("content", [b"", b"x", b"PQARRAY1", b"y" * 500])
def test_what_is_no_such_file_is_an_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(ValueError):  # noqa: PT011 mmap, json or numpy says what
        read_arrays(tmp_path / "file")


def test_a_file_that_was_cut_off_is_an_error(tmp_path: Path) -> None:
    write_arrays(tmp_path / "file", ARRAYS)
    data = (tmp_path / "file").read_bytes()
    (tmp_path / "file").write_bytes(data[: len(data) // 2])
    with pytest.raises(ValueError):  # noqa: PT011 numpy says what
        read_arrays(tmp_path / "file")
