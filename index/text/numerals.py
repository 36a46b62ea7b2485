"""Chinese and Arabic numerals, as official texts number their clauses: 十二, １２, 12, ⑫, 一千零一."""

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_SPELLED = "零一二三四五六七八九"

CHINESE = "[零〇一二两三四五六七八九十百千]"
ARABIC = "[0-9０-９]"
NUMBER = "[零〇一二两三四五六七八九十百千0-9０-９][零〇一二两三四五六七八九十百千0-9０-９ \u3000]{0,11}"
"""A pattern of numerals in either writing, stray spaces included (第 十 二 条)."""


def numeral(text: str) -> int:
    """The value of 十二, 二〇, １２, 12 or ⑫. Raises ValueError for anything else."""
    text = "".join(text.split())
    if len(text) == 1 and "①" <= text <= "⑳":
        return ord(text) - ord("①") + 1
    if text.isdecimal():
        return int(text)
    if not text or any(char not in _DIGITS and char not in _UNITS for char in text):
        raise ValueError(f"not a numeral: {text!r}")
    if len(text) > 1 and all(char in _DIGITS for char in text):
        return int("".join(str(_DIGITS[char]) for char in text))
    total = digit = 0
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        else:
            total += (digit or 1) * _UNITS[char]
            digit = 0
    return total + digit


def chinese_numeral(value: int) -> str:
    """十二 for 12, 一千二百六十 for 1260, 一百零五 for 105; from 1 to 9999."""
    spelled, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // unit % 10
        if digit:
            spelled += ("零" if gap and spelled else "") + _SPELLED[digit] + name
        gap = digit == 0
    return spelled.removeprefix("一") if 10 <= value < 20 else spelled
