"""The list of the documents that users added: one small file, replaced whole, which is the commit point.

What it does not name is not there, whatever else lies in the directory.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from index.errors import AddedDocumentsDamaged
from index.storage.atomic_files import replace_file

CATALOG = "catalog.json"
_FORMAT = 1

Catalog = Mapping[str, str]
"""From `id@version` to a stamp, which tells one adding of that version from another."""


def read_catalog(directory: Path) -> Catalog:
    """The catalog in `directory`, empty where nothing was added yet. Raises AddedDocumentsDamaged.

    A directory that holds documents and no catalog has lost it: nothing may be swept away then.
    """
    try:
        entries = json.loads((directory / CATALOG).read_bytes())["documents"]
        return dict(sorted((str(key), str(stamp)) for key, stamp in entries.items()))
    except (FileNotFoundError, NotADirectoryError):
        if not (directory.is_dir() and any(path.is_dir() for path in directory.iterdir())):
            return {}
        cause: Exception | None = None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        cause = error
    raise AddedDocumentsDamaged(
        "已添加文件的清单 catalog.json 不见了或读不出来，请运行 policy-qa index verify 修复。"
    ) from cause


def write_catalog(directory: Path, catalog: Catalog) -> None:
    """Make `catalog` the one in `directory`, in one step."""
    described = {"format": _FORMAT, "documents": dict(sorted(catalog.items()))}
    directory.mkdir(parents=True, exist_ok=True)
    replace_file(directory / CATALOG, json.dumps(described, indent=1).encode())
