"""The evaluation rows: verbatim gold, both splits whole, nothing near what is indexed."""

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.eval_rows.row import Row, row_schema
from evals.rows.check import bigrams, near, validate
from evals.rows.dataset import DATASETS, load_rows, read_dataset
from index.readers.corpus import load_corpus
from index.settings import CORPUS
from index.structure.outline import parse_outline
from index.text.folding import fold_text

if TYPE_CHECKING:
    from assistant.service import Assistant

_KINDS = {
    "number", "date", "yes_no", "list", "who", "how", "scope", "several_clauses", "several_turns",
    "false_premise", "unanswerable", "off_topic", "small_talk",
}  # fmt: skip


@pytest.fixture(scope="module")
def rows() -> tuple[Row, ...]:
    return load_rows()


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
    clauses = {clause.address: clause for clause in parse_outline(document.text).clauses}
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
    asked = [(row.id, bigrams(row.turns[0])) for row in rows if len(row.turns) == 1]
    found = [(name, text) for name, own in asked for text, grams in known if near(own, grams)]
    assert found == []


def test_the_shipped_rows_are_valid(assistant: "Assistant") -> None:
    for name in ("plan.jsonl", "injections.jsonl"):
        assert validate(read_dataset(DATASETS / name), assistant.library) == ()


def test_the_schema_in_the_repository_is_that_of_the_rows() -> None:
    assert (DATASETS / "row.schema.json").read_text(encoding="utf-8") == row_schema()


def test_a_broken_row_is_named_by_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"id": "x"}\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"rows\.jsonl:1"):
        load_rows(path)


GOOD = {
    "id": "a1", "split": "dev", "kind": "number", "voice": "parent", "turns": ["公办园要占多少？"],
    "status": "answered", "facts": [["50％"]],
    "gold": [{"clause": "2.2.1", "quote": "全市公办园在园幼儿占比达到50％以上"}],
}  # fmt: skip


def test_each_fault_is_named_by_its_line_and_the_rest_is_read(tmp_path: Path, assistant: "Assistant") -> None:
    rows: list[dict[str, Any]] = [
        GOOD,
        {key: value for key, value in GOOD.items() if key != "status"} | {"id": "a2"},
        GOOD,
        GOOD | {"id": "a4", "gold": [{"clause": "2.2.1", "quote": "占比达到80％以上"}]},
        GOOD | {"id": "a5", "gold": [{"clause": "9.9", "quote": "占比"}]},
        GOOD | {"id": "a6", "gold": [{"clause": "2.2.1", "quote": "占比", "document": "no-such"}]},
        GOOD | {"id": "a7", "turns": ["公办园要占多少呢？"], "split": "test"},
        GOOD | {"id": "a8", "turns": ["别的问题，没有一个字一样吧？"], "typo": 1},
        GOOD | {"id": "a9", "turns": [" "], "split": "train", "facts": [["80％"]]},
        GOOD | {"id": "a10", "turns": ["又一个完全不同的说法行不行？"]},
    ]
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows) + "{\n", encoding="utf-8")
    dataset = read_dataset(path)
    assert [row.id for row in dataset.rows] == ["a1", "a4", "a5", "a6", "a7", "a9", "a10"]
    found = [str(fault) for fault in validate(dataset, assistant.library)]
    expected = [
        (2, "status: "), (3, "编号 a1 与第 1 行的相同"), (4, "条款 2.2.1 里没有这句原文"),
        (5, "没有条款 9.9"), (6, "没有文件“no-such”"), (7, "与 a1 几乎是同一个问题，而那道是 dev"),
        (8, "typo: "), (9, "split 是“train”"), (9, "有一句提问是空的"), (9, "没有要点“80％”"),
        (11, "JSON"),
    ]  # fmt: skip
    for line, text in expected:
        assert any(f.startswith(f"rows.jsonl:{line}: ") and text in f for f in found), (line, text, found)


@given(st.text(), st.text())
def test_nearness_is_symmetric_and_a_text_is_near_to_itself(one: str, other: str) -> None:
    first, second = bigrams(one), bigrams(other)
    assert near(first, second) == near(second, first)
    assert near(first, first) == bool(first)
