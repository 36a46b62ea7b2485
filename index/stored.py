"""The documents of the index in use, without its searcher: for commands that search nothing."""

from index.errors import IndexDamaged
from index.manifest import read_manifest
from index.opened import place_of, read_stored
from index.schema import Document
from index.settings import IndexSettings
from index.versions import hold_chosen


def read_documents(settings: IndexSettings) -> tuple[Document, ...]:
    """Every version of every document, ordered as in the index; neither model nor database is opened.

    Raises IndexMissing or IndexDamaged.
    """
    held = hold_chosen(place_of(settings))
    try:
        manifest = read_manifest(held.path)
        return tuple(read_stored(held.path, key) for key in manifest.documents)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexDamaged("索引里的文件读不出来，请运行 policy-qa index build 重建。") from error
    finally:
        held.close()
