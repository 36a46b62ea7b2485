"""Saved pages of portals: the text without the site, and what the page states beside it."""

import re
from collections.abc import Mapping, Sequence

import pytest

from index.readers.formats import Extracted
from index.readers.html import read
from index.schema import WarningKind

TITLE = "某市人民政府办公室关于印发学前教育行动方案的通知"
BODY = [
    "各区县人民政府，市政府各部门：",
    "《学前教育行动方案》已经市政府同意，现印发给你们，请认真贯彻执行。",
    "一、总体要求",
    "到2025年，全市学前三年毛入园率达到93%以上，普惠性幼儿园覆盖率达到90%以上。",
    "某市人民政府办公室",
    "2024年3月5日",
    "附件：1.任务分工表",
]
SITE = ["首页", "政务公开", "政务服务", "互动交流", "走进某市"]
FEET = [
    "版权所有：某市人民政府 主办单位：某市人民政府办公室",
    "网站标识码：5000000001 某ICP备05000000号-1 某公网安备50000000000001号",
    "联系电话：023-00000000 网站地图 关于我们",
]
STATED = {
    "索引号": "000014349/2024-00012",
    "发文机关": "某市人民政府办公室",
    "发文字号": "某政办发〔2024〕3号",
    "成文日期": "2024年03月05日",
    "主题分类": "科技、教育\\教育",
}
MENU = f"<ul>{''.join(f'<li><a href=/{at}>{word}</a></li>' for at, word in enumerate(SITE))}</ul>"
TRAIL = "<div>当前位置：<a href=/>首页</a> &gt; <a href=/zw>政务公开</a> &gt; 正文</div>"
SHARE = "<div>分享到：微信 微博 QQ空间</div><p>【打印本页】【关闭窗口】</p><p>扫一扫在手机打开当前页</p>"
FEES = "<table><tr><td>学段<td>学费<tr><td>小学<td>0<tr><td>高中<td>800</table>"


def paragraphs(lines: Sequence[str]) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


def table(stated: Mapping[str, str]) -> str:
    return f"<table>{''.join(f'<tr><td>{label}：<td>{value}' for label, value in stated.items())}</table>"


def extracted(body: str, head: str = "") -> Extracted:
    return read(f"<html><head><meta charset=utf-8>{head}</head><body>{body}</body></html>".encode(), "a.html")


def lines(body: str, head: str = f"<title>{TITLE}_某市人民政府</title>") -> list[str]:
    return extracted(body, head).text.split("\n")


@pytest.mark.parametrize("marked", ["id=UCAP-CONTENT", "id=zoom", "class='view TRS_Editor'", "class=cc"])
def test_only_the_text_of_a_portal_is_text(marked: str) -> None:
    page = (
        f"<div class=top>{MENU}</div>{TRAIL}{table(STATED)}<h1>{TITLE}</h1>"
        f"<div>发布日期：2024-03-08　来源：市政府办公室　浏览次数：1024次　字体：[大 中 小]</div>"
        f"<div {marked}>{paragraphs(BODY)}{FEES}</div>{SHARE}<div>{paragraphs(FEET)}</div>"
    )
    assert lines(page) == [TITLE, *BODY, "学段\t学费", "小学\t0", "高中\t800"]
    found = extracted(page)
    assert len(found.tables) == 1
    assert found.page_fields.items() >= STATED.items()
    assert (found.page_fields["发布日期"], found.page_fields["来源"]) == ("2024-03-08", "市政府办公室")


def test_a_page_that_lays_itself_out_by_tables_is_read_without_them() -> None:
    page = (
        f"<table><tr><td colspan=2>{MENU}</td></tr><tr><td><table><tr><td><a href=1>政策文件</a></table>"
        f"</td><td><table><tr><td>{TRAIL}</td></tr><tr><td align=center>{TITLE}</td></tr><tr><td>"
        f"{paragraphs(BODY)}{FEES}</td></tr></table></td></tr><tr><td>{paragraphs(FEET)}</td></tr></table>"
    )
    assert lines(page) == [TITLE, *BODY, "学段\t学费", "小学\t0", "高中\t800"]


@pytest.mark.parametrize(
    "page",
    [
        f"<h1>{TITLE}</h1>{paragraphs(BODY)}{FEES}",
        "".join(f"<div>{line}</div>" for line in (TITLE, *BODY)),
        "<br>".join((TITLE, *BODY)),
        paragraphs(
            [
                "培训通知",
                "定于五月六日举办培训。",
                "位置：某路12号",
                "主办单位：某区教委",
                "联系我们：68000000",
            ]
        ),
        f"<h1>目录</h1><ul>{''.join(f'<li><a href={at}.html>第{at}章</a>' for at in range(9))}</ul>",
        f"<ul>{''.join(f'<li><a href=#{at}>第{at}节</a>' for at in range(9))}</ul>{paragraphs(BODY)}",
        f"{table(STATED)}{paragraphs(BODY)}",
    ],
)
def test_a_page_without_a_site_around_it_is_kept_whole(page: str) -> None:
    words = re.sub(r"\s", "", re.sub("<[^>]*>", "", page))
    assert "".join("".join(lines(page, "")).split()) == words


