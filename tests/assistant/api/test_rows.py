"""A table's row in the answer that programs get."""

from dataclasses import replace

from assistant.api import models
from tests.assistant.storage.test_conversations import CITATION


def test_a_rows_cells_are_named() -> None:
    cited = replace(CITATION, row=(("学段", "小学"), ("", "<b>0</b>")))
    found = models.Citation.model_validate(cited)
    assert found.model_dump(mode="json")["row"] == [
        {"name": "学段", "value": "小学"},
        {"name": "", "value": "<b>0</b>"},
    ]
    assert models.Citation.model_validate_json(found.model_dump_json()) == found


def test_what_is_no_row_has_no_cells() -> None:
    assert models.Citation.model_validate(replace(CITATION, row=())).model_dump()["row"] == []
