"""The first sentence of an extractive answer: the fact itself, said with the text's own words.

By what is asked: the number, the date, yes or no with the deciding word and its force, else where the
text speaks of it. A premise that the text contradicts is corrected here.
"""

from dataclasses import dataclass

from assistant.question.patterns import Asked, load_patterns
from assistant.question.quantities import Quantity, around, level_of, quantities, with_digits
from index.schema import Passage
from index.text.folding import fold_text, squeeze
from index.text.tokens import tokens
from prompts import reply

_COUNTS_ANYTHING = {"个", "项", "种", "条", "点", "次", "类", "家", "人", "名", "成", "级", "本", "层", "步"}
"""Units that say little alone: a claim must count the same thing to be contradicted."""


@dataclass(frozen=True, slots=True)
class Contradicted:
    """The main passage contradicts the question's premise."""

    value: str
    """The words of the passage that decide; empty where they are not known."""


@dataclass(frozen=True, slots=True)
class Lead:
    """The lead, what supports it, the fact alone where there is one, and whether it corrects."""

    text: str
    passages: tuple[Passage, ...]
    short: str | None = None
    correction: bool = False


def make_lead(question: str, passages: tuple[Passage, ...], contradicted: Contradicted | None = None) -> Lead:
    """The lead for `question` (standardised) over its evidence, main passage first; `contradicted` where
    the premise model found that the text says otherwise."""
    main = passages[0]
    patterns = load_patterns()
    asked = patterns.asked(question)
    confirms = patterns.confirm.search(question) is not None
    if corrected := _correct(question, main, asked is Asked.YES_NO or confirms):
        return corrected
    if contradicted is not None:
        truth = squeeze(contradicted.value or _segment(question, main).rstrip("。：；:;"))
        return Lead(reply("lead_correction_claim", value=truth), (main,), truth, True)
    if asked in (Asked.NUMBER, Asked.DATE):  # 多久 asks for either: the likelier first, then the other
        likelier = asked is Asked.DATE
        for years in (likelier, not likelier) if patterns.asked_units(question) else (likelier,):
            if value := _asked_quantity(question, main, years):
                return Lead(reply("lead_date" if years else "lead_number", value=value), (main,), value)
    if asked is Asked.YES_NO or (asked is Asked.OTHER and confirms):
        return _yes_no(question, main)
    if asked is Asked.LIST and len(passages) > 1:
        return Lead(reply("lead_list"), passages)
    return _general(question, main)


def _correct(question: str, main: Passage, confirms: bool) -> Lead | None:
    """A correction where the question presumes a number, a level or an obligation that the text has
    otherwise. `confirms`: the question wants something confirmed, and does not just mention it."""
    patterns = load_patterns()
    stated = quantities(main.text)
    text = squeeze(question)
    said = with_digits(patterns.asking(question, patterns.confirm, patterns.granted))
    for claim in quantities(said):
        if claim.low == claim.high == 1 and claim.unit in _COUNTS_ANYTHING | {"所"}:
            continue  # 一所大学 is just a university
        same = [q for q in stated if q.unit == claim.unit and q.is_year == claim.is_year]
        if claim.unit in _COUNTS_ANYTHING:
            same = [q for q in same if q.follows and q.follows == claim.follows] if confirms else []
        if same and not any(q.agrees(claim) for q in same):
            best = max(same, key=lambda q: _overlap(text, around(main.text, q)))
            value = squeeze(main.text[best.start : best.end])
            return Lead(reply("lead_correction", claimed=_written(claim), value=value), (main,), value, True)
        if confirms and (levelled := _other_level(said, claim, main)):
            return levelled
    if patterns.alternative.search(said) or not (confirms or patterns.granted.search(said)):
        return None
    demand, soft = patterns.demand.search(said), patterns.soft.search(squeeze(main.text))
    if demand and soft and not patterns.binding.search(_segment(question, main)):
        said = reply("lead_correction_force", claimed=demand.group(), value=soft.group())
        return Lead(said, (main,), f"{soft.group()}，未作硬性要求", True)
    return None


def _other_level(question: str, claim: Quantity, main: Passage) -> Lead | None:
    """A correction where the claimed number belongs to another level (国家级 / 市级) in the text."""
    level = level_of(question, claim)
    stated = [q for q in quantities(main.text) if q.unit == claim.unit and not q.is_year]
    own = [q for q in stated if level is not None and level_of(main.text, q) == level]
    if not own or any(q.agrees(claim) for q in own):
        return None
    best = max(own, key=lambda q: _overlap(question, around(main.text, q)))
    value = squeeze(around(main.text, best)).rstrip("。：；:;")
    written = f"{level}{_written(claim)}"
    return Lead(reply("lead_correction", claimed=written, value=value), (main,), value, True)


def _written(claim: Quantity) -> str:
    return f"{claim.low:g}{claim.unit}".replace("%", "％")


def _yes_no(question: str, main: Passage) -> Lead:
    """What the text decides, with its own deciding word.

    A bare yes is never said: whether 会不会比公务员低 and 不低于 make a yes or a no is a matter of
    inference, and a wrong one costs more trust than the quotation alone. A prohibition is a no to a
    plain question for permission.
    """
    patterns = load_patterns()
    segment = _segment(question, main)
    binding = patterns.binding.search(segment)
    if binding and patterns.forbidding.fullmatch(binding.group()):
        if patterns.permission.search(question) and not patterns.negation.search(question):
            return Lead(reply("lead_no", value=segment.rstrip("。：；:;")), (main,), "否")
    elif not binding and (soft := patterns.soft.search(segment)):
        return Lead(reply("lead_force", value=soft.group()), (main,), f"{soft.group()}，未作硬性要求")
    return _general(question, main)


def _general(question: str, main: Passage) -> Lead:
    return Lead(reply("lead_general", value=_segment(question, main).rstrip("。：；:;")), (main,))


def _asked_quantity(question: str, main: Passage, years: bool) -> str | None:
    """The quantity (or year) of `main` whose surroundings share most with the question."""
    found = [q for q in quantities(main.text) if q.is_year == years]
    units = load_patterns().asked_units(question)
    if units is not None and not years:
        found = [q for q in found if q.unit in units]
    if not found:
        return None
    best = max(found, key=lambda q: (_overlap(question, around(main.text, q)), -q.start))
    return squeeze(main.text[best.start : best.end])


def _segment(question: str, main: Passage) -> str:
    """The comma-separated stretch of the sentence that shares most with the question."""
    text = squeeze(main.text)
    stretches = [part for part in text.replace("；", "，").replace(";", "，").split("，") if part]
    return max(stretches, key=lambda part: _overlap(question, part))


def _overlap(question: str, text: str) -> float:
    own = set(tokens(question))
    return len(own & set(tokens(text))) / float((len(fold_text(text)) + 10) ** 0.5)