def test_what_reads_as_text_is_kept_wherever_it_stands() -> None:
    page = (
        f"<div>{MENU}</div>{TRAIL}<h1>{TITLE}</h1><div>某政办发〔2024〕3号</div>"
        f"<div id=zoom>{paragraphs(BODY[:3])}</div>"
        f"<div>{paragraphs(BODY[3:6])}</div><ul><li><a href=1.doc>1.任务分工表.doc</a></ul>{FEES}"
        f"<div><a href=2>相关解读</a></div>{paragraphs(FEET)}"
    )
    assert lines(page) == [
        *(TITLE, "某政办发〔2024〕3号", *BODY[:6], "1.任务分工表.doc", "学段\t学费", "小学\t0", "高中\t800")
    ]


def test_a_short_notice_is_found_among_the_furniture() -> None:
    notice = ["各幼儿园：", "定于2024年5月6日停课一天。", "特此通知。", "某区教育委员会", "2024年4月30日"]
    page = (
        f"<div>{MENU}</div>{TRAIL}<h1>停课通知</h1><div>{paragraphs(notice)}</div>{SHARE}{paragraphs(FEET)}"
    )
    assert lines(page, "") == ["停课通知", *notice]


@pytest.mark.parametrize(
    "shape",
    [
        "<ul>{}</ul>|<li><b>{}：</b><span>{}</span></li>",
        "<dl>{}</dl>|<dt>{}：</dt><dd>{}</dd>",
        "<div>{}</div>|<p>{}: {}</p>",
    ],
)
def test_what_the_page_states_is_read_in_any_shape(shape: str) -> None:
    around, one = shape.split("|")
    stated = around.format(
        "".join(one.format(f"{label[:1]} {label[1:]}", value) for label, value in STATED.items())
    )
    page = f"{MENU}{TRAIL}{stated}<h1>{TITLE}</h1>{paragraphs(BODY)}{paragraphs(FEET)}"
    assert lines(page) == [TITLE, *BODY]
    assert extracted(page).page_fields == STATED


def test_what_the_text_itself_states_stays_text_and_is_no_table() -> None:
    page = f"{MENU}{TRAIL}<div id=zoom>{table(STATED)}{paragraphs(BODY)}</div>{paragraphs(FEET)}"
    found = extracted(page)
    assert found.text.startswith("索引号：\t000014349/2024-00012\n")
    assert found.tables == ()
    assert found.page_fields == STATED


def test_the_head_of_the_page_states_the_text_too() -> None:
    tags = {
        "ArticleTitle": TITLE,
        "PubDate": "2024-03-08 10:20",
        "ContentSource": "市政府",
        "viewport": "width=1",
    }
    head = "".join(f"<meta name='{name}' content='{content}'>" for name, content in tags.items())
    found = extracted(paragraphs(BODY), head)
    assert found.page_fields == {name: content for name, content in tags.items() if name != "viewport"}
    assert found.fields == {"title": TITLE}


@pytest.mark.parametrize("title", ["首页", "当前位置：首页 > 政务公开", "政务公开"])
def test_neither_a_column_nor_a_trail_is_a_title(title: str) -> None:
    assert extracted(f"<p>{title}</p>{paragraphs(BODY)}", f"<title>{title}</title>").fields == {}


def test_a_title_on_two_lines_is_one() -> None:
    page = f"<h1>{TITLE[:9]}<br>{TITLE[9:]}</h1>{paragraphs(BODY)}"
    assert extracted(page, f"<title>{TITLE[9:]}-某市</title>").fields == {"title": TITLE}
    plain = page.replace("h1", "div")
    assert extracted(plain, f"<title>{TITLE}</title>").fields == {"title": TITLE}


def test_large_pictures_of_the_text_are_told() -> None:
    pictures = "<img src=a.png alt=流程图 width=600 height=400><img src=b.png width=20 height=20>"
    banner = "<img src=c.png style='width:900px;height:300px'>"
    page = (
        f"{banner}{MENU}{TRAIL}<div id=zoom>{BODY[1]}{pictures}{paragraphs(BODY[2:])}</div>{paragraphs(FEET)}"
    )
    found = extracted(page)
    assert [(warning.kind, warning.subject) for warning in found.warnings] == [
        (WarningKind.UNREAD_PART, "流程图")
    ]
    assert found.warnings[0].start == len(BODY[1])


def test_a_page_of_any_length_is_read() -> None:
    assert len(lines(paragraphs(["居民免费办理借书证。"] * 70_000))) == 70_000
    deep = "<div>" * 5000 + "居民免费办理借书证。"
    assert "居民" in extracted(deep).text or extracted(deep).text == ""
