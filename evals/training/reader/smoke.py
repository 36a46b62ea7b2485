"""The whole way from rows to a reader that loads, in two minutes: `make train-smoke`.

Two layers learn twenty invented rows; the figures mean nothing. What is checked: the loss falls, a
broken-off training goes on where it stopped, the exported file loads and says nearly what the network said,
and the same pair gives the same numbers whatever is read beside it.
"""

import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from assistant.reading.reader import Reader
from evals.training.reader.export import export
from evals.training.reader.score import load, score_pairs
from index.schema import Hit, Passage, PassageKind, Signals

_SUBJECTS = ("食堂", "校车", "操场", "图书馆", "宿舍", "实验室", "游泳池", "医务室", "琴房", "机房")
_PASSAGE = "{subject}每天{hour}时开放，由后勤处负责管理。"
_ASKED = ("{subject}几点开门", "{subject}的票价是多少")
_FAR = 0.1
"""How far an exported score may lie from the network's, of the range of scores."""


def write_rows(folder: Path) -> Path:
    """Readings of invented rows: of each subject one question that its passage answers, and one that it does
    not."""
    passages = [
        {"id": str(n), "context": "作息", "text": _PASSAGE.format(subject=subject, hour=6 + n)}
        for n, subject in enumerate(_SUBJECTS)
    ]
    path = folder / "invented.jsonl"
    lines = "\n".join(json.dumps(passage, ensure_ascii=False) for passage in passages)
    path.with_suffix(".passages.jsonl").write_text(lines, encoding="utf-8")
    rows = []
    for n, subject in enumerate(_SUBJECTS):
        for label, asked in zip(("answerable", "unanswerable"), _ASKED, strict=True):
            mark = "gold" if label == "answerable" else "near"
            hits = [[n, 1.0, mark, len(subject), len(subject) + 5 if mark == "gold" else -1, ""]]
            hits += [[(n + far) % len(_SUBJECTS), 0.5, "other", -1, -1, ""] for far in (1, 2, 3)]
            text = {"kind": "part", "text": asked.format(subject=subject), "hits": hits}
            rows.append(
                {"id": f"{n}{label}", "author": "invented", "label": label, "pair": str(n), "texts": [text]}
            )
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return path


def train(readings: Path, out: Path, steps: int) -> list[str]:
    """Run the command; what it told."""
    command = [sys.executable, "-m", "evals.training.reader.train", "--out", out, "--readings", readings,
               "--layers", "0", "1", "--steps", steps, "--rate", "3e-4"]  # fmt: skip
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True)  # noqa: S603
    return done.stdout.splitlines()


def main() -> int:
    """Train, go on, export, load; 1 where one of them fails."""
    with tempfile.TemporaryDirectory() as held:
        folder = Path(held)
        readings = write_rows(folder)
        told = train(readings, folder / "out", 50) + train(readings, folder / "out", 100)
        sys.stdout.write("\n".join(told) + "\n")
        first, last = (float(line.split("listwise ")[1].split(" ")[0]) for line in (told[0], told[-1]))
        export(folder / "out" / "last.pt", folder / "served")
        moved = furthest(folder, readings)
        sys.stdout.write(
            f"listwise {first} to {last}; exported scores moved by at most {moved:.3f} of their range\n"
        )
        return int(not (last < first and moved < _FAR))


def furthest(folder: Path, readings: Path) -> float:
    """How far exported scores lie from the network's, of their range; infinity where a pair's score depends
    on what is beside it."""
    network, encoder = load(folder / "out" / "last.pt")
    served = Reader(folder / "served")
    lines = readings.with_suffix(".passages.jsonl").read_text("utf-8").splitlines()
    passages = [_passage(**json.loads(line)) for line in lines]
    asked = _ASKED[0].format(subject=_SUBJECTS[0])
    exact = score_pairs(network, [encoder.pair(asked, "作息", passage.text) for passage in passages])
    hits = [Hit(passage, Signals(), 0.0) for passage in passages]
    found = served.read(asked, hits)
    chosen = random.Random(0).sample(range(len(hits)), 3)  # noqa: S311 - so that it comes again
    if served.read(asked, [hits[at] for at in chosen]) != tuple(found[at] for at in chosen):
        return float("inf")
    wide = max(other[0] for other in exact) - min(other[0] for other in exact)
    return max(abs(one.answers - other[0]) for one, other in zip(found, exact, strict=True)) / wide


def _passage(id: str, context: str, text: str) -> Passage:  # noqa: A002 - as the file names it
    return Passage(
        id=id, document_id="invented", document_version="1", address=id, label=id, path=(),
        kind=PassageKind.SENTENCE, start=0, end=len(text), text=text, ordinal=int(id), context=context,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
