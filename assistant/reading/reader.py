"""The trained reader: reads a question with each of some passages.

Each pair runs alone and unpadded, in one thread, so that its scores depend on nothing but itself: the same
pair gives the same bytes on one machine, whatever is read beside it.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.errors import ReaderUnusable
from assistant.reading.pairs import Pair, PairEncoder
from assistant.reading.passage_text import context_of
from index.schema import Passage, Span

DATA = Path(__file__).resolve().parent / "data"
FORMAT = 1
_LONGEST_SPAN = 40
"""Tokens of the deciding words, at most."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader says of one passage for one question."""

    passage: Passage
    answers: float
    """Log-odds against none of the passages; above 0 it answers more likely than nothing does."""
    denies: float
    """Log-odds that the passage excludes what is taken for granted."""
    span: Span
    """The deciding words, as offsets in the stored text; within the passage."""


class Reader:
    """One loaded model. Thread-safe."""

    def __init__(self, folder: Path = DATA) -> None:
        """Raises ReaderUnusable where a file is missing, damaged or of another version."""
        import onnxruntime
        from tokenizers import Tokenizer

        model = _checked(folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
            self._encoder = PairEncoder(Tokenizer.from_file(str(folder / "tokenizer.json")))
        except Exception as error:  # onnxruntime and tokenizers raise their own, without a common base
            raise ReaderUnusable("阅读模型的文件打不开，请重新安装本程序。") from error

    def read(self, question: str, passages: Sequence[Passage]) -> tuple[Reading, ...]:
        """One reading a passage, in their order."""
        return tuple(self._read(question, passage) for passage in passages)

    def _read(self, question: str, passage: Passage) -> Reading:
        pair = self._encoder.pair(question, context_of(passage), passage.text)
        judged, spans = self._run(pair)
        start, end = deciding(spans, pair)
        return Reading(
            passage, float(judged[0]), float(judged[1]), (passage.start + start, passage.start + end)
        )

    def _run(self, pair: Pair) -> Any:
        ids, kinds = (np.asarray(numbers, dtype=np.int64) for numbers in (pair.ids, pair.kinds))
        return self._session.run(("judged", "spans"), {"ids": ids, "kinds": kinds})


def deciding(spans: NDArray[np.float32], pair: Pair) -> Span:
    """Offsets in the passage's text of the most likely deciding words."""
    begin, end = spans[:, 0], spans[:, 1]
    count = len(begin)
    allowed = np.tri(count, k=_LONGEST_SPAN - 1, dtype=bool) & np.tri(count, dtype=bool).T
    table = np.where(allowed, begin[:, None] + end[None, :], -np.inf)
    first, last = divmod(int(table.argmax()), count)
    return pair.places[first][0], pair.places[last][1]


@lru_cache(maxsize=1)
def reader() -> Reader:
    """The reader that is shipped."""
    return Reader()


def _checked(folder: Path) -> bytes:
    """The model's bytes, if they are what the card says."""
    try:
        card = json.loads((folder / "reader.json").read_text(encoding="utf-8"))
        model = (folder / "reader.onnx").read_bytes()
    except (OSError, ValueError) as error:
        raise ReaderUnusable("阅读模型的文件缺失，请重新安装本程序。") from error
    if card.get("format") != FORMAT:
        raise ReaderUnusable("阅读模型的文件属于另一个版本，请重新安装本程序。")
    if hashlib.sha256(model).hexdigest() != card.get("sha256"):
        raise ReaderUnusable("阅读模型的文件已损坏，请重新安装本程序。")
    return model
