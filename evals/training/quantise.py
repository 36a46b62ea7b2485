"""A network as an int8 ONNX file: weights rounded per row, activations by their own range when it runs."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

_OPSET = 18
_LONGEST = 512


def write_int8(module: nn.Module, example: Mapping[str, Tensor], outputs: Sequence[str], path: Path) -> None:
    """Write `module`, called with the inputs of `example` (each one-dimensional and of one length, which may
    be any up to 512), to `path`."""
    length = torch.export.Dim("length", min=4, max=_LONGEST)
    shapes: dict[str, Any] = {name: {0: length} for name in example}
    with tempfile.TemporaryDirectory() as held:
        plain = Path(held) / "plain.onnx"
        torch.onnx.export(
            module.eval(),
            tuple(example.values()),
            str(plain),
            input_names=list(example),
            output_names=list(outputs),
            opset_version=_OPSET,
            dynamo=True,
            dynamic_shapes=shapes,
        )
        quantize_dynamic(plain, path, weight_type=QuantType.QInt8, per_channel=True)
