"""Fits the limit between altered and not found: `policy-qa eval calibrate verify`.

True sentences of the corpus, and parts of them, changed by script in the ways in which drafts go wrong,
against texts on the same subjects that quote nothing: other sentences of the corpus (each looked up with
itself, and other versions of its document, left out) and the corpus's lay questions. For each class of
length the limit is the highest that still keeps nine in ten of each kind of change: that side does not
depend on how many documents there are, while more documents always hold something more similar. Then it
is measured how many changes of each kind are reported as altered from the right place, and how many
foreign texts. Writes `assistant/draft_check/limits.json`.
"""

import json
import math
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from assistant.draft_check.check_draft import LIMITS, DraftChecker
from assistant.draft_check.quotation_pieces import LENGTHS, length_class
from assistant.draft_check.verdicts import Verdict
from index.library.library import DocumentView, Library
from index.library.quotation_search import Stretch
from index.structure.passages import split_sentences
from index.text.folding import fold_text, squeeze
from index.text.tokens import words

_MOST = 1500
"""Sentences that are tried; of a larger library a sample."""
_SHORTEST = 8
_DIGITS = "0123456789"
_NUMERALS = "一二三四五六七八九"
_MODALS = (
    *(("应当", "可以"), ("可以", "应当"), ("必须", "可以"), ("鼓励", "要求"), ("不得", "可以"), ("应", "可")),
    *(("推进", "探索"), ("支持", "要求"), ("探索", "实施"), ("加强", "鼓励"), ("完善", "探索建立")),
)
_NEGATIONS = (
    ("不得", "得"),
    ("应当", "不应当"),
    ("不", ""),
    ("未", "已"),
    ("可以", "不可以"),
    ("实现", "未实现"),
)

_DAY = date(2026, 1, 1)
"""Validity plays no part here, but every check has a day."""
_KEPT = 0.9
"""Share of the changed texts of each kind and length that must count as altered."""

Change = Callable[[str, random.Random], str | None]


@dataclass(frozen=True, slots=True)
class QuotationSample:
    """A stretch of a document as a quotation, or what became of it."""

    text: str
    home: Stretch


