"""Files that were handed in and looked at, and wait for the word that they count.

They lie in a folder that all workers of this machine see, under names that nobody can guess, for an hour.
"""

import json
import os
import re
import secrets
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from index.build.place import Place

DRAFT_SECONDS = 3600
MOST = 20
"""Drafts that are kept; for another one the oldest goes."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")  # 128 random bits
_BROKEN = (ValueError, KeyError, TypeError, AttributeError)
"""What a description raises that is not one as `Drafts.change` writes it."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One file that waits."""

    name: str
    """Of the file, as it came."""
    key_id: str
    """Whose it is."""
    said: Mapping[str, str]
    """What was said of it, field by field as a form holds it."""
    place: Place
    key: str
    """The `id@version` that it would become."""
    there: str | None
    """That of the document that was read from the same bytes."""
    edition: str | None
    """Of the document that it would replace, as that was when this was looked at (`edition_of`)."""
    report: Mapping[str, Any]
    """What it was read as, see `index.readers.report`."""


class Drafts:
    """The drafts below one state directory. Calls raise OSError where the disk is full or not ours."""

    def __init__(self, state_dir: Path, clock: Callable[[], float]) -> None:
        self._folder = state_dir / "incoming" / "drafts"
        self._clock = clock

    def keep(self, file: IO[bytes], draft: Draft) -> str:
        """Keep a file from its position on; its token."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.sweep(MOST - 1)
        token = secrets.token_urlsafe(16)
        with os.fdopen(self._made(token, "file"), "wb") as kept:
            shutil.copyfileobj(file, kept)
        self.change(token, draft)
        return token

    def change(self, token: str, draft: Draft) -> None:
        """Say something else of a file that is kept."""
        new = self._path(token, "new")
        new.unlink(missing_ok=True)
        with os.fdopen(self._made(token, "new"), "w", encoding="utf-8") as described:
            json.dump({"made_at": self._clock(), **asdict(draft)}, described, ensure_ascii=False)
        new.replace(self._path(token, "json"))

    def get(self, token: str, key_id: str) -> Draft | None:
        """A draft of the maintainer's that is still kept; one whose description is broken is not."""
        if not _TOKEN.fullmatch(token):
            return None
        try:
            described = json.loads(self._path(token, "json").read_bytes())
            made_at = float(described.pop("made_at"))
            found = Draft(**{**described, "place": Place(described["place"])})
        except (FileNotFoundError, *_BROKEN):
            return None
        return None if found.key_id != key_id or made_at + DRAFT_SECONDS <= self._clock() else found

    def file(self, token: str) -> IO[bytes]:
        """The file of a draft that `get` gave. Raises FileNotFoundError where it has just gone."""
        return self._path(token, "file").open("rb")

    def drop(self, token: str) -> None:
        """Let go of a draft."""
        for ending in ("json", "file", "new"):
            self._path(token, ending).unlink(missing_ok=True)

    def sweep(self, most: int = MOST) -> None:
        """Let go of those that are over, and of the oldest above `most`."""
        made: dict[str, float] = {}
        for path in self._folder.glob("*.*"):
            with suppress(FileNotFoundError):  # another process sweeps too
                made[path.stem] = max(path.stat().st_mtime, made.get(path.stem, 0.0))
        newest = sorted(made, key=lambda token: made[token], reverse=True)
        for at, token in enumerate(newest):
            if at >= most or self._is_over(token, made[token]):
                self.drop(token)

    def _is_over(self, token: str, touched: float) -> bool:
        try:
            begun = float(json.loads(self._path(token, "json").read_bytes())["made_at"])
        except (FileNotFoundError, *_BROKEN):
            begun = touched  # being made, or whoever made it has died, or the power was cut
        return begun + DRAFT_SECONDS <= self._clock()

    def _path(self, token: str, ending: str) -> Path:
        return self._folder / f"{token}.{ending}"

    def _made(self, token: str, ending: str) -> int:
        """A new file, open, for this account alone."""
        return os.open(self._path(token, ending), os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
