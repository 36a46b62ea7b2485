"""An invented library for the assistant's tests: a notice in two parts, and an ordinance in two versions."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from index.library.library import Library
from index.schema import Document, Passage
from index.structure.outline import outlined
from index.structure.passages import make_passages

RULES_TEXT = """河湾镇图书馆开放办法
为方便居民读书，制定本办法。
一、开放时间
（一）平日开放。周一至周五每天开放８小时。
（二）假日开放。周末开放到晚上９点，闭馆前不得清场。
二、借阅规则
（一）借书证。居民凭身份证免费办理借书证，
当场领取。
（二）借期。每次可借５本，借期30天。
（三）少儿借阅。鼓励学校组织学生集体借阅。
"""
OLD_TEXT = """市图书条例
（2010年7月30日某市人民代表大会常务委员会第十八次会议通过）
第一条　为了读书，制定本条例。
第二条　居民每次可以借五本书，借期不得超过三十天。
第三条　图书馆可以向读者收取办证的工本费。
第四条　本条例自2010年10月1日起施行。
"""
NEW_TEXT = """市图书条例
（2010年7月30日某市人民代表大会常务委员会第十八次会议通过　2020年5月1日某市人民代表大会常务委员会修订）
第一条　为了读书，制定本条例。
第二条　居民每次可以借十本书，借期不得超过三十天。
第三条　图书馆应当每周开放六天以上。
第四条　本条例自2020年7月1日起施行。
"""
DAY = date(2024, 9, 1)
"""A day on which the notice and the newer ordinance bind."""


def document(text: str, identifier: str = "rules", version: str = "2024-05-01", title: str = "") -> Document:
    """A document of `text`, outlined; its title is the text's first line unless one is given."""
    first = text.strip().partition("\n")[0]
    return outlined(Document(identifier, version, title or first, text, "0" * 64, f"{identifier}.txt"))


def quoted(held: Document, words: str) -> Passage:
    """The passage of `held` that holds `words`."""
    (found,) = (passage for passage in make_passages(held) if words in passage.text)
    return found


def library(*documents: Document) -> Library:
    """A library of `documents`; by default of all that are invented here."""
    return Library(documents or ALL)


RULES = replace(document(RULES_TEXT), effective=date(2024, 6, 1))
OLD = replace(document(OLD_TEXT, "books", "2010-07-30"), effective=date(2010, 10, 1))
NEW = replace(document(NEW_TEXT, "books", "2020-05-01"), effective=date(2020, 7, 1))
ALL: Sequence[Document] = (RULES, OLD, NEW)
