"""Where a question and its answer stand after sending: the question at the top, the answer's first line in view."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest

from tests.ui.chat.visit import SIZES, Visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser

MIXED = (
    "娃儿一天在学校能运动好久？",
    "公办幼儿园的占比要达到多少？",
    "重点任务一共分成几项？",
    "第二部分（五）的第3点写的什么？",
    "残疾孩子上学有什么保障？",
    "校外培训机构怎么管？",
    "放学了没得人接，学校管不管？",
    "进城打工，娃儿能在城里头读书不？",
    "老师的工资会比公务员低吗？",
    "听说公办园占比要到80%？",
    "那普惠性的呢？",
    "公办幼儿园一个月收好多钱？",
    "校服多少钱一套？",
    "你好",
    "谢谢",
    "明天会下雨吗？",
    "收录了哪些文件？",
    "我是乡村老师，有啥子补贴？",
    "高中阶段教育毛入学率的目标是多少？",
    "职业教育怎么发展？",
    "到哪一年？",
    "保障措施有哪些？",
    "主要目标是什么？",
    "学校食堂一顿饭多少钱？",
    "北京的幼儿园怎么收费？",
    "教育经费怎么保障？",
    "STEM教育有没有写？",
    "老师的编制怎么解决？大学呢？特殊教育呢？",
    "我家住在重庆乡下，娃儿今年六岁，孩子爸爸在主城打工，租的房子，办了居住证，一家人都想搬过去，"
    "老人也跟着去，可是听别个说要买房子才行，又有人说交社保就可以，我们也搞不清楚，就想问一下，"
    "娃儿能不能在主城上小学？",
    "请问" + "一年级新生入学需要准备哪些材料、什么时候报名、在哪里报名，" * 8 + "谢谢",
)
"""Short and long ones, lists, places in the outline, follow-ups, refusals, courtesies, a story, a long letter."""
_SOME = (0, 2, 9, 11, 28)


def _placed(visit: Visit, questions: Sequence[str]) -> list[str]:
    """What is wrong with where each of `questions` stands, asked after the reader has scrolled away."""
    wrong = []
    for number, question in enumerate(questions):
        visit.page.evaluate(f"scrollTo(0, {'0' if number % 2 else 'document.body.scrollHeight'})")
        turn = visit.put(question)
        visit.at_rest()
        sent = visit.first_line(turn.locator(".asked"))
        visit.settled(turn)
        asked, first = (visit.first_line(turn.locator(part)) for part in (".asked", ".reply"))
        if not (sent["whole"] and sent["uncovered"]):
            wrong.append(f"{question[:20]}: not in view when it was sent, {sent}")
        if not (asked["whole"] and asked["uncovered"]):
            wrong.append(f"{question[:20]}: not in view when it was answered, {asked}")
        elif asked["top"] > max(0.4 * asked["height"], 120):
            wrong.append(f"{question[:20]}: not at the top, {asked}")
        if not (first["whole"] and first["uncovered"]):
            wrong.append(f"{question[:20]}: the answer begins out of view, {first}")
    return wrong


@pytest.mark.parametrize("size", list(SIZES))
def test_after_sending_the_question_is_at_the_top_and_the_answer_begins_in_view(
    browser: "Browser", server: str, size: str
) -> None:
    visit = Visit(browser, server, SIZES[size])
    wrong = _placed(visit, [MIXED[at] for at in _SOME])
    visit.close()
    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("size", list(SIZES))
def test_thirty_mixed_questions_are_placed_well(browser: "Browser", server: str, size: str) -> None:
    wrong = []
    for half in (MIXED[:15], MIXED[15:]):  # two conversations, each within its limit of questions a minute
        visit = Visit(browser, server, SIZES[size])
        wrong += _placed(visit, half)
        visit.close()
    assert wrong == []


@pytest.mark.parametrize("size", list(SIZES))
def test_nothing_is_wider_than_the_window(browser: "Browser", server: str, size: str) -> None:
    visit = Visit(browser, server, SIZES[size])
    for question in (MIXED[0], MIXED[2], MIXED[11], "长" * 300, "A" * 300):
        visit.ask(question)
    visit.last.locator(".reply").scroll_into_view_if_needed()
    widest = visit.page.evaluate("document.documentElement.scrollWidth")
    visit.close()
    assert widest <= SIZES[size][0]


def test_type_of_twice_the_size_and_wide_spacing_cut_nothing_off(browser: "Browser", server: str) -> None:
    """WCAG 1.4.12: line height 1.5, letters 0.12 em, words 0.16 em, paragraphs 2 em apart."""
    visit = Visit(browser, server, SIZES["phone"])
    visit.ask(MIXED[0])
    visit.page.evaluate(_SPACED)
    cut = visit.page.evaluate(_CUT)
    widest = visit.page.evaluate("document.documentElement.scrollWidth")
    visit.close()
    assert cut == []
    assert widest <= SIZES["phone"][0]


_SPACED = """(() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important } p { margin-bottom: 2em !important } html { font-size: 200% !important }`);
  document.adoptedStyleSheets.push(sheet);
})()"""
"""A reader's own style; set through the browser, since the page's policy lets no element do it."""
_CUT = """(() => [...document.querySelectorAll('body *')].filter(element => {
  if (!element.checkVisibility({visibilityProperty: true}) || !element.textContent.trim()) return false;
  if (element.closest('.hidden, .skip, textarea')) return false;
  const style = getComputedStyle(element);
  const clips = style.overflow !== 'visible' || style.textOverflow === 'ellipsis';
  const cut = clips && (element.scrollHeight > element.clientHeight + 2 || element.scrollWidth > element.clientWidth + 2);
  return cut && !['auto', 'scroll'].includes(style.overflowY);
}).map(element => element.outerHTML.slice(0, 120)))()"""
