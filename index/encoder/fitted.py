"""Fitted parameters as files that say for which encoder they hold, and what they were fitted from.

    {"encoder": {"id": …, "dimension": …}, "fitted_from": …, "values": …}

Parameters of one encoder say nothing about the vectors of another, even where these have the same length, so
whoever starts with another encoder is told instead of being answered wrongly.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from index.encoder.embedder import Embedder
from index.errors import OtherEncoder


def read_fitted(path: Path) -> Any:
    """The values in a file of fitted parameters."""
    return json.loads(path.read_text(encoding="utf-8"))["values"]


def write_fitted(path: Path, embedder: Embedder, fitted_from: str, values: object) -> None:
    """Write fitted values in one form, so that the same fit gives the same file. `fitted_from` is the hash of
    the data."""
    held = {
        "encoder": {"id": embedder.model_id, "dimension": _dimension(embedder)},
        "fitted_from": fitted_from,
        "values": values,
    }
    path.write_text(json.dumps(held, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def check_fitted(paths: Iterable[Path], embedder: Embedder) -> None:
    """Raise OtherEncoder where a file was fitted for another encoder, or for vectors of another length."""
    dimension = _dimension(embedder)
    for path in paths:
        encoder = json.loads(path.read_text(encoding="utf-8"))["encoder"]
        if (encoder["id"], encoder["dimension"]) != (embedder.model_id, dimension):
            raise OtherEncoder(
                f"参数文件 {path.name} 是为向量模型“{encoder['id']}”（{encoder['dimension']} 维）拟合的，"
                f"现在用的是“{embedder.model_id}”（{dimension} 维），请换回原来的模型，"
                "或建好索引（policy-qa index build）后运行 policy-qa eval calibrate 重新拟合。"
            )


def _dimension(embedder: Embedder) -> int:
    return len(embedder.embed_query("重庆教育"))
