import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path

import numpy as np
import pytest
from chromadb.errors import InternalError

from index.errors import IndexDamaged, IndexNotWritten
from index.schema import Claim, LayQuestion, OpenQuestion, Passage, PassageKind
from index.storage.chroma import (
    CLAIMS,
    COLLECTIONS,
    OPEN,
    PASSAGES,
    QUESTIONS,
    ChromaStore,
    claim_metadata,
    claim_of,
    damage_reported,
    open_metadata,
    open_of,
    passage_metadata,
    passage_of,
    question_metadata,
    question_of,
    refusal_reported,
)

EDITION = "books@2024-05-01"
SENTENCE = Passage(
    id=f"{EDITION}#1.2:3-9",
    document_id="books",
    document_version="2024-05-01",
    address="1.2",
    label="一、（二）",
    path=("一、开放", "（二）假日"),
    kind=PassageKind.SENTENCE,
    start=3,
    end=9,
    text="开到晚上九点。",
    ordinal=4,
    context="读书办法 一、开放",
    page=2,
)
HEADING = Passage("h", "books", "2024-05-01", "p1", "第1段", (), PassageKind.HEADING, 0, 2, "办法", 0)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaStore]:
    """An empty store; each test that fills it leaves it empty."""
    with closing(ChromaStore(tmp_path_factory.mktemp("chroma"))) as made:
        made.create()
        yield made


@pytest.mark.parametrize("passage", [SENTENCE, HEADING])
def test_a_passage_comes_back_from_its_entry(passage: Passage) -> None:
    assert passage_of(passage.id, passage.text, passage_metadata(passage)) == passage


def test_questions_and_claims_come_back_from_their_entries() -> None:
    lay = LayQuestion("h", "办卡要钱吗？")
    claim = Claim("h", "办卡要钱吧？", holds=False, value="免费")
    unsaid = OpenQuestion("books", "1.2", "电话多少？", "电话")
    assert question_of(lay.text, question_metadata(lay, EDITION, 0)) == lay
    assert claim_of(claim.text, claim_metadata(claim, EDITION, 0)) == claim
    assert open_of(unsaid.text, open_metadata(unsaid, EDITION, 0)) == unsaid


def test_a_new_store_holds_nothing(store: ChromaStore) -> None:
    for name in COLLECTIONS:
        entries = store.entries(name)
        assert (entries.ids, entries.texts, entries.metadatas) == ((), (), ())
        assert entries.vectors.shape == (0, 0)


def test_entries_come_by_edition_and_in_their_order_there(store: ChromaStore) -> None:
    vectors = np.asarray([[0.25, -1, 3], [1, 0, 0]], dtype=np.float32)
    # as strings, books-2@1 would stand before books@…, and ids say nothing of the order
    later = {"edition": "books-2@1", "ordinal": 0}
    own = [{"edition": EDITION, "ordinal": 11}, {"edition": EDITION, "ordinal": 2}]
    store.add(PASSAGES, ["一"], ["第三"], vectors[:1] * 2, [later])
    store.add(PASSAGES, ["乙", "丙"], ["第二", "第一"], vectors, own)
    store.add(PASSAGES, [], [], np.zeros((0, 3), np.float32), [])
    entries = store.entries(PASSAGES)
    assert entries.ids == ("丙", "乙", "一")
    assert entries.texts == ("第一", "第二", "第三")
    assert [dict(each) for each in entries.metadatas] == [own[1], own[0], later]
    assert entries.vectors == pytest.approx(
        np.asarray([[1, 0, 0], [0.25, -1, 3], [0.5, -2, 6]])
    )  # not scaled
    assert store.remove(EDITION) == 2
    assert store.entries(PASSAGES).ids == ("一",)
    assert store.remove("books-2@1") == 1
    assert store.entries(PASSAGES).ids == ()


def test_an_edition_is_removed_from_every_collection(store: ChromaStore) -> None:
    vector = np.ones((1, 3), dtype=np.float32)
    for name in (PASSAGES, QUESTIONS, CLAIMS, OPEN):
        for edition in ("a@1", "a@2"):
            store.add(name, [edition], ["文"], vector, [{"edition": edition, "ordinal": 0}])
    store.remove("a@1")
    store.remove("unknown@1")
    assert [store.entries(name).ids for name in COLLECTIONS] == [("a@2",)] * 4
    store.remove("a@2")


def test_a_store_tells_once_that_it_was_closed(tmp_path: Path) -> None:
    told: list[str] = []
    store = ChromaStore(tmp_path, lambda: told.append("closed"))
    assert told == []
    store.close()
    store.close()
    assert told == ["closed"]


@pytest.mark.parametrize(
    ("report", "error"), [(damage_reported, IndexDamaged), (refusal_reported, IndexNotWritten)]
)
@pytest.mark.parametrize(
    "cause", [sqlite3.DatabaseError("disk image is malformed"), OSError(28, "full"), InternalError("x")]
)
def test_what_goes_wrong_below_is_reported_for_people(
    report: Callable[[], AbstractContextManager[None]], error: type[Exception], cause: Exception
) -> None:
    with pytest.raises(error) as told, report():
        raise cause
    assert told.value.__cause__ is cause


def test_other_errors_are_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError), damage_reported():
        raise ZeroDivisionError
    with pytest.raises(ValueError, match="no shape"), refusal_reported():
        raise ValueError("no shape")
