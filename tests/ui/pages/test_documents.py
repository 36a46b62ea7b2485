"""The page of the original: nothing lost, everything escaped, the right place marked."""

import html
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from assistant.api.problems import not_ready
from index.library.library import DocumentView, Library
from index.schema import Document
from index.structure.outline import outlined
from tests.ui.pages.library import document, pages_of
from ui.pages.documents import page_router
from ui.pages.original import render_text
from ui.static_files import static_url

if TYPE_CHECKING:
    from assistant.service import Assistant

PLAN = "chongqing-education-modernization-2020-2022"
_ARTICLE = re.compile(r"<article[^>]*>(.*)</article>", re.DOTALL)
_MARK = re.compile(r"<mark[^>]*>(.*?)</mark>", re.DOTALL)


@pytest.fixture(scope="module")
def client(assistant: "Assistant") -> Iterator[TestClient]:
    app = FastAPI()
    app.include_router(page_router(lambda: assistant))
    with TestClient(app, follow_redirects=False) as made:
        yield made


@pytest.fixture(scope="module")
def plan(assistant: "Assistant") -> DocumentView:
    view = assistant.library.get(PLAN)
    assert view
    return view


def _text(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


def _marked(markup: str) -> str:
    return "".join(_text(part) for part in _MARK.findall(markup))


def _view(text: str) -> DocumentView:
    document = Document(id="x", version="1", title="x", text=text, sha256="0", source_name="x.txt")
    view = Library([outlined(document)]).get("x")
    assert view
    return view


def test_the_stored_text_is_there_character_for_character(client: TestClient, plan: DocumentView) -> None:
    page = client.get(f"/documents/{PLAN}").text
    article = _ARTICLE.search(page)
    assert article
    assert _text(article[1]) == plan.document.text


def test_every_clause_has_its_element(client: TestClient, plan: DocumentView) -> None:
    page = client.get(f"/documents/{PLAN}").text
    ids = re.findall(r'id="c-([^"]+)"', page)
    assert ids == [clause.address for clause in plan.clauses]
    linked = re.findall(r'href="#c-([^"]+)"', page)
    assert set(linked) <= set(ids)
    assert len(linked) == 3 + 16 + 40 + 1, "parts, sections, items, preamble"


def test_a_span_is_marked_exactly_even_across_clauses(plan: DocumentView) -> None:
    clause = plan.clause("2.1.4")
    assert clause
    text = plan.document.text
    for start, end in [
        (clause.start, clause.heading_end),
        (clause.start - 40, clause.heading_end + 15),
        (clause.heading_end - 3, clause.end + 60),
        (0, len(text)),
        (len(text) - 2, len(text)),
    ]:
        marked = _marked(render_text(plan, None, (start, end)))
        assert "".join(marked.split()) == "".join(text[start:end].split())
        assert render_text(plan, None, (start, end)).count('id="quote"') == 1


def test_the_query_marks_the_quotation_and_tints_its_clause(client: TestClient, plan: DocumentView) -> None:
    at = plan.document.text.index("每天１小时校园体育")
    found = client.get(f"/documents/{PLAN}?version=2020-10-22&clause=2.1.4&start={at}&end={at + 5}")
    assert found.status_code == 200
    assert _marked(found.text) == plan.document.text[at : at + 5]
    assert re.search(r'class="[^"]*cited" id="c-2\.1\.4"', found.text)
    guessed = client.get(f"/documents/{PLAN}?start={at}&end={at + 5}")
    assert re.search(r'class="[^"]*cited" id="c-2\.1\.4"', guessed.text)


def test_where_clause_and_offsets_disagree_the_offsets_win_and_it_is_said(
    client: TestClient, plan: DocumentView
) -> None:
    at = plan.document.text.index("每天１小时校园体育")
    span = f"start={at}&end={at + 5}"
    for query in (f"clause=2.2.1&{span}", f"clause=2.2.1&{span}&embed=1"):
        page = client.get(f"/documents/{PLAN}?{query}").text
        assert re.findall(r'class="[^"]*cited" id="c-([^"]+)"', page) == ["2.1.4"]
        assert _marked(page) == plan.document.text[at : at + 5]
        told = re.search(r'<p class="notice clash"[^>]*>(.*?)</p>', page, re.DOTALL)
        assert told
        assert "链接里写的条款是“二、（二）1”" in told[1]
        assert "而在“二、（一）4”" in told[1]
        (link,) = re.findall(r'href="(/[^"]+)"', told[1])
        there = client.get(html.unescape(link)).text
        assert re.findall(r'class="[^"]*cited" id="c-([^"]+)"', there) == ["2.2.1"]
    for agreeing in ("2", "2.1", "2.1.4"):
        assert "clash" not in client.get(f"/documents/{PLAN}?clause={agreeing}&{span}").text


def test_blanks_that_page_breaks_left_take_no_room(plan: DocumentView) -> None:
    markup = render_text(plan)
    assert '民办幼儿<span class="break"> </span>园' in markup
    assert not re.search(
        "[\u4e00-\u9fff] [\u4e00-\u9fff]", re.sub(r'<span class="break">.*?</span>', "", markup)
    )
    at = plan.document.text.index("民办幼儿 园")
    assert '<mark id="quote" tabindex="-1">幼儿<span class="break"> </span>园</mark>' in render_text(
        plan, None, (at + 2, at + 6)
    )


def test_blanks_that_set_words_apart_stay() -> None:
    markup = render_text(_view("办法\n第一章 总则\n第一条 为了安全，制定本 办法。\n出席：\n张三 李四"))
    assert "第一章 总则" in markup
    assert "张三 李四" in markup
    assert '制定本<span class="break"> </span>办法' in markup


def test_an_article_stands_in_the_line_of_its_number(plan: DocumentView) -> None:
    markup = render_text(_view("条例\n第一章　总则\n第一条　为了安全。\n第二条　学校适用。\n幼儿园也是。\n"))
    assert markup.count("run-in") == 2
    assert markup.count("in-line") == 2
    assert markup.index("学校适用") > markup.index("in-line", markup.index("第二条"))


def test_what_a_browser_has_already_is_not_sent_again(client: TestClient) -> None:
    for query, kept in (("embed=1&clause=2.1.4", "private, max-age=60"), ("clause=2.1.4", "no-cache")):
        first = client.get(f"/documents/{PLAN}?{query}")
        assert first.headers["cache-control"] == kept
        again = client.get(f"/documents/{PLAN}?{query}", headers={"If-None-Match": first.headers["etag"]})
        assert again.status_code == 304
        assert again.content == b""
        assert again.headers["etag"] == first.headers["etag"]
        other = client.get(
            f"/documents/{PLAN}?{query}&q=体育", headers={"If-None-Match": first.headers["etag"]}
        )
        assert other.status_code == 200


@pytest.mark.parametrize(("query", "status"), [("clause=9.9", 404), ("start=1", 422), ("version=1", 404)])
def test_a_fault_in_the_chat_is_a_part_too(client: TestClient, query: str, status: int) -> None:
    found = client.get(f"/documents/{PLAN}?{query}&embed=1")
    assert found.status_code == status
    assert found.text.strip().startswith('<section class="original part" aria-labelledby="o-title">')
    assert "打开全文" in found.text
    assert client.get("/documents/none?embed=1").text.count("<section") == 1


def test_an_expired_plan_says_so(client: TestClient) -> None:
    assert "实施期为2020—2022年，现已届满" in client.get(f"/documents/{PLAN}").text


def test_for_the_chat_there_is_a_part_of_a_page(client: TestClient, plan: DocumentView) -> None:
    at = plan.document.text.index("每天１小时校园体育")
    query = f"version=2020-10-22&clause=2.1.4&start={at}&end={at + 5}"
    part = client.get(f"/documents/{PLAN}?{query}&embed=1").text.strip()
    assert part.startswith('<section class="original part"')
    assert part.endswith("</section>")
    assert not re.search(r"<(html|head|body|link|script|nav|h1)\b", part)
    assert '<mark id="quote" tabindex="-1">' in part
    assert f'href="/documents/{PLAN}?{html.escape(query)}#quote"' in part
    ids = re.findall(r' id="([^"]+)"', part)
    assert len(ids) == len(set(ids))
    assert all(each == "quote" or each.startswith(("o-", "c-")) for each in ids)
    text = re.search(r'<div class="o-text"[^>]*>(.*)</div>', part, re.DOTALL)
    assert text
    assert _text(text[1]) == plan.document.text


def test_the_list_says_whose_each_document_is_and_whether_it_binds(client: TestClient) -> None:
    page = client.get("/documents").text
    for told in (
        "重庆市加快推进教育现代化实施方案（2020—2022年）",
        "实施期2020—2022年，已满",
        "2020年10月22日",
        "文本没有写明",
    ):
        assert told in page
    assert f'href="/documents/{PLAN}?version=2020-10-22"' in page
    part = client.get("/documents?embed=1").text.strip()
    assert part.startswith('<section class="original part"')
    assert f'href="/documents/{PLAN}?version=2020-10-22"' in part


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("nope", 404),
        ("%3Cscript%3Ealert(1)%3C%2Fscript%3E", 404),
        (f"{PLAN}?version=1999-01-01", 404),
        (f"{PLAN}?clause=9.9.9", 404),
        (f"{PLAN}?clause=%3Cb%3E", 404),
        (f"{PLAN}?start=1", 422),
        (f"{PLAN}?start=a&end=b", 422),
        (f"{PLAN}?start=-1&end=5", 422),
        (f"{PLAN}?start=9&end=9", 422),
        (f"{PLAN}?start=9&end=2", 422),
        (f"{PLAN}?start=0&end=99999999", 422),
        (f"{PLAN}?start=１&end=２", 422),
        (f"{PLAN}?start=1&end=9999999999999999999999", 422),
    ],
)
def test_a_wrong_address_gets_a_page_in_chinese(client: TestClient, address: str, status: int) -> None:
    found = client.get(f"/documents/{address}")
    assert found.status_code == status
    assert found.headers["content-type"].startswith("text/html")
    assert "这一页打不开" in found.text
    assert "<script>" not in found.text
    assert "<b>" not in found.text
    assert "Traceback" not in found.text


