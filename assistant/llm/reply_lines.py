"""What a model returns, line by line: a verdict, sentences with the numbers of passages, what is missing.

The form asked for is plain lines, which every model manages and which can be shown sentence by sentence.
JSON, fenced or not, is understood as well, and whatever else small models do around it.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from index.text.folding import fold_text

MOST_SENTENCES = 8
"""Sentences of one reply that are looked at."""
LONGEST_SENTENCE = 300
"""Code points; a longer line is no sentence."""


class ClaimedOutcome(StrEnum):
    """What the model says about the passages; a closed set."""

    ANSWERED = "answered"
    PARTLY = "partly"
    NOT_COVERED = "not_covered"
    PREMISE_WRONG = "premise_wrong"


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of the model, without its markers, and the numbers (from 1) that it gave."""

    text: str
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Missing:
    """What the model says the passages do not hold."""

    text: str


Item = ClaimedOutcome | Said | Missing

_PREFIX = re.compile(r"^\W*(?:结论|回答|答案|答)\s*[:：]\s*")
_VERDICTS = (
    (
        re.compile(r"\W*(?:问题)?(?:的)?前提(?:不对|不符|错误|有误)\W*|premise_wrong"),
        ClaimedOutcome.PREMISE_WRONG,
    ),
    (re.compile(r"\W*部分(?:回答|写到)?\W*|partly"), ClaimedOutcome.PARTLY),
    (
        re.compile(r"\W*(?:原文)?(?:没有|未)(?:写到?|回答|提到|提及|涉及)\W*|not[_ ]covered"),
        ClaimedOutcome.NOT_COVERED,
    ),
    (re.compile(r"\W*(?:已|全部)?回答\W*|answered"), ClaimedOutcome.ANSWERED),
)
_MISSING = re.compile(r"缺少[^\w]{0,4}(?P<said>\w.{0,60})")
_TRIMMED = " \t　*-•·。；;，,：:！!？?“”\"'"
_MARKERS = re.compile(r"[\[［【(（]\s*(?:原文)?\s*(\d{1,2}(?:\s*[,，、]\s*\d{1,2})*)\s*[\]］】)）]")
_MARKED_END = re.compile(_MARKERS.pattern + r"[。；;.\s]*$")
_LEADING = re.compile(r"^\s*(?:[-*•·>#]+|\d{1,2}[.、)）](?!\d))\s*")
_HEADINGS = re.compile(r"^\W*(?:原文|问题|回答|答案|答|例子|格式|要求)\W*$")
_FENCE = re.compile(r"^\s*```\w*\s*$")


def items(lines: Iterable[str]) -> Iterator[Item]:
    """What the lines say, each as soon as its line is there; from JSON once it is whole."""
    iterator = iter(lines)
    for line in iterator:
        if _FENCE.match(line) or not line.strip():
            continue
        if line.lstrip().startswith(("{", "[")) and not _MARKERS.match(line.lstrip()):
            rest = list(iterator)
            yield from _of_json([line, *rest])
            return
        yield from _of_line(line)
        yield from (item for rest in iterator for item in _of_line(rest))
        return


def _of_line(line: str) -> Iterator[Item]:
    if _FENCE.match(line) or _HEADINGS.match(line):
        return
    line = _PREFIX.sub("", line)
    if verdict := _verdict(line):
        yield verdict
        return
    if found := _MISSING.match(line.strip(_TRIMMED)[:LONGEST_SENTENCE]):
        yield Missing(found["said"].strip(_TRIMMED))
        return
    yield from _sentences(_LEADING.sub("", line))


def _verdict(said: str) -> ClaimedOutcome | None:
    return next((verdict for pattern, verdict in _VERDICTS if pattern.fullmatch(said.strip())), None)


def _sentences(line: str) -> Iterator[Said]:
    """The line cut after its markers: `甲。[1]乙。[2]` is two sentences."""
    at, text, numbers = 0, "", list[int]()
    if _MARKERS.match(line.strip()) and not _MARKED_END.search(line):
        line = _turned(line)
    for match in _MARKERS.finditer(line):
        between = line[at : match.start()]
        if numbers and fold_text(between):
            yield from _said(text, numbers)
            text, numbers = "", []
        text += between
        numbers += [int(number) for number in re.findall(r"\d+", match[1])]
        at = match.end()
    rest = line[at:]
    if numbers and len(fold_text(rest)) > 2:
        yield from _said(text, numbers)
        text, numbers = "", []
    yield from _said(text + rest, numbers)


def _turned(line: str) -> str:
    """A line whose markers stand before their sentences, with each after its own."""
    found = list(_MARKERS.finditer(line))
    ends = [*(match.start() for match in found[1:]), len(line)]
    return "".join(line[m.end() : end] + m.group() for m, end in zip(found, ends, strict=True))


def _said(text: str, numbers: list[int]) -> Iterator[Said]:
    """Text with its marks set right: none doubled where a marker stood before the full stop."""
    bare = re.sub(r"([。；;！!？?])[。；;.\s]+$", r"\1", text.strip())
    if fold_text(bare) and len(bare) <= LONGEST_SENTENCE:
        yield Said(bare, tuple(dict.fromkeys(numbers)))


def _of_json(lines: Sequence[str]) -> Iterator[Item]:
    """The items of an object `{verdict, sentences: [{text, passages}], missing}` or of a list of sentences,
    whatever its keys are called exactly; of what is no JSON after all, the items line by line."""
    text = "\n".join(line for line in lines if not _FENCE.match(line))
    try:
        data, _ = json.JSONDecoder().raw_decode(text.strip())
    except (ValueError, RecursionError):
        for line in lines:
            yield from _of_line(line)
        return
    if isinstance(data, list):
        data = {"sentences": data}
    if not isinstance(data, dict):
        return
    for key in ("verdict", "结论"):
        if verdict := _verdict(str(data.get(key, ""))):
            yield verdict
    for entry in _list(data.get("sentences", data.get("句子", data.get("answer")))):
        yield from _of_entry(entry)
    yield from (Missing(str(each)[:60]) for each in _list(data.get("missing", data.get("缺少"))) if each)


def _of_entry(entry: Any) -> Iterator[Said]:
    if isinstance(entry, str):
        yield from _sentences(entry)
    elif isinstance(entry, dict):
        text = str(entry.get("text", entry.get("sentence", entry.get("句子", ""))))
        given = _list(entry.get("passages", entry.get("citations", entry.get("编号"))))
        own = [int(str(number)) for number in given if re.fullmatch(r"\d{1,2}", str(number))]
        for said in _sentences(text):
            yield Said(said.text, tuple(dict.fromkeys([*said.numbers, *own])))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
