"""A file's bytes to a described document: the reader of its format, then its description."""

import re
from collections.abc import Mapping

from index.errors import DamagedDocument
from index.readers.formats import FORMATS_VERSION, extract
from index.readers.metadata import DESCRIBE_VERSION, describe
from index.schema import Document
from index.structure.outline import OUTLINE_VERSION
from index.text.folding import shown

READER_VERSIONS: Mapping[str, int] = {
    "formats": FORMATS_VERSION,
    "describe": DESCRIBE_VERSION,
    "outline": OUTLINE_VERSION,
}
"""What a kept text, outline and description were made by; another one means that they are made anew."""


_MAX_SENTENCE = 5000
"""Characters without any end of a sentence or a line that still pass for text."""
_STRETCH = re.compile(rf"[^。！？!?\n]{{{_MAX_SENTENCE}}}")


def read_document(data: bytes, name: str, sidecar: Mapping[str, object]) -> Document:
    """The document in a file of that name. Raises DocumentError and its kinds."""
    extracted = extract(data, name)
    if _STRETCH.search(shown(extracted.text, extracted.markup)):
        raise DamagedDocument(
            f"文件“{name}”里有一段超过 {_MAX_SENTENCE} 个字没有句号也没有换行，不像正常的文章，"
            "请检查内容，分好段落后再添加。"
        )
    return describe(extracted, data, name, sidecar)
