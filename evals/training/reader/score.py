"""Scores readings with a checkpoint, for figures on the way and for what is fitted on top of the reader.

Writes one JSON object a line: `id`, and per text of the reading the scores of the hits that are read in
service, `[answers, denies, start, end]`, with the offsets of the most likely deciding words in the passage's
text.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from assistant.reading.pairs import PAD, Pair, PairEncoder
from evals.training.reader.groups import CANDIDATES, read_passages
from evals.training.reader.network import Reader, from_e5
from evals.training.reader.weights import starting_point

_BATCH_TOKENS = 6000


def load(checkpoint: Path) -> tuple[Reader, PairEncoder]:
    """The reader of a checkpoint, ready to score, and what makes its input."""
    weights, tensors, words = starting_point()
    held = torch.load(checkpoint, weights_only=False)
    reader = from_e5(weights, tensors, held["layers"], dropout=0.0)
    reader.load_state_dict(held["reader"])
    return reader.eval(), PairEncoder(words)


def score_pairs(reader: Reader, pairs: Sequence[Pair]) -> list[tuple[float, float, int, int]]:
    """Answers, denies, and the offsets of the deciding words of each pair."""
    order = sorted(range(len(pairs)), key=lambda n: len(pairs[n].ids))
    found: list[tuple[float, float, int, int]] = [(0.0, 0.0, -1, -1)] * len(pairs)
    for batch in _batches(order, pairs):
        width = len(pairs[batch[-1]].ids)
        ids = np.full((len(batch), width), PAD, dtype=np.int64)
        kinds = np.full((len(batch), width), -1, dtype=np.int64)
        for at, number in enumerate(batch):
            ids[at, : len(pairs[number].ids)] = pairs[number].ids
            kinds[at, : len(pairs[number].ids)] = pairs[number].kinds
        with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
            judged, spans = reader(torch.from_numpy(ids), torch.from_numpy(kinds))
        for at, number in enumerate(batch):
            first, last = best_span(spans[at].float().numpy())
            places = pairs[number].places
            answers, denies = judged[at].float().tolist()
            found[number] = (answers, denies, places[first][0], places[last][1])
    return found


def best_span(logits: np.ndarray[Any, Any], longest: int = 40) -> tuple[int, int]:
    """First and last token of the most likely stretch of at most `longest` tokens."""
    begin, end = logits[:, 0], logits[:, 1]
    table = begin[:, None] + end[None, :]
    allowed = np.tri(len(begin), k=longest - 1, dtype=bool) & np.tri(len(begin), dtype=bool).T
    table = np.where(allowed, table, -np.inf)
    first, last = np.unravel_index(int(table.argmax()), table.shape)
    return int(first), int(last)


def _batches(order: Sequence[int], pairs: Sequence[Pair]) -> Iterator[list[int]]:
    batch: list[int] = []
    for number in order:
        if batch and (len(batch) + 1) * len(pairs[number].ids) > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(number)
    if batch:
        yield batch


def main() -> None:
    """Score the rows of some authors."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--readings", type=Path, nargs="+", required=True)
    parser.add_argument("--authors", nargs="+", required=True)
    parser.add_argument("--limit", type=int, default=100_000)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    torch.set_num_threads(2)
    reader, encoder = load(options.checkpoint)
    began, pairs, rows = time.monotonic(), [], []
    for path in options.readings:
        passages = read_passages(path.with_suffix(".passages.jsonl"))
        readings = [r for r in map(json.loads, path.open(encoding="utf-8")) if r["author"] in options.authors]
        for reading in readings[: options.limit]:
            shape = []
            for text in reading["texts"]:
                served = [hit for hit in text["hits"] if hit[1] is not None][:CANDIDATES]
                shape.append(len(served))
                pairs += [encoder.pair(text["text"], *passages[hit[0]], *hit[5:]) for hit in served]
            rows.append((reading["id"], shape))
    scores = iter(score_pairs(reader, pairs))
    with options.out.open("w", encoding="utf-8") as file:
        for identifier, shape in rows:
            texts = [[next(scores) for _ in range(count)] for count in shape]
            file.write(json.dumps({"id": identifier, "texts": texts}) + "\n")
    sys.stdout.write(f"{len(rows)} rows, {len(pairs)} pairs in {time.monotonic() - began:.0f} s\n")


if __name__ == "__main__":
    main()
