"""States of a test's own with an index that is there already: a copy takes no time, building it seconds."""

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.settings import Settings


def copy_whole(source: Path, target: Path) -> None:
    """Copy the folder `source` as `target`; files that are one file there, as in an index and the collection
    it was made of, are one here."""
    target.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "--archive", "--no-target-directory", source, target], check=True)


def copied_state(settings: "Settings", folder: Path) -> "Settings":
    """Settings over `folder`, with the index of `settings` and their cache of vectors."""
    copy_whole(settings.state_dir / "index", folder / "index")
    (folder / "cache").symlink_to(settings.state_dir / "cache")
    return settings.model_copy(update={"state_dir": folder})
