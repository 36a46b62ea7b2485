"""A trained encoder as the files that are served: `encoder.onnx` (int8) and `encoder.json`, beside the table
of pieces (`evals.training.words`).

The exported network takes one text without padding, so that a vector depends on nothing else.
"""

import argparse
import json
import sys
from pathlib import Path

import torch
from torch import Tensor, nn

from evals.training.encoder.network import Encoder
from evals.training.quantise import write_int8
from evals.training.reader.network import shape_of
from evals.training.reader.weights import starting_point
from index.encoder.trained import card_of
from index.encoder.words import Words


class OneText(nn.Module):
    """The encoder over one text: `words`, the vectors of its pieces, give `vector`."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, words: Tensor) -> Tensor:
        """The unit vector of the text."""
        mask = torch.ones(1, words.shape[0], dtype=torch.bool)
        return self.encoder.from_words(words[None], mask)[0]


def export(checkpoint: Path, folder: Path, identifier: str) -> None:
    """Write the served files into `folder`, which holds the table of pieces."""
    weights, tensors, _ = starting_point()
    held = torch.load(checkpoint, weights_only=False)
    encoder = Encoder(shape_of(weights, tensors, held["layers"]))
    encoder.load_state_dict(held["encoder"])
    example = {"words": torch.randn(40, encoder.shape.hidden)}
    write_int8(OneText(encoder), example, ("vector",), folder / "encoder.onnx")
    card = card_of(
        identifier, folder, ("encoder.onnx",),
        words=Words(folder).identifier, layers=encoder.shape.layers, dimension=encoder.shape.hidden,
    )  # fmt: skip
    (folder / "encoder.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Export a checkpoint, and say how large it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--id", required=True, help="the name that index.encoder.embedder knows it by")
    options = parser.parse_args()
    export(options.checkpoint, options.out, options.id)
    sys.stdout.write(f"{(options.out / 'encoder.onnx').stat().st_size / 1e6:.1f} MB\n")


if __name__ == "__main__":
    main()
