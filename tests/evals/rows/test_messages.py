"""The authors' messages hold what their README promises."""

import json
import re
from itertools import chain
from typing import Any

import pytest

from evals.rows.dataset import DATASETS
from evals.runs.messages.wrapped import WRAPPINGS
from index.readers.corpus import load_corpus

FOLDER = DATASETS / "messages"
MARKED = re.compile(r"⟦([^⟦⟧]+)⟧")
(PLAN,) = load_corpus()


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(
    ("name", "count"),
    [
        *((f"messages.m{author}.jsonl", 100) for author in (1, 2, 3, 4)),
        *((f"claims.c{author}.jsonl", 150) for author in (1, 2)),
        ("claims.c3.jsonl", 160),
        ("claims.c4.jsonl", 300),
        ("claims.c5.jsonl", 240),
        ("places.a1.jsonl", 200),
        ("places.a2.jsonl", 120),
        ("places.a3.jsonl", 400),
        ("several_parts.dev.jsonl", 100),
        ("several_parts.dev2.jsonl", 117),
        ("yesno.jsonl", 200),
        ("places_elsewhere.jsonl", 60),
        ("places_own.jsonl", 60),
        ("several_parts.jsonl", 80),
        ("outline_forms.jsonl", 60),
    ],
)
def test_each_file_has_its_rows_and_quotes_the_plan(name: str, count: int) -> None:
    found = rows(name)
    texts = [row.get("marked") or row["text"] for row in found]
    assert len(set(texts)) == len({row["id"] for row in found}) == count
    parts = chain.from_iterable(
        [row, row.get("belief") or {}, *row.get("asked", ()), *row.get("parts", ())] for row in found
    )
    quotes = [part["quote"] for part in parts if part.get("quote")]
    assert all(quote in PLAN.text for quote in quotes)


@pytest.mark.parametrize("author", [1, 2, 3, 4])
def test_what_is_asked_is_marked(author: int) -> None:
    for row in rows(f"messages.m{author}.jsonl"):
        assert MARKED.findall(row["marked"]) == [asked["text"] for asked in row["asked"]], row["id"]
        if row["belief"]:
            assert row["belief"]["text"] in MARKED.sub(r"\1", row["marked"]), row["id"]


@pytest.mark.parametrize("author", [1, 2])
def test_a_claim_stands_in_its_message_and_the_deciding_words_in_the_quotation(author: int) -> None:
    for row in rows(f"claims.c{author}.jsonl"):
        assert (row["claimed"] is not None) == row["false"], row["id"]
        assert row["claimed"] is None or row["claimed"] in row["text"], row["id"]
        assert row["value"] in row["quote"], row["id"]


@pytest.mark.parametrize(("name", "count"), [("topics.dev.jsonl", 120), ("topics.jsonl", 60)])
def test_half_of_the_topics_are_treated_where_their_quotations_stand(name: str, count: int) -> None:
    found = rows(name)
    assert len({row["text"] for row in found}) == count
    assert sum(bool(row["quotes"]) for row in found) == count / 2
    assert all(quote in PLAN.text for row in found for quote in row["quotes"])


@pytest.mark.parametrize(("name", "count"), [("distress.d1.jsonl", 240), ("distress.d2.jsonl", 120)])
def test_a_third_of_these_messages_are_of_people_in_need(name: str, count: int) -> None:
    found = rows(name)
    assert len({row["text"] for row in found}) == count
    assert sum(row["distress"] for row in found) == count / 3


@pytest.mark.parametrize(
    ("name", "count"), [("strangers.dev.jsonl", 122), ("strangers.b.dev.jsonl", 100), ("strangers.jsonl", 60)]
)
def test_what_strangers_ask_is_marked_with_stretches_of_the_plan(name: str, count: int) -> None:
    found = rows(name)
    assert len({row["id"] for row in found}) == count
    for row in found:
        assert bool(row["quotes"]) or row["label"] != "answered", row["id"]
        assert all(quote in PLAN.text for quote in row["quotes"]), row["id"]


def test_every_file_is_measured_with_or_fitted_on() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in DATASETS.parent.rglob("*.py"))
    wrapped = {f"wrappings.{author}.jsonl" for author in WRAPPINGS}
    others = {path.name for path in FOLDER.glob("*.jsonl")} - wrapped
    assert not [name for name in others if f'"{name}"' not in sources]
