import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from evals.rows.dataset import gold_faults
from evals.rows.squad import read_squad

if TYPE_CHECKING:
    from assistant.service import Assistant

ANSWER = "50％以上"


def write(path: Path, context: str, *questions: dict[str, Any]) -> Path:
    file = path / "squad.json"
    article = {"title": "方案", "paragraphs": [{"context": context, "qas": questions}]}
    file.write_text(json.dumps({"version": "v2.0", "data": [article]}, ensure_ascii=False), encoding="utf-8")
    return file


def question(identifier: str, *answers: str, **more: Any) -> dict[str, Any]:
    given = [{"text": text, "answer_start": 0} for text in answers]
    return {"id": identifier, "question": "公办园占比要达到多少？", "answers": given, **more}


@pytest.fixture
def context(assistant: "Assistant") -> str:
    (view,) = assistant.library.views()
    clause = view.clause("2.2.1")
    assert clause is not None
    return view.document.text[clause.start : clause.end]


def test_answers_get_their_clause_and_sentence(tmp_path: Path, assistant: "Assistant", context: str) -> None:
    file = write(tmp_path, context, question("a", ANSWER, "50％"), question("b", is_impossible=True))
    dataset = read_squad(file, assistant.library)
    assert dataset.faults == ()
    assert gold_faults(dataset, assistant.library) == {}
    answered, impossible = dataset.rows
    (gold,) = answered.gold
    assert gold.clause.startswith("2.2.1")
    assert ANSWER in gold.quote
    assert gold.quote.endswith("。")
    assert answered.facts == ((ANSWER, "50％"),)
    assert impossible.status == "not_covered"


def test_of_several_places_the_one_nearest_the_offset_counts(
    tmp_path: Path, assistant: "Assistant", context: str
) -> None:
    last = context.rindex("幼儿园")
    asked = question("a")
    asked["answers"] = [{"text": "幼儿园", "answer_start": last + 2}]
    (row,) = read_squad(write(tmp_path, context, asked), assistant.library).rows
    assert row.gold[0].quote in context[max(0, last - 120) :]


def test_what_cannot_be_a_row_is_named_and_the_rest_is_read(
    tmp_path: Path, assistant: "Assistant", context: str
) -> None:
    wrong = [question("no-answer"), question("elsewhere", "文中没有"), question("a", ANSWER)]
    dataset = read_squad(write(tmp_path, context, question("a", ANSWER), *wrong), assistant.library)
    assert [row.id for row in dataset.rows] == ["a"]
    assert [(fault.line, fault.text.partition(":")[0]) for fault in dataset.faults] == [
        (2, "no-answer"), (3, "elsewhere"), (4, "a"),
    ]  # fmt: skip
    strange = read_squad(write(tmp_path, "别处的文字", question("x", "文字")), assistant.library)
    assert "no document" in strange.faults[0].text


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"data": [{"paragraphs": [{"qas": []}]}]}', "\xff"])
def test_no_squad_file_is_a_value_error_naming_the_file(
    tmp_path: Path, assistant: "Assistant", text: str
) -> None:
    file = tmp_path / "other.json"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(ValueError, match=r"other\.json"):
        read_squad(file, assistant.library)
