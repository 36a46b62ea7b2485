"""The shipped corpus: documents that TOML files describe, read like any other file.

A description names its text by `file`; whatever else it says (id, version, title, dates, period) counts
before what the text says of itself.
"""

from pathlib import Path

from index.errors import DocumentError, InvalidMetadata
from index.readers.document import read_document
from index.readers.file_checks import read_source
from index.readers.find_files import read_description
from index.schema import Document, version_order
from index.settings import CORPUS


def load_document(description: Path) -> Document:
    """The document that a TOML file describes; its text stands beside it, named by `file`.

    Raises DocumentError and its kinds.
    """
    fields = dict(read_description(description))
    name = fields.pop("file", None)
    if not isinstance(name, str) or not name:
        raise InvalidMetadata(f"说明文件“{description.name}”缺少 file，请补上。")
    source = description.parent / name
    if not source.is_file():
        raise DocumentError(f"找不到文件“{source.name}”，请把它放到说明文件旁边。")
    return read_document(read_source(source), source.name, fields)


def load_corpus(directory: Path = CORPUS) -> tuple[Document, ...]:
    """Every document that a TOML file in `directory` describes, ordered by id and version.

    Raises DocumentError and its kinds.
    """
    documents = [load_document(path) for path in sorted(directory.glob("*.toml"))]
    if not documents:
        raise DocumentError("文件目录里没有任何说明文件（*.toml），请放入文件后再建索引。")
    seen: set[tuple[str, str]] = set()
    for document in documents:
        if (document.id, document.version) in seen:
            raise InvalidMetadata(
                f"文件“{document.id}”的版本“{document.version}”出现了两次，请改正说明文件。"
            )
        seen.add((document.id, document.version))
    return tuple(sorted(documents, key=lambda document: (document.id, version_order(document.version))))