def calibrate_verify(library: Library, questions: Sequence[str]) -> dict[str, object]:
    """Fit, write and measure; `questions` are texts on the documents' subjects that quote nothing."""
    chance = random.Random(0)  # noqa: S311 - reproducible, not secret
    verifier = DraftChecker(library, {name: 0.0 for _, name in LENGTHS})
    samples = list(_samples(verifier.quotation_search.views, chance))
    changed = {kind: list(_changed(samples, change, chance)) for kind, change in CHANGES.items()}
    true = {
        kind: [(_length(s.text), _similarity(verifier, s.text)) for s in found]
        for kind, found in changed.items()
    }
    changed["join"] = list(_joined(verifier.quotation_search.views, chance))  # judged sentence by sentence
    false = [(_length(s.text), _similarity(verifier, s.text, _own(verifier, s))) for s in samples]
    false += [(_length(q), _similarity(verifier, q)) for q in questions if _length(q) >= _SHORTEST]
    limits = {name: _limit(name, true) for _, name in LENGTHS}
    LIMITS.write_text(json.dumps(limits, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    fitted = DraftChecker(library, limits)
    kinds = {kind: _measured(fitted, found) for kind, found in changed.items()}
    return {"limits": limits, "false_altered": _false_rates(limits, false), "kinds": kinds}


def _samples(views: Sequence[DocumentView], chance: random.Random) -> Iterator[QuotationSample]:
    """Sentences, and for every second one a part of it between two marks of punctuation."""
    spans = [
        (view, *span)
        for view in views
        for clause in view.clauses
        for own in clause.own
        for span in split_sentences(view.document.text, *own)
    ]
    chance.shuffle(spans)
    for number, (view, start, end) in enumerate(spans[:_MOST]):
        text = view.document.text
        if number % 2:
            parts = [m.span() for m in re.finditer(r"[^，；、。：]+(?:[，、][^，；。：]+)?", text[start:end])]
            low, high = chance.choice(parts or [(0, end - start)])
            start, end = start + low, start + high
        if _length(text[start:end]) >= _SHORTEST:
            yield QuotationSample(squeeze(text[start:end]), Stretch(view, start, end))


def _changed(
    samples: Sequence[QuotationSample], change: Change, chance: random.Random
) -> Iterator[QuotationSample]:
    for sample in samples:
        text = change(sample.text, chance)
        if text is None or fold_text(text) in fold_text(sample.text):
            continue  # what is left over still stands there word for word
        if _length(text) >= _SHORTEST:
            yield QuotationSample(text, sample.home)


def _joined(views: Sequence[DocumentView], chance: random.Random) -> Iterator[QuotationSample]:
    """A sentence run together with the next but one, as if nothing stood between."""
    for view in views:
        text = view.document.text
        for clause in view.clauses:
            found = [span for own in clause.own for span in split_sentences(text, *own)]
            for first, last in zip(found, found[2:], strict=False):
                if chance.random() < min(1.0, _MOST / 2 / max(1, len(view.clauses) * len(views))):
                    joined = squeeze(text[slice(*first)]) + squeeze(text[slice(*last)])
                    yield QuotationSample(joined, Stretch(view, first[0], last[1]))


def _number(text: str, chance: random.Random) -> str | None:
    folded = [at for at, char in enumerate(text) if fold_text(char) in _DIGITS and fold_text(char)]
    spelled = [m.start() for m in re.finditer(f"(?<![统唯])[{_NUMERALS}](?=[个项年级所名次是要])", text)]
    if not folded and not spelled:
        return None
    at = chance.choice(folded or spelled)
    among = _DIGITS if folded else _NUMERALS
    return text[:at] + chance.choice([c for c in among if c != fold_text(text[at])]) + text[at + 1 :]


def _replaced(pairs: Sequence[tuple[str, str]]) -> Change:
    def change(text: str, chance: random.Random) -> str | None:
        fitting = [pair for pair in pairs if pair[0] in text]
        if not fitting:
            return None
        old, new = chance.choice(fitting)
        return text.replace(old, new, 1)

    return change


def _swapped(text: str, chance: random.Random) -> str | None:
    """Two neighbouring words in the other order."""
    found = words(text)
    if len(found) < 3:
        return None
    at = chance.randrange(len(found) - 1)
    pair = found[at] + found[at + 1]
    folded = fold_text(text)
    return folded.replace(pair, found[at + 1] + found[at], 1) if pair in folded else None


def _dropped(text: str, chance: random.Random) -> str | None:
    """One to three words left out inside."""
    found = words(text)
    if len(found) < 5:
        return None
    at = chance.randrange(1, len(found) - 2)
    for count in (chance.randint(1, 3), 1):
        run = "".join(found[at : at + count])
        if run in fold_text(text) and at + count < len(found):
            return fold_text(text).replace(run, "", 1)
    return None


def _reworded(text: str, chance: random.Random) -> str | None:
    """Several small changes at once, as after quoting from memory."""
    for change in (_dropped, _swapped, _dropped):
        text = change(text, chance) or text
    return text


CHANGES: dict[str, Change] = {
    "number": _number,
    "negation": _replaced(_NEGATIONS),
    "modal": _replaced(_MODALS),
    "swap": _swapped,
    "deletion": _dropped,
    "reworded": _reworded,
}


def _similarity(verifier: DraftChecker, text: str, without: Sequence[Stretch] = ()) -> float:
    near = verifier.quotation_search.nearest(text, without=without)
    return near[0].similarity if near else 0.0


def _own(verifier: DraftChecker, sample: QuotationSample) -> list[Stretch]:
    """What to leave out for a sample that shall be foreign: its sentence, and other versions whole."""
    home = sample.home
    others = [v for v in verifier.quotation_search.views if v.document.id == home.view.document.id]
    return [home, *(Stretch(v, 0, len(v.document.text)) for v in others if v is not home.view)]


def _limit(name: str, true: Mapping[str, Sequence[tuple[int, float]]]) -> float:
    """The highest similarity that keeps the wanted share of each kind of change in one class of length."""
    kinds = (
        [s for length, s in found if length_class(length) == name]
        for kind, found in true.items()
        if (kind, name) != ("reworded", LENGTHS[0][1])  # so many changes to so few words make another text
    )
    lowest = min(float(np.quantile(similar, 1 - _KEPT)) for similar in kinds if similar)
    return math.floor(100 * lowest) / 100


def _false_rates(limits: dict[str, float], false: Sequence[tuple[int, float]]) -> dict[str, float]:
    """By class of length, the share of foreign texts that would be called altered."""
    hits: dict[str, list[bool]] = defaultdict(list)
    for length, similar in false:
        hits[length_class(length)].append(similar >= limits[length_class(length)])
    return {f"{name} ({len(found)})": round(float(np.mean(found)), 4) for name, found in hits.items()}


def _measured(verifier: DraftChecker, samples: Sequence[QuotationSample]) -> dict[str, float]:
    """Shares of the changed texts: altered, altered from the right place, taken for verbatim."""
    checks = [(s, verifier.verify_quote(s.text, _DAY).results[0]) for s in samples]
    altered = [(s, c) for s, c in checks if c.verdict is Verdict.ALTERED and c.nearest is not None]
    right = sum(
        c.nearest.document_id == s.home.view.document.id
        and fold_text(c.nearest.quote)[2:8]
        in fold_text(s.home.view.document.text[s.home.start - 9 : s.home.end + 9])
        for s, c in altered
        if c.nearest is not None
    )
    verbatim = sum(c.verdict is Verdict.VERBATIM for _, c in checks)
    total = max(1, len(checks))
    return {
        "texts": len(checks),
        "altered": round(len(altered) / total, 4),
        "right_place": round(right / total, 4),
        "verbatim": round(verbatim / total, 4),
    }


def _length(text: str) -> int:
    return len(fold_text(text))
