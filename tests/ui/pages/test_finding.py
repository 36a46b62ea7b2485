"""Words looked for, in the list and within a document: forms and links, no script."""

import html
import re
from itertools import pairwise

import pytest

from index.library.library import Library
from tests.ui.pages.library import document, pages_of
from ui.pages.finding import MOST_MARKED, find
from ui.pages.original import render_text

TEXT = "学校，学\n校；ＡＢＣ学校２０２３年。"
_FOUND = re.compile(r'<mark class="found(?: here)?" id="(o-hit-\d+)">(.*?)</mark>', re.DOTALL)


def _links(page: str) -> dict[str, str]:
    """The ways on beside the count, by their words."""
    hits = page[page.index('class="hits"') : page.index("<article")]
    return {
        words: html.unescape(address) for address, words in re.findall(r'<a href="([^"]+)">([^<]+)<', hits)
    }


@pytest.mark.parametrize(
    ("words", "places"),
    [
        ("学校", ["学校", "学\n校", "学校"]),
        ("abc 学校", ["ＡＢＣ学校"]),
        ("2023", ["２０２３"]),
        ("幼儿园", []),
    ],
)
def test_words_are_found_whatever_their_width_and_where_the_line_ends(words: str, places: list[str]) -> None:
    found = find(TEXT, words)
    assert [TEXT[mark.start : mark.end] for mark in found.marks] == places
    assert found.count == len(places)


def test_places_stand_apart_and_the_first_ones_are_marked() -> None:
    found = find("的" * 2000, "的的的")
    assert found.count == 666
    assert len(found.marks) == MOST_MARKED
    assert all(first.end <= second.start for first, second in pairwise(found.marks))


@pytest.mark.parametrize(("asked", "before", "here", "after"), [(1, 3, 1, 2), (3, 2, 3, 1), (99, 2, 3, 1)])
def test_the_places_go_round(asked: int, before: int, here: int, after: int) -> None:
    found = find(TEXT, "学校", asked)
    assert (found.before, found.here, found.after) == (before, here, after)


def test_the_page_marks_counts_and_leads_from_place_to_place() -> None:
    client = pages_of([document()])
    page = client.get("/documents/law", params={"q": "学校"}).text
    assert 'action="/documents/law#o-hit-1"' in page
    marked = _FOUND.findall(page)
    assert [name for name, _ in marked] == [f"o-hit-{number}" for number in range(1, 6)]
    assert "“学校”共5处，这是第1处" in page
    assert page.count('class="found here"') == 1
    second = client.get(_links(page)["下一处"]).text
    assert '<mark class="found here" id="o-hit-2">' in second
    assert _links(second)["下一处"].endswith("#o-hit-3")
    assert _links(second)["上一处"].endswith("#o-hit-1")
    plain = client.get(_links(page)["不再标出"]).text
    assert "<mark" not in plain


def test_nothing_found_is_said_with_a_way_on() -> None:
    page = pages_of([document()]).get("/documents/law", params={"q": "食堂<b>"}).text
    assert "这份文件里没有“食堂&lt;b&gt;”" in page
    assert _links(page) == {"用自己的话提问": "/"}
    blank = pages_of([document()]).get("/documents/law", params={"q": " \u3000", "hit": "x"}).text
    assert 'class="hits"' not in blank


def test_the_quotation_and_the_text_stay_as_they_are_beside_what_is_found() -> None:
    view = Library([document()]).get("law")
    assert view
    text = view.document.text
    at = text.index("学校安全工作")
    markup = render_text(view, "2", (at, at + 6), find(text, "学校").marks)
    assert html.unescape(re.sub(r"<[^>]*>", "", markup)) == text
    assert markup.count("<mark id=") == 1
    assert len(_FOUND.findall(markup)) == 4, "the one within the quotation is left to it"


def test_the_list_is_searched_by_title_issuer_and_number() -> None:
    known = {"issuer": "河湾市教育局", "number": "河教发〔2024〕3号"}
    client = pages_of([document(), document(id="notice", title="关于资助的通知", **known)])
    for words, there, gone in [
        ("安全", "law", "notice"),
        ("教育局 资助", "notice", "law"),
        ("〔2024〕３", "notice", "law"),
    ]:
        page = client.get("/documents", params={"q": words}).text
        assert f'href="/documents/{there}?' in page
        assert f'href="/documents/{gone}?' not in page
        assert "找到1份" in page
    none = client.get("/documents", params={"q": "<i>食堂"}).text
    assert "<i>" not in none
    assert 'href="/documents">看全部2份' in none


def test_a_long_list_has_pages() -> None:
    client = pages_of([document(id=f"d{number:03}", title=f"通知{number}") for number in range(120)])
    seen: list[str] = []
    address = "/documents?q=通知"
    for _ in range(3):
        page = client.get(address).text
        seen += re.findall(r'href="/documents/(d\d+)\?', page)
        onward = re.search(r'href="([^"]+)" rel="next"', page)
        address = html.unescape(onward[1]) if onward else ""
    assert not address
    assert seen == [f"d{number:03}" for number in range(120)]
    assert "第3页，共3页" in client.get("/documents", params={"page": "99"}).text
