"""Numbers that belong to somebody: identity cards, bank cards, telephones, passports, each told by its own
grammar (check digits, days, area codes, prefixes, groups), or by the word before it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from index.text.check_digits import are_times, is_day, is_identity_card, is_luhn, is_region
from index.text.digit_runs import DigitRun, digit_runs
from index.text.privacy_grammar import Found, grammar, pattern

_LONGEST = 23
"""Digits of the longest number that is looked for."""
_SHORTEST = 5
_TOLD_WITHIN = 64
"""Digits from the beginning of a run that a word before it may tell about."""
_BEFORE = 24
"""Characters before a number in which a word may tell what it is."""
_LETTERS = re.compile(r"(?<![A-Za-z0-9])(?<![A-Za-z0-9]/)([A-Za-z](?: ?[A-Za-z]){0,2}) ?[-·.]? ?$")
"""Of a passport, right before its digits; no part of a standard's name (DB50/T)."""


def personal_numbers(text: str) -> Iterator[Found]:
    """The numbers of a plain writing that belong to somebody, in order."""
    for run in digit_runs(text, _SHORTEST):
        if len(run.digits) >= _SHORTEST:
            yield from _Reading(text, run).found()


@lru_cache(maxsize=32)
def _pattern(name: str) -> re.Pattern[str]:
    """One of [numbers], compiled, with what belongs around it."""
    numbers = grammar()["numbers"]
    if name == "mobile":
        return pattern(rf"(?:(?:00)?86|0)?(?P<own>{numbers['mobile']})")
    if name in ("landline", "landline_abroad"):
        areas = numbers["area_codes"]
        if name == "landline_abroad":
            areas = "(?:00)?86(?:" + "|".join(code.removeprefix("0") for code in areas.split("|")) + ")"
        return pattern(rf"(?:{areas})(?P<local>[2-9]\d{{6,7}})")
    if name == "abroad":
        return pattern(rf"(?P<out>00)?(?:{numbers['abroad']})")
    if name == "extension":
        return pattern(numbers["extension"].replace("DIGITS", "{NUMERAL}"))
    if name == "measure":
        return pattern(" ?{MEASURE}")
    if name == "sum":
        return pattern(" ?{SUM}")
    return pattern(numbers[name])


@lru_cache(maxsize=32)
def _cue(name: str) -> re.Pattern[str]:
    """The words of one of [cues] right before a number, with what may lie between; of any for no name."""
    if not name:
        return pattern("|".join(cue["words"] for cue in grammar()["cues"].values()))
    cue = grammar()["cues"][name]
    between = rf"(?:[^。?!;\0\d]|[0-9]{{1,2}} ?位){{0,{cue['gap']}}}" if cue["gap"] else "{LINK}"
    return pattern(rf"(?:{cue['words']}){between}$")


