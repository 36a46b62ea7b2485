"""The evidence sheet and the shared answer on A4 and on screens, in a real browser."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

QUESTIONS = [
    "公办幼儿园的占比要达到多少？",
    "重点任务有哪些？",
    "学校食堂一顿饭多少钱？",
    "听说公办园占比要到80%，是不是？",
    "今天天气怎么样？",
    "残疾孩子上学有什么保障？",
    "我是乡村老师，有啥子补贴？电话13883456789",
    "娃儿一天在学校能运动好久？",
]
_SEND = """([secret, answers]) => {
  const form = document.createElement("form");
  form.method = "post";
  form.action = "/sheet";
  for (const [name, value] of [["secret", secret], ...answers.map((each) => ["answer", each])]) {
    const field = document.createElement("input");
    field.name = name;
    field.value = value;
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}"""
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_CODE_MM = 22
_PX_PER_MM = 96 / 25.4
_WHITE, _BLACK = 250, 40
"""Of 255, in a rendering in grey: what is paper, what is print."""


@dataclass(frozen=True)
class Asked:
    """A conversation in which `QUESTIONS` were asked."""

    base: str
    secret: str
    answers: list[dict[str, Any]]


@dataclass(frozen=True)
class Paper:
    """A printed page: its text without white space, its size in points, its rendering in grey."""

    text: str
    size: tuple[float, float]
    grey: Any


@pytest.fixture(scope="module")
def asked(server: str) -> Asked:
    with httpx.Client(base_url=server, timeout=60) as client:
        first = client.post("/v1/ask", json={"question": QUESTIONS[0]}).json()
        secret = first["conversation_secret"]
        answers = [first]
        for question in QUESTIONS[1:]:
            body = {"question": question, "conversation_id": first["conversation_id"]}
            answers.append(
                client.post("/v1/ask", json=body, headers={"X-Conversation-Secret": secret}).json()
            )
    return Asked(server, secret, answers)


@pytest.fixture
def page(browser: "Browser") -> "Iterator[Page]":
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
    yield context.new_page()
    context.close()


def open_sheet(page: "Page", asked: Asked, number: int) -> None:
    """Show the sheet of the first `number` answers, as the chat's form does."""
    page.goto(f"{asked.base}/sheet")
    page.evaluate(_SEND, [asked.secret, [each["id"] for each in asked.answers[:number]]])
    page.wait_for_selector("main.sheet")


def printed(page: "Page", scale: float = 1) -> list[Paper]:
    pdf = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True, scale=scale))
    papers = []
    for each in pdf:
        text = each.get_textpage().get_text_bounded()
        papers.append(
            Paper("".join(text.split()), each.get_size(), each.render(grayscale=True).to_numpy().squeeze())
        )
    return papers


@pytest.mark.parametrize("number", [1, 3, 8])
def test_paper_has_every_answer_whole_and_every_page_its_number(
    page: "Page", asked: Asked, number: int
) -> None:
    open_sheet(page, asked, number)
    papers = printed(page)
    whole = "".join(paper.text for paper in papers)
    for at, paper in enumerate(papers, start=1):
        assert f"第{at}页，共{len(papers)}页" in paper.text
        assert paper.size == pytest.approx((595, 842), abs=1)
    for answer in asked.answers[:number]:
        for citation in (*answer["citations"], *answer["related"]):
            quote = "".join(citation["quote"].split())
            assert [paper for paper in papers if quote in paper.text], f"cut or lost: {quote}"
            assert f"{asked.base}{citation['url']}" in whole
            assert f"》{citation['clause_label']}" in whole
    filed = [
        question
        for question, answer in zip(QUESTIONS, asked.answers[:number], strict=False)
        if answer["status"] in {"answered", "not_covered"}
    ]
    starts = [whole.index(f"问{question[:12]}") for question in filed]
    assert starts == sorted(starts)
    assert "13883456789" not in whole
    assert "返回问答" not in whole


