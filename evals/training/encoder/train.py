"""Trains the encoder: `python -m evals.training.encoder.train --help`.

Of each question its passage shall be nearer than the others of its batch, and than passages that the search
found for it and that do not answer (InfoNCE with hard negatives). Questions of the same passage never share a
batch.
"""

import argparse
import gzip
import json
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from evals.training.encoder.network import PASSAGE, QUESTION, Encoder
from evals.training.reader.network import fill, shape_of
from evals.training.reader.source import CORPUS
from evals.training.reader.weights import starting_point
from index.encoder.words import Words

_TELL = 20
_PAD = 1
_MOST = 128
"""Tokens of a text."""


@dataclass(frozen=True, slots=True)
class Example:
    """A question, a passage that answers it, and one that was found and does not."""

    question: str
    passage: str
    other: str


def examples_of(path: Path, without: frozenset[str], chance: random.Random) -> Iterator[Example]:
    """One example a gold passage of the readings."""
    lines = path.with_suffix(".passages.jsonl").read_text(encoding="utf-8").splitlines()
    passages = [json.loads(line)["search"] for line in lines]
    for reading in map(json.loads, path.open(encoding="utf-8")):
        if reading["author"] in without or reading["label"] not in ("answerable", "false_premise"):
            continue
        for text in reading["texts"]:
            golds = [hit[0] for hit in text["hits"] if hit[2] in ("gold", "denies")]
            others = [hit[0] for hit in text["hits"] if hit[2] == "other"]
            if text["kind"] == "part" and golds and others:
                gold, other = chance.choice(golds), chance.choice(others[:10])
                yield Example(text["text"], passages[gold], passages[other])


def statute_examples(folder: Path, share: float, chance: random.Random) -> Iterator[Example]:
    """Examples of the statutes bench, of the first `share` of its questions; another article of the same law
    as what does not answer."""
    with gzip.open(folder / "articles.jsonl.gz", "rt", encoding="utf-8") as file:
        articles = {article["id"]: article for article in map(json.loads, file)}
    by_law: dict[str, list[str]] = {}
    for article in articles.values():
        by_law.setdefault(article["law"], []).append(article["id"])
    lines = (folder / "questions.dev.jsonl").read_text(encoding="utf-8").splitlines()
    for question in map(json.loads, lines[: int(share * len(lines))]):
        for gold in question["gold"]:
            other = chance.choice(by_law[articles[gold]["law"]])
            if other not in question["gold"]:
                yield Example(question["question"], _article(articles[gold]), _article(articles[other]))


def _article(article: dict[str, str]) -> str:
    return f"{article['law'].removeprefix('中华人民共和国')} {article['text']}"


class Texts:
    """Texts to padded ids."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def ids(self, texts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Token ids and the mask, batch x length."""
        rows = [(0, *self._words.pieces(text)[0][: _MOST - 2], 2) for text in texts]
        width = max(map(len, rows))
        ids = np.full((len(rows), width), _PAD, dtype=np.int64)
        mask = np.zeros((len(rows), width), dtype=bool)
        for at, row in enumerate(rows):
            ids[at, : len(row)], mask[at, : len(row)] = row, True
        return torch.from_numpy(ids), torch.from_numpy(mask)


def contrast(encoder: Encoder, texts: Texts, batch: Sequence[Example], temperature: float) -> Tensor:
    """The loss of a batch."""
    questions = encoder(*texts.ids([QUESTION + one.question for one in batch]))
    passages = encoder(*texts.ids([PASSAGE + one.passage for one in batch]))
    others = encoder(*texts.ids([PASSAGE + one.other for one in batch]))
    scores = questions @ torch.cat([passages, others]).T / temperature
    known = {one.passage: at for at, one in enumerate(batch)}
    for at, one in enumerate(batch):  # what is gold for another may stand among the others
        for column, other in enumerate(batch):
            if other.other == one.passage:
                scores[at, len(batch) + column] = -1e4
    assert len(known) == len(batch)  # noqa: S101 - batches are made so
    target = torch.arange(len(batch))
    back = functional.cross_entropy(scores[:, : len(batch)].T, target)
    return functional.cross_entropy(scores, target) + 0.3 * back


def batches(examples: list[Example], size: int, chance: random.Random) -> Iterator[list[Example]]:
    """Batches without end, none with the same passage twice."""
    waiting: list[Example] = []
    while True:
        chance.shuffle(examples)
        batch: dict[str, Example] = {}
        for example in [*waiting, *examples]:
            if example.passage in batch:
                waiting.append(example)
                continue
            batch[example.passage] = example
            if len(batch) == size:
                yield list(batch.values())
                batch = {}
        waiting = waiting[-size:]


def parse() -> argparse.Namespace:
    """The command's options."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--readings", type=Path, nargs="+", required=True)
    parser.add_argument("--without", nargs="+", default=[])
    parser.add_argument("--corpus-share", type=float, default=0.4)
    parser.add_argument("--statutes", type=Path)
    parser.add_argument("--statutes-share", type=float, default=0.7)
    parser.add_argument("--learned", type=int, default=4, help="the first layer that is learned")
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--size", type=int, default=40, help="questions of a batch")
    parser.add_argument("--rate", type=float, default=5e-5)
    parser.add_argument("--temperature", type=float, default=0.02)
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args()


def main() -> None:
    """Train and write `encoder.pt`."""
    options = parse()
    torch.set_num_threads(2)
    chance = random.Random(options.seed)  # noqa: S311 - so that it comes again
    weights, tensors, words = starting_point()
    layers = list(range(weights.sizes["layers"]))
    encoder = Encoder(shape_of(weights, tensors, layers), options.learned)
    fill(encoder, tensors, layers)
    examples: list[Example] = []
    for path in options.readings:
        found = list(examples_of(path, frozenset(options.without), chance))
        corpus = path.stem == "lay"
        examples += chance.sample(found, int(options.corpus_share * len(found))) if corpus else found
    if options.statutes:
        examples += list(statute_examples(options.statutes, options.statutes_share, chance))
    sys.stdout.write(f"{len(examples)} examples, corpus as {CORPUS}\n")
    texts = Texts(words)
    learned = [p for layer in encoder.layers[options.learned :] for p in layer.parameters()]
    optimizer = torch.optim.AdamW(learned, lr=options.rate, weight_decay=0.01, fused=True)
    warm = max(1, options.steps // 10)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda n: min(1.0, (n + 1) / warm) * max(0.02, (options.steps - n) / options.steps)
    )
    began, total = time.monotonic(), 0.0
    source = batches(examples, options.size, chance)
    for step in range(1, options.steps + 1):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = contrast(encoder, texts, next(source), options.temperature)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learned, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        schedule.step()
        total += float(loss.detach())
        if step % _TELL == 0:
            rate = (time.monotonic() - began) / step
            sys.stdout.write(f"{step} of {options.steps}: {total / _TELL:.3f}, {rate:.2f} s a step\n")
            sys.stdout.flush()
            total = 0.0
    options.out.mkdir(parents=True, exist_ok=True)
    torch.save({"encoder": encoder.state_dict(), "layers": layers}, options.out / "encoder.pt")


if __name__ == "__main__":
    main()