@dataclass(frozen=True)
class _Reading:
    """One run read from its beginning: the longest row of numbers that its groups allow."""

    text: str
    run: DigitRun

    def found(self) -> Iterator[Found]:
        run, at, done = self.run, 0, 0
        inside_letters = self._inside_letters()
        while at < len(run.digits) and not inside_letters:
            row = self._row(at) if run.begins(at) and run.at[at] >= done else ()
            for kind, start, end in row:
                found = self._extended(kind, start, end)
                yield found
                done = found.end
            at = row[-1][2] if row else at + 1

    def _row(self, at: int) -> tuple[tuple[str, int, int], ...]:
        """A number that begins at a digit, and those that follow it at once, up to where a group ends."""
        row: list[tuple[str, int, int]] = []
        while at < len(self.run.digits) and (best := self._number(at)):
            row.append((best[0], at, best[1]))
            at = best[1]
            if self.run.ends(at):
                return tuple(row)
        return ()

    def _number(self, at: int) -> tuple[str, int] | None:
        """The surest reading that ends where a group does, or else the surest."""
        digits = self.run.digits[at : at + _LONGEST]
        unended = None
        for reads in _BY_FIRST_DIGIT[digits[0]] + (_AT_THE_BEGINNING if at < _TOLD_WITHIN else ()):
            if (read := reads(self, at, digits)) and self.run.is_one(at, read[1]):
                if self.run.ends(read[1]):
                    return read
                unended = unended or read
        return unended

    # What a number may be, surest first. Each returns its kind and the digit behind it.

    def _identity_card(self, at: int, digits: str) -> tuple[str, int] | None:
        whole = is_identity_card(digits[:18]) and self._spaced(at, at + 18, "id_groups")
        return ("身份证号", at + 18) if whole else None

    def _old_identity_card(self, at: int, digits: str) -> tuple[str, int] | None:
        old, end = digits[:15], at + 15
        if not (len(old) == 15 and self.run.ends(end) and old.isdigit() and is_region(old)):
            return None
        whole = is_day("19" + old[6:12]) and not self._decimals(at) and self._spaced(at, end, "id_groups")
        return ("身份证号", end) if whole else None

    def _bank_card(self, at: int, digits: str) -> tuple[str, int] | None:
        known = bool(_pattern("card_prefixes").match(digits))
        if not known and digits[0] not in grammar()["numbers"]["card_leading"]:
            return None
        for length in (19, 16, 18, 17):
            card, end = digits[:length], at + length
            if len(card) != length or not self.run.ends(end) or not card.isdigit():
                continue
            grouped = self._usual(at, end, "card_groups") or (known and self._lone_card(at, end))
            if grouped and not self._decimals(at) and (known or is_luhn(card)):
                return "银行卡号", end
        return None

    def _mobile(self, at: int, digits: str) -> tuple[str, int] | None:
        found = _pattern("mobile").match(digits)
        if not found:
            return None
        start, end = at + found.start("own"), at + found.end()
        if not self._usual(start, end, "mobile_groups") and not self._alone(at, end):
            return None
        figure = self.run.groups(start, end) == "11" and self._measures(end, "sum")
        return None if figure else ("手机号", end)

    def _landline(self, at: int, digits: str) -> tuple[str, int] | None:
        found = _pattern("landline").match(digits) or _pattern("landline_abroad").match(digits)
        if not found:
            return None
        start = at + found.start("local")
        for end in (at + found.end(), at + found.end() - 1):
            if end - start >= 7 and self.run.ends(end) and self._spaced(at, end, "landline_groups"):
                return "电话号码", end
        return None

    def _service(self, at: int, digits: str) -> tuple[str, int] | None:
        """400 and 800 numbers; ten digits without groups are a figure unless a word says otherwise."""
        end = at + 10
        if not re.match(r"[48]00[1-9]\d{6}", digits) or not self.run.ends(end):
            return None
        grouped = self._usual(at, end, "service_groups")
        return ("电话号码", end) if grouped or self._told("phone") else None

    def _international(self, at: int, digits: str) -> tuple[str, int] | None:
        plus = at == 0 and self.text[max(0, self.run.start - 2) : self.run.start].rstrip().endswith("+")
        found = _pattern("abroad").match(digits)
        if (
            not found
            or not (plus or found["out"])
            or self.run.between(at, at + found.end())
            or self._letters()
        ):
            return None
        for end in range(min(at + 15, len(self.run.digits)), at + found.end() + 7, -1):
            grouped = self.run.ends(end) and self.run.between(at, end)
            if grouped and self._spaced(at, end, "") and not self._measures(end):
                return "电话号码", end
        return None

    def _travel(self, at: int, digits: str) -> tuple[str, int] | None:
        if at or not (letters := self._letters()):
            return None
        told = self._told("travel")
        for length in (10, 9, 8, 7, 6):
            own = digits[:length]
            if len(own) < length or not own.isdigit() or not self.run.ends(length):
                continue
            if not self._spaced(at, length, ""):
                continue
            regular = _pattern("travel").match(f"{letters} {own}")
            whole = regular and regular.end() == len(letters)
            if told or (whole and not (letters.upper() not in "EG" and is_day(own[:8]))):
                return "护照号", length
        return None

    def _told_by_a_word(self, at: int, digits: str) -> tuple[str, int] | None:
        """A number that only the word before it gives away."""
        told = self._told_kinds if at < _TOLD_WITHIN else ()
        own = re.match(r"\d+X?", digits) if told else None
        ends = [e for e in range(at + 5, at + len(own[0]) + 1) if self.run.ends(e)] if own else []
        for end in reversed(ends):
            number, groups = self.run.digits[at:end], self.run.groups(at, end)
            kinds = (k for k, fits in told if fits(number, groups) and (number.isdigit() or k == "身份证号"))
            if (kind := next(kinds, None)) and self._spaced(at, end, "") and not self._measures(end):
                return kind, end
        return None

    @cached_property
    def _told_kinds(self) -> tuple[tuple[str, "_Fits"], ...]:
        if not _cue("").search(self._before):
            return ()
        kinds = [(kind, fits) for name, kind, fits in _TOLD if self._told(name)]
        return tuple(kinds)

    # Around the number.

    @cached_property
    def _before(self) -> str:
        return self.text[max(0, self.run.start - _BEFORE) : self.run.start]

    def _told(self, name: str) -> bool:
        """Whether a word of this kind stands before the run, nothing but a few characters between."""
        before = self._before
        if name == "travel" and (letters := self._letters()):
            before = before.rstrip(" -·.")[: -len(letters)]
        return bool(_cue(name).search(before))

    def _inside_letters(self) -> bool:
        """Whether the run is part of a word of Latin letters, such as a check sum."""
        around = (
            self.text[max(0, self.run.start - 1) : self.run.start],
            self.text[self.run.end : self.run.end + 1],
        )
        return all(char.isascii() and char.isalpha() for char in around)

    def _letters(self) -> str:
        """Latin letters right before the run, with nothing of a word before them."""
        found = _LETTERS.search(self.text[max(0, self.run.start - 6) : self.run.start])
        return found[1] if found else ""

    def _usual(self, start: int, end: int, groups: str) -> bool:
        """Whether the groups are usual ones for this kind, with one and the same thing between them."""
        usual = _pattern(groups).fullmatch(self.run.groups(start, end))
        return usual is not None and (len(self.run.between(start, end)) <= 1 or self._softly(start, end))

    def _spaced(self, start: int, end: int, groups: str) -> bool:
        """Whether only soft things stand between the groups, or the groups are usual ones for this kind."""
        if self._softly(start, end):
            return True
        if self.run.between(start, end) == {"\n"} and self.run.groups(start, end).count(" ") == 1:
            return True  # at the end of a line
        return bool(groups) and self._usual(start, end, groups)

    def _softly(self, start: int, end: int) -> bool:
        soft = grammar()["digits"]["soft"]
        return all(char in soft for gap in self.run.between(start, end) for char in gap)

    def _decimals(self, start: int) -> bool:
        """Whether the number stands behind the point of another."""
        return self.run.gaps.get(start) == "."

    def _alone(self, start: int, end: int) -> bool:
        """Whether the run is this number only, with one and the same soft thing between its groups,
        or digit by digit."""
        run = self.run
        if start != 0 or end != len(run.digits) or self._beside_hidden() or not self._softly(start, end):
            return False
        same = len({gap.strip() for gap in run.between(start, end)}) <= 1
        return same or set(run.groups(start, end)) == {"1", " "}

    def _lone_card(self, start: int, end: int) -> bool:
        """Whether the run is a card only, in one piece or over the end of a line."""
        whole = start == 0 and end == len(self.run.digits)
        return self._alone(start, end) or (whole and self.run.between(start, end) == {"\n"})

    def _beside_hidden(self) -> bool:
        around = (
            self.text[max(0, self.run.start - 3) : self.run.start]
            + self.text[self.run.end : self.run.end + 3]
        )
        return "\0" in around

    def _measures(self, end: int, measure: str = "measure") -> bool:
        """Whether what follows the digit `end - 1` makes the number a figure (13000000000元)."""
        behind = self.run.at[end - 1] + 1
        return bool(_pattern(measure).match(self.text, behind))

    def _extended(self, kind: str, start: int, end: int) -> Found:
        """The number with its plus, bracket, letters and extension."""
        first, last = self.run.at[start], self.run.at[end - 1] + 1
        if kind == "护照号" and start == 0 and (letters := self._letters()):
            first = self.text.rindex(letters, max(0, first - 6), first)
        lead = re.search(r"(?:\( ?)?\+ ?$|\($", self.text[max(0, first - 4) : first])
        if lead and ("+" in lead[0] or ")" in self.text[first:last]):
            first -= len(lead[0])
        if kind == "电话号码":
            more = _pattern("extension").match(self.text, last)
            last = more.end() if more else last
        return Found(kind, first, last)


