"""What the digits of cards must hold: region, day of birth and check digit of an identity card, the check
digit of a bank card."""

from datetime import date

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
