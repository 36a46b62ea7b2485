"""The documents that an index version holds, read without its searcher: for commands that search nothing."""

from pathlib import Path

from index.errors import IndexDamaged
from index.schema import Document, edition_order
from index.settings import IndexSettings
from index.storage.document_files import decode_text, key_of, load_fields, make_document
from index.storage.manifest import ORIGINALS, read_manifest
from index.storage.versions import IndexLocation, hold_chosen


def read_documents(settings: IndexSettings) -> tuple[Document, ...]:
    """Every version of every document, ordered as in the index; neither model nor database is opened.

    Raises IndexMissing or IndexDamaged.
    """
    held = hold_chosen(index_location(settings))
    try:
        editions = sorted(read_manifest(held.path).editions, key=edition_order)
        return tuple(read_version_document(held.path, key) for key in editions)
    finally:
        held.close()


def index_location(settings: IndexSettings) -> IndexLocation:
    """Where the index of `settings` lives."""
    return IndexLocation(settings.directory, settings.collection)


def original_name(document: Document) -> str:
    """Where a version keeps a document's original: its key, with the ending of its name."""
    return f"{ORIGINALS}/{key_of(document)}{Path(document.source_name).suffix.lower()[:20]}"


def document_file_name(key: str, ending: str) -> str:
    """Where a version keeps a document's text (`txt`) and description (`json`)."""
    return f"documents/{key}.{ending}"


def read_version_document(version: Path, key: str) -> Document:
    """A document as a version holds it. Raises IndexDamaged."""
    try:
        fields = load_fields((version / document_file_name(key, "json")).read_bytes())
        return make_document(fields, decode_text((version / document_file_name(key, "txt")).read_bytes()))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexDamaged("索引里的文件读不出来，请运行 policy-qa index build 重建。") from error
