import pytest

from index.schema import Claim, LayQuestion, OpenQuestion, Passage, PassageKind
from index.storage.entries import (
    claim_metadata,
    claim_of,
    open_metadata,
    open_of,
    passage_metadata,
    passage_of,
    question_metadata,
    question_of,
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


@pytest.mark.parametrize("passage", [SENTENCE, HEADING])
def test_a_passage_comes_back_from_its_entry(passage: Passage) -> None:
    assert passage_of(passage.id, passage.text, passage_metadata(passage)) == passage


def test_questions_and_claims_come_back_from_their_entries() -> None:
    lay = LayQuestion("h", "办卡要钱吗？")
    claim = Claim("h", "办卡要钱吧？", holds=False, value="免费")
    unsaid = OpenQuestion("books", "1.2", "电话多少？", "电话")
    assert question_of("q", lay.text, question_metadata(lay, EDITION, 0)) == lay
    assert claim_of("c", claim.text, claim_metadata(claim, EDITION, 0)) == claim
    assert open_of("o", unsaid.text, open_metadata(unsaid, EDITION, 0)) == unsaid
