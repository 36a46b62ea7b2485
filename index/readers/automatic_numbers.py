"""Automatic numbers as Word and browsers write them: one function a numbering format.

Names are those of ST_NumberFormat (ECMA-376 part 1, 17.18.59); the counter styles of CSS
(css-counter-styles-3) are mapped onto them.
"""

from collections.abc import Callable

_ROMAN = (
    *((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L")),
    *((40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")),
)
_PLAIN, _FORMAL = "零一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖"
_FORMAL_TRADITIONAL = "零壹貳參肆伍陸柒捌玖"
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"


def roman(number: int) -> str:
    """Upper case Roman numeral, 1 to 3999."""
    if not 0 < number < 4000:
        return str(number)
    parts: list[str] = []
    for value, sign in _ROMAN:
        count, number = divmod(number, value)
        parts.append(sign * count)
    return "".join(parts)


def letter(number: int) -> str:
    """A … Z, then AA, BB, … as Word counts."""
    if not 0 < number <= 780:
        return str(number)
    return chr(ord("A") + (number - 1) % 26) * ((number - 1) // 26 + 1)


def alphabetic(number: int) -> str:
    """A … Z, then AA, AB, … as browsers count."""
    parts: list[str] = []
    while number > 0:
        number, digit = divmod(number - 1, 26)
        parts.append(chr(ord("A") + digit))
    return "".join(reversed(parts)) or str(number)


def chinese(number: int, digits: str = _PLAIN, units: str = "十百千", ten: str = "十") -> str:
    """一, 十, 十一, 一百零一, up to 9999; `ten` opens 10 to 19."""
    if not 0 <= number < 10_000:
        return str(number)
    if number == 0:
        return digits[0]
    parts: list[str] = []
    zero = False
    for power in (3, 2, 1, 0):
        digit = number // 10**power % 10
        if digit == 0:
            zero = bool(parts)
            continue
        if zero:
            parts.append(digits[0])
            zero = False
        if power == 1 and digit == 1 and not parts:
            parts.append(ten)
        else:
            parts.append(digits[digit] + (units[power - 1] if power else ""))
    return "".join(parts)


def _positional(number: int, digits: str = "○一二三四五六七八九") -> str:
    return "".join(digits[int(digit)] for digit in str(max(number, 0)))


def _counting(number: int) -> str:
    """chineseCounting: by units below 100, digit by digit above (一○○)."""
    return chinese(number) if number < 100 else _positional(number)


def _japanese(number: int) -> str:
    """japaneseCounting: 百, 百一, 百十一: neither 零 nor 一 before a unit."""
    if not 0 < number < 10_000:
        return str(number)
    parts: list[str] = []
    for power, unit in ((3, "千"), (2, "百"), (1, "十"), (0, "")):
        digit = number // 10**power % 10
        if digit:
            parts.append((_PLAIN[digit] if digit > 1 or not power else "") + unit)
    return "".join(parts)


def _enclosed(ranges: tuple[tuple[int, int, str], ...]) -> Callable[[int], str]:
    def write(number: int) -> str:
        for first, last, sign in ranges:
            if first <= number <= last:
                return chr(ord(sign) + number - first)
        return str(number)

    return write


def _cycle(signs: str) -> Callable[[int], str]:
    return lambda number: signs[(number - 1) % len(signs)] if number > 0 else str(number)


def _full_width(number: int) -> str:
    return str(number).translate({ord("0") + digit: ord("０") + digit for digit in range(10)})


_circle = _enclosed(((1, 20, "①"), (21, 35, "㉑"), (36, 50, "㊱"), (0, 0, "⓪")))
_WRITERS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalHalfWidth": str,
    "decimalZero": lambda number: f"{number:02d}",
    "decimalFullWidth": _full_width,
    "decimalFullWidth2": _full_width,
    "upperRoman": roman,
    "lowerRoman": lambda number: roman(number).lower(),
    "upperLetter": letter,
    "lowerLetter": lambda number: letter(number).lower(),
    "upperAlphabetic": alphabetic,
    "lowerAlphabetic": lambda number: alphabetic(number).lower(),
    "chineseCounting": _counting,
    "taiwaneseCounting": _counting,
    "chineseCountingThousand": chinese,
    "taiwaneseCountingThousand": chinese,
    "chineseFullTen": lambda number: chinese(number, ten="一十"),
    "koreanCounting": chinese,
    "japaneseCounting": _japanese,
    "ideographDigital": _positional,
    "japaneseDigitalTenThousand": _positional,
    "taiwaneseDigital": _positional,
    "koreanDigital2": _positional,
    "cjkDecimal": lambda number: _positional(number, "〇一二三四五六七八九"),
    "chineseLegalSimplified": lambda number: chinese(number, _FORMAL, "拾佰仟", "壹拾"),
    "ideographLegalTraditional": lambda number: chinese(number, _FORMAL_TRADITIONAL, "拾佰仟", "壹拾"),
    "japaneseLegal": lambda number: chinese(number, _FORMAL_TRADITIONAL, "拾百阡", "壹拾"),
    "ideographTraditional": _cycle(_STEMS),
    "ideographZodiac": _cycle(_BRANCHES),
    "decimalEnclosedCircle": _circle,
    "decimalEnclosedCircleChinese": _circle,
    "ideographEnclosedCircle": _enclosed(((1, 10, "㊀"),)),
    "decimalEnclosedFullstop": _enclosed(((1, 20, "⒈"),)),
    "decimalEnclosedParen": _enclosed(((1, 20, "⑴"),)),
    "numberInDash": lambda number: f"- {number} -",
    "hex": lambda number: f"{number:X}",
    "none": lambda _: "",
}


def write_number(number: int, style: str) -> str:
    """`number` in a numbering format; plain digits in a format that is not known."""
    return _WRITERS.get(style, str)(number)
