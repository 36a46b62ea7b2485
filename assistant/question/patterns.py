"""The question's patterns: `data/question_patterns.toml` compiled once, with the few questions asked of it.

All patterns look at standardised text: simplified characters, dialect rewritten, half-width.
"""

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;\n]*")
"""Sentences with their marks."""
_DATA = Path(__file__).parents[1] / "data" / "question_patterns.toml"


class Asked(StrEnum):
    """What kind of thing a question asks for."""

    DATE = "date"
    NUMBER = "number"
    WHO = "who"
    LIST = "list"
    HOW = "how"
    YES_NO = "yes_no"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class QuestionPatterns:
    """All cue patterns, compiled."""

    asks: tuple[tuple[Asked, re.Pattern[str]], ...]
    units: tuple[tuple[re.Pattern[str], frozenset[str]], ...]
    tag: re.Pattern[str]
    rhetorical: re.Pattern[str]
    alternative: re.Pattern[str]
    several: re.Pattern[str]
    several_asking: re.Pattern[str]
    binding: re.Pattern[str]
    soft: re.Pattern[str]
    obliging: re.Pattern[str]
    reference_start: re.Pattern[str]
    reference_inside: re.Pattern[str]
    returns: re.Pattern[str]
    exists: re.Pattern[str]
    meta: re.Pattern[str]
    here: re.Pattern[str]
    nominal: re.Pattern[str]
    addressed: re.Pattern[str]
    pointing: re.Pattern[str]
    function_words: re.Pattern[str]
    wish: re.Pattern[str]
    doubt: re.Pattern[str]
    smalltalk: tuple[tuple[str, re.Pattern[str]], ...]
    slots: tuple[tuple[str, ...], ...]
    """Classes of words of which one can stand in for another in a follow-up; longest first."""
    contrasts: tuple[tuple[str, ...], ...]
    """Further such classes, of words that are mostly part of a subject and no aspects of one."""
    slot_aliases: tuple[tuple[str, str], ...]
    """Other ways to say a word of a class."""
    relative_years: tuple[tuple[str, int], ...]
    """Words that count years from today, and by how many; in the order to look for them."""

    def asked(self, text: str) -> Asked:
        """The kind of thing that `text` asks for."""
        return next((kind for kind, pattern in self.asks if pattern.search(text)), Asked.OTHER)

    def is_tag(self, text: str) -> bool:
        """`text` asks whether what stands before it is so (真的假的, 我没记错吧), and says nothing else."""
        rest, found = self.tag.subn("", text)
        rest = self.function_words.sub("", self.meta.sub("", rest))
        return found > 0 and not any(char.isalnum() for char in rest)

    def asking(self, text: str, *also: re.Pattern[str]) -> str:
        """The sentences of `text` that ask, or hold one of `also`: what a story tells is not asked. All of
        it where none does."""
        sentences = SENTENCE.findall(text)
        asks = [
            s
            for s in sentences
            if "?" in s or "？" in s or self.asked(s) is not Asked.OTHER or any(p.search(s) for p in also)
        ]
        return "".join(asks) or text

    def asks_several(self, text: str) -> bool:
        """`text` asks about more than one thing."""
        return bool(self.several.search(text) or self.several_asking.search(self.asking(text)))

    def asked_units(self, text: str) -> frozenset[str] | None:
        """The units that a number asked for in `text` can have; None where any will do."""
        return next((units for pattern, units in self.units if pattern.search(text)), None)


@lru_cache(maxsize=1)
def load_patterns() -> QuestionPatterns:
    """The patterns of `data/question_patterns.toml`."""
    data = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    return QuestionPatterns(
        asks=tuple((Asked(kind), _any(patterns)) for kind, patterns in data["asks"].items()),
        units=tuple((re.compile(row["cue"]), frozenset(row["units"])) for row in data["units"]),
        tag=re.compile(
            rf"(?:{'|'.join(data['tag']['patterns'])})(?:{'|'.join(data['tag']['particles'])})*[？?!！。]*$"
        ),
        rhetorical=_any(data["rhetorical"]["patterns"]),
        alternative=_any(data["alternative"]["patterns"]),
        several=_any(data["several"]["patterns"]),
        several_asking=_any(data["several"]["asking"]),
        binding=_any(data["force"]["binding"]),
        soft=_any(data["force"]["soft"]),
        obliging=_any(data["obliging"]["patterns"]),
        reference_start=re.compile(rf"(?:{'|'.join(data['reference']['start'])})"),
        reference_inside=_any(data["reference"]["inside"]),
        returns=_any(data["reference"]["returns"]),
        exists=_any(data["exists"]["patterns"]),
        doubt=_any(data["doubt"]["patterns"]),
        wish=_any(data["wish"]["patterns"]),
        pointing=_any(data["pointing"]["patterns"]),
        function_words=re.compile("|".join(sorted(data["function_words"]["words"], key=len, reverse=True))),
        addressed=_any(data["addressed"]["patterns"]),
        nominal=_any(data["nominal"]["patterns"]),
        here=_any(data["here"]["patterns"]),
        meta=_any(data["meta"]["patterns"]),
        smalltalk=tuple(
            (name, re.compile(rf"(?:{'|'.join(patterns)})", re.IGNORECASE))
            for name, patterns in data["smalltalk"].items()
        ),
        slots=tuple(_longest_first(data[name]["words"]) for name in ("stages", "levels", "subjects")),
        contrasts=tuple(_longest_first(words) for words in data["contrasts"]["words"]),
        slot_aliases=tuple(data["slot_aliases"].items()),
        relative_years=tuple(data["relative_years"].items()),
    )


def _longest_first(words: list[str]) -> tuple[str, ...]:
    return tuple(sorted(words, key=len, reverse=True))


def _any(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
