"""How a parsed document compares with what an author decided: clauses with their addresses, and what the
document says of itself."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from index.schema import Clause, Document
from index.structure.outline import is_of_outline
from index.text.folding import fold_text

FIELDS = ("title", "number", "issuer", "passed", "published", "effective")
_COMPARED = 20
"""Characters of a heading by which it is found again."""
_MARKUP = re.compile(r"[*#>\\]")
_PARTS = re.compile(r"(?:^|\.)p\d+$")
_ROW = re.compile(r"\.r\d+$")


@dataclass(frozen=True, slots=True)
class Compared:
    """One document against its gold."""

    file: str
    headings: int
    missing: tuple[tuple[str, str], ...]
    """Address and beginning of the headings that became no clause."""
    elsewhere: tuple[tuple[str, str], ...]
    """Gold address and own one of those that stand elsewhere."""
    not_headings: int
    extra: tuple[tuple[str, str], ...]
    """Address and beginning of the lines that became a clause and are none."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """By field `right`, `missing`, `wrong`, `invented`, or `silent` where nothing is stated or found."""


def compare(file: str, gold: Mapping[str, Any], document: Document) -> Compared:
    """`document` against its gold, a line of `evals/datasets/outlines`."""
    own = [(_key(document.text[c.start : c.end][:200]), c) for c in document.clauses if _is_outline(c)]
    used: set[int] = set()
    missing: list[tuple[str, str]] = []
    elsewhere: list[tuple[str, str]] = []
    for heading in gold["headings"]:
        found = _like(heading["text"], own, used)
        exact = [at for at in found if own[at][1].address == heading["address"]]
        if not found:
            missing.append((heading["address"], heading["text"]))
            continue
        used.add(at := (exact or found)[0])
        if not exact:
            elsewhere.append((heading["address"], own[at][1].address))
    lines = gold.get("not_headings", [])
    extra = [
        (own[found[0]][1].address, line["text"])
        for line in lines
        if (found := [at for at in _like(line["text"], own, used) if not _ROW.search(own[at][1].address)])
    ]
    stated = {name: _judged(name, gold.get(name), getattr(document, name)) for name in FIELDS if name in gold}
    return Compared(
        file, len(gold["headings"]), tuple(missing), tuple(elsewhere), len(lines), tuple(extra), stated
    )


def figures(compared: Sequence[Compared]) -> dict[str, float]:
    """Shares over all documents."""
    headings = sum(each.headings for each in compared)
    if not headings:
        return {"documents": float(len(compared))}
    missing = sum(len(each.missing) for each in compared)
    elsewhere = sum(len(each.elsewhere) for each in compared)
    report = {
        "documents": float(len(compared)),
        "numbered lines": float(headings),
        "became clauses": (headings - missing) / headings,
        "at their address": (headings - missing - elsewhere) / headings,
        "lines that are none": float(sum(each.not_headings for each in compared)),
        "became clauses wrongly": float(sum(len(each.extra) for each in compared)),
    }
    for name in FIELDS:
        counts = Counter(each.fields[name] for each in compared if name in each.fields)
        stated = counts["right"] + counts["missing"] + counts["wrong"]
        if stated:
            report[f"{name} found"] = counts["right"] / stated
            report[f"{name} wrong or invented"] = float(counts["wrong"] + counts["invented"])
    return report


def _is_outline(clause: Clause) -> bool:
    return is_of_outline(clause.address) and not _PARTS.search(clause.address)


def _like(text: str, own: Sequence[tuple[str, Clause]], used: Iterable[int]) -> list[int]:
    wanted = _key(text)[:_COMPARED]
    return [
        at for at, (key, _) in enumerate(own) if at not in used and key and key.startswith(wanted[: len(key)])
    ]


def _key(text: str) -> str:
    return fold_text(_MARKUP.sub("", text))


def _judged(name: str, gold: Any, found: Any) -> str:
    if gold is None:
        return "silent" if found is None else "invented"
    if found is None:
        return "missing"
    left, right = fold_text(str(gold)), fold_text(str(found))
    if name == "issuer":
        left, right = left.replace("、", ""), right.replace("、", "")
    return "right" if left.strip("《》<>") == right.strip("《》<>") else "wrong"
