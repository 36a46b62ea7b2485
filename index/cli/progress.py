"""Progress on the terminal."""

import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from tqdm import tqdm


class Bar:
    """A progress bar that appears with the first progress, so that a build with nothing to do shows none."""

    def __init__(self, title: str, unit: str = "条") -> None:
        self._title = title
        self._unit = unit
        self._bar: tqdm[NoReturn] | None = None

    def __enter__(self) -> "Bar":
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def show(self, done: int, total: int) -> None:
        """Move the bar to `done` of `total`."""
        if self._bar is None:
            from tqdm import tqdm

            self._bar = tqdm(desc=self._title, total=total, unit=self._unit, file=sys.stderr)
        self._bar.update(done - int(self._bar.n))
        if done >= total:
            self._bar.close()  # nothing may be written beside what comes next
