"""Rows that teach or measure reading: a question, whether its document answers it, and with which words.

Minimal pairs for training (`evals/training/rows`) and for measuring (`evals/datasets/twins`), the questions
beside the checkout (`shared/training`, where it is there) and the messages that may be tuned on. Who wrote a
row decides its side of a split.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from evals.rows.dataset import DATASETS

WRITTEN = Path(__file__).resolve().parents[1] / "training" / "rows"
"""Rows to learn from, one file an author."""
TWINS = DATASETS / "twins"
"""Rows to measure with; nothing is learned from them."""
BESIDE = Path(__file__).resolve().parents[3] / "shared" / "training"
"""Questions over plan and statutes; beside the checkout, not part of it."""
PLAN = "plan"
CLAIMS = ("claims.c1", "claims.c3", "claims.c4", "claims.c5")


class Label(StrEnum):
    """What the document says to a question."""

    ANSWERABLE = "answerable"
    UNANSWERABLE = "unanswerable"
    FALSE_PREMISE = "false_premise"
    CLAIMED = "claimed"
    """Only what it takes for granted is known, not whether what it asks is answered."""


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of the document; `span` are those that decide, empty where nobody marked them."""

    quote: str
    span: str = ""


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """One question of one author."""

    id: str
    author: str
    document: str
    """`plan`, or the stem of a file of the library."""
    question: str
    label: Label
    history: tuple[str, ...] = ()
    gold: tuple[Quote, ...] = ()
    """What answers; of a false premise the first contradicts it."""
    near: tuple[Quote, ...] = ()
    """What tempts and does not answer."""
    claimed: str = ""
    """What is wrongly taken for granted."""
    pair: str = ""
    """Shared by twins, which differ in a word."""


def read_rows(folder: Path) -> Iterator[ReadingRow]:
    """The rows of a folder, whose files are named by their authors; none where it is missing."""
    for path in sorted(folder.glob("*.jsonl")):
        for line in _lines(path):
            yield _row(line, path.stem)


def message_rows() -> Iterator[ReadingRow]:
    """The messages that may be tuned on, as rows: asked parts, yes/no questions, claims."""
    folder = DATASETS / "messages"
    for name in ("messages.m1", "messages.m2", "several_parts.dev"):
        for line in _lines(folder / f"{name}.jsonl"):
            for at, part in enumerate(line.get("asked") or line["parts"]):
                yield _asked(f"{line['id']}.{at}", name, part["text"], part["quote"])
    for line in _lines(folder / "yesno.jsonl"):
        quote = "" if line["answer"] == "open" else line["quote"]
        row = _asked(line["id"], "yesno", line["text"], quote, line["span"])
        yield row if quote else _with_near(row, line["quote"])
    for name in CLAIMS:
        for line in _lines(folder / f"{name}.jsonl"):
            gold = (Quote(line["quote"], line["value"] or ""),) if line["quote"] else ()
            claimed = line["claimed"] if line["false"] else ""
            yield ReadingRow(
                line["id"], name, PLAN, line["text"], Label.CLAIMED, gold=gold, claimed=claimed or ""
            )


def _asked(identifier: str, author: str, text: str, quote: str | None, span: str = "") -> ReadingRow:
    gold = (Quote(quote, span or ""),) if quote else ()
    label = Label.ANSWERABLE if quote else Label.UNANSWERABLE
    return ReadingRow(identifier, author, PLAN, text, label, gold=gold)


def _with_near(row: ReadingRow, quote: str) -> ReadingRow:
    return ReadingRow(row.id, row.author, row.document, row.question, row.label, near=(Quote(quote),))


def _row(line: Mapping[str, Any], author: str) -> ReadingRow:
    return ReadingRow(
        id=line.get("id") or f"{line['pair']}.{line['label'][0]}",
        author=author,
        document=line["document"],
        question=line["question"],
        label=Label(line["label"]),
        history=tuple(line["history"]),
        gold=tuple(Quote(one["quote"], one.get("span") or "") for one in line["gold"]),
        near=tuple(Quote(one["quote"]) for one in line["near"]),
        claimed=line["claimed"] or "",
        pair=line.get("pair") or "",
    )


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
