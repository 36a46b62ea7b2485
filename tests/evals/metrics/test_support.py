"""Scripted corruptions, and the published rates of sentence support over them."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assistant.llm.support import Support, SupportChecker
from evals.metrics.support import Rate, measure, rates_table
from evals.rows.corruptions import KINDS, Pair, make_pairs, read_pairs
from evals.rows.dataset import DATASETS
from index.readers.corpus import load_corpus
from index.text.folding import fold_text

if TYPE_CHECKING:
    from assistant.service import Assistant

PAIRS = make_pairs(load_corpus())


def test_there_are_enough_and_always_the_same() -> None:
    kinds = Counter(pair.kind for pair in PAIRS if not pair.supported)
    assert set(kinds) == set(KINDS)
    assert kinds.total() >= 200
    assert sum(pair.supported for pair in PAIRS) >= 200
    assert make_pairs(load_corpus()) == PAIRS


def test_every_pair_stands_on_the_plans_own_words() -> None:
    (document,) = load_corpus()
    for pair in PAIRS:
        assert all(quote in document.text for quote in pair.quotes)
        assert pair.sentence not in pair.quotes


def test_the_written_parts_are_whole_and_verbatim() -> None:
    (document,) = load_corpus()
    plan = fold_text(document.text)
    held = read_pairs(DATASETS / "support.jsonl")
    assert Counter(pair.supported for pair in held) == {True: 100, False: 100}
    for pair in (*held, *read_pairs(DATASETS / "support.dev.jsonl")):
        assert all(fold_text(quote) in plan for quote in pair.quotes)
    developed = {pair.sentence for pair in read_pairs(DATASETS / "support.dev.jsonl")}
    assert not developed & {pair.sentence for pair in held}


def test_rates_by_hand() -> None:
    class Says(SupportChecker):
        def __init__(self) -> None:
            pass

        def check(self, sentence: str, quotes: object) -> Support:
            return Support(0.0, sentence == "yes")

    pairs = [
        Pair("yes", ("q",), True, "paraphrase", "q"), Pair("no", ("q",), True, "paraphrase", "q"),
        Pair("yes", ("q",), False, "year", "q"), Pair("no", ("q",), False, "number", "q"),
    ]  # fmt: skip
    assert measure(Says(), pairs) == (
        Rate("all", False, 0.5, 2), Rate("number", False, 1.0, 1), Rate("year", False, 0.0, 1),
        Rate("all", True, 0.5, 2), Rate("paraphrase", True, 0.5, 2),
    )  # fmt: skip
    assert "| corrupted | year | 0.000 | 1 |" in rates_table(measure(Says(), pairs))


def test_the_scripted_rates_are_reached(assistant: "Assistant") -> None:
    """Every third pair, so that it stays fast; the published figures are over all."""
    rates = measure(SupportChecker(assistant.searcher.embedder), PAIRS[::3])
    whole = {rate.supported: rate.flagged for rate in rates if rate.kind == "all"}
    assert whole[False] >= 0.92
    assert whole[True] <= 0.02


def test_a_broken_pair_is_named(tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text('{"sentence": "x"}\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"pairs\.jsonl:1"):
        read_pairs(path)
