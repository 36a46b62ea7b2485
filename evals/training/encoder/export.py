"""A trained encoder as the files that are served: `encoder.onnx` (int8) and `encoder.json`.

The exported network takes one text without padding, so that a vector depends on nothing else.
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path

import torch
from torch import Tensor, nn

from evals.training.encoder.network import Encoder
from evals.training.quantise import write_int8
from evals.training.reader.network import shape_of
from evals.training.reader.weights import bundled, make_tokenizer, read_weights, shrunk


class OneText(nn.Module):
    """The encoder over one text: `ids` give `vector`."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, ids: Tensor) -> Tensor:
        """The unit vector of the text."""
        return self.encoder(ids[None], torch.ones_like(ids, dtype=torch.bool)[None])[0]


def export(checkpoint: Path, pieces: Path, folder: Path) -> None:
    """Write the served files into `folder`."""
    weights = read_weights(bundled())
    kept = json.loads(pieces.read_text(encoding="utf-8"))
    held = torch.load(checkpoint, weights_only=False)
    encoder = Encoder(shape_of(weights, shrunk(weights, kept), held["layers"]))
    encoder.load_state_dict(held["encoder"])
    folder.mkdir(parents=True, exist_ok=True)
    write_int8(OneText(encoder), {"ids": torch.arange(4, 44)}, ("vector",), folder / "encoder.onnx")
    make_tokenizer(weights, kept).save(str(folder / "tokenizer.json"))
    whole = hashlib.sha256((folder / "encoder.onnx").read_bytes()).hexdigest()
    card = {"format": 1, "dimension": encoder.shape.hidden, "sha256": whole}
    (folder / "encoder.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


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
