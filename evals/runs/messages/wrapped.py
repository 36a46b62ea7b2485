"""The same question in other clothes: between courtesies and stories, in full width, in traditional
characters,
without its last mark. Status, correction, first citation and first line should stay as they are."""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.schema import Answer
from evals.rows.dataset import load_rows
from evals.runs.messages.figures import FOLDER, Ask, Figure

WRAPPINGS = ("w1", "w2")
"""Files of wrappings, each by another author; `w2` is looked at only at the end."""
_RUN_ON = frozenset({"dialect_run_on", "voice_to_text_ramble"})
"""Kinds whose authors wrote them to run on without any mark; others stand on lines of their own."""
_KEPT = ("status and correction", "first citation", "first line")


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A question, the same in other clothes, and their kind."""

    kind: str
    question: str
    clothed: str


def wrapped_questions(author: str, count: int, seed: int = 7) -> Iterator[Wrapped]:
    """`count` development questions, each once in every kind of the author's wrappings and in each form."""
    kinds: dict[str, list[Mapping[str, str]]] = {}
    for line in (FOLDER / f"wrappings.{author}.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        kinds.setdefault(row["kind"], []).append(row)
    for number, question in enumerate(_questions(count, seed)):
        for kind, rows in sorted(kinds.items()):
            yield Wrapped(kind, question, _joined(rows[number % len(rows)], question))
        for kind, form in _forms().items():
            yield Wrapped(kind, question, form(question))


def kept_figures(rows: Sequence[Wrapped], ask: Ask) -> Iterator[Figure]:
    """How many pairs keep what must stay, over all and by kind."""
    known: dict[str, tuple[object, ...]] = {}
    kept: Counter[tuple[str, str]] = Counter()
    total: Counter[str] = Counter()
    for row in rows:
        if row.question not in known:
            known[row.question] = _seen(ask(row.question))
        for name, one, other in zip(_KEPT, known[row.question], _seen(ask(row.clothed)), strict=True):
            kept[row.kind, name] += one == other
        total[row.kind] += 1
    for name in _KEPT:
        yield Figure("wrapped", f"{name} kept", sum(kept[kind, name] for kind in total), total.total())
    for kind in sorted(total):
        for name in _KEPT:
            yield Figure(f"wrapped {kind}", f"{name} kept", kept[kind, name], total[kind])


def _questions(count: int, seed: int) -> list[str]:
    rows = [row for row in load_rows(split="dev") if len(row.turns) == 1]
    plain = [row.turns[0] for row in rows if row.status in ("answered", "not_covered")]
    return random.Random(seed).sample(plain, count)  # noqa: S311 - which rows are drawn is no secret


def _seen(answer: Answer) -> tuple[object, ...]:
    first = answer.citations[0].quote if answer.citations else None
    line = answer.sentences[0].text if answer.sentences else ""
    return (answer.status, answer.correction), first, line


def _joined(wrapping: Mapping[str, str], question: str) -> str:
    before, after = wrapping["before"], wrapping["after"]
    if wrapping["kind"] not in _RUN_ON:
        before += "\n" if before and before[-1].isalnum() and question[0].isalnum() else ""
        after = f"\n{after}" if after and after[0].isalnum() and question[-1].isalnum() else after
    return before + question + after


def _forms() -> Mapping[str, Callable[[str], str]]:
    from opencc import OpenCC

    traditional = OpenCC("s2t")
    return {
        "full width": lambda text: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text),
        "traditional": lambda text: str(traditional.convert(text)),
        "unpunctuated": lambda text: text.rstrip("？?。！!"),
    }
