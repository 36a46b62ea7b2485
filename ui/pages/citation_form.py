"""Quotations cited as officials cite them, 《标题》（文号）二、（二）1, and an answer as text to copy.

The title comes before the number of the document (GB/T 9704), the year of that number in 〔〕; the number of
an item is written without its brackets where a statute is cited (第三条第二项).
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from assistant.answering.strength import doubt, strength
from assistant.question.message import clean_text
from assistant.schema import Answer, Citation, Sentence, SentenceKind, Status
from assistant.statuses import STATUSES
from index.library.library import Library
from index.schema import Validity
from index.text.chinese_marks import chinese_marks
from index.text.folding import squeeze
from index.text.personal_data import mask
from prompts import reply
from ui.pages.facts import day_words, period_words
from ui.pages.text import seen

_BRACKETS = str.maketrans("()", "（）")
_YEAR_OF_NUMBER = re.compile(r"[\[［(（【〔]\s*(\d{4})\s*[\]］)）】〕]")
_HALF_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
_ITEM = re.compile(r"第（([一二三四五六七八九十百]+)）项")
_PARAGRAPH = re.compile(r"第(\d+)段")
_ATTACHED = re.compile(r"(att\d+)(?:\.|$)")
_ATTACHED_LABEL = re.compile(r"《[^《》]*》|附文")
_MARK = re.compile(r"[*_#]+")
_NO_LETTERS = re.compile(r"[\W_]+")


def official_title(title: str) -> str:
    """`title` in its book title marks, its brackets of full width, titles within it in 〈〉."""
    inner = squeeze(title).translate(_BRACKETS)
    if inner.startswith("《") and inner.find("》") == len(inner) - 1:
        inner = inner[1:-1]
    return f"《{inner.replace('《', '〈').replace('》', '〉')}》"


def official_number(number: str) -> str:
    """文号 as it is written officially: 某府发〔2020〕3号."""
    return _YEAR_OF_NUMBER.sub(r"〔\1〕", squeeze(number).translate(_HALF_WIDTH))


def official_citation(citation: Citation, library: Library) -> str:
    """Title, number where it is known, clause; of a text that a notice issues, the notice first."""
    view = library.get(citation.document_id, citation.document_version)
    number = view.document.number if view else None
    named = official_title(citation.document_title) + (f"（{official_number(number)}）" if number else "")
    label = citation.clause_label
    found = _ATTACHED.match(citation.clause_id.partition("#")[2])
    home = view.clause(found[1]) if view and found else None
    if home is not None and (title := _MARK.sub("", squeeze(home.heading))):
        label = f"所附{official_title(title)}{_ATTACHED_LABEL.sub('', label, count=1)}"
    return named + _PARAGRAPH.sub(r"第\1自然段", _ITEM.sub(r"第\1项", label))


def place_in_words(citation: Citation) -> str:
    """Where the quotation stands in the stored text, its first and last character counted from 1, and on
    which page of a file that has pages."""
    page = f"第{citation.page}页，" if citation.page else ""
    return f"{page}全文第{citation.start + 1}至{citation.end}字"


def validity_in_words(citation: Citation, library: Library) -> str:
    """Whether the document bound on the day of the answer, after the period or the day that says so, where
    it states one: 实施期2020—2022年，已满."""
    view = library.get(citation.document_id, citation.document_version)
    document = view.document if view else None
    known, label = [], citation.validity.label
    if document and (period := period_words(document)):
        known.append(f"实施期{period}")
        label = "已满" if citation.validity is Validity.EXPIRED else label
    if document and document.effective:
        known.append(f"{day_words(document.effective)}起施行")
    if document and citation.validity is Validity.REPEALED and (day := library.repealed(document)):
        label = f"{day_words(day)}废止"
    return "，".join([*known, label])


def version_in_words(version: str) -> str:
    """A version for people: its day, where it has one."""
    return f"{version}版本" if version[:1].isdigit() else "未注明日期的版本"


def row_in_words(citation: Citation) -> str:
    """Of a table's row its cells with the names of their columns, 学段：小学；学费：0; else empty."""
    return "；".join(f"{name}：{words}" if name else words for name, words in citation.row)


def in_full(question: str, answer: Answer) -> str:
    """Of a question that leaned on those before it what was asked with their words, for those who see it
    alone; "" where its own words say all."""
    full = mask(answer.standalone_question)  # of an answer that is not stored yet it is not
    own, completed = (Counter(_NO_LETTERS.sub("", clean_text(each))) for each in (mask(question), full))
    return "" if completed <= own else seen(chinese_marks(full))


def stated(answer: Answer) -> tuple[Sentence, ...]:
    """The sentences of the answer, without those that are a whole quotation: it is given below them."""
    if not answer.sentences:
        return (Sentence(answer.answer, kind=SentenceKind.NOTICE),)
    return tuple(each for each in answer.sentences if each.kind is not SentenceKind.QUOTE)


def copy_text(question: str, answer: Answer, library: Library) -> str:
    """The answer for the clipboard, plain text: the question, the answer with its markers, the quotations
    verbatim, each with its citation and validity, what must be known beside it, the standing line."""
    full = in_full(question, answer)
    asked = f"问：{question.strip()}" + (f"\n（接着前面的话问，即：{full}）" if full else "")
    blocks = [asked, "\n".join(_said(answer))]
    blocks += _quoted("依据（引文与收录的原文逐字相同）", answer.citations, library, marked=True)
    blocks += _quoted("最接近的条款（没有回答这个问题，不是依据）", answer.related, library, marked=False)
    blocks += [f"证据强弱：{grade}"] if (grade := strength(answer)) else []
    blocks += [f"注意：{notice.text}" for notice in answer.notices]
    return "\n\n".join([*blocks, reply("standing")]) + "\n"


def _said(answer: Answer) -> Iterator[str]:
    refused = answer.status is Status.NOT_COVERED
    yield f"答：{STATUSES[answer.status].head}。" if refused else f"答：{answer.short_answer or ''}".rstrip()
    if unsure := doubt(answer):
        yield unsure
    for each in stated(answer):
        yield each.text + "".join(f"[{marker}]" for marker in each.citations)


def _quoted(heading: str, citations: Iterable[Citation], library: Library, marked: bool) -> Iterator[str]:
    lines = []
    for each in citations:
        lines += [
            f"{f'[{each.marker}] ' if marked else ''}「{each.quote}」",
            *([f"即：{told}"] if (told := row_in_words(each)) else []),
            f"——{official_citation(each, library)}"
            f"（{version_in_words(each.document_version)}，{validity_in_words(each, library)}，"
            f"{place_in_words(each)}）",
        ]
    if lines:
        yield "\n".join([f"{heading}：", *lines])