@pytest.mark.parametrize("scale", [0.7, 0.85, 1, 1.15, 1.3])
def test_nothing_is_cut_and_no_heading_stands_alone_wherever_pages_end(
    page: "Page", asked: Asked, scale: float
) -> None:
    open_sheet(page, asked, 8)
    page.emulate_media(media="print")
    wholes, headings = (
        ["".join(text.split()) for text in page.locator(which).all_inner_texts()]
        for which in (".quotation, .record .facts, .document", "main :is(h2, h3), .count")
    )
    papers = printed(page, scale)
    assert len(papers) > 3
    for whole in wholes:
        assert [paper for paper in papers if whole in paper.text], f"cut: {whole}"
    for paper in papers:
        body = re.sub(r"仅供参考，以正式文件原文为准第\d+页，共\d+页|教育政策问答·依据单", "", paper.text)
        assert not body.endswith(tuple(headings)), f"a heading stands alone at the foot: {body[-30:]}"


def test_paper_is_black_on_white_however_the_screen_is_set(page: "Page", asked: Asked) -> None:
    page.emulate_media(color_scheme="dark", contrast="more")
    page.goto(f"{asked.base}/sheet")
    page.evaluate('localStorage.setItem(\'policy-qa:display\', \'{"type":"elder","theme":"dark"}\')')
    open_sheet(page, asked, 3)
    papers = printed(page)
    page.evaluate("localStorage.clear()")
    page.emulate_media(color_scheme="light", contrast="no-preference")
    open_sheet(page, asked, 3)
    assert [paper.text for paper in printed(page)] == [paper.text for paper in papers]
    for paper in papers:
        assert paper.grey.min() < _BLACK
        assert (paper.grey > _WHITE).mean() > 0.8
        for edge in (paper.grey[0], paper.grey[-1], paper.grey[:, 0], paper.grey[:, -1]):
            assert edge.min() > _WHITE


def test_on_paper_columns_are_aligned_and_codes_large_enough(page: "Page", asked: Asked) -> None:
    open_sheet(page, asked, 8)
    page.emulate_media(media="print")
    lefts = page.eval_on_selector_all(".facts dd", "all => all.map((dd) => dd.getBoundingClientRect().left)")
    assert max(lefts) - min(lefts) < 1
    codes = page.eval_on_selector_all(
        ".code svg", "all => all.map((svg) => svg.getBoundingClientRect().width)"
    )
    assert len(codes) == sum(bool(each["citations"]) for each in asked.answers)
    assert min(codes) >= _CODE_MM * _PX_PER_MM


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_sheet_and_the_shared_page_can_be_used_by_everyone(
    page: "Page", asked: Asked, scheme: Any, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    url = httpx.post(f"{asked.base}/v1/answers/{asked.answers[0]['id']}/share").json()["url"]
    for address in (None, url, f"{url}x"):
        if address is None:
            open_sheet(page, asked, 8)
        else:
            page.goto(address)
        found = Axe().run(page, options={"runOnly": _RULES})
        assert not found.response["violations"], found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        sizes = page.eval_on_selector_all(
            "a, button", "all => all.map((each) => each.getBoundingClientRect().height)"
        )
        assert min(sizes) >= 24


def test_the_button_prints_and_is_not_there_without_scripts(
    page: "Page", asked: Asked, browser: "Browser"
) -> None:
    url = httpx.post(f"{asked.base}/v1/answers/{asked.answers[0]['id']}/share").json()["url"]
    page.add_init_script("window.print = () => { document.title = 'printed'; };")
    page.goto(url)
    page.get_by_role("button", name="打印").click()
    assert page.title() == "printed"
    with browser.new_context(java_script_enabled=False) as context:
        plain = context.new_page()
        plain.goto(url)
        assert not plain.locator("#print").is_visible()
        assert plain.get_by_role("link", name="我也要提问").is_visible()
