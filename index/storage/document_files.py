"""Documents as files: the fields as JSON beside the stored text, for the index and the collection."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from index.schema import Authority, Cell, Clause, Document, DocumentWarning, Table, WarningKind

_DAYS = ("passed", "published", "effective", "repealed")
_ORDERED = tuple(field.name for field in fields(Document) if field.name != "text")
_NAMES = frozenset(_ORDERED)
_SHAPES = ("tables", "warnings", "clauses")


def key_of(document: Document) -> str:
    """`id@version`: what stands for one version of one document."""
    return f"{document.id}@{document.version}"


def edition_of(*documents: Document) -> str:
    """The same for documents that are the same in every field, in any order; their texts by the files that
    they were read from."""
    return hashlib.sha256(b"\n".join(sorted(map(dump_fields, documents)))).hexdigest()[:20]


def flat(shape: Any) -> dict[str, Any]:
    """The fields of a dataclass that holds no other one, by name."""
    return {field.name: getattr(shape, field.name) for field in fields(shape)}


def encode_text(text: str) -> bytes:
    """The stored text as bytes; lone surrogates, which a broken file may hold, survive."""
    return text.encode("utf-8", "surrogatepass")


def decode_text(data: bytes) -> str:
    """What `encode_text` wrote. Raises UnicodeDecodeError."""
    return data.decode("utf-8", "surrogatepass")


def dump_fields(document: Document, **more: object) -> bytes:
    """All fields of `document` but its text, and whatever else is to be kept with them, as JSON."""
    described = {name: getattr(document, name) for name in _ORDERED}
    for name in _SHAPES:
        described[name] = list(map(flat, described[name]))  # asdict would copy every one, deeply
    return json.dumps({**described, **more}, default=str).encode()  # ASCII: lone surrogates survive


def load_fields(data: bytes, revive: Callable[[dict[str, Any]], Any] | None = None) -> dict[str, Any]:
    """The JSON object that `dump_fields` wrote; `revive` sees each object in it. Raises ValueError."""
    described = json.loads(data, object_hook=revive)
    if not isinstance(described, dict):
        raise ValueError("a document's description is no object")
    return described


def make_document(described: Mapping[str, Any], text: str) -> Document:
    """The document of `text` and of what `load_fields` gave. Raises ValueError, KeyError, TypeError."""
    values = {name: value for name, value in described.items() if name in _NAMES}
    for name in _DAYS:
        values[name] = date.fromisoformat(values[name]) if values.get(name) else None
    values["authority"] = Authority(values["authority"]) if values.get("authority") else None
    values["markup"] = tuple((int(start), int(end)) for start, end in values.get("markup", ()))
    values["pages"] = tuple(int(offset) for offset in values.get("pages", ()))
    values["tables"] = tuple(map(_table, values.get("tables", ())))
    values["warnings"] = tuple(map(_warning, values.get("warnings", ())))
    values["clauses"] = tuple(map(_clause, values.get("clauses", ())))
    return Document(text=text, **values)


def _clause(values: Mapping[str, Any]) -> Clause:
    own = tuple((int(start), int(end)) for start, end in values["own"])
    return Clause(**{**values, "path": tuple(values["path"]), "own": own})


def _table(values: Mapping[str, Any]) -> Table:
    rows = tuple(tuple(Cell(*cell) for cell in row) for row in values["rows"])
    return Table(values["start"], values["end"], values["headers"], rows)


def _warning(values: Mapping[str, Any]) -> DocumentWarning:
    return DocumentWarning(**{**values, "kind": WarningKind(values["kind"])})
