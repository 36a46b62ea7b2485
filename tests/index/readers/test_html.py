import pytest

from index.readers.html import read

BODY = "社区居民可以免费办理借书证，每次可以借五本书。"


def lines(page: str) -> list[str]:
    return read(page.encode(), "办法.html").text.split("\n")


def test_a_line_break_between_chinese_characters_vanishes() -> None:
    page = "<p>借书证\n\t免费办理</p><p>借期 30\n天</p><p>ab\ncd</p><p>甲<b>乙</b>  丙<br/>丁</p>"
    assert lines(page) == ["借书证免费办理", "借期 30 天", "ab cd", "甲乙 丙", "丁"]


def test_what_is_hidden_or_leads_elsewhere_is_no_text() -> None:
    page = (
        "<head><style>p{}</style></head><nav>导航</nav><p style='DISPLAY : none'>藏</p><p hidden>藏</p>"
        "<div role=navigation>导航</div><!-- 注 --><script>x()</script><select><option>选</option></select>"
        "<p>见<input value=填></p>后<footer>页脚</footer>"
    )
    assert lines(page) == ["见", "后"]


def test_a_header_counts_only_inside_an_article() -> None:
    page = "<header>站名</header><article><header><h1>办法</h1></header><p>正文</p></article>"
    assert lines(page) == ["办法", "正文"]


def test_the_marked_content_is_taken_with_the_heading_above_it() -> None:
    content = f"<div id=zoom><p>{BODY * 3}</p></div>"
    assert lines(f"<div>首页</div>{content}<div>链接</div>") == [BODY * 3]
    assert lines(f"<div>首页</div><h1>办法</h1>{content}") == ["办法", BODY * 3]
    half = f"<p>{BODY}</p><div class='content'><p>{BODY}</p></div>"
    assert lines(half) == [BODY, BODY]  # much of the text stands elsewhere


def test_a_row_of_data_is_one_line_and_a_row_of_layout_is_not() -> None:
    page = (
        "<table><tr><th>项目</th><th>说明\n</th></tr><tr><td><p>借期</p></td>"
        "<td><p>三十天</p><p>可续</p></td></tr>"
        "<tr><td>只有一格</td></tr><tr><td></td><td>右</td></tr></table>"
    )
    assert lines(page) == ["项目\t说明", "借期\t三十天 可续", "只有一格", "\t右"]
    layout = "<table><tr><td><h2>办法</h2></td><td><p>正文</p></td></tr></table>"
    assert lines(layout) == ["办法", "正文"]


def test_a_line_of_preformatted_text_stays_a_line() -> None:
    assert lines("<pre>第一行\n\n  第二 行</pre>后") == ["第一行", "第二 行", "后"]


def test_list_items_carry_their_numbers() -> None:
    page = (
        "<ol><li>甲<ol type=a><li>子</li><li>丑</li></ol></li><li><p>乙</p><p>续</p></li></ol>"
        "<ul><li>点</li></ul>"
        "<ol style='list-style-type: cjk-ideographic'><li>丙</li></ol>"
    )
    assert lines(page) == ["1. 甲", "a. 子", "b. 丑", "2. 乙", "续", "点", "一、丙"]


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("<title>某区网 - 读书办法</title>", "读书办法"),
        ("<title>读书办法</title>", "读书办法"),
        ("<title>某区网站</title>", None),  # the text does not have it
        ("<meta name=ArticleTitle content=' 关于读书的\n通知 '><title>读书办法</title>", "关于读书的通知"),
        ("", None),
    ],
)
def test_the_title_is_what_page_and_text_agree_on(head: str, title: str | None) -> None:
    page = f"<html><head>{head}</head><body><h1>读书 办法</h1><p>正文</p></body></html>"
    assert read(page.encode(), "办法.html").fields == ({"title": title} if title else {})


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("gb2312", "gb18030"),
        ("utf-8", "gb18030"),  # a false declaration
        ("gb2312", "utf-8"),  # an old one
        ("no-such-charset", "gb18030"),
        ("big5", "utf-16"),
        ("gbk", "utf-8-sig"),
    ],
)
def test_the_bytes_go_before_a_false_declaration(declared: str, encoding: str) -> None:
    page = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}"><p>{BODY}</p>'
    assert read(page.encode(encoding), "办法.html").text == BODY


@pytest.mark.parametrize("page", ["", "<html></html>", "<!-- 注 -->", "<script>x()</script>", "<p> \n\t</p>"])
def test_a_page_without_text_gives_none(page: str) -> None:
    assert read(page.encode(), "空.html").text == ""
