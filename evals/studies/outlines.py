"""Outlines and metadata of official documents, against what their annotators decided."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evals.metrics.outlines import Compared, compare, figures
from evals.rows.dataset import DATASETS
from index.readers.document import read_document

OUTLINES = DATASETS / "outlines"


def compared(texts: Path | None, split: str) -> tuple[list[Compared], int]:
    """The documents of one split (`dev`, `test`) compared, and how many texts were not at hand: those of
    public repositories are listed with their commit and hash and lie in `texts`, as they are named there."""
    found: list[Compared] = []
    absent = 0
    for gold, path in _rows(texts):
        if gold["split"] != split:
            continue
        data = path.read_bytes() if path and path.is_file() else None
        if data is None or hashlib.sha256(data).hexdigest() != gold.get("source", {}).get(
            "sha256", _of(data)
        ):
            absent += 1
            continue
        found.append(compare(gold["file"], gold, read_document(data, gold["file"], {})))
    return found, absent


def outlines(texts: Path | None, split: str, detailed: bool) -> str:
    """The report as lines of text."""
    found, absent = compared(texts, split)
    lines = [f"{name}: {value:.3f}".rstrip("0").rstrip(".") for name, value in figures(found).items()]
    lines.append(f"texts not at hand: {absent}")
    for each in found if detailed else ():
        lines += [f"{each.file} missing {address} {text}" for address, text in each.missing]
        lines += [f"{each.file} {address} stands at {own}" for address, own in each.elsewhere]
        lines += [f"{each.file} extra {address} {text}" for address, text in each.extra]
        said = (f"{name} {how}" for name, how in each.fields.items() if how not in ("right", "silent"))
        lines += [f"{each.file} {one}" for one in said]
    return "\n".join(lines)


def _rows(texts: Path | None) -> Iterator[tuple[dict[str, Any], Path | None]]:
    for name, folder in (("made", OUTLINES / "made"), ("real", texts)):
        for line in (OUTLINES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            gold = json.loads(line)
            yield gold, folder / gold["file"] if folder else None


def _of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
