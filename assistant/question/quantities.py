"""Quantities in Chinese text: a number or range, whole with unit and bound (不低于4％, 7—10所, 50％以上)."""

import re
from dataclasses import dataclass

from assistant.question.patterns import load_patterns
from index.text.folding import fold
from index.text.numerals import numeral
from index.text.tokens import segments

_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_UNIT = (
    "%|‰|倍|小时|分钟|周岁|岁|人|名|所|个|项|种|家|门|次|类|届|批|支|级|学年|学期|年|月|天|日|元|万|亿|条|点"
    "|成|本|座|间|层|步"
)
_QUANTITY = re.compile(
    rf"(?P<before>不低于|不少于|不超过|不高于|至少|达到|约)?(?P<low>{_NUMBER})(?:-(?P<high>{_NUMBER}))?"
    rf"(?P<mid>左右|多|余|来)?(?P<unit>{_UNIT})(?P<after>以上|以下|左右|以内)?"
)
_TENTHS = re.compile(r"([一二三四五六七八九1-9])成(?!都|立|为|果|绩|年|人|长|本)")
_COUNTED = re.compile(r"个(?P<unit>小时|月|钟头|学期|百分点|人)")
_MEASURES = ((re.compile("钟头"), "小时"), (re.compile("样"), "项"))
_AHEAD = 8
"""Characters after a unit that may make a longer word of it."""
_HUNDREDTHS = re.compile(r"百分之([零一二三四五六七八九十百两0-9.]+)")
_WORDS = re.compile(rf"([零一二三四五六七八九十百两]+|半)(?=(?:多|余|来)?个?(?:{_UNIT}))")
_WRITTEN = re.compile(
    rf"(?P<number>[一二三四五六七八九十百两]+)(?P<counter>个)?(?P<unit>{_UNIT})(?!体|致|定|些|起|旦)"
)
_RANGE = re.compile(
    r"(?<![一二三四五六七八九十百])([一二两三四五六七八])([二三四五六七八九])(?=个?(?:" + _UNIT + "))"
)
_SPAN = re.compile(r"([0-9]+)[到至]([0-9]+)(?=个?(?:" + _UNIT + "))")
_DECIMAL = re.compile(
    r"([零一二三四五六七八九十]+)点([零一二三四五六七八九]+)(?=倍|个百分点|%|成|小时|万|亿)"
)
_BREAKS = "，；,;、：:。"
_KEPT_BEFORE = {"不低于", "不少于", "不超过", "不高于", "至少"}


@dataclass(frozen=True, slots=True)
class Quantity:
    """One quantity; `start:end` are offsets in the text it was found in, bound words included."""

    low: float
    high: float
    unit: str
    start: int
    end: int
    follows: str = ""
    """The two folded characters after it: what is counted, for units that count anything."""

    @property
    def is_year(self) -> bool:
        """A calendar year, not a duration."""
        return self.unit == "年" and 1900 <= self.low <= 2100

    def agrees(self, other: "Quantity") -> bool:
        """Same unit and overlapping range."""
        return self.unit == other.unit and self.low <= other.high and other.low <= self.high


def quantities(text: str) -> tuple[Quantity, ...]:
    """The quantities of `text` in order. Full-width digits and stray white space are seen through."""
    folded = fold(text)
    found = []
    for match in _QUANTITY.finditer(folded.view):
        begin = match.start() if match["before"] in _KEPT_BEFORE else match.start("low")
        start, end = folded.span(begin, match.end())
        low = float(match["low"])
        high = float(match["high"] or low)
        follows = folded.view[match.end() : match.end() + 2]
        found.append(Quantity(low, max(low, high), match["unit"], start, end, follows))
    return tuple(found)


def with_digits(question: str) -> str:
    """`question` with the quantities that are written in characters (百分之八十, 两所) in digits."""
    text = _TENTHS.sub(lambda m: f"{_value(m[1])}0%", question)
    text = _SPAN.sub(r"\1-\2", text)
    text = _RANGE.sub(lambda m: f"{_value(m[1])}-{_value(m[2])}", text)
    text = _DECIMAL.sub(lambda m: f"{_value(m[1])}.{''.join(map(_value, m[2]))}", text)
    text = _COUNTED.sub(lambda m: m["unit"] if _is_measure(m) else m[0], text)
    for pattern, standard in _MEASURES:
        text = pattern.sub(standard, text)
    text = _HUNDREDTHS.sub(lambda m: f"{_value(m[1])}%", text)
    return _WORDS.sub(lambda m: _value(m[1]), text)


def written_quantities(text: str) -> tuple[Quantity, ...]:
    """The quantities of `text` whose number is written in characters (三年, 四级, 十二所), in order; their
    offsets are in `text`."""
    found = []
    for match in _WRITTEN.finditer(text):
        try:
            value = float(numeral(match["number"].replace("两", "二")))
        except ValueError:
            continue
        unit, end = match["unit"], match.end()
        if match["counter"] and not _is_measure(match):
            unit, end = match["counter"], match.end("counter")
        follows = fold(text[end : end + 4]).view[:2]
        found.append(Quantity(value, value, unit, match.start(), end, follows))
    return tuple(found)


def around(text: str, quantity: Quantity) -> str:
    """The stretch of `text` between the punctuation marks on both sides of a quantity."""
    start = max((text.rfind(mark, 0, quantity.start) for mark in _BREAKS), default=-1) + 1
    ends = [at for mark in _BREAKS if (at := text.find(mark, quantity.end)) >= 0]
    return text[start : min(ends, default=len(text))]


def level_of(text: str, quantity: Quantity) -> str | None:
    """The level (国家级, 市级) that a quantity belongs to: the last before it in its stretch, else the first
    after it. 市头 and 市里 are put as 市级 by the lexicon."""
    stretch = around(text, quantity)
    start = text.rfind(stretch, 0, quantity.end + len(stretch))
    before, after = stretch[: quantity.start - start], stretch[quantity.start - start :]
    levels = load_patterns().slots[1]
    last = max(levels, key=lambda level: before.rfind(level))
    if last in before:
        return last
    first = [level for level in levels if level in after]
    return min(first, key=after.find) if first else None


def _is_measure(match: re.Match[str]) -> bool:
    """Whether the unit that `match` found after 个 is what is counted by (3个人参加, 12个月工资), not the
    beginning of a word for what is counted (3个人工智能实验室, 5个人才项目): in the lexicon's words no word
    goes on after it, or one that is the unit and another word."""
    begin, end = match.start("unit") - 1, match.end("unit")
    at = begin
    for word in segments(match.string[begin : end + _AHEAD]):
        at += len(word)
        if at >= end:
            rest = word[len(word) - (at - end) :]
            return not rest or (len(rest) > 1 and segments(rest) == [rest])
    return True


def _value(written: str) -> str:
    if written == "半":
        return "0.5"
    if re.fullmatch(_NUMBER, written):
        return written
    try:
        return str(numeral(written.replace("两", "二")))
    except ValueError:
        return written
