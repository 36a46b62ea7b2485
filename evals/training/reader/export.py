"""A checkpoint as the files that are served: `reader.onnx` (int8), `tokenizer.json`, `reader.json`.

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


class OnePair(nn.Module):
    """The reader over one pair: `ids` and `kinds` of one length give `judged` (answers, denies) and `spans`
    (length x 2)."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.reader = reader

    def forward(self, ids: Tensor, kinds: Tensor) -> tuple[Tensor, Tensor]:
        """Scores of the pair."""
        judged, spans = self.reader(ids[None], kinds[None])
        return judged[0], spans[0]


def export(checkpoint: Path, pieces: Path, folder: Path) -> None:
    """Write the served files into `folder`."""
    reader, encoder = load(checkpoint, pieces)
    folder.mkdir(parents=True, exist_ok=True)
    example = {"ids": torch.arange(4, 44), "kinds": torch.tensor([0] * 16 + [2] * 8 + [4] * 16)}
    write_int8(OnePair(reader), example, ("judged", "spans"), folder / "reader.onnx")
    encoder.tokenizer.save(str(folder / "tokenizer.json"))
    whole = hashlib.sha256((folder / "reader.onnx").read_bytes()).hexdigest()
    card = {"format": 1, "layers": reader.shape.layers, "sha256": whole}
    (folder / "reader.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Export a checkpoint, and say how large it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--pieces", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    export(options.checkpoint, options.pieces, options.out)
    size = sum(path.stat().st_size for path in options.out.iterdir())
    sys.stdout.write(f"{size / 1e6:.1f} MB\n")


if __name__ == "__main__":
    main()
