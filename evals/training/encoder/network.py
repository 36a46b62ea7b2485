"""The encoder as a network: the mean of a text's states, at unit length (multilingual-e5-small)."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from evals.training.reader.network import Layer, Shape

QUESTION, PASSAGE = "query: ", "passage: "
"""What stands before a text, by what it is."""


class Encoder(nn.Module):
    """Texts to vectors. Only the layers from `learned` on are learned further."""

    def __init__(self, shape: Shape, learned: int = 0) -> None:
        super().__init__()
        self.shape, self.learned = shape, learned
        self.pieces = nn.Embedding(shape.pieces, shape.hidden)
        self.places = nn.Embedding(shape.positions, shape.hidden)
        self.kinds = nn.Embedding(1, shape.hidden)
        self.norm = nn.LayerNorm(shape.hidden, eps=1e-12)
        self.layers = nn.ModuleList(Layer(shape, 0.0) for _ in range(shape.layers))

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Unit vectors, one a text; `mask` is true where a token stands."""
        return self.from_words(self.pieces(ids), mask)

    def from_words(self, words: Tensor, mask: Tensor) -> Tensor:
        """The same from the vectors of pieces, batch x length x hidden."""
        with torch.set_grad_enabled(self.learned == 0 and torch.is_grad_enabled()):
            x = words + self.places(torch.arange(words.shape[1]))[None] + self.kinds.weight[0]
            x = self.norm(x)
        for number, layer in enumerate(self.layers):
            with torch.set_grad_enabled(number >= self.learned and torch.is_grad_enabled()):
                x = layer(x, mask)
        weights = mask.to(x.dtype)[..., None]
        return functional.normalize(((x * weights).sum(1) / weights.sum(1)).float(), dim=-1)
