"""The evaluation rows: verbatim gold, both splits whole, nothing near what is indexed."""

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from evals.dataset import Row, load_rows
from index.load import CORPUS, load_corpus
from index.outline import parse_outline
from index.text import fold_text

_NEAR = 0.6
"""Jaccard similarity of character bigrams from which on two questions count as the same."""
_KINDS = {
    "number", "date", "yes_no", "list", "who", "how", "scope", "several_clauses", "several_turns",
    "false_premise", "unanswerable", "off_topic", "small_talk",
}  # fmt: skip


@pytest.fixture(scope="module")
def rows() -> tuple[Row, ...]:
    return load_rows()


def bigrams(text: str) -> frozenset[str]:
    view = "".join(char for char in fold_text(text) if char.isalnum())
    return frozenset(view[at : at + 2] for at in range(len(view) - 1))


def near(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one and other) and len(one & other) / len(one | other) > _NEAR


def indexed() -> Iterable[str]:
    for path in sorted(CORPUS.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            yield from row.get("questions", [row.get("question", "")])


def test_there_are_enough_of_each_kind(rows: tuple[Row, ...]) -> None:
    assert len(rows) >= 240
    assert len({row.id for row in rows}) == len(rows)
    for split in ("dev", "test"):
        kinds = Counter(row.kind for row in rows if row.split == split)
        assert set(kinds) == _KINDS
        assert {row.voice for row in rows if row.split == split} >= {"parent", "dialect", "teacher", "staff"}


def test_gold_is_verbatim_and_in_its_clause(rows: tuple[Row, ...]) -> None:
    (document,) = load_corpus()
    clauses = {clause.address: clause for clause in parse_outline(document.text)}
    for row in rows:
        assert bool(row.gold) == bool(row.facts) == (row.status == "answered"), row.id
        for gold in row.gold:
            clause = clauses[gold.clause]
            assert gold.quote in document.text[clause.start : clause.end], row.id
        quotes = "".join(fold_text(gold.quote) for gold in row.gold)
        for variants in row.facts:
            assert any(fold_text(variant) in quotes for variant in variants), (row.id, variants)


def test_no_row_is_near_to_what_is_indexed(rows: tuple[Row, ...]) -> None:
    known = [(text, bigrams(text)) for text in indexed()]
    assert len(known) > 3000
    found = [
        (row.id, text)
        for row in rows
        if len(row.turns) == 1
        for text, grams in known
        if near(bigrams(row.turns[0]), grams)
    ]
    assert found == []


def test_no_row_of_one_split_is_near_to_one_of_the_other(rows: tuple[Row, ...]) -> None:
    alone = [row for row in rows if len(row.turns) == 1 and row.kind != "small_talk"]
    test = [(row.id, bigrams(row.turns[0])) for row in alone if row.split == "test"]
    dev = [(row.id, bigrams(row.turns[0])) for row in alone if row.split == "dev"]
    assert [(a, b) for a, one in dev for b, other in test if near(one, other)] == []


def test_a_broken_row_is_named_by_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"id": "x"}\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"rows\.jsonl:1"):
        load_rows(path)
