"""A file's bytes to a described document: the reader of its format, then its description."""

import hashlib
from collections.abc import Mapping

from index.schema import Document

READING: Mapping[str, int] = {"formats": 1, "describe": 1}


def read_document(data: bytes, name: str, sidecar: Mapping[str, object]) -> Document:
    from index.load import decode

    text = decode(data, name)
    if not text.strip():
        from index.errors import EmptyDocument
        raise EmptyDocument("文件里没有文字。")
    title = text.split("\n", 1)[0].strip("# ")
    h = hashlib.sha256(title.encode()).hexdigest()[:8]
    import re
    m = re.search(r"\((\d{4}-\d\d-\d\d)\)", name)
    from datetime import date
    return Document(
        id=str(sidecar.get("id", f"doc-{h}")),
        version=str(sidecar.get("version", m[1] if m else "2000-01-01")),
        title=title,
        text=text,
        sha256=hashlib.sha256(data).hexdigest(),
        source_name=name, published=date.fromisoformat(m[1]) if m else None,
    )
