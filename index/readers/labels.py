"""The labels under which pages and front matter state facts of a document: `data/metadata_labels.toml`."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from index.text.folding import squeeze


def by_field(said: Mapping[str, object]) -> dict[str, object]:
    """What is `said` under any label, by the name of the field; a field's first label counts first."""
    plain = {squeeze(str(label)).rstrip("：:"): value for label, value in said.items()}
    found: dict[str, object] = {}
    for name, labels in _labels().items():
        for label in labels:
            value = plain.get(label)
            if name not in found and value is not None:
                found[name] = value
    return found


def labelled_in(line: str) -> Iterator[tuple[str, str]]:
    """The (label, value) pairs that a line of text states: 发文机关：某局　发布日期：2024-03-05."""
    marks = list(_pattern().finditer(line))
    ends = [*(mark.start() for mark in marks), len(line)][1:]
    for mark, end in zip(marks, ends, strict=True):
        value = line[mark.end() : end]
        yield squeeze(mark["label"]), value.strip(" \t\u3000|｜，,；;")


def is_body(name: str) -> bool:
    """Whether `name` ends as names of public bodies do."""
    return name.endswith(_bodies())


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    return tomllib.loads((files("index") / "data" / "metadata_labels.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _labels() -> Mapping[str, tuple[str, ...]]:
    return {name: tuple(labels) for name, labels in _data()["labels"].items()}


@lru_cache(maxsize=1)
def _bodies() -> tuple[str, ...]:
    return tuple(_data()["bodies"]["endings"])


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    chinese = [label for labels in _labels().values() for label in labels if not label.isascii()]
    spaced = [r"\s*".join(label) for label in sorted(chinese, key=len, reverse=True)]
    return re.compile(
        rf"(?<![^\s\[【（(|｜，,；;])[\[【（(]?\s*(?P<label>{'|'.join(spaced)})\s*[\]】]?\s*[：:]"
    )
