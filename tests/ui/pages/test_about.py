"""关于 says what is true of this very server."""

import html
import re
import struct
from typing import Any

import httpx
import pytest

from tests.assistant.api.problem import PLAN
from tests.ui.pages.library import document, pages_of
from tests.ui.proof.card import MOST_BYTES, PICTURE, SIZE
from ui.static_files import static_url

MODEL = {"llm_base_url": "http://127.0.0.1:9/v1", "llm_model": "qwen-plus"}


def _text(documents: Any = (), **settings: Any) -> str:
    page = pages_of(documents, **settings).get("/about").text
    return html.unescape(re.sub(r"<[^>]*>", "", page[page.index("<main") :]))


def test_each_document_is_told_with_whose_it_is_and_until_when() -> None:
    known = {"issuer": "河湾市人民政府", "number": "河府发〔2020〕1号", "jurisdiction": "河湾市"}
    plan = document("河湾市方案\n一、目标\n普惠。", id="p", period_start=2020, period_end=2022, **known)
    text = _text([plan, document()])
    assert "到2026年3月2日，一共收录2份文件" in text
    assert "《河湾市方案》（河府发〔2020〕1号），适用于河湾市，实施期2020—2022年，已满。" in text
    assert "发文机关：河湾市人民政府。" in text
    assert "《河湾市学校安全条例》，是否现行，文本没有写明。发文机关：文本没有写明。" in text


def test_many_documents_are_counted() -> None:
    assert "还有5份" in _text([document(id=f"d{n}") for n in range(15)])


def test_without_documents_nothing_is_promised() -> None:
    assert "什么也答不上来" in _text()


@pytest.mark.parametrize(
    ("settings", "said", "unsaid"),
    [
        ({}, "没有接入会写作的语言模型", "发给提供服务的单位选定的"),
        ({**MODEL, "answerer": "llm"}, "这里接入了语言模型qwen-plus", "没有接入会写作的语言模型"),
        (MODEL, "平时不用语言模型", "没有接入会写作的语言模型"),
        ({**MODEL, "answerer": "llm"}, "问题会发给提供服务的单位选定的", "不发给别的公司"),
        ({"embedding_base_url": "http://127.0.0.1:9"}, "问题会发给提供服务的单位选定的", "不发给别的公司"),
        ({"retention_days": 30}, "过了30天，就自动删掉", "没有设定保存的期限"),
        ({"retention_days": 0}, "没有设定保存的期限，不会自动删掉", "天，就自动删掉"),
        ({"log_questions": True}, "运行日志里也会记下问题", "运行日志不记"),
        ({"database_url": "postgresql://x/y"}, "存在提供服务的单位的数据库里", "存在运行这个服务的机器上"),
        ({"operator": "河湾市教育局"}, "由河湾市教育局提供", "没有在这里写明名称"),
        ({"contact": "12345"}, "政策上的事，请问12345", "当地教育主管部门"),
        ({}, "没有在这里写明名称", "由提供"),
    ],
)  # fmt: skip
def test_it_says_what_is_set_and_nothing_else(settings: dict[str, Any], said: str, unsaid: str) -> None:
    text = _text([document()], **settings).replace(" ", "")
    assert said in text
    assert unsaid not in text


def test_what_is_set_is_no_markup() -> None:
    page = pages_of([document(title="<b>x</b>")], operator="<i>局</i>").get("/about").text
    assert "<b>" not in page
    assert "<i>" not in page


@pytest.mark.parametrize(
    ("path", "title", "told"),
    [
        ("/", "教育政策问答", "收录《重庆市加快推进教育现代化实施方案（2020—2022年）》，实施期已满"),
        ("/about", "关于", "收录《重庆市加快推进教育现代化实施方案（2020—2022年）》，实施期已满"),
        ("/documents", "收录的文件", "收录的1份文件"),
        (f"/documents/{PLAN}", "重庆市加快推进教育现代化实施方案（2020—2022年）", "实施期2020—2022年，已满"),
    ],
)
def test_a_link_that_is_passed_on_says_what_it_leads_to(
    server: str, path: str, title: str, told: str
) -> None:
    page = httpx.get(server + path).text
    head = page[: page.index("<body")]
    cards = dict(re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)">', head))
    assert cards["og:title"] == title
    assert told in cards["description"]
    assert cards["og:description"] == cards["description"]
    assert not re.search(r"https?://", head)
    assert "Gradio" not in head


def test_a_link_has_a_picture_where_the_address_that_people_use_is_known() -> None:
    paths = ("/about", "/documents", "/documents/law")
    pages = pages_of([document()])
    for path in paths:
        assert "og:image" not in pages.get(path).text
    pages.app.state.public_url = "https://qa.example.cn/"  # type: ignore[attr-defined]
    for path in paths:
        (address,) = re.findall(r'<meta property="og:image" content="([^"]+)">', pages.get(path).text)
        assert address == f"https://qa.example.cn{static_url('card.png')}"
    picture = pages.get(static_url("card.png"))
    assert picture.headers["content-type"] == "image/png"
    assert picture.content == PICTURE.read_bytes()
    assert len(picture.content) < MOST_BYTES
    width, height = struct.unpack(">II", picture.content[16:24])
    assert (width, height) == SIZE
