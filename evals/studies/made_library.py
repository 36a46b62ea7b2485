"""A library of made notices: as many passages as wanted, each notice about sixty, with made vectors.

The texts are drawn from the terms that the index knows, so that their words are as common and as rare as
words are. Vectors are random directions, put into the cache where the encoder's would be: what a search costs
does not depend on where they point.
"""

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np

from index.encoder.embedder import BundledEmbeddings
from index.readers.document import read_document
from index.storage.vector_cache import PASSAGE, content_key
from index.structure.passages import make_passages, search_text
from index.text.tokens import DATA

PASSAGES = 61
"""Of one notice: its title, ten headings and fifty sentences."""
_DIMENSIONS = 384
_NUMERALS = "一二三四五六七八九十"


def made_notice(number: int) -> str:
    """The text of one notice; the same number gives the same text."""
    chance = random.Random(number)  # noqa: S311 seeded, so that it comes again
    terms = (DATA / "terms.txt").read_text(encoding="utf-8").split()

    def some(least: int, most: int) -> str:
        return "".join(chance.choice(terms) for _ in range(chance.randint(least, most)))

    lines = [f"{some(2, 2)}第{number}号通知"]
    for numeral in _NUMERALS:
        lines.append(f"{numeral}、{some(2, 2)}")
        lines += [f"{item}.{some(4, 10)}。" for item in range(1, 6)]
    return "\n".join(lines) + "\n"


def write_library(folder: Path, cache: Path, passages: int) -> int:
    """Write notices with at least `passages` passages into `folder` and their vectors into `cache`, as the
    index keeps it; how many notices."""
    folder.mkdir(parents=True, exist_ok=True)
    cache.parent.mkdir(parents=True, exist_ok=True)
    chance = np.random.default_rng(20261130)
    count = -(-passages // PASSAGES)
    with closing(sqlite3.connect(cache)) as connection, connection:
        connection.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, value BLOB)")
        for number in range(count):
            name, text = f"第{number}号(2024-01-01).txt", made_notice(number)
            (folder / name).write_text(text, encoding="utf-8")
            document = read_document(text.encode(), name, {"id": "made", "version": "1"})
            texts = [search_text(passage) for passage in make_passages(document)]
            rows = chance.standard_normal((len(texts), _DIMENSIONS)).astype(np.float32)
            rows /= np.linalg.norm(rows, axis=1, keepdims=True)
            connection.executemany(
                "INSERT OR REPLACE INTO vectors VALUES (?, ?)",
                [
                    (content_key(BundledEmbeddings.model_id, PASSAGE, each), row.astype(np.float16).tobytes())
                    for each, row in zip(texts, rows, strict=True)
                ],
            )
    return count
