"""What the digits of cards must hold: region, day of birth and check digit of an identity card, the check
digit of a bank card; and what makes them a time."""

from datetime import date
from itertools import accumulate, pairwise

from index.text.privacy_grammar import grammar, pattern

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"


def is_identity_card(digits: str) -> bool:
    """Whether 18 places begin with a region and state a day of birth, or hold the check digit (GB 11643)."""
    if len(digits) != 18 or not digits[:17].isdigit() or not is_region(digits):
        return False
    if digits[6:8] not in ("18", "19", "20"):
        return False
    total = sum(int(d) * w for d, w in zip(digits, _ID_WEIGHTS, strict=False))
    return is_day(digits[6:14]) or _ID_CHECKS[total % 11] == digits[17]


def is_luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of the others (ISO/IEC 7812)."""
    doubled = [int(d) * (1 + at % 2) for at, d in enumerate(reversed(digits))]
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


def is_region(digits: str) -> bool:
    """Whether the first two digits are those of a region of identity cards."""
    return bool(pattern(grammar()["numbers"]["id_regions"]).match(digits))


def is_day(digits: str) -> bool:
    """Whether eight digits are a day of 1880 to 2079."""
    try:
        return 1880 <= date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])).year < 2080
    except ValueError:
        return False


def are_times(digits: str, groups: str) -> bool:
    """Whether digits in groups of these lengths are a year and more of years, months and days: 2021-2025,
    2020-10-22, 2021.9-2022.8, 2021-2022-1."""
    ends = list(accumulate(map(int, groups.split())))
    first, *others = [digits[start:end] for start, end in pairwise((0, *ends))]
    return bool(others) and _is_year(first) and all(_is_year(each) or _is_of_a_year(each) for each in others)


def _is_year(group: str) -> bool:
    return len(group) == 4 and group[:2] in ("19", "20")


def _is_of_a_year(group: str) -> bool:
    """Whether it may be a month or a day."""
    return len(group) <= 2 and group.isdigit() and 1 <= int(group) <= 31
