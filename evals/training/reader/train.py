"""Trains the reader: `python -m evals.training.reader.train --help`.

Resumable: a checkpoint every ten minutes; the same command goes on from the last one.
"""

import argparse
import random
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from assistant.reading.pairs import PairEncoder
from evals.training.reader.batches import make_batch
from evals.training.reader.losses import losses
from evals.training.reader.network import Reader, from_e5
from evals.training.reader.source import Mixture, Source
from evals.training.reader.weights import starting_point

_CHECKPOINT = 600.0
_TELL = 50
_HEADS = ("pool", "judge", "span", "kinds")
_BODY = ("layers", "norm")


def parse() -> argparse.Namespace:
    """The command's options."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder of checkpoints")
    parser.add_argument("--readings", type=Path, nargs="+", required=True, help="files of readings")
    parser.add_argument("--without", nargs="+", default=[], help="authors whose rows are kept apart")
    parser.add_argument("--corpus-share", type=float, default=0.3, help="of the corpus's own questions")
    parser.add_argument("--general", type=Path, help="general reading questions")
    parser.add_argument("--general-share", type=float, nargs=2, default=(0.4, 0.0), help="at first, at last")
    parser.add_argument("--start", type=Path, help="a checkpoint to begin with; of its layers --layers")
    parser.add_argument("--layers", type=int, nargs="+", default=list(range(12)), help="of the encoder")
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--tokens", type=int, default=2200, help="tokens of a batch")
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


class Training:
    """A reader with what changes it, as a checkpoint holds them."""

    def __init__(self, reader: Reader, steps: int, rate: float, layers: list[int]) -> None:
        self.reader, self.steps, self.layers, self.step = reader, steps, layers, 0
        named = [(name.split(".")[0], weights) for name, weights in reader.named_parameters()]
        body = [weights for name, weights in named if name in _BODY]
        heads = [weights for name, weights in named if name in _HEADS]
        self._learned = [*body, *heads]
        self._optimizer = torch.optim.AdamW(
            [{"params": body, "lr": rate}, {"params": heads, "lr": 4 * rate}],
            betas=(0.9, 0.98),
            weight_decay=0.01,
            fused=True,
        )
        warm = max(1, steps // 20)
        self._schedule = torch.optim.lr_scheduler.LambdaLR(
            self._optimizer, lambda n: min(1.0, (n + 1) / warm) * max(0.02, (steps - n) / steps)
        )

    def learn(self, batch: Any) -> dict[str, float]:
        """One step; returns the losses."""
        with torch.autocast("cpu", dtype=torch.bfloat16):
            parts = losses(self.reader, batch)
        torch.stack(list(parts.values())).sum().backward()
        torch.nn.utils.clip_grad_norm_(self._learned, 1.0)
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        self._schedule.step()
        self.step += 1
        return {name: float(loss.detach()) for name, loss in parts.items()}

    def save(self, path: Path, chance: random.Random) -> None:
        """Write a checkpoint, whole or not at all."""
        held = {
            "reader": self.reader.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "schedule": self._schedule.state_dict(),
            "step": self.step,
            "chance": chance.getstate(),
            "layers": self.layers,
        }
        torch.save(held, path.with_suffix(".new"))
        path.with_suffix(".new").replace(path)

    def go_on(self, path: Path, chance: random.Random) -> None:
        """Take up a checkpoint."""
        held = torch.load(path, weights_only=False)
        self.reader.load_state_dict(held["reader"])
        self._optimizer.load_state_dict(held["optimizer"])
        self._schedule.load_state_dict(held["schedule"])
        self.step = held["step"]
        chance.setstate(held["chance"])


def layers_of(held: Mapping[str, Any], layers: Sequence[int]) -> dict[str, Any]:
    """The weights of a checkpoint with only these of its layers, numbered as in the encoder."""
    at = {held["layers"].index(number): place for place, number in enumerate(layers)}
    chosen: dict[str, Any] = {}
    for name, weights in held["reader"].items():
        if name.startswith("layers."):
            _, number, rest = name.split(".", 2)
            if int(number) in at:
                chosen[f"layers.{at[int(number)]}.{rest}"] = weights
        else:
            chosen[name] = weights
    return chosen


class Progress:
    """Means of the losses since they were last told, and how long it still takes."""

    def __init__(self, training: Training) -> None:
        self._training, self._first, self._began = training, training.step, time.monotonic()
        self._sums: dict[str, float] = {}
        self._pairs = 0

    def add(self, parts: dict[str, float], pairs: int) -> None:
        """Count a step; every fiftieth is told."""
        self._pairs += pairs
        for name, loss in parts.items():
            self._sums[name] = self._sums.get(name, 0.0) + loss
        step, steps = self._training.step, self._training.steps
        if step % _TELL == 0:
            rate = (time.monotonic() - self._began) / (step - self._first)
            told = " ".join(f"{name} {total / _TELL:.3f}" for name, total in self._sums.items())
            sys.stdout.write(
                f"{step} of {steps}: {told}; {self._pairs} pairs, {rate:.2f} s a step,"
                f" {(steps - step) * rate / 60:.0f} min left\n"
            )
            sys.stdout.flush()
            self._sums = {}


def main() -> None:
    """Train, or go on training."""
    options = parse()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    chance = random.Random(options.seed)  # noqa: S311 - so that it comes again
    options.out.mkdir(parents=True, exist_ok=True)
    weights, tensors, words = starting_point()
    reader = from_e5(weights, tensors, options.layers)
    if options.start:
        reader.load_state_dict(layers_of(torch.load(options.start, weights_only=False), options.layers))
    training = Training(reader, options.steps, options.rate, options.layers)
    last = options.out / "last.pt"
    if last.exists():
        training.go_on(last, chance)
    mixture = Mixture(options.readings, frozenset(options.without), options.corpus_share, options.general)
    run(training, Source(mixture, chance), PairEncoder(words), options, chance)


def run(
    training: Training,
    source: Source,
    encoder: PairEncoder,
    options: argparse.Namespace,
    chance: random.Random,
) -> None:
    """Learn until the last step, with a checkpoint every ten minutes and at the end."""
    first, last = options.general_share
    saved = time.monotonic()
    progress = Progress(training)
    training.reader.train()
    while training.step < training.steps:
        share = first + (last - first) * training.step / training.steps
        for groups in source.batches(encoder, options.tokens, share):
            batch = make_batch(encoder, groups)
            progress.add(training.learn(batch), len(batch.ids))
            done = training.step >= training.steps
            if done or time.monotonic() - saved > _CHECKPOINT:
                saved = time.monotonic()
                training.save(options.out / "last.pt", chance)
            if done:
                break


if __name__ == "__main__":
    main()
