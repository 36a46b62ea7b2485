"""A checkpoint as the files that are served: `reader.onnx` (int8), `tokenizer.json`, `reader.json`.

The exported network reads one pair without padding, so that a pair's score depends on nothing else. Weights
are rounded to eight bits per row; activations are rounded when it runs, each pair by its own range.
"""

import argparse
import hashlib
import json
import sys
import tempfile
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from evals.training.reader.network import Reader
from evals.training.reader.score import load

_OPSET = 18


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
    ids = torch.arange(4, 44)
    kinds = torch.tensor([0] * 16 + [2] * 8 + [4] * 16)
    with tempfile.TemporaryDirectory() as held:
        plain = Path(held) / "reader.onnx"
        torch.onnx.export(
            OnePair(reader), (ids, kinds), str(plain), input_names=["ids", "kinds"],
            output_names=["judged", "spans"], opset_version=_OPSET, dynamo=True,
            dynamic_shapes={"ids": {0: torch.export.Dim("length", min=4, max=512)},
                            "kinds": {0: torch.export.Dim("length", min=4, max=512)}},
        )  # fmt: skip
        quantize_dynamic(plain, folder / "reader.onnx", weight_type=QuantType.QInt8, per_channel=True)
    encoder.tokenizer.save(str(folder / "tokenizer.json"))
    whole = hashlib.sha256((folder / "reader.onnx").read_bytes()).hexdigest()
    card = {"format": 1, "layers": reader.shape.layers, "sha256": whole}
    (folder / "reader.json").write_text(json.dumps(card, indent=1) + "\n")


def main() -> None:
    """Export a checkpoint, and say how far its scores move."""
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
