"""Quotations that are cut so that they say something else: 应当开设 out of 不应当开设, 5 out of 50."""

import re

from index.library.quotation_search import Stretch

_REACH = 12
_DIGIT = "0-9０-９零〇一二三四五六七八九十百千万亿"
_BEFORE = re.compile(
    r"(?:不得|不应|不准|不许|不能|不可|不宜|不须|不必|不再|不属于|没有|并非|禁止|严禁|不|未|非|无|勿)\s*$"
)
_NUMBER_BEFORE = re.compile(rf"[{_DIGIT}.．]+\s*$")
_NUMBER_AFTER = re.compile(rf"\s*[.．]?[{_DIGIT}]+|\s*[％%‰]")
_ITEM_NUMBER = re.compile(r"(?:^|\n)\s*[0-9０-９]{1,3}[.．]\s*$")
"""The number of an item at the start of its line, which the item's text does not go on from."""
_NUMERAL = re.compile(rf"[{_DIGIT}]")


def uncut(found: Stretch) -> Stretch:
    """`found` with the negation or the rest of the number that stands right at its border; `found`
    itself where nothing of that kind is cut off."""
    text = found.view.document.text
    start, end = found.start, found.end
    before, after = text[max(0, start - _REACH) : start], text[end : end + _REACH]
    numbered = _NUMERAL.match(text, start) and not _ITEM_NUMBER.search(before)
    if (cut := _BEFORE.search(before)) or (numbered and (cut := _NUMBER_BEFORE.search(before))):
        start -= len(before) - cut.start()
    if _NUMERAL.match(text, end - 1) and (rest := _NUMBER_AFTER.match(after)):
        end += rest.end()
    return found if (start, end) == (found.start, found.end) else Stretch(found.view, start, end)
