"""The reader as a network: a BERT encoder over question and passage in one sequence, with three heads.

`<s> question </s></s> around, passage </s>`; besides its piece and place, each token knows which side it
stands on and whether the other side has the same piece.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from evals.training.reader.weights import E5Weights

SIDES = 4
"""Question, what stands around the passage, passage, a prepared question."""
KINDS = 2 * SIDES
"""Each side without and with the same piece on the other side."""
_NEVER = -1e4


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of the network."""

    hidden: int
    layers: int
    heads: int
    inner: int
    pieces: int
    positions: int


class Layer(nn.Module):
    """Attention and two projections, each added and normalised (as in BERT)."""

    def __init__(self, shape: Shape, dropout: float) -> None:
        super().__init__()
        self.heads = shape.heads
        self.qkv = nn.Linear(shape.hidden, 3 * shape.hidden)
        self.out = nn.Linear(shape.hidden, shape.hidden)
        self.norm1 = nn.LayerNorm(shape.hidden, eps=1e-12)
        self.up = nn.Linear(shape.hidden, shape.inner)
        self.down = nn.Linear(shape.inner, shape.hidden)
        self.norm2 = nn.LayerNorm(shape.hidden, eps=1e-12)
        self.drop = nn.Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """States after the layer; `x` is batch x length x hidden, `mask` true where a token stands. Written
        out, attention learns in half the time that torch's own takes in half precision on processors."""
        batch, length, hidden = x.shape
        q, k, v = self.qkv(x).view(batch, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        scores = (q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2)
        scores = scores.masked_fill(~mask[:, None, None, :], _NEVER)
        attended = scores.softmax(-1).to(v.dtype) @ v
        x = self.norm1(x + self.out(attended.transpose(1, 2).reshape(batch, length, hidden)))
        return self.norm2(x + self.drop(self.down(functional.gelu(self.up(x)))))


class Reader(nn.Module):
    """Scores of a pair: that the passage answers, that it denies, and where the deciding words begin and
    end."""

    def __init__(self, shape: Shape, dropout: float = 0.1) -> None:
        super().__init__()
        self.shape = shape
        self.pieces = nn.Embedding(shape.pieces, shape.hidden)
        self.places = nn.Embedding(shape.positions, shape.hidden)
        self.kinds = nn.Embedding(KINDS, shape.hidden)
        self.norm = nn.LayerNorm(shape.hidden, eps=1e-12)
        self.layers = nn.ModuleList(Layer(shape, dropout) for _ in range(shape.layers))
        self.drop = nn.Dropout(dropout)
        self.pool = nn.Linear(3 * shape.hidden, shape.hidden)
        self.judge = nn.Linear(shape.hidden, 2)
        self.span = nn.Linear(shape.hidden, 2)

    def forward(self, ids: Tensor, kinds: Tensor) -> tuple[Tensor, Tensor]:
        """`ids` and `kinds` are batch x length (kind -1: nothing stands there). Gives batch x 2 (answers,
        denies) and batch x length x 2 (begin, end; very low outside of the passage)."""
        return self.from_words(self.pieces(ids), kinds)

    def from_words(self, words: Tensor, kinds: Tensor) -> tuple[Tensor, Tensor]:
        """The same from the vectors of pieces, batch x length x hidden."""
        mask = kinds >= 0
        places = torch.arange(words.shape[1], device=words.device)
        x = words + self.places(places)[None] + self.kinds(kinds.clamp(min=0))
        x = self.drop(self.norm(x))
        for layer in self.layers:
            x = layer(x, mask)
        side = kinds.div(2, rounding_mode="floor")
        passage, question = side == 2, (side == 0) & mask
        pooled = torch.cat([x[:, 0], _mean(x, question), _mean(x, passage)], dim=-1)
        judged = self.judge(self.drop(torch.tanh(self.pool(pooled))))
        return judged, self.span(x).masked_fill(~passage[..., None], _NEVER)


def _mean(x: Tensor, chosen: Tensor) -> Tensor:
    weights = chosen.to(x.dtype)[..., None]
    return (x * weights).sum(1) / weights.sum(1).clamp(min=1.0)


def from_e5(weights: E5Weights, tensors: dict[str, Any], layers: list[int], dropout: float = 0.1) -> Reader:
    """A reader that begins as these layers of the encoder; its heads begin at random, what a token knows of
    the other side at nothing."""
    reader = Reader(shape_of(weights, tensors, layers), dropout)
    fill(reader, tensors, layers)
    return reader


def shape_of(weights: E5Weights, tensors: dict[str, Any], layers: list[int]) -> Shape:
    """The sizes of a network of these layers."""
    sizes = weights.sizes
    pieces = len(tensors["emb.word"])
    return Shape(sizes["hidden"], len(layers), sizes["heads"], sizes["inner"], pieces, sizes["positions"])


def fill(network: nn.Module, tensors: dict[str, Any], layers: list[int]) -> None:
    """Give `network` (its `pieces`, `places`, `kinds`, `norm`, `layers`) the encoder's weights; those of
    pieces and places are not learned any further."""
    t = {name: torch.from_numpy(array.copy()) for name, array in tensors.items()}
    with torch.no_grad():
        network.pieces.weight.copy_(t["emb.word"])
        network.places.weight.copy_(t["emb.pos"])
        network.kinds.weight.copy_(t["emb.type"][:1].expand_as(network.kinds.weight))
        _norm(network.norm, t, "emb.ln")
        for layer, number in zip(network.layers, layers, strict=True):
            name = f"l{number}"
            for part, suffix in (("weight", "w"), ("bias", "b")):
                getattr(layer.qkv, part).copy_(torch.cat([t[f"{name}.{one}.{suffix}"] for one in "qkv"]))
                getattr(layer.out, part).copy_(t[f"{name}.ao.{suffix}"])
                getattr(layer.up, part).copy_(t[f"{name}.fi.{suffix}"])
                getattr(layer.down, part).copy_(t[f"{name}.fo.{suffix}"])
            _norm(layer.norm1, t, f"{name}.aln")
            _norm(layer.norm2, t, f"{name}.oln")
    for frozen in (network.pieces, network.places):
        frozen.weight.requires_grad_(False)


def _norm(norm: nn.LayerNorm, tensors: dict[str, Tensor], name: str) -> None:
    norm.weight.copy_(tensors[f"{name}.w"])
    norm.bias.copy_(tensors[f"{name}.b"])
