"""The table of pieces that both models read, from the weights that training starts from:
`python -m evals.training.words --texts … --out index/encoder/data`.

Training leaves the vectors of pieces as they are, so one table serves every model that is trained.
"""

import argparse
import gzip
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from evals.training.reader.weights import bundled, kept_pieces, make_tokenizer, read_weights, shrunk
from index.encoder.trained import card_of
from index.encoder.words import FILES

_MOST = 127


def write_words(texts: Iterable[str], folder: Path) -> None:
    """Write the tokenizer, the table and their card into `folder`: the pieces that Chinese needs, and those
    that `texts` use."""
    weights = read_weights(bundled())
    kept = kept_pieces(weights, texts)
    table = shrunk(weights, kept)["emb.word"]
    scales = np.maximum(np.abs(table).max(axis=1), 1e-8).astype(np.float32) / _MOST
    numbers = np.rint(table / scales[:, None]).astype(np.int8)
    folder.mkdir(parents=True, exist_ok=True)
    make_tokenizer(weights, kept).save(str(folder / "tokenizer.json"), pretty=False)
    np.savez(folder / "words.npz", numbers=numbers, scales=scales)
    digest = hashlib.sha256(b"".join((folder / name).read_bytes() for name in FILES)).hexdigest()
    card = card_of(f"words-{digest[:8]}", folder, FILES, pieces=len(kept))
    (folder / "words.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Write the table, and say how large it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=Path, nargs="+", required=True, help="files whose pieces are kept")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    write_words((line for path in options.texts for line in _lines(path)), options.out)
    sys.stdout.write(f"{sum((options.out / name).stat().st_size for name in FILES) / 1e6:.1f} MB\n")


def _lines(path: Path) -> Iterator[str]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as file:
        yield from file


if __name__ == "__main__":
    main()
