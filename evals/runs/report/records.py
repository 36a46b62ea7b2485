"""Reads a run's folder: its settings, its summary, and one record a row."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quotation and the clause it is from; `label` is the clause's name as people write it."""

    clause: str
    quote: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One judged row (a line of metrics.jsonl)."""

    id: str
    kind: str
    voice: str
    split: str
    turns: tuple[str, ...]
    wanted: str
    status: str
    gold: tuple[Quoted, ...]
    facts: tuple[tuple[str, ...], ...]
    values: Mapping[str, float | None]
    confidence: float
    right: bool
    milliseconds: float
    answer: str
    cited: tuple[Quoted, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """What a run's folder holds; `generated` is by row id, an answer or the text of an error."""

    name: str
    settings: Mapping[str, Any]
    summary: Mapping[str, Any]
    records: tuple[Record, ...]
    generated: Mapping[str, Mapping[str, Any]]


def load_run(folder: Path) -> Run:
    """Everything in `folder`. Raises OSError for a missing file, ValueError naming file and line."""
    return Run(
        folder.resolve().name,
        _load_object(folder / "run.json"),
        _load_object(folder / "summary.json"),
        load_records(folder),
        {str(line["id"]): line for line in _load_lines(folder / "generated.jsonl")},
    )


def load_records(folder: Path) -> tuple[Record, ...]:
    """The rows of the folder's metrics.jsonl. Raises as `load_run` does, also for an id that comes twice."""
    path = folder / "metrics.jsonl"
    records = []
    seen: set[str] = set()
    for number, line in enumerate(_load_lines(path), start=1):
        try:
            record = _record(line)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path}, record {number}: {error!r}") from error
        if record.id in seen:
            raise ValueError(f"{path}, record {number}: id {record.id} comes twice")
        seen.add(record.id)
        records.append(record)
    return tuple(records)


def _load_object(path: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    if not isinstance(found, dict):
        raise ValueError(f"{path}: not a JSON object")
    return found


def _load_lines(path: Path) -> list[dict[str, Any]]:
    lines = []
    # not splitlines(): a question may hold U+2028, which JSON leaves as it is
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except ValueError as error:
            raise ValueError(f"{path}:{number}: {error}") from error
        if not isinstance(found, dict) or "id" not in found:
            raise ValueError(f"{path}:{number}: not a JSON object with an id")
        lines.append(found)
    return lines


def _record(line: Mapping[str, Any]) -> Record:
    return Record(
        id=str(line["id"]),
        kind=line["kind"],
        voice=line["voice"],
        split=line["split"],
        turns=tuple(line["turns"]),
        wanted=line["wanted"],
        status=line["status"],
        gold=tuple(_evidence(item) for item in line["gold"]),
        facts=tuple(tuple(variants) for variants in line["facts"]),
        values={name: None if value is None else float(value) for name, value in line["values"].items()},
        confidence=float(line["confidence"]),
        right=bool(line["right"]),
        milliseconds=float(line["milliseconds"]),
        answer=line["answer"],
        cited=tuple(_evidence(item) for item in line["cited"]),
    )


def _evidence(item: Mapping[str, str]) -> Quoted:
    return Quoted(item["clause"], item["quote"], item.get("label", ""))
