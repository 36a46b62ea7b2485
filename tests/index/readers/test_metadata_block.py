from datetime import date

import pytest

from index.errors import InvalidMetadata
from index.readers.metadata_block import front_matter


@pytest.mark.parametrize(
    ("block", "fields"),
    [
        ("---\ntitle: 读书办法\nperiod: [2020, 2022]\n---\n", {"title": "读书办法", "period": [2020, 2022]}),
        (
            '+++\ntitle = "读书办法"\npublished = 2024-05-01\n+++\n',
            {"title": "读书办法", "published": date(2024, 5, 1)},
        ),
        ("---  \npublished: 2024-05-01\n--- \n", {"published": date(2024, 5, 1)}),
        ("---\n2024: 甲\n---\n", {"2024": "甲"}),
        ("+++\n+++\n", {}),
    ],
)
def test_the_fields_of_a_block_and_its_end_are_found(block: str, fields: dict[str, object]) -> None:
    assert front_matter(f"{block}正文", "办法.md") == (fields, len(block))
    assert front_matter(block.removesuffix("\n"), "办法.md") == (fields, len(block) - 1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "正文",
        "正文\n---\ntitle: 甲\n---\n",  # not at the head
        "---\ntitle: 甲\n",  # never closed
        "---\ntitle: 甲\n+++\n",
        "---\n只是一段文字\n---\n",  # between two thematic breaks
        "---\n---\n正文",
        "---\n- 甲\n- 乙\n---\n",
        "---\n“引号: [没有关\n---\n",
        f"---\ntitle: {'长' * 70_000}\n---\n",
    ],
)
def test_a_text_that_begins_otherwise_has_no_fields(text: str) -> None:
    assert front_matter(text, "办法.md") == ({}, 0)


@pytest.mark.parametrize(
    "block",
    [
        "---\ntitle: [甲\n---\n",
        "+++\ntitle\n+++\n",
        "---\na: &x 甲\nb: *x\n---\n",  # a reference, which could unfold to gigabytes
        "---\ntitle: !!python/object:os.system 甲\n---\n",
        "---\npublished: 2024-13-45\n---\n",
        "---\nx: !!int 甲\n---\n",
        f"---\nx: {'[' * 200}\n---\n",
    ],
)
def test_a_block_that_cannot_be_read_is_refused(block: str) -> None:
    with pytest.raises(InvalidMetadata, match="开头的说明"):
        front_matter(f"{block}正文", "办法.md")


def test_deep_nesting_is_refused_at_once() -> None:
    with pytest.raises(InvalidMetadata):
        front_matter(f"---\nx: {'[' * 20_000}\n---\n", "办法.md")
