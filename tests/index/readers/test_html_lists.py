import pytest
from lxml import etree

from index.readers.html_lists import ListCounter


def marks(page: str) -> list[str]:
    element = etree.fromstring(page)
    counter = ListCounter.of(element)
    return [counter.mark(item) for item in element.iterchildren("li")]


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<ol><li/><li/></ol>", ["1. ", "2. "]),
        ("<ol start='3'><li/><li value='7'/><li/></ol>", ["3. ", "7. ", "8. "]),
        ("<ol reversed=''><li/><li/><li/></ol>", ["3. ", "2. ", "1. "]),
        ("<ol reversed='' start='5'><li/><li/></ol>", ["5. ", "4. "]),
        ("<ol start='-1'><li/><li/></ol>", ["-1. ", "0. "]),
        ("<ol type='a' start='26'><li/><li/></ol>", ["z. ", "aa. "]),
        ("<ol type='I' start='4'><li/></ol>", ["IV. "]),
        ("<ol style='list-style-type: cjk-ideographic' start='10'><li/><li/></ol>", ["十、", "十一、"]),
        ("<ol style='list-style-type: trad-chinese-formal' start='6'><li/></ol>", ["陸、"]),
        ("<ol style='LIST-STYLE: inside UPPER-ROMAN;' type='a'><li/></ol>", ["I. "]),
        ("<ol><li type='A'/><li/></ol>", ["A. ", "2. "]),
        ("<ol></ol>", []),
    ],
)
def test_items_are_numbered_as_a_browser_numbers_them(page: str, expected: list[str]) -> None:
    assert marks(page) == expected


def test_an_item_without_a_visible_number_is_counted() -> None:
    page = "<ol><li style='list-style-type: none'/><li/></ol>"
    assert marks(page) == ["", "2. "]
    assert marks("<ol style='list-style: disc'><li/><li/></ol>") == ["", ""]


@pytest.mark.parametrize("start", ["x", "", "99999999", "1000001"])
def test_a_start_that_is_no_reasonable_number_is_passed_over(start: str) -> None:
    assert marks(f"<ol start='{start}'><li/></ol>") == ["1. "]
    assert marks(f"<ol><li/><li value='{start}'/></ol>") == ["1. ", "2. "]


def test_an_unknown_style_is_passed_over() -> None:
    assert marks("<ol type='z' style='list-style-type: klingon'><li/></ol>") == ["1. "]
