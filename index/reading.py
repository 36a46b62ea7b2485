"""A file's bytes to a described document: the reader of its format, then its description."""

from collections.abc import Mapping

from index.describe import DESCRIBE_VERSION, describe
from index.formats import FORMATS_VERSION, extract
from index.schema import Document

READING: Mapping[str, int] = {"formats": FORMATS_VERSION, "describe": DESCRIBE_VERSION}
"""What a kept text and description were made by; another one means that they are made anew."""


def read_document(data: bytes, name: str, sidecar: Mapping[str, object]) -> Document:
    """The document in a file of that name. Raises DocumentError and its kinds."""
    return describe(extract(data, name), data, name, sidecar)