def test_while_the_index_opens_the_page_says_so_and_comes_back() -> None:
    def closed() -> "Assistant":
        raise not_ready()

    app = FastAPI()
    app.include_router(page_router(closed))
    found = TestClient(app).get(f"/documents/{PLAN}")
    assert found.status_code == 503
    assert "请过几秒再试" in found.text
    assert found.headers["refresh"]


def test_a_documents_text_is_escaped() -> None:
    text = "标题<script>\n一、<img src=x onerror=alert(1)>\n正文 & \"引号\" '单' </article><b>x</b>。"
    markup = render_text(_view(text), None, (3, 30))
    assert _text(markup) == text
    assert not re.search(r"<(script|img|b|/article)", markup)


def test_the_policy_allows_no_other_host_and_no_inline_script(client: TestClient) -> None:
    found = client.get(f"/documents/{PLAN}")
    policy = found.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert not re.search(r"<script(?! src=)|style=|\son\w+=", found.text)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', found.text)


def test_static_files_are_a_closed_set(client: TestClient) -> None:
    assert client.get("/ui/static/page.css").headers["content-type"].startswith("text/css")
    for name in ("..%2Fpage.py", "nope.css", "%2e%2e/page.py", "chat", "x/chat/"):
        assert client.get(f"/ui/static/{name}").status_code == 404


