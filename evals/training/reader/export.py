"""A checkpoint as the files that are served: `reader.onnx` (int8) and `reader.json`; it reads pieces by the
table that the encoder has (`evals.training.words`).

The exported network reads one pair without padding, so that a pair's score depends on nothing else.
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path

import torch
from torch import Tensor, nn

from evals.training.quantise import write_int8
from evals.training.reader.network import Reader
from evals.training.reader.score import load
from index.encoder.trained import card_of
from index.encoder.words import Words


class OnePair(nn.Module):
    """The reader over one pair: `words`, the vectors of its pieces, and their `kinds` give `judged` (answers,
    denies) and `spans` (length x 2)."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.reader = reader

    def forward(self, words: Tensor, kinds: Tensor) -> tuple[Tensor, Tensor]:
        """Scores of the pair."""
        judged, spans = self.reader.from_words(words[None], kinds[None])
        return judged[0], spans[0]


def export(checkpoint: Path, folder: Path) -> None:
    """Write the served files into `folder`."""
    reader, _ = load(checkpoint)
    folder.mkdir(parents=True, exist_ok=True)
    example = {
        "words": torch.randn(40, reader.shape.hidden),
        "kinds": torch.tensor([0] * 16 + [2] * 8 + [4] * 16),
    }
    write_int8(OnePair(reader), example, ("judged", "spans"), folder / "reader.onnx")
    digest = hashlib.sha256((folder / "reader.onnx").read_bytes()).hexdigest()
    card = card_of(
        f"reader-{digest[:8]}", folder, ("reader.onnx",), words=Words().identifier, layers=reader.shape.layers
    )
    (folder / "reader.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Export a checkpoint, and say how large it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    export(options.checkpoint, options.out)
    sys.stdout.write(f"{(options.out / 'reader.onnx').stat().st_size / 1e6:.1f} MB\n")


if __name__ == "__main__":
    main()