_LOCAL = ("8", "4 4", "7", "3 4", "2 2 2 2", "4 2 2", "3 5", "5 3")

_Fits = Callable[[str, str], bool]


def _is_local(digits: str, groups: str) -> bool:
    """Whether it may be a number without its area code."""
    return groups in _LOCAL and digits[0] in "23456789" and not are_times(digits, groups)


def _is_further_chat(digits: str, groups: str) -> bool:
    """Whether it may be a number in a chat program, a few words away from what it is."""
    return 7 <= len(digits) <= 11 and not is_day(digits) and not are_times(digits, groups)


_TOLD: tuple[tuple[str, str, _Fits], ...] = (
    ("qq", "QQ号", lambda digits, groups: 5 <= len(digits) <= 11),
    ("chat", "微信号", lambda digits, groups: 6 <= len(digits) <= 12),
    ("mail", "邮箱", lambda digits, groups: 5 <= len(digits) <= 12),
    ("id", "身份证号", lambda digits, groups: 14 <= len(digits) <= 19),
    ("card", "银行卡号", lambda digits, groups: 12 <= len(digits) <= 23),
    ("travel", "护照号", lambda digits, groups: 7 <= len(digits) <= 10),
    ("mobile", "手机号", lambda digits, groups: 10 <= len(digits) <= 12 and digits[0] == "1"),
    ("phone", "电话号码", _is_local),
    ("chat_further", "微信号", _is_further_chat),
)

_Reads = Callable[[_Reading, int, str], tuple[str, int] | None]
_BY_FIRST_DIGIT: dict[str, tuple[_Reads, ...]] = {
    first: tuple(
        reads
        for reads, begins in (
            (_Reading._identity_card, "123456789"),
            (_Reading._mobile, "018"),
            (_Reading._landline, "08"),
            (_Reading._bank_card, "34569"),
            (_Reading._old_identity_card, "123456789"),
            (_Reading._service, "48"),
            (_Reading._international, "0"),
        )
        if first in begins
    )
    for first in "0123456789X"
}
_AT_THE_BEGINNING: tuple[_Reads, ...] = (
    _Reading._travel,
    _Reading._international,
    _Reading._told_by_a_word,
)
"""Readings by what stands before the whole run."""