def test_a_file_is_kept_for_good_under_its_edition_only(client: TestClient) -> None:
    address = static_url("page.css")
    found = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert "immutable" in found.headers["cache-control"]
    assert found.headers["content-encoding"] == "gzip"
    plain = client.get(address, headers={"Accept-Encoding": "gzip;q=0"})
    assert "content-encoding" not in plain.headers
    assert plain.text == found.text
    earlier = client.get("/ui/static/000000000000/page.css")
    assert earlier.text == found.text
    assert earlier.headers["cache-control"] == "no-cache"


def test_a_page_goes_out_compressed(client: TestClient) -> None:
    address = "/documents/chongqing-education-modernization-2020-2022"
    small = client.get(address, headers={"Accept-Encoding": "gzip"})
    plain = client.get(address, headers={"Accept-Encoding": "identity"})
    assert int(small.headers["content-length"]) < int(plain.headers["content-length"]) / 2
    assert small.text == plain.text


def test_an_undated_version_leads_to_the_one_that_was_added_after_it() -> None:
    old, new = (document(version=version) for version in ("undated-f00dbeef", "undated-0001-0a0b0c0d"))
    page = pages_of([old, new]).get("/documents/law", params={"version": old.version}).text
    assert f'<a href="/documents/law?version={new.version}">查看新版本</a>' in page
