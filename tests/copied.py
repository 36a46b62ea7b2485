"""A state of a test's own with an index that is there already: a copy takes no time, building it seconds."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.settings import Settings


def copied_state(settings: "Settings", folder: Path) -> "Settings":
    """Settings over `folder`, with the index of `settings` and their cache of vectors."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(settings.state_dir / "index", folder / "index")
    (folder / "cache").symlink_to(settings.state_dir / "cache")
    return settings.model_copy(update={"state_dir": folder})
